/* Jobs and results: there and back, and what is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/job.h"

#include "base/utf8.h"
#include "random.h"
#include "test.h"

#define EMAIL                                                                                      \
	"{\"name\":\"ops\",\"type\":\"email\",\"settings\":{\"host\":\"mx\",\"port\":2525,"        \
	"\"security\":\"none\",\"user\":\"u\",\"from\":\"a@b\",\"to\":[\"c@d\",\"e@f\"]},"         \
	"\"secret\":\"env:X\"}"

static enum err
parse(struct arena *a, const char *line, struct job *j)
{
	struct diag why = { 0 };
	enum err e = job_parse(a, str_c(line), j, &why);

	CHECK(e == OK || why.text[0] != '\0');
	return e;
}

TEST(there_and_back)
{
	struct arena *a = arena_new(JOB_ARENA);
	auto_buf struct buf b = { 0 };
	struct diag why = { 0 };
	struct job j;

	job_put(&(struct job_order){ .id = 7,
		    .key = STR("0123.ops"),
		    .created = STR("2026-11-21T02:03:04Z"),
		    .url = STR("https://t/alerts/1"),
		    .ack_url = STR("https://t/alerts/1?ack=x"),
		    .timeout_ms = 3000,
		    .channel = STR("{\"name\":\"ops\",\"type\":\"email\",\"settings\":{\"host\":"
				   "\"mx\",\"port\":0,\"security\":\"tls\",\"user\":\"\",\"from\":"
				   "\"a@b\",\"to\":[\"c@d\"]},\"secret\":\"file:/x\"}"),
		    .alert = STR(
			"{\"id\":\"0123\",\"rule_id\":\"r\",\"title\":\"T\\n\",\"severity\":"
			"\"HIGH\",\"group\":\"g\",\"summary\":\"s\",\"advice\":\"d\",\"action\":"
			"\"NOTIFY\",\"confidence\":70,\"tags\":"
			"[\"x\",\"y\"],\"count\":12,\"first\":\"f\",\"last\":\"l\"}") },
	    &b);
	CHECK_INT(b.p[b.n - 1], '\n');
	CHECK(memchr(b.p, '\n', b.n - 1) == NULL);
	CHECK_OK(job_parse(a, buf_view(&b), &j, &why), why);
	CHECK_INT(j.id, 7);
	CHECK_SLICE(j.key, "0123.ops");
	CHECK_SLICE(j.ack_url, "https://t/alerts/1?ack=x");
	CHECK_INT(j.timeout_ms, 3000);
	CHECK(!j.test);
	CHECK_INT(j.channel.type, JOB_EMAIL);
	CHECK_INT(j.channel.security, JOB_TLS);
	CHECK_INT(j.channel.n_to, 1);
	CHECK_SLICE(j.channel.to[0], "c@d");
	CHECK_SLICE(j.channel.secret, "file:/x");
	CHECK_INT(j.alert.severity, JOB_HIGH);
	CHECK_SLICE(j.alert.title, "T\n");
	CHECK_INT(j.alert.n_tags, 2);
	CHECK_SLICE(j.alert.action, "NOTIFY");
	CHECK_INT(j.alert.confidence, 70);
	CHECK_INT(j.alert.count, 12);
	arena_free(a);
}

TEST(mail_for_one_person_goes_to_nobody_else)
{
	struct arena *a = arena_new(JOB_ARENA);
	struct diag why = { 0 };
	struct job j;

	CHECK_OK(job_parse(a,
		     STR("{\"id\":7,\"key\":\"k\",\"person\":\"ann\",\"address\":\"ann@b.c\","
			 "\"channel\":{\"type\":\"email\",\"settings\":{\"host\":\"h\",\"from\":"
			 "\"a@b.c\",\"to\":[\"o@b.c\",\"p@b.c\"]}}}"),
		     &j, &why),
	    why);
	CHECK_SLICE(j.person, "ann");
	CHECK_INT(j.channel.n_to, 1);
	CHECK_SLICE(j.channel.to[0], "ann@b.c");
	arena_free(a);
}

TEST(what_is_no_job)
{
	static const struct {
		const char *line;
		int64_t id; /* known all the same */
	} rows[] = {
		{ "", 0 },
		{ "[]", 0 },
		{ "{\"id\":\"7\"}", 0 },
		{ "{\"id\":-7}", -7 },
		{ "{\"id\":7}", 7 },
		{ "{\"id\":7,\"key\":\"a b\",\"channel\":" EMAIL "}", 7 },
		{ "{\"id\":7,\"key\":\"a\\r\\nb\",\"channel\":" EMAIL "}", 7 },
		{ "{\"id\":7,\"key\":\"k\",\"timeout_ms\":0,\"channel\":" EMAIL "}", 7 },
		{ "{\"id\":7,\"key\":\"k\",\"timeout_ms\":300001,\"channel\":" EMAIL "}", 7 },
		{ "{\"id\":7,\"key\":\"k\"}", 7 },
		{ "{\"id\":7,\"key\":\"k\",\"channel\":{\"type\":\"\"}}", 7 },
		{ "{\"id\":7,\"key\":\"k\",\"channel\":{\"type\":\"webhook\"}}", 7 },
		{ "{\"id\":7,\"key\":\"k\",\"channel\":{\"type\":\"email\",\"settings\":{\"host\":"
		  "\"mx\",\"from\":\"a@b\",\"to\":[]}}}",
		    7 },
		{ "{\"id\":7,\"key\":\"k\",\"channel\":{\"type\":\"email\",\"settings\":{\"host\":"
		  "\"mx\",\"from\":\"a@b\",\"to\":[1]}}}",
		    7 },
		{ "{\"id\":7,\"key\":\"k\",\"channel\":{\"type\":\"email\",\"settings\":{\"host\":"
		  "\"mx\",\"from\":\"a@b\",\"to\":[\"c@d\"],\"port\":65536}}}",
		    7 },
		{ "{\"id\":7,\"key\":\"k\",\"channel\":{\"type\":\"email\",\"settings\":{\"host\":"
		  "\"mx\",\"from\":\"a@b\",\"to\":[\"c@d\"],\"security\":\"rot13\"}}}",
		    7 },
		{ "{\"id\":7,\"key\":\"k\",\"channel\":" EMAIL
		  ",\"alert\":{\"severity\":\"DIRE\"}}",
		    7 },
		{ "{\"id\":7,\"key\":\"k\",\"channel\":" EMAIL ",\"alert\":{\"tags\":\"x\"}}", 7 },
	};
	struct arena *a = arena_new(JOB_ARENA);
	struct job j;

	CHECK_INT(parse(a, "{\"id\":7,\"key\":\"k\",\"channel\":" EMAIL "}", &j), OK);
	CHECK_INT(j.channel.port, 2525);
	CHECK_INT(j.channel.n_to, 2);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (parse(a, rows[i].line, &j) != FAIL_SYNTAX)
			test_fail(TEST_AT(rows), "%s is taken", rows[i].line);
		CHECK_INT(j.id, rows[i].id);
	}
	arena_free(a);
}

