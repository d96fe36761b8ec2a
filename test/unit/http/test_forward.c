/* Who a request is from, behind proxies that are trusted and others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/forward.h"

#include "test.h"

static struct ip_net trusted[4];

static void
set_trusted(void)
{
	static const char *const nets[] = { "10.0.0.0/8", "127.0.0.1", "2001:db8:1::/48", "::1" };

	for (size_t i = 0; i < 4; i++)
		CHECK(ip_net_parse(str_c(nets[i]), &trusted[i], NULL));
}

/* `headers` without the request line; the head lives in `text`. */
static void
read_head(const char *headers, char text[4096], struct head *ret)
{
	int status;
	int n = snprintf(text, 4096, "GET / HTTP/1.1\r\nHost: t\r\n%s\r\n", headers);

	CHECK_INT(head_parse((struct str){ text, (size_t)n }, ret, &status, NULL), OK);
}

#define F "X-Forwarded-For: "
#define N "\r\n"

static const struct {
	const char *peer, *headers, *client;
} walks[] = {
	/* Nobody vouches. */
	{ "10.0.0.1", "", "10.0.0.1" },
	{ "192.0.2.9", F "203.0.113.5" N, "192.0.2.9" },
	{ "192.0.2.9", F "10.0.0.1" N, "192.0.2.9" },
	{ "", F "203.0.113.5" N, "" },
	/* One proxy. */
	{ "10.0.0.1", F "203.0.113.5" N, "203.0.113.5" },
	{ "127.0.0.1", F "203.0.113.5" N, "203.0.113.5" },
	{ "::1", F "203.0.113.5" N, "203.0.113.5" },
	{ "10.0.0.1", "x-forwarded-FOR:203.0.113.5" N, "203.0.113.5" },
	{ "10.0.0.1", F "  203.0.113.5  " N, "203.0.113.5" },
	{ "10.0.0.1", F "6.6.6.6, 203.0.113.5" N, "203.0.113.5" },
	{ "10.0.0.1", F "6.6.6.6,203.0.113.5" N, "203.0.113.5" },
	{ "10.0.0.1", F "10.0.0.7, 6.6.6.6, 203.0.113.5" N, "203.0.113.5" },
	{ "10.0.0.1", F "garbage, ,, 203.0.113.5" N, "203.0.113.5" },
	/* Several, over one header or more. */
	{ "10.0.0.1", F "203.0.113.5, 10.9.9.9" N, "203.0.113.5" },
	{ "10.0.0.1", F "203.0.113.5" N F "10.9.9.9" N, "203.0.113.5" },
	{ "10.0.0.1", F "6.6.6.6" N F "203.0.113.5, 10.9.9.9" N F "127.0.0.1" N, "203.0.113.5" },
	{ "10.0.0.1", F "6.6.6.6, 203.0.113.5" N F "10.9.9.9" N, "203.0.113.5" },
	/* All of them trusted: the outermost. */
	{ "10.0.0.1", F "10.0.0.3, 10.0.0.2" N, "10.0.0.3" },
	/* What is no address ends it at the last trusted one. */
	{ "10.0.0.1", F "203.0.113.5, unknown" N, "10.0.0.1" },
	{ "10.0.0.1", F "203.0.113.5, unknown, 10.0.0.2" N, "10.0.0.2" },
	{ "10.0.0.1", F N, "10.0.0.1" },
	{ "10.0.0.1", F "," N, "10.0.0.1" },
	{ "10.0.0.1", F "203.0.113.5," N, "10.0.0.1" },
	{ "10.0.0.1", F "203.0.113.5, " N, "10.0.0.1" },
	{ "10.0.0.1", F "_hidden" N, "10.0.0.1" },
	{ "10.0.0.1", F "203.0.113.5 6.6.6.6" N, "10.0.0.1" },
	{ "10.0.0.1", F "203.0.113.05" N, "10.0.0.1" },
	{ "10.0.0.1", F "203.0.113" N, "10.0.0.1" },
	{ "10.0.0.1", F "203.0.113.5/32" N, "10.0.0.1" },
	{ "10.0.0.1", F "http://203.0.113.5" N, "10.0.0.1" },
	{ "10.0.0.1", F "fe80::1%eth0" N, "10.0.0.1" },
	/* Ports, brackets, quotes, both families. */
	{ "10.0.0.1", F "203.0.113.5:4711" N, "203.0.113.5" },
	{ "10.0.0.1", F "203.0.113.5:65536" N, "10.0.0.1" },
	{ "10.0.0.1", F "203.0.113.5:" N, "10.0.0.1" },
	{ "10.0.0.1", F "203.0.113.5:x" N, "10.0.0.1" },
	{ "10.0.0.1", F "\"203.0.113.5\"" N, "203.0.113.5" },
	{ "10.0.0.1", F "\"203.0.113.5:4711\"" N, "203.0.113.5" },
	{ "10.0.0.1", F "\"" N, "10.0.0.1" },
	{ "10.0.0.1", F "2001:DB8:9::0001" N, "2001:db8:9::1" },
	{ "10.0.0.1", F "[2001:db8:9::1]" N, "2001:db8:9::1" },
	{ "10.0.0.1", F "[2001:db8:9::1]:4711" N, "2001:db8:9::1" },
	{ "10.0.0.1", F "\"[2001:db8:9::1]:4711\"" N, "2001:db8:9::1" },
	{ "10.0.0.1", F "[2001:db8:9::1]4711" N, "10.0.0.1" },
	{ "10.0.0.1", F "[2001:db8:9::1]:99999" N, "10.0.0.1" },
	{ "10.0.0.1", F "[2001:db8:9::1" N, "10.0.0.1" },
	{ "10.0.0.1", F "[]" N, "10.0.0.1" },
	{ "10.0.0.1", F "[203.0.113.5]" N, "10.0.0.1" },
	{ "10.0.0.1", F "::ffff:203.0.113.5" N, "203.0.113.5" },
	{ "10.0.0.1", F "203.0.113.5, ::ffff:10.0.0.2" N, "203.0.113.5" },
	{ "10.0.0.1", F "203.0.113.5, 2001:db8:1::7" N, "203.0.113.5" },
	{ "2001:db8:1::7", F "2001:db8:2::7" N, "2001:db8:2::7" },
	{ "2001:db8:2::7", F "203.0.113.5" N, "2001:db8:2::7" },
	/* Other headers mean nothing. */
	{ "10.0.0.1", "Forwarded: for=6.6.6.6" N "X-Real-IP: 6.6.6.6" N, "10.0.0.1" },
	{ "10.0.0.1", "X-Forwarded-For-2: 6.6.6.6" N, "10.0.0.1" },
};

