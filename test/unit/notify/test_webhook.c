/* Body of a webhook; what its answers mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/webhook.h"

#include "base/clock.h"
#include "base/jsonr.h"
#include "test.h"

static struct job
a_job(void)
{
	return (struct job){ .id = 1,
		.key = STR("k"),
		.created = STR("2026-11-21T02:03:04Z"),
		.url = STR("https://t.example/alerts/1"),
		.channel = { .name = STR("hook") },
		.alert = { .id = STR("a1"),
		    .rule_id = STR("r"),
		    .title = STR("Brute \"force\"\n"),
		    .severity = JOB_HIGH,
		    .group = STR("client_ip=192.0.2.1"),
		    .tags = { STR("attack.t1110") },
		    .n_tags = 1,
		    .first = STR("2026-11-21T02:00:00Z"),
		    .last = STR("2026-11-21T02:03:00Z"),
		    .count = 12 } };
}

TEST(body)
{
	auto_buf struct buf b = { 0 };
	struct job j = a_job();

	webhook_body(&j, &b);
	CHECK_SLICE(buf_view(&b),
	    "{\"type\":\"alert.raised\",\"timestamp\":\"2026-11-21T02:03:04Z\",\"data\":{"
	    "\"channel\":\"hook\",\"id\":\"a1\",\"rule_id\":\"r\",\"title\":\"Brute "
	    "\\\"force\\\"\\n\","
	    "\"severity\":\"HIGH\",\"group\":\"client_ip=192.0.2.1\",\"summary\":\"\",\"advice\":"
	    "\"\","
	    "\"tags\":[\"attack.t1110\"],\"count\":12,\"first\":\"2026-11-21T02:00:00Z\","
	    "\"last\":\"2026-11-21T02:03:00Z\",\"url\":\"https://t.example/alerts/1\"}}");
	j.alert.action = STR("BLOCK_IP");
	j.alert.confidence = 85;
	webhook_body(&j, &b);
	buf_byte(&b, '\0');
	CHECK(strstr(b.p, "\"advice\":\"\",\"action\":\"BLOCK_IP\",\"confidence\":85,\"tags\"") !=
	      NULL);
	j.test = true;
	webhook_body(&j, &b);
	CHECK_SLICE(buf_view(&b),
	    "{\"type\":\"test\",\"timestamp\":\"2026-11-21T02:03:04Z\",\"data\":{"
	    "\"channel\":\"hook\",\"message\":\"Tocsin reaches this address.\"}}");
}

TEST(body_is_json_and_small_whatever_the_texts)
{
	static char bad[100000];
	struct arena *a = arena_new(1 << 20);
	const struct jsonr *top;
	struct job j = a_job();
	struct diag why = { 0 };

	for (size_t i = 0; i < sizeof(bad); i++)
		bad[i] = (char)(i * 7);
	for (int round = 0; round < 2; round++) {
		auto_buf struct buf b = { 0 };

		j.alert.title = j.alert.group = j.alert.summary = j.alert.advice =
		    (struct str){ bad, sizeof(bad) };
		for (size_t i = 0; i < JOB_TAGS_MAX; i++)
			j.alert.tags[i] = STR("attack.a-tag-of-an-ordinary-length");
		j.alert.n_tags = JOB_TAGS_MAX;
		webhook_body(&j, &b);
		CHECK(b.n <= WEBHOOK_BODY_MAX);
		CHECK_OK(jsonr_parse(a, buf_view(&b), &top, &why), why);
		memset(bad, 1, sizeof(bad)); /* each byte becomes six */
	}
	arena_free(a);
}

TEST(verdicts)
{
	static const struct {
		long status;
		const char *after, *said;
		enum job_verdict want;
		int64_t after_ms;
		const char *detail;
	} rows[] = {
		{ 200, "", "", JOB_OK, 0, "200" },
		{ 204, "", "", JOB_OK, 0, "204" },
		{ 299, "60", "x", JOB_OK, 0, "299" },
		{ 301, "", "", JOB_RETRY, 0, "301 (redirects are not followed)" },
		{ 400, "", "bad\nthing", JOB_RETRY, 0, "400: bad\\x0athing" },
		{ 404, "", "", JOB_RETRY, 0, "404" },
		{ 410, "", "gone", JOB_NEVER, 0, "410: the receiver wants no more of these" },
		{ 429, "120", "", JOB_RETRY, 120000, "429" },
		{ 429, " 7 ", "", JOB_RETRY, 7000, "429" },
		{ 503, "99999999999999999999", "", JOB_RETRY, 0, "503" },
		{ 503, "99999999", "", JOB_RETRY, 86400000, "503" },
		{ 503, "Sat, 21 Nov 2026 00:01:00 GMT", "", JOB_RETRY, 60000, "503" },
		{ 503, "Fri, 20 Nov 2026 00:01:00 GMT", "", JOB_RETRY, 0, "503" },
		{ 503, "soon", "", JOB_RETRY, 0, "503" },
		{ 503, "-5", "", JOB_RETRY, 0, "503" },
		{ 500, "", "  oops  ", JOB_RETRY, 0, "500: oops" },
	};
	const int64_t now = 1795219200 * CLOCK_S; /* 2026-11-21 00:00:00 */

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct job_result r = { .after_ms = 5 };

		webhook_verdict(rows[i].status, str_c(rows[i].after), str_c(rows[i].said), now, &r);
		CHECK_INT(r.verdict, rows[i].want);
		CHECK_INT(r.after_ms, rows[i].after_ms);
		CHECK_STR(r.detail, rows[i].detail);
	}
}
