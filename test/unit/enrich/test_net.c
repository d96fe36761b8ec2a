/* Classes of addresses; lists of networks against a plain search. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/net.h"

#include "base/fs.h"
#include "test.h"

static const struct {
	const char *ip, *class;
} classes[] = {
	{ "8.8.8.8", "public" },
	{ "0.0.0.0", "reserved" },
	{ "0.255.255.255", "reserved" },
	{ "1.0.0.0", "public" },
	{ "9.255.255.255", "public" },
	{ "10.0.0.0", "private" },
	{ "10.255.255.255", "private" },
	{ "11.0.0.0", "public" },
	{ "100.63.255.255", "public" },
	{ "100.64.0.0", "cgnat" },
	{ "100.127.255.255", "cgnat" },
	{ "100.128.0.0", "public" },
	{ "127.0.0.1", "loopback" },
	{ "169.254.169.254", "link_local" },
	{ "172.15.255.255", "public" },
	{ "172.16.0.0", "private" },
	{ "172.31.255.255", "private" },
	{ "172.32.0.0", "public" },
	{ "192.0.0.1", "reserved" },
	{ "192.0.0.9", "public" },
	{ "192.0.0.10", "public" },
	{ "192.0.2.1", "documentation" },
	{ "192.88.99.1", "reserved" },
	{ "192.167.255.255", "public" },
	{ "192.168.1.1", "private" },
	{ "198.18.0.1", "reserved" },
	{ "198.19.255.255", "reserved" },
	{ "198.20.0.0", "public" },
	{ "198.51.100.7", "documentation" },
	{ "203.0.113.7", "documentation" },
	{ "223.255.255.255", "public" },
	{ "224.0.0.1", "multicast" },
	{ "239.255.255.255", "multicast" },
	{ "240.0.0.1", "reserved" },
	{ "255.255.255.255", "reserved" },
	{ "::", "reserved" },
	{ "::1", "loopback" },
	{ "::2", "reserved" },
	{ "::ffff:10.1.2.3", "private" },
	{ "::ffff:8.8.8.8", "public" },
	{ "64:ff9b::808:808", "public" },
	{ "64:ff9b:1::1", "private" },
	{ "100::1", "reserved" },
	{ "2001::1", "public" },
	{ "2001:2::1", "reserved" },
	{ "2001:db8::1", "documentation" },
	{ "2001:4860:4860::8888", "public" },
	{ "2a00:1450::1", "public" },
	{ "3fff:fff::1", "documentation" },
	{ "3fff:1000::1", "public" },
	{ "4000::1", "reserved" },
	{ "fbff::1", "reserved" },
	{ "fc00::1", "private" },
	{ "fdff::1", "private" },
	{ "fe80::1", "link_local" },
	{ "febf::1", "link_local" },
	{ "fec0::1", "reserved" },
	{ "ff02::1", "multicast" },
};

TEST(classes_of_addresses)
{
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		struct str got;
		struct ip ip;

		CHECK(ip_parse(str_c(classes[i].ip), &ip));
		got = net_class_name(net_class(&ip));
		if (!str_eq(got, str_c(classes[i].class)))
			test_fail(TEST_AT(net_class), "%s is %.*s", classes[i].ip, STR_ARG(got));
	}
}

static bool
has(const struct net_list *l, const char *text)
{
	struct ip ip;

	CHECK(ip_parse(str_c(text), &ip));
	return net_list_has(l, &ip);
}

TEST(list)
{
	struct net_list *l = NULL;
	struct diag why = { 0 };

	CHECK_OK(net_list_parse(STR("# words\n"
				    "\n"
				    "198.51.100.0/24 ; more words\r\n"
				    "  198.51.101.0/25\n"
				    "198.51.101.128/25\n"
				    "198.51.100.7\n"
				    "2001:db8::/32\n"
				    "255.255.255.255"),
		     &l, &why),
	    why);
	CHECK_INT(net_list_len(l), 3); /* neighbours are one */
	CHECK(!has(l, "198.51.99.255"));
	CHECK(has(l, "198.51.100.0"));
	CHECK(has(l, "198.51.101.255"));
	CHECK(!has(l, "198.51.102.0"));
	CHECK(has(l, "2001:db8:ffff::1"));
	CHECK(!has(l, "2001:db9::"));
	CHECK(has(l, "255.255.255.255"));
	CHECK(!has(l, "::1"));
	net_list_free(l);
}