TEST(the_walk_goes_from_right_to_left)
{
	struct forward f;
	struct head h;
	char text[4096];

	set_trusted();
	for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		fprintf(stderr, "%zu %s %s\n", i, walks[i].peer, walks[i].headers);
		read_head(walks[i].headers, text, &h);
		forward_read(trusted, 4, walks[i].peer, &h, &f);
		CHECK_STR(f.client, walks[i].client);
		forward_read(NULL, 0, walks[i].peer, &h, &f);
		CHECK_STR(f.client, walks[i].peer);
	}
}

TEST(a_long_chain_is_walked_no_further_than_its_bound)
{
	char headers[2048] = F "6.6.6.6", text[4096];
	size_t n = strlen(headers);
	struct forward f;
	struct head h;

	set_trusted();
	for (int i = 0; i < 2 * FORWARD_HOPS_MAX; i++)
		n += (size_t)snprintf(headers + n, sizeof(headers) - n, ", 10.0.0.%d", i);
	(void)snprintf(headers + n, sizeof(headers) - n, N);
	read_head(headers, text, &h);
	forward_read(trusted, 4, "10.0.0.1", &h, &f);
	CHECK_STR(f.client, "10.0.0.32");
}

#define P "X-Forwarded-Proto: "
#define HOST "X-Forwarded-Host: "

TEST(protocol_and_host_count_from_the_trusted_alone)
{
	static const struct {
		const char *peer, *headers;
		bool secure;
		const char *host;
	} cases[] = {
		{ "10.0.0.1", "", false, "" },
		{ "10.0.0.1", P "https" N HOST "a.example" N, true, "a.example" },
		{ "10.0.0.1", P "HTTPS" N, true, "" },
		{ "10.0.0.1", P "http" N, false, "" },
		{ "10.0.0.1", P "https2" N, false, "" },
		{ "192.0.2.9", P "https" N HOST "a.example" N, false, "" },
		/* One proxy that adds to what the client sent: the last word is its own. */
		{ "10.0.0.1", F "6.6.6.6" N P "https, http" N, false, "" },
		{ "10.0.0.1", F "6.6.6.6" N P "https" N P "http" N, false, "" },
		{ "10.0.0.1", F "6.6.6.6" N P "http, https" N, true, "" },
		/* Two: the word of the outer one. */
		{ "10.0.0.1", F "6.6.6.6, 10.0.0.2" N P "https, http" N, true, "" },
		{ "10.0.0.1", F "6.6.6.6, 10.0.0.2" N P "https, http, http" N, false, "" },
		{ "10.0.0.1", F "6.6.6.6, 10.0.0.2" N P "https" N, true, "" },
		{ "10.0.0.1", HOST "evil.example, a.example" N, false, "a.example" },
	};
	struct forward f;
	struct head h;
	char text[4096], host[64];

	set_trusted();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fprintf(stderr, "%zu %s %s\n", i, cases[i].peer, cases[i].headers);
		read_head(cases[i].headers, text, &h);
		forward_read(trusted, 4, cases[i].peer, &h, &f);
		CHECK_INT(f.secure, cases[i].secure);
		CHECK_STR(str_to_c(f.host, host, sizeof(host)), cases[i].host);
	}
}
