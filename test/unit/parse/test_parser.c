/* SPDX-License-Identifier: Apache-2.0 */
/* What every record has, whatever the format: defaults, times, failures, detection. */
#include "parse/parser.h"

#include "base/utf8.h"
#include "parsed.h"

static struct rec *
at(struct parsed *t, const char *text, int64_t received, bool trust)
{
	struct parse_in in = { .message = str_c(text),
		.received = received,
		.source = STR("test"),
		.trust_time = trust };

	arena_reset(t->a);
	rec_init(t->r, t->a);
	t->e = parser_parse(t->p, &in, t->r, NULL);
	return t->r;
}

TEST(detection)
{
	static const struct {
		const char *line, *format;
	} rows[] = {
		{ "{\"a\":1}", "json" },
		{ "  {\"a\":1}", "json" },
		{ "[{\"a\":1}]", "json" },
		{ "[1]", "json" },
		{ "{broken", "json" },
		{ "[Sun Dec 04 04:47:44 2005] [x] y", "apache_error" },
		{ "<13>x", "syslog" },
		{ "Nov 21 01:02:03 h x: y", "syslog" },
		{ "2026-11-21T01:02:03Z h x: y", "syslog" },
		{ "1.2.3.4 - - [21/Nov/2026:01:02:03 +0000] \"x\" 200 1", "access" },
		{ "anything else", "text" },
		{ "", "text" },
		{ "\xff\xfe", "text" },
		{ "<script>", "text" },
		{ "[x] y", "text" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(format_sniff(str_c(rows[i].line))->name, rows[i].format);
	for (size_t i = 0; format_at(i) != NULL; i++) {
		CHECK(format_find(str_c(format_at(i)->name)) == format_at(i));
		CHECK(format_at(i)->doc[0] != '\0');
	}
	CHECK(format_find(STR("auto")) == NULL);
}

TEST(every_record_is_complete)
{
	static const char *const lines[] = { "{\"a\":1}", "{broken", "", "x", "<13>x",
		"Nov 21 01:02:03 h x: y", "[Sun Dec 04 04:47:44 2005] [x] y",
		"1.2.3.4 - - [21/Nov/2026:01:02:03 +0000] \"x\" 200 1", "{}",
		"{\"severity\":\"odd\"}" };
	static const enum field must[] = { F_TIMESTAMP, F_RECEIVED, F_EVENT_TYPE, F_SEVERITY,
		F_SOURCE, F_FORMAT, F_RAW };
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		(void)parsed_c(&t, "auto", lines[i]);
		for (size_t k = 0; k < sizeof(must) / sizeof(must[0]); k++) {
			if (!rec_has(t.r, must[k]))
				test_fail(TEST_AT(must), "%s lacks %s", lines[i],
				    field_info(must[k])->native);
		}
		CHECK_STR(parsed_get(&t, "raw"), lines[i]);
		CHECK_INT(t.r->v[F_RECEIVED].i, PARSED_AT);
		CHECK((t.e == OK) != rec_has(t.r, F_PARSE_ERROR));
	}
	parsed_end(&t);
}

TEST(times)
{
	struct parsed t;
	const int64_t now = PARSED_AT;

	parsed_begin(&t);
	(void)at(&t, "{\"time\":\"2026-11-21T01:19:00Z\"}", now, true);
	CHECK(t.r->v[F_TIMESTAMP].i == now - 60 * CLOCK_S && !rec_has(t.r, F_TIME_FLAG));
	(void)at(&t, "{\"time\":\"2026-11-21T01:25:00Z\"}", now, true);
	CHECK(t.r->v[F_TIMESTAMP].i == now + 300 * CLOCK_S && !rec_has(t.r, F_TIME_FLAG));
	(void)at(&t, "{\"time\":\"2026-11-21T01:25:01Z\"}", now, true);
	CHECK_INT(t.r->v[F_TIMESTAMP].i, now);
	CHECK_STR(parsed_get(&t, "time_flag"), "future");
	(void)at(&t, "{\"x\":1}", now, true);
	CHECK_INT(t.r->v[F_TIMESTAMP].i, now);
	CHECK_STR(parsed_get(&t, "time_flag"), "missing");
	(void)at(&t, "{\"time\":\"soon\"}", now, true);
	CHECK_STR(parsed_get(&t, "time_flag"), "bad");
	(void)at(&t, "{\"time\":\"2026-11-21T01:19:00Z\"}", now, false);
	CHECK(t.r->v[F_TIMESTAMP].i == now && !rec_has(t.r, F_TIME_FLAG));
	(void)at(&t, "{\"time\":\"2261-11-21T01:19:00Z\"}", INT64_MAX - 10 * CLOCK_S, true);
	CHECK(!rec_has(t.r, F_TIME_FLAG));
	(void)at(&t, "{\"time\":\"1700-11-21T01:19:00Z\"}", 0, true);
	CHECK(!rec_has(t.r, F_TIME_FLAG));
	parsed_end(&t);
}

TEST(failures)
{
	struct parsed t;
	auto_buf struct buf big = { 0 };

	parsed_begin(&t);
	(void)parsed_c(&t, "auto", "{\"client_ip\":\"203.0.113.7\",");
	CHECK_INT(t.e, FAIL_SYNTAX);
	CHECK_STR(parsed_get(&t, "event_type"), "parse.failed");
	CHECK_STR(parsed_get(&t, "client_ip"), "");
	CHECK_STR(parsed_get(&t, "parse_error"), t.why.text);
	CHECK_STR(parsed_get(&t, "time_flag"), "");
	CHECK_INT(t.r->n_extra, 0);
	(void)parsed_c(&t, "auto", "nothing known");
	CHECK_STR(parsed_get(&t, "parse_error"), "no known format");
	(void)parsed_c(&t, "text", "nothing known");
	CHECK_OK(t.e, t.why);
	CHECK_STR(parsed_get(&t, "message"), "nothing known");
	(void)parsed_c(&t, "text", " \t");
	CHECK_INT(t.e, FAIL_SYNTAX);
	(void)parsed_c(&t, "auto", "\r\n");
	CHECK_STR(parsed_get(&t, "parse_error"), "empty message");
	for (size_t i = 0; i < REC_RAW_MAX / 8; i++)
		buf_str(&big, STR("<1>aaaaa"));
	(void)parsed_str(&t, "auto", buf_view(&big));
	CHECK_INT(t.e, OK);
	buf_byte(&big, 'x');
	(void)parsed_str(&t, "auto", buf_view(&big));
	CHECK_INT(t.e, FAIL_LIMIT);
	CHECK(t.r->cut);
	CHECK_INT(t.r->v[F_RAW].s.n, REC_RAW_MAX);
	CHECK_STR(parsed_get(&t, "event_type"), "parse.failed");
	parsed_end(&t);
}

TEST(text_is_utf8_and_raw_is_not_touched)
{
	struct parsed t;
	const char *line = "Nov 21 01:02:03 h\xff sshd[1]: Invalid user b\xe9 from 203.0.113.7\r";

	parsed_begin(&t);
	(void)parsed_c(&t, "auto", line);
	CHECK_STR(parsed_get(&t, "host"), "h\xef\xbf\xbd");
	CHECK_STR(parsed_get(&t, "user_name"), "b\xef\xbf\xbd");
	CHECK_STR(parsed_get(&t, "client_ip"), "203.0.113.7");
	CHECK_STR(parsed_get(&t, "raw"), line);
	CHECK(utf8_valid(t.r->v[F_MESSAGE].s));
	parsed_end(&t);
}

/* An arena without room costs text, not the record, and says so. */
TEST(no_room)
{
	struct parsed t;
	struct arena *small = arena_new(0);
	struct parse_in in = {
		.message = STR("{\"user_id\":17,\"x\":[1,2],\"a\":\"\\n\",\"ip\":\"::FF\"}"),
		.received = PARSED_AT,
		.trust_time = true
	};

	parsed_begin(&t);
	rec_init(t.r, small);
	CHECK_INT(parser_parse(t.p, &in, t.r, NULL), OK);
	CHECK(t.r->cut);
	in.message = STR("\xff");
	rec_init(t.r, small);
	CHECK_INT(parser_parse(t.p, &in, t.r, NULL), FAIL_SYNTAX);
	CHECK_STR(parsed_get(&t, "event_type"), "parse.failed");
	arena_free(small);
	parsed_end(&t);
	parser_free(NULL);
}
