/* SPDX-License-Identifier: Apache-2.0 */
/* What an application is sent, and what its answer means. */
#include "notify/action.h"

#include "base/clock.h"
#include "test.h"

#define KEY "value:whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define NOW ((int64_t)1614265330 * CLOCK_S)

static enum err
make(const char *settings, const char *secret, struct call *q, struct diag *why)
{
	auto_buf struct buf line = { 0 }, channel = { 0 };
	struct arena *a = arena_new(JOB_ARENA);
	struct job j;
	enum err e;

	buf_printf(&channel,
	    "{\"name\":\"@app\",\"type\":\"action\",\"settings\":%s,\"secret\":\"%s\"}", settings,
	    secret);
	job_put(&(struct job_order){ .id = 7,
		    .key = STR("msg_p5jXN8AQM9LWM0D4loKWxJek"),
		    .timeout_ms = 1000,
		    .channel = buf_view(&channel) },
	    &line);
	e = job_parse(a, str_trim(buf_view(&line)), &j, why);
	if (e == OK)
		CHECK_INT(j.channel.type, JOB_ACTION);
	if (e == OK)
		e = action_call(&j, NOW, q, why);
	arena_free(a);
	return e;
}

static bool
has(const struct call *q, const char *header)
{
	for (size_t i = 0; i < q->n_headers; i++)
		if (strcmp(q->headers[i].p, header) == 0)
			return true;
	return false;
}

/* The vector of the standard's own libraries. */
TEST(a_post_is_signed_over_its_body)
{
	auto_call struct call q = { 0 };
	struct diag why = { 0 };

	CHECK_OK(make("{\"url\":\"http://h/x\",\"post\":true,"
		      "\"content\":\"{\\\"test\\\": 2432232314}\"}",
		     KEY, &q, &why),
	    why);
	CHECK_STR(q.url.p, "http://h/x");
	CHECK_STR(q.method.p, "POST");
	CHECK(str_eq(buf_view(&q.body), STR("{\"test\": 2432232314}")));
	CHECK(has(&q, "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek"));
	CHECK(has(&q, "webhook-timestamp: 1614265330"));
	CHECK(has(&q, "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
}

TEST(a_question_is_signed_over_its_query)
{
	auto_call struct call q = { 0 };
	struct diag why = { 0 };

	CHECK_OK(make("{\"url\":\"http://h/x\",\"content\":\"action=LOCK_ACCOUNT&entity=a%26b\"}",
		     KEY, &q, &why),
	    why);
	CHECK_STR(q.url.p, "http://h/x?action=LOCK_ACCOUNT&entity=a%26b");
	CHECK_STR(q.method.p, "GET");
	CHECK_INT(q.body.n, 0);
	CHECK(has(&q, "webhook-signature: v1,JqVumQWrca6DsqwvUzPsHRg8+zQOFcD9S5AOsfxW4as="));
}

TEST(nothing_goes_out_unsigned)
{
	auto_call struct call q = { 0 };

	CHECK_INT(make("{\"url\":\"http://h/x\",\"content\":\"a=b\"}", "", &q, NULL),
	    FAIL_NOT_FOUND);
	CHECK_INT(make("{\"url\":\"http://h/x\",\"content\":\"a=b\"}", "value:none", &q, NULL),
	    FAIL_SYNTAX);
	CHECK_INT(make("{\"url\":\"http://h/x\",\"content\":\"\"}", KEY, &q, NULL), FAIL_SYNTAX);
	CHECK_INT(make("{\"url\":\"http://h/x\"}", KEY, &q, NULL), FAIL_SYNTAX);
	CHECK_INT(make("{\"content\":\"a=b\"}", KEY, &q, NULL), FAIL_SYNTAX);
}

TEST(what_answers_mean)
{
	static const struct {
		long status;
		enum job_verdict verdict;
	} rows[] = {
		{ 200, JOB_OK },
		{ 204, JOB_OK },
		{ 302, JOB_RETRY },
		{ 400, JOB_NEVER },
		{ 401, JOB_RETRY }, /* the key is mended on one side or the other */
		{ 404, JOB_RETRY }, /* and so is the address */
		{ 409, JOB_NEVER },
		{ 422, JOB_NEVER },
		{ 429, JOB_RETRY },
		{ 500, JOB_RETRY },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct job_result r = { .id = 7 }, back;
		auto_buf struct buf line = { 0 };

		action_verdict(rows[i].status, STR(""), STR("{\"state\":\"on\"}"), NOW, &r);
		CHECK_INT(r.verdict, rows[i].verdict);
		CHECK_STR(r.said, rows[i].verdict == JOB_OK ? "{\"state\":\"on\"}" : "");
		job_result_put(&r, &line);
		CHECK_INT(job_result_parse(str_trim(buf_view(&line)), &back, NULL), OK);
		CHECK_STR(back.said, r.said);
	}
}
