/* SPDX-License-Identifier: Apache-2.0 */
/* Text for nft, and what it lists. */
#include "respond/kernel.h"

#include "test.h"

static struct kernel_item
item(const char *net, bool slow, int64_t left)
{
	struct kernel_item i = { .slow = slow, .left = left };

	CHECK(ip_net_parse(str_c(net), &i.net, NULL));
	return i;
}

TEST(each_goes_to_its_set)
{
	static const struct {
		const char *net, *set;
		bool slow;
	} rows[] = {
		{ "203.0.113.7", "block4", false },
		{ "2001:db8::7", "block6", false },
		{ "203.0.113.0/24", "net4", false },
		{ "2001:db8::/56", "net6", false },
		{ "203.0.113.7", "slow4", true },
		{ "2001:db8::7", "slow6", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct kernel_item it = item(rows[i].net, rows[i].slow, 60);

		CHECK_STR(kernel_set(&it), rows[i].set);
	}
}

TEST(text_of_one)
{
	const struct kernel_item it = item("203.0.113.0/24", false, 90),
				 late = item("::2", true, -5);
	auto_buf struct buf b = { 0 };

	kernel_put_item(&b, &it);
	CHECK_SLICE(buf_view(&b), "add element inet tocsin net4 { 203.0.113.0/24 timeout 1m }\n"
				  "delete element inet tocsin net4 { 203.0.113.0/24 }\n"
				  "add element inet tocsin net4 { 203.0.113.0/24 timeout 90s }\n");
	buf_reset(&b);
	kernel_put_item(&b, &late);
	CHECK(str_find(buf_view(&b), STR("add element inet tocsin slow6 { ::2 timeout 1s }\n")) >
	      0);
}

TEST(the_protected_are_judged_first)
{
	auto_buf struct buf b = { 0 };
	struct kernel_item it = item("192.0.2.0/24", false, 1);
	struct str text;

	kernel_put_table(&b, &it.net, 1);
	text = buf_view(&b);
	CHECK(str_find(text, STR("@never4 accept")) > 0);
	CHECK(str_find(text, STR("@never4 accept")) < str_find(text, STR("@block4")));
	CHECK(str_find(text, STR("@never6 accept")) < str_find(text, STR("@block6")));
	CHECK(str_find(text, STR("add element inet tocsin never4 { 192.0.2.0/24 }\n")) >
	      str_find(text, STR("flush set inet tocsin never4")));
}

struct seen {
	char text[400];
};

static void
see(void *ctx, const struct kernel_item *it)
{
	struct seen *s = ctx;
	const size_t n = strlen(s->text);
	char ip[IP_TEXT_SIZE];

	(void)snprintf(s->text + n, sizeof(s->text) - n, "%s %s/%u %lld; ", kernel_set(it),
	    ip_text(&it->net.ip, ip), it->net.bits, (long long)it->left);
}

TEST(what_is_listed)
{
	static const char json[] =
	    "{\"nftables\":[{\"metainfo\":{\"version\":\"1.0.6\"}},"
	    "{\"set\":{\"name\":\"never4\",\"elem\":[\"192.0.2.1\"]}},"
	    "{\"set\":{\"name\":\"block4\",\"elem\":[{\"elem\":{\"val\":\"1.2.3.4\","
	    "\"timeout\":100,\"expires\":99}}]}},"
	    "{\"set\":{\"name\":\"met4\",\"elem\":[{\"elem\":{\"val\":\"9.9.9.9\"}}]}},"
	    "{\"set\":{\"name\":\"net6\",\"elem\":[{\"elem\":{\"val\":{\"prefix\":"
	    "{\"addr\":\"2001:db8::\",\"len\":56}},\"expires\":5}}]}},"
	    "{\"set\":{\"name\":\"slow4\",\"elem\":[\"5.6.7.8\",{\"elem\":{\"val\":7}},"
	    "{\"elem\":{\"val\":{\"range\":[\"1.1.1.1\",\"1.1.1.9\"]}}}]}}]}";
	struct seen s = { "" };
	struct diag why = { 0 };

	CHECK_OK(kernel_read(STR("{\"nftables\":[]}"), see, &s, &why), why);
	CHECK_STR(s.text, "");
	CHECK_OK(kernel_read(str_c(json), see, &s, &why), why);
	CHECK_STR(s.text, "block4 1.2.3.4/128 99; net6 2001:db8::/56 5; slow4 5.6.7.8/128 0; ");
	CHECK(kernel_read(STR("{}"), see, &s, NULL) != OK);
	CHECK(kernel_read(STR("nft: no"), see, &s, NULL) != OK);
	CHECK(kernel_read(STR(""), see, &s, NULL) != OK);
}