TEST(limits)
{
	struct arena *a = arena_new(JOB_ARENA);
	auto_buf struct buf b = { 0 };
	struct job j;

	buf_str(&b, STR("{\"id\":7,\"key\":\"k\",\"channel\":{\"type\":\"email\",\"settings\":"
			"{\"host\":\"mx\",\"from\":\"a@b\",\"to\":[\"c@d\""));
	for (unsigned i = 0; i < JOB_TO_MAX; i++)
		buf_str(&b, STR(",\"c@d\""));
	buf_str(&b, STR("]}}}"));
	CHECK_INT(job_parse(a, buf_view(&b), &j, NULL), FAIL_SYNTAX);
	buf_reset(&b);
	for (size_t i = 0; i <= JOB_LINE_MAX; i++)
		buf_byte(&b, ' ');
	CHECK_INT(job_parse(a, buf_view(&b), &j, NULL), FAIL_LIMIT);
	buf_reset(&b);
	buf_byte(&b, '['); /* as many values as fit into a line fit into the arena */
	while (b.n < JOB_LINE_MAX - 2)
		buf_str(&b, STR("0,"));
	buf_str(&b, STR("0]"));
	CHECK_INT(job_parse(a, buf_view(&b), &j, NULL), FAIL_LIMIT);
	arena_free(a);
}

TEST(results)
{
	static const char *const bad[] = { "", "{}", "{\"id\":1}",
		"{\"id\":1,\"verdict\":\"maybe\"}", "{\"id\":0,\"verdict\":\"ok\"}",
		"{\"id\":1,\"verdict\":\"ok\",\"ms\":-1}",
		"{\"id\":1,\"verdict\":\"retry\",\"after_ms\":-1}" };
	struct job_result r = { .id = 9, .after_ms = 1000, .ms = 5 }, back;
	auto_buf struct buf b = { 0 };
	struct diag why = { 0 };

	job_result_set(&r, JOB_RETRY, "429 \"slow\" \033[1m\n%s", "x\r\n");
	CHECK_STR(r.detail, "429 \"slow\" \\x1b[1m\\x0ax");
	job_result_put(&r, &b);
	CHECK_OK(job_result_parse(buf_view(&b), &back, &why), why);
	CHECK_INT(back.id, 9);
	CHECK_INT(back.verdict, JOB_RETRY);
	CHECK_INT(back.after_ms, 1000);
	CHECK_INT(back.ms, 5);
	CHECK_STR(back.detail, r.detail);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_INT(job_result_parse(str_c(bad[i]), &back, NULL), FAIL_SYNTAX);
}

TEST(words_are_cut_at_a_character)
{
	uint64_t s = random_start(test_seed());

	for (unsigned i = 0; i < test_rounds(500); i++) {
		struct job_result r = { 0 };
		char text[600] = "";
		size_t n = random_below(&s, 8);

		memset(text, 'x', n);
		for (; n + 4 < sizeof(text); n += 2)
			memcpy(text + n, "\xc3\xa9", 2);
		job_result_set(&r, JOB_NEVER, "%.*s", (int)n, text);
		CHECK(strlen(r.detail) < sizeof(r.detail));
		CHECK(utf8_valid(str_c(r.detail)));
		CHECK_INT(r.verdict, JOB_NEVER);
	}
}
