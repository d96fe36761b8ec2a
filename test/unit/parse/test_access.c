/* SPDX-License-Identifier: Apache-2.0 */
/* Access lines: every layout, every escape, and both ends anchored. */
#include "parse/access.h"

#include "parsed.h"

#define TIME "[21/Nov/2026:01:02:03 +0100]"

static void
check(struct parsed *t, const char *line, const char *const (*want)[2])
{
	(void)fprintf(stderr, "# %s\n", line);
	CHECK(format_sniff(str_c(line)) == &access_format);
	(void)parsed_c(t, "auto", line);
	CHECK_OK(t->e, t->why);
	CHECK_STR(parsed_get(t, "event_type"), "http.request");
	CHECK_STR(parsed_get(t, "timestamp"), "2026-11-21T00:02:03Z");
	CHECK_STR(parsed_get(t, "format"), "access");
	CHECK_STR(parsed_get(t, "logsource.category"), "webserver");
	CHECK_STR(parsed_get(t, "category"), "web");
	for (; (*want)[0] != NULL; want++) {
		(void)fprintf(stderr, "# %s\n", (*want)[0]);
		CHECK_STR(parsed_get(t, (*want)[0]), (*want)[1]);
	}
}
#define CHECK_LINE(line, ...)                                                                      \
	check(&t, line, (const char *const[][2]){ __VA_ARGS__, { NULL, NULL } })

TEST(layouts)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE("203.0.113.7 - - " TIME " \"GET /a/b?c=d&e HTTP/1.1\" 200 512",
	    { "client_ip", "203.0.113.7" }, { "method", "GET" }, { "url", "/a/b?c=d&e" },
	    { "endpoint", "/a/b" }, { "query", "c=d&e" }, { "protocol", "HTTP/1.1" },
	    { "status_code", "200" }, { "bytes_out", "512" }, { "outcome", "success" },
	    { "user_agent", "" }, { "user_name", "" });
	CHECK_LINE("2001:db8::7 - bob " TIME
		   " \"POST / HTTP/2.0\" 403 - \"https://a.example/\" \"ua\"",
	    { "client_ip", "2001:db8::7" }, { "user_name", "bob" }, { "status_code", "403" },
	    { "bytes_out", "" }, { "referer", "https://a.example/" }, { "user_agent", "ua" },
	    { "outcome", "failure" }, { "query", "" });
	CHECK_LINE("shop.example:8443 203.0.113.7 - - " TIME
		   " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
	    { "http_host", "shop.example" }, { "server_port", "8443" },
	    { "client_ip", "203.0.113.7" }, { "referer", "" }, { "user_agent", "" });
	CHECK_LINE("shop.example 203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 200 1",
	    { "http_host", "shop.example" }, { "client_ip", "203.0.113.7" });
	CHECK_LINE("8.8.8.8 203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 200 1",
	    { "http_host", "8.8.8.8" }, { "client_ip", "203.0.113.7" });
	CHECK_LINE("client.example - - " TIME " \"GET / HTTP/1.1\" 200 1", { "client_ip", "" },
	    { "client_host", "client.example" }, { "http_host", "" });
	CHECK_LINE("203.0.113.7:4711 - - " TIME " \"GET / HTTP/1.1\" 200 1",
	    { "client_ip", "203.0.113.7" }, { "client_port", "4711" });
	CHECK_LINE("203.0.113.7 ident \"\" " TIME " \"GET / HTTP/1.1\" 200 1", { "ident", "ident" },
	    { "client_ip", "203.0.113.7" });
	CHECK_LINE("203.0.113.7 - a b c " TIME " \"GET / HTTP/1.1\" 200 1",
	    { "user_name", "a b c" });
	parsed_end(&t);
}

TEST(requests)
{
	struct parsed t;

	parsed_begin(&t);
#define LINE(request) "203.0.113.7 - - " TIME " \"" request "\" 400 0 \"-\" \"-\""
	CHECK_LINE(LINE("-"), { "method", "" }, { "url", "" }, { "message", "-" });
	CHECK_LINE(LINE(""), { "method", "" }, { "url", "" }, { "status_code", "400" });
	CHECK_LINE(LINE("\\x16\\x03\\x01\\x00"), { "method", "" }, { "url", "" });
	CHECK_LINE(LINE("GET /old"), { "method", "GET" }, { "url", "/old" }, { "protocol", "" });
	CHECK_LINE(LINE("two words"), { "method", "" }, { "message", "two words" });
	CHECK_LINE(LINE("GET /a b c HTTP/1.0"), { "endpoint", "/a b c" },
	    { "protocol", "HTTP/1.0" });
	CHECK_LINE(LINE("GET http://a.example:81/x?y HTTP/1.1"), { "http_host", "a.example" },
	    { "endpoint", "/x" }, { "query", "y" }, { "url", "http://a.example:81/x?y" });
	CHECK_LINE(LINE("CONNECT a.example:443 HTTP/1.1"), { "method", "CONNECT" },
	    { "url", "a.example:443" }, { "endpoint", "" });
	CHECK_LINE(LINE("OPTIONS * HTTP/1.1"), { "endpoint", "*" });
	CHECK_LINE(LINE("GET / HTTP/1.1 HTTP/1.1"), { "endpoint", "/ HTTP/1.1" });
	parsed_end(&t);
}

