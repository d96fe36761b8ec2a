/* SPDX-License-Identifier: Apache-2.0 */
/* Checked setters: addresses with their trimmings, requests, URLs. */
#include "parse/put.h"

#include "parsed.h"

static void
begin(struct parsed *t)
{
	arena_reset(t->a);
	rec_init(t->r, t->a);
}

TEST(addresses)
{
	static const struct {
		const char *text, *ip, *port;
	} rows[] = {
		{ "203.0.113.7", "203.0.113.7", "" },
		{ "203.0.113.7:443", "203.0.113.7", "443" },
		{ "203.0.113.7:0", "203.0.113.7", "" },
		{ "203.0.113.7:x", "203.0.113.7", "" },
		{ "2001:DB8:0:0::7", "2001:db8::7", "" },
		{ "[2001:db8::7]:443", "2001:db8::7", "443" },
		{ "[2001:db8::7]", "2001:db8::7", "" },
		{ "fe80::1%eth0", "fe80::1", "" },
		{ "::ffff:203.0.113.7", "203.0.113.7", "" },
		{ "", NULL, NULL },
		{ "-", NULL, NULL },
		{ "host.example", NULL, NULL },
		{ "203.0.113", NULL, NULL },
		{ "203.0.113.256", NULL, NULL },
		{ "203.0.113.07", NULL, NULL },
		{ " 203.0.113.7", NULL, NULL },
		{ "203.0.113.7 ", NULL, NULL },
		{ "203.0.113.7/24", NULL, NULL },
		{ "[2001:db8::7", NULL, NULL },
		{ "[2001:db8::7]x", NULL, NULL },
		{ "203.0.113.7%eth0", NULL, NULL },
		{ "1", NULL, NULL },
		{ "::1::", NULL, NULL },
	};
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(&t);
		if (put_ip(t.r, F_CLIENT_IP, F_CLIENT_PORT, str_c(rows[i].text)) !=
		    (rows[i].ip != NULL))
			test_fail(TEST_AT(put_ip), "%s", rows[i].text);
		CHECK_STR(parsed_get(&t, "client_ip"), rows[i].ip != NULL ? rows[i].ip : "");
		CHECK_STR(parsed_get(&t, "client_port"), rows[i].port != NULL ? rows[i].port : "");
	}
	begin(&t);
	put_client(t.r, STR("host.example"), STR("client_host"));
	CHECK_STR(parsed_get(&t, "client_host"), "host.example");
	begin(&t);
	put_client(t.r, STR("-"), STR("client_host"));
	CHECK_INT(t.r->n_extra, 0);
	CHECK(!put_port(t.r, F_CLIENT_PORT, STR("65536")));
	CHECK(put_port(t.r, F_CLIENT_PORT, STR("65535")));
	parsed_end(&t);
}

TEST(urls)
{
	static const struct {
		const char *url, *endpoint, *query, *host;
	} rows[] = {
		{ "/", "/", "", "" },
		{ "/a?b?c", "/a", "b?c", "" },
		{ "/a?", "/a", "", "" },
		{ "?x", "", "", "" },
		{ "http://h.example", "", "", "h.example" },
		{ "https://u:p@h.example:8/x?y#z", "/x", "y#z", "h.example" },
		{ "http://[::1]:8/x", "/x", "", "[::1]" },
		{ "http:///x", "/x", "", "" },
		{ "h.example:443", "", "", "" },
		{ "://", "", "", "" },
		{ "/http://h.example/", "/http://h.example/", "", "" },
	};
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(&t);
		put_url(t.r, str_c(rows[i].url));
		CHECK_STR(parsed_get(&t, "url"), rows[i].url);
		CHECK_STR(parsed_get(&t, "endpoint"), rows[i].endpoint);
		CHECK_STR(parsed_get(&t, "query"), rows[i].query);
		CHECK_STR(parsed_get(&t, "http_host"), rows[i].host);
	}
	begin(&t);
	put_url(t.r, STR(""));
	CHECK(!rec_has(t.r, F_URL));
	parsed_end(&t);
}

TEST(requests)
{
	static const char *const none[] = { "", " ", "GET", "GET ", "GET  HTTP/1.1", " / HTTP/1.1",
		"GET\t/ HTTP/1.1", "G\"T / HTTP/1.1", "hello world",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1" };
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		begin(&t);
		if (put_request(t.r, str_c(none[i])))
			test_fail(TEST_AT(put_request), "takes %s", none[i]);
		CHECK(!rec_has(t.r, F_METHOD) && !rec_has(t.r, F_URL));
	}
	begin(&t);
	CHECK(put_request(t.r, STR("VERSION-CONTROL /x HTTP/1.1")));
	CHECK_STR(parsed_get(&t, "method"), "VERSION-CONTROL");
	begin(&t);
	CHECK(put_request(t.r, STR("PRI * HTTP/2")));
	CHECK_STR(parsed_get(&t, "protocol"), "HTTP/2");
	parsed_end(&t);
}

TEST(mended)
{
	struct parsed t;

	parsed_begin(&t);
	begin(&t);
	CHECK_SLICE(put_mended(t.r, STR("caf\xc3\xa9")), "caf\xc3\xa9");
	CHECK_SLICE(put_mended(t.r, STR("caf\xe9!")), "caf\xef\xbf\xbd!");
	CHECK_SLICE(put_mended(t.r, STR("")), "");
	parsed_end(&t);
}