TEST(edges)
{
	struct net_list *l = NULL;
	struct diag why = { 0 };

	CHECK(!has(NULL, "1.2.3.4"));
	CHECK_OK(net_list_parse(STR(""), &l, &why), why);
	CHECK(!has(l, "1.2.3.4"));
	net_list_free(l);
	CHECK_OK(net_list_parse(STR("::/0\n1.2.3.4\nffff::/16\n"), &l, &why), why);
	CHECK_INT(net_list_len(l), 1);
	CHECK(has(l, "::"));
	CHECK(has(l, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
	net_list_free(l);
}

static const struct {
	const char *text, *problem;
} bads[] = {
	{ "1.2.3.4\n  nonsense # here\n", "2:3: not a network or address: \"nonsense\"" },
	{ "1.2.3.4/33\n", "1:1: not a network or address: \"1.2.3.4/33\"" },
	{ "10.0.0.1/8\n", "1:1: host bits are set: \"10.0.0.1/8\"" },
	{ "1.2.3.4 5.6.7.8\n", "1:1: not a network or address: \"1.2.3.4 5.6.7.8\"" },
};

TEST(bad_lists)
{
	for (size_t i = 0; i < ARRAY_LEN(bads); i++) {
		struct net_list *l = NULL;
		struct diag why = { 0 };
		char path[4096], want[4400], text[512];

		CHECK_INT(net_list_parse(str_c(bads[i].text), &l, &why), FAIL_SYNTAX);
		CHECK(l == NULL);
		(void)snprintf(path, sizeof(path), "%s/l", test_dir());
		CHECK_OK(fs_replace(path, str_c(bads[i].text), &why), why);
		CHECK_INT(net_list_load(path, &l, &why), FAIL_SYNTAX);
		(void)snprintf(want, sizeof(want), "%s:%s", path, bads[i].problem);
		CHECK_STR(err_text(&why, text, sizeof(text)), want);
	}
}

TEST(lists_are_bounded)
{
	struct net_list *l = NULL;
	struct diag why = { 0 };
	struct buf b;

	buf_init(&b, 0);
	for (unsigned i = 0; i < NET_LIST_MAX; i++)
		buf_str(&b, STR("1.2.3.4\n"));
	CHECK_OK(net_list_parse(buf_view(&b), &l, &why), why);
	CHECK_INT(net_list_len(l), 1);
	net_list_free(l);
	l = NULL;
	buf_str(&b, STR("1.2.3.4\n"));
	CHECK_INT(net_list_parse(buf_view(&b), &l, &why), FAIL_LIMIT);
	CHECK_INT(why.line, NET_LIST_MAX + 1);
	buf_fini(&b);
}

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Few first bytes, so that networks meet and hold each other. */
TEST(as_a_plain_search)
{
	uint64_t state = test_seed() | 1;

	for (unsigned round = 0; round < test_rounds(100); round++) {
		struct ip_net nets[40];
		struct net_list *l = NULL;
		struct diag why = { 0 };
		struct buf b;

		buf_init(&b, 0);
		for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
			char text[64];

			(void)snprintf(text, sizeof(text), "1.2.%u.%u/%u",
			    (unsigned)(next_random(&state) % 4),
			    (unsigned)(next_random(&state) % 256),
			    (unsigned)(20 + next_random(&state) % 13));
			CHECK(ip_net_parse(str_c(text), &nets[i], NULL));
			buf_printf(&b, "%s/%u\n", ip_text(&nets[i].ip, text), nets[i].bits - 96);
		}
		CHECK_OK(net_list_parse(buf_view(&b), &l, &why), why);
		for (unsigned i = 0; i < 2048; i++) {
			struct ip ip = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2,
			    (uint8_t)(i / 256), (uint8_t)i } };
			bool want = false;

			for (size_t k = 0; k < ARRAY_LEN(nets); k++)
				want = want || ip_net_has(&nets[k], &ip);
			CHECK_INT(net_list_has(l, &ip), want);
		}
		net_list_free(l);
		buf_fini(&b);
	}
}