TEST(escapes)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE(LINE("GET /\\\"x\\\\y\\t HTTP/1.1"), { "url", "/\"x\\y\t" });
	CHECK_LINE(LINE("GET /\\x22\\x5C\\xC3\\xa9 HTTP/1.1"), { "url", "/\"\\\xc3\xa9" });
	CHECK_LINE(LINE("GET /\\xff\\q HTTP/1.1"), { "url", "/\xef\xbf\xbd\\q" });
	CHECK_LINE(LINE("GET /\xff HTTP/1.1"), { "url", "/\xef\xbf\xbd" });
	CHECK_LINE("203.0.113.7 - - " TIME
		   " \"GET / HTTP/1.1\" 200 1 \"\\\"\" \"a \\\"b\\\" \\x22\"",
	    { "referer", "\"" }, { "user_agent", "a \"b\" \"" });
	parsed_end(&t);
}

TEST(fields_behind)
{
	struct parsed t;

	parsed_begin(&t);
#define MORE(more) "203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\" " more
	CHECK_LINE(MORE("0.123"), { "access_1", "0.123" });
	CHECK_LINE(MORE("\"8.8.8.8, 10.0.0.1\" 7"), { "access_1", "8.8.8.8, 10.0.0.1" },
	    { "access_2", "7" }, { "client_ip", "203.0.113.7" });
	CHECK_LINE(MORE("rt=0.05 uct=\"-\" uht=\"0.1\""), { "rt", "0.05" }, { "uct", "" },
	    { "uht", "0.1" });
	parsed_end(&t);
}

TEST(refused)
{
	static const char *const lines[] = {
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 200",
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 20 1",
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 2000 1",
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" abc 1",
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 200 x",
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\"200 1",
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\"",
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"open",
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"x",
		"203.0.113.7 - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\" \"open",
		"203.0.113.7 - - " TIME " \"GET /\"x\" HTTP/1.1\" 200 1",
		"203.0.113.7 - - " TIME " \"open",
		"203.0.113.7 - - " TIME " GET / 200 1",
		"203.0.113.7 - " TIME " \"GET / HTTP/1.1\" 200 1",
		"203.0.113.7 - - " TIME "x \"GET / HTTP/1.1\" 200 1",
		"203.0.113.7 - -" TIME " \"GET / HTTP/1.1\" 200 1",
	};
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		(void)fprintf(stderr, "# %s\n", lines[i]);
		(void)parsed_c(&t, "auto", lines[i]);
		CHECK_INT(t.e, FAIL_SYNTAX);
		CHECK(t.why.column > 0);
		CHECK_STR(parsed_get(&t, "event_type"), "parse.failed");
		CHECK_STR(parsed_get(&t, "client_ip"), "");
		CHECK_STR(parsed_get(&t, "raw"), lines[i]);
		CHECK_STR(parsed_get(&t, "parse_error"), t.why.text);
	}
	CHECK(!access_format.sniff(STR("no [time] here")));
	CHECK(!access_format.sniff(STR("203.0.113.7 - - [31/Feb/2026:01:02:03 +0100] \"x")));
	parsed_end(&t);
}

/* At most 32 fields behind the agent. */
TEST(fields_behind_are_bounded)
{
	struct parsed t;
	char line[400] = MORE("1");

	parsed_begin(&t);
	for (int i = 2; i <= 33; i++) {
		(void)parsed_c(&t, "auto", line);
		CHECK_INT(t.e, OK);
		CHECK_INT(t.r->n_extra, i - 1);
		(void)snprintf(line + strlen(line), sizeof(line) - strlen(line), " 1");
	}
	(void)parsed_c(&t, "auto", line);
	CHECK_INT(t.e, FAIL_SYNTAX);
	parsed_end(&t);
}
