/* SPDX-License-Identifier: Apache-2.0 */
/* Syslog headers: every layout, and what is missing. */
#include "parse/syslog.h"

#include "parsed.h"

static void
check(struct parsed *t, const char *line, const char *const (*want)[2])
{
	(void)fprintf(stderr, "# %s\n", line);
	(void)parsed_c(t, "auto", line);
	CHECK_OK(t->e, t->why);
	CHECK_STR(parsed_get(t, "format"), "syslog");
	for (; (*want)[0] != NULL; want++) {
		(void)fprintf(stderr, "# %s\n", (*want)[0]);
		CHECK_STR(parsed_get(t, (*want)[0]), (*want)[1]);
	}
}
#define CHECK_LINE(line, ...)                                                                      \
	check(&t, line, (const char *const[][2]){ __VA_ARGS__, { NULL, NULL } })

TEST(rfc5424)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE("<34>1 2026-11-20T22:14:15.003Z web1 su 12 ID47 - 'su root' failed",
	    { "timestamp", "2026-11-20T22:14:15.003Z" }, { "host", "web1" }, { "app", "su" },
	    { "pid", "12" }, { "syslog_msgid", "ID47" }, { "syslog_facility", "4" },
	    { "syslog_severity", "2" }, { "message", "'su root' failed" },
	    { "severity", "CRITICAL" }, { "event_type", "log" });
	CHECK_LINE("<165>1 2026-11-20T22:14:15+01:00 h app - - "
		   "[ex@32473 iut=\"3\" q=\"a\\\"b\\]c\\\\d\\n\"][z@1 k=\"\"] \xef\xbb\xbfhello",
	    { "ex@32473.iut", "3" }, { "ex@32473.q", "a\"b]c\\d\\n" }, { "z@1.k", "" },
	    { "message", "hello" }, { "pid", "" });
	CHECK_LINE("<13>1 - - - - - -", { "message", "" }, { "time_flag", "missing" },
	    { "host", "" }, { "app", "" }, { "timestamp", "2026-11-21T01:20:00Z" });
	CHECK_LINE("<13>1 2026-11-20T22:14:15Z h app main - [bad x] text",
	    { "message", "[bad x] text" }, { "procid", "main" });
	CHECK_LINE("<38>1 2026-11-20T22:14:15Z h sshd 9 - - Failed password for root from "
		   "203.0.113.7 port 22 ssh2",
	    { "event_type", "auth.login.failed" }, { "client_ip", "203.0.113.7" },
	    { "severity", "LOW" });
	CHECK_LINE("<12>1 file uploaded", { "message", "1 file uploaded" },
	    { "time_flag", "missing" });
	parsed_end(&t);
}

TEST(rfc3164)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE("<13>Nov 20 22:14:15 web1 app[12]: text", { "host", "web1" }, { "app", "app" },
	    { "pid", "12" }, { "message", "text" }, { "timestamp", "2026-11-20T22:14:15Z" });
	CHECK_LINE("Nov 20 22:14:15 web1 app: text", { "syslog_facility", "" }, { "app", "app" });
	CHECK_LINE("Nov  2 22:14:15 web1 app: text", { "timestamp", "2026-11-02T22:14:15Z" });
	CHECK_LINE("Dec 24 22:14:15 web1 app: text", { "timestamp", "2025-12-24T22:14:15Z" });
	CHECK_LINE("<13>Nov 20 22:14:15 app[12]: text", { "host", "" }, { "app", "app" },
	    { "pid", "12" });
	CHECK_LINE("<13>Nov 20 22:14:15 web1 app:text", { "app", "app" }, { "message", "text" });
	CHECK_LINE(
	    "<36>Nov 20 23:12:50 vm sshd Failed password for root from 203.0.113.7 port 1 ssh2",
	    { "app", "sshd" }, { "event_type", "auth.login.failed" });
	CHECK_LINE("Nov 20 22:14:15 web1 kernel: [12.3] x", { "app", "kernel" },
	    { "message", "[12.3] x" });
	CHECK_LINE("Nov 20 22:14:15 web1 last message repeated 2 times", { "app", "" },
	    { "message", "last message repeated 2 times" });
	CHECK_LINE("Nov 20 22:14:15 web1 /usr/sbin/cron[9]: x", { "app", "cron" });
	CHECK_LINE("Nov 20 22:14:15 web1 postfix/smtpd[9]: x", { "app", "postfix/smtpd" });
	CHECK_LINE("Nov 20 22:14:15 web1 sshd(pam_unix)[9]: x", { "app", "sshd" },
	    { "tag_module", "pam_unix" }, { "pid", "9" });
	CHECK_LINE("Nov 20 2025 22:14:15 web1 app: text", { "timestamp", "2025-11-20T22:14:15Z" });
	CHECK_LINE("Nov 31 22:14:15 web1 app: text", { "time_flag", "bad" }, { "app", "app" },
	    { "timestamp", "2026-11-21T01:20:00Z" });
	CHECK_LINE("<13>Nov 20 22:14:15 fe80::1 app: text", { "host", "fe80::1" },
	    { "app", "app" });
	parsed_end(&t);
}

