/* SPDX-License-Identifier: Apache-2.0 */
/* Apache's error log, old and new. */
#include "parse/apache_error.h"

#include "parsed.h"

static void
check(struct parsed *t, const char *line, const char *const (*want)[2])
{
	(void)fprintf(stderr, "# %s\n", line);
	(void)parsed_c(t, "auto", line);
	CHECK_OK(t->e, t->why);
	CHECK_STR(parsed_get(t, "format"), "apache_error");
	CHECK_STR(parsed_get(t, "event_type"), "http.error");
	for (; (*want)[0] != NULL; want++) {
		(void)fprintf(stderr, "# %s\n", (*want)[0]);
		CHECK_STR(parsed_get(t, (*want)[0]), (*want)[1]);
	}
}
#define CHECK_LINE(line, ...)                                                                      \
	check(&t, line, (const char *const[][2]){ __VA_ARGS__, { NULL, NULL } })

TEST(lines)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE("[Sun Dec 04 04:47:44 2005] [notice] workers ready",
	    { "timestamp", "2005-12-04T04:47:44Z" }, { "severity", "LOW" },
	    { "message", "workers ready" }, { "client_ip", "" }, { "logsource.product", "apache" });
	CHECK_LINE(
	    "[Sun Dec 04 04:47:44 2005] [error] [client 203.0.113.7] File does not exist: /x",
	    { "severity", "HIGH" }, { "client_ip", "203.0.113.7" },
	    { "message", "File does not exist: /x" });
	CHECK_LINE("[Sat Nov 21 01:02:03.123456 2026] [core:error] [pid 12:tid 34] "
		   "[client 203.0.113.7:567] AH00128: File does not exist: /y",
	    { "timestamp", "2026-11-21T01:02:03.123456Z" }, { "module", "core" }, { "pid", "12" },
	    { "client_ip", "203.0.113.7" }, { "client_port", "567" },
	    { "message", "AH00128: File does not exist: /y" });
	CHECK_LINE("[Sat Nov 21 01:02:03 2026] [error] [client 203.0.113.7] [client 8.8.8.8] x",
	    { "client_ip", "203.0.113.7" }, { "message", "[client 8.8.8.8] x" });
	CHECK_LINE("[Sat Nov 21 01:02:03 2026] [error] x [client 8.8.8.8] y", { "client_ip", "" },
	    { "message", "x [client 8.8.8.8] y" });
	CHECK_LINE("[Sat Nov 21 01:02:03 2026] [error] [client host.example] y",
	    { "client_host", "host.example" }, { "message", "y" });
	parsed_end(&t);
}

TEST(refused)
{
	static const char *const lines[] = { "[Sun Dec 04 04:47:44 2005]",
		"[Sun Dec 04 04:47:44 2005] text", "[Sun Dec 04 04:47:44 2005] []" };
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		(void)parsed_c(&t, "auto", lines[i]);
		CHECK_INT(t.e, FAIL_SYNTAX);
		CHECK_STR(parsed_get(&t, "event_type"), "parse.failed");
	}
	CHECK(!apache_error_format.sniff(STR("[Sun Dec 34 04:47:44 2005] [notice] x")));
	CHECK(!apache_error_format.sniff(STR("[")));
	parsed_end(&t);
}
