/* Deliveries over HTTP: listed by page, sent again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/channels.h"
#include "alert/outbox.h"
#include "fixture.h"

static void
has(const char *body, const char *what)
{
	if (strstr(body, what) == NULL)
		test_fail(TEST_AT(what), "%s is not in %s", what, body);
}

static size_t
times(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

/* `n` alerts of a channel; the first is sent, the second dead. */
static void
fill(unsigned n)
{
	const struct channel c = { .name = STR("hook"),
		.type = CHANNELS_WEBHOOK,
		.enabled = true,
		.min_severity = ALERTS_INFO,
		.origin = CHANNELS_PAGE,
		.url = STR("https://example.org/") };
	const struct outbox_policy policy = { 1, 0 };
	struct outbox_job jobs[2];
	struct diag why = { 0 };
	size_t got;

	CHECK_OK(channels_add(fx.alerts, &c, 1, &why), why);
	for (unsigned i = 0; i < n; i++) {
		uint64_t seq = i + 1;
		char id[33];
		struct alerts_finding f = { .rule_id = STR("r"),
			.title = STR("t"),
			.severity = STR("LOW"),
			.tags = STR(""),
			.advice = STR(""),
			.group = STR(""),
			.summary = STR(""),
			.n_first = 1,
			.seq = seq,
			.evidence = &seq,
			.n_evidence = 1 };

		(void)snprintf(id, sizeof(id), "%032x", i);
		f.id = str_c(id);
		CHECK_OK(alerts_apply(fx.alerts, &f, 1, i, 1000000000, &why), why);
	}
	CHECK_OK(outbox_claim(fx.alerts, 2, 2000000000, jobs, 2, &got, &why), why);
	CHECK_INT(got, 2);
	CHECK_OK(outbox_result(fx.alerts,
		     &(struct outbox_result){ jobs[0].id, OUTBOX_OK, 0, 12, STR("204") }, &policy,
		     3000000000, &why),
	    why);
	CHECK_OK(outbox_result(fx.alerts,
		     &(struct outbox_result){ jobs[1].id, OUTBOX_NEVER, 0, 3, STR("410 Gone") },
		     &policy, 3000000000, &why),
	    why);
}

TEST(listed_by_page)
{
	static const struct {
		const char *query;
		int status;
		size_t n;
	} cases[] = {
		{ "", 200, 10 },
		{ "?state=pending", 200, 8 },
		{ "?state=sent", 200, 1 },
		{ "?state=dead", 200, 1 },
		{ "?state=sending", 200, 0 },
		{ "?channel=hook", 200, 10 },
		{ "?channel=other", 200, 0 },
		{ "?alert=00000000000000000000000000000003", 200, 1 },
		{ "?limit=3", 200, 3 },
		{ "?limit=3&cursor=3", 200, 2 },
		{ "?state=odd", 400, 0 },
		{ "?limit=0", 400, 0 },
		{ "?cursor=x", 400, 0 },
		{ "?colour=x", 400, 0 },
	};
	const char *body;

	fx_start(false);
	fill(10);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char target[128];

		(void)snprintf(target, sizeof(target), "/v1/deliveries%s", cases[i].query);
		fprintf(stderr, "%s\n", target);
		CHECK_INT(fx_ask("GET", target, STR(""), &body), cases[i].status);
		CHECK_INT(times(body, "\"id\":"), cases[i].n);
	}
	CHECK_INT(fx_ask("GET", "/v1/deliveries?state=dead", STR(""), &body), 200);
	CHECK_STR(body, "{\"deliveries\":[{\"id\":2,\"alert_id\":"
			"\"00000000000000000000000000000001\",\"channel\":\"hook\",\"key\":"
			"\"00000000000000000000000000000001-hook\",\"event\":\"raise\",\"person\":"
			"\"\",\"address\":\"\",\"state\":\"dead\",\"attempts\":1,"
			"\"next_attempt\":null,\"last_error\":\"410 Gone\",\"ms\":3,\"created\":"
			"\"1970-01-01T00:00:01Z\",\"sent\":null}],\"next\":null}");
	CHECK_INT(fx_ask("GET", "/v1/deliveries?state=sent", STR(""), &body), 200);
	has(body, "\"last_error\":\"\",\"ms\":12");
	has(body, "\"sent\":\"1970-01-01T00:00:03Z\"");
	CHECK_INT(fx_ask("GET", "/v1/deliveries?limit=3", STR(""), &body), 200);
	has(body, "\"next\":8}");
	CHECK_INT(fx_ask("GET", "/v1/alerts/00000000000000000000000000000001", STR(""), &body),
	    200);
	has(body, "\"deliveries\":[{\"id\":2,");
	fx_stop();
}

TEST(sent_again)
{
	const char *body;

	fx_start(false);
	fill(3);
	CHECK_INT(fx_ask("POST", "/v1/deliveries/1/resend", STR(""), &body), 409);
	CHECK_INT(fx_ask("POST", "/v1/deliveries/9/resend", STR(""), &body), 404);
	CHECK_INT(fx_ask("POST", "/v1/deliveries/x/resend", STR(""), &body), 404);
	CHECK_INT(fx_ask("POST", "/v1/deliveries/2/resend", STR(""), &body), 200);
	CHECK_STR(body, "{\"resent\":1}");
	CHECK_INT(fx_ask("GET", "/v1/deliveries?state=pending", STR(""), &body), 200);
	CHECK_INT(times(body, "\"id\":"), 2);
	CHECK_INT(fx_ask("POST", "/v1/deliveries/resend", STR("{\"channel\":\"hook\"}"), &body),
	    200);
	CHECK_STR(body, "{\"resent\":0}");
	CHECK_INT(fx_ask("POST", "/v1/deliveries/resend", STR("{\"chanel\":\"hook\"}"), &body),
	    400);
	fx_stop();
}