TEST(iso)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE("2026-11-20T22:14:15.123456+01:00 web1 sshd[9]: x",
	    { "timestamp", "2026-11-20T21:14:15.123456Z" }, { "host", "web1" }, { "app", "sshd" },
	    { "pid", "9" });
	CHECK_LINE("2026-11-20T22:14:15+0000 web1 kernel: x", { "app", "kernel" });
	CHECK_LINE("<13>2026-11-20T22:14:15Z web1 x y z", { "host", "web1" },
	    { "message", "x y z" });
	CHECK(!syslog_format.sniff(STR("2026-11-20 22:14:15,123 INFO app: x")));
	CHECK(!syslog_format.sniff(STR("2026-11-20T22:14:15Z INFO started")));
	parsed_end(&t);
}

TEST(bare)
{
	struct parsed t;

	parsed_begin(&t);
	(void)parsed_str(&t, "auto", (struct str){ "<12>disk is full\0", 17 });
	CHECK_OK(t.e, t.why);
	CHECK_STR(parsed_get(&t, "message"), "disk is full");
	CHECK_STR(parsed_get(&t, "severity"), "MEDIUM");
	CHECK_STR(parsed_get(&t, "time_flag"), "missing");
	(void)parsed_c(&t, "syslog", "no header at all");
	CHECK_OK(t.e, t.why);
	CHECK_STR(parsed_get(&t, "message"), "no header at all");
	(void)parsed_c(&t, "auto", "<13>");
	CHECK_INT(t.e, FAIL_SYNTAX);
	(void)parsed_c(&t, "auto", "no header at all");
	CHECK_INT(t.e, FAIL_SYNTAX);
	parsed_end(&t);
}

TEST(priority)
{
	static const char *const none[] = { "<>x", "<192>x", "<999>x", "<1000>x", "<a>x", "<1x",
		"<012>x", "<00>x", "<" };
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CHECK(!syslog_format.sniff(str_c(none[i])));
	CHECK_LINE("<0>x", { "syslog_facility", "0" }, { "syslog_severity", "0" });
	CHECK_LINE("<191>x", { "syslog_facility", "23" }, { "syslog_severity", "7" });
	parsed_end(&t);
}

/* A sender without a name in the line is named by its address. */
TEST(peer)
{
	struct parsed t;
	struct parse_in in = { .message = STR("<13>x"),
		.received = PARSED_AT,
		.peer = STR("192.0.2.9"),
		.trust_time = true };

	parsed_begin(&t);
	rec_init(t.r, t.a);
	CHECK_OK(parser_parse(t.p, &in, t.r, &t.why), t.why);
	CHECK_STR(parsed_get(&t, "host"), "192.0.2.9");
	parsed_end(&t);
}
