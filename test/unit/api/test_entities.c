/* SPDX-License-Identifier: Apache-2.0 */
/* Users and addresses: what is usual, how suspicious, which alerts. */
#include "fixture.h"

#include "base/clock.h"
#include "stat/rollup.h"

static void
has(const char *body, const char *what)
{
	if (strstr(body, what) == NULL)
		test_fail(TEST_AT(what), "%s is not in %s", what, body);
}

static void
raise_one(unsigned n, const char *severity, const char *user, const char *address, int64_t ago)
{
	int64_t now = clock_wall();
	char id[40], rule[16];
	uint64_t seq = n;
	struct diag why = { 0 };
	struct alerts_finding f = { .title = STR("T"),
		.severity = str_c(severity),
		.tags = STR(""),
		.advice = STR(""),
		.group = STR("g"),
		.summary = STR("s"),
		.first = now - ago,
		.last = now - ago,
		.n_first = 1,
		.confidence = 100,
		.user = str_c(user),
		.address = str_c(address),
		.seq = n,
		.evidence = &seq,
		.n_evidence = 1 };

	(void)snprintf(id, sizeof(id), "%032x", n);
	(void)snprintf(rule, sizeof(rule), "rule-%u", n);
	f.id = str_c(id);
	f.rule_id = str_c(rule);
	CHECK_OK(alerts_apply(fx.alerts, &f, 1, n, now, &why), why);
}

TEST(what_is_asked_wrongly)
{
	static const char *const wrong[] = { "", "?kind=user", "?id=ann", "?kind=planet&id=ann",
		"?kind=user&id=", "?kind=user&id=ann&more=1" };
	const char *body;

	fx_start(false);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char target[80];

		(void)snprintf(target, sizeof(target), "/v1/entities%s", wrong[i]);
		CHECK_INT(fx_ask("GET", target, STR(""), &body), 400);
	}
	CHECK_INT(fx_ask("GET", "/v1/entities?kind=user&id=nobody", STR(""), &body), 200);
	CHECK_STR(body, "{\"kind\":\"user\",\"id\":\"nobody\",\"usual\":null,\"alerts\":[],"
			"\"more_alerts\":false,\"risk\":0}");
	fx_stop();
}

TEST(risk_and_alerts)
{
	const char *body;

	fx_start(false);
	raise_one(1, "HIGH", "ann", "192.0.2.1", 0);
	raise_one(2, "MEDIUM", "bob", "192.0.2.1", 0);
	raise_one(3, "CRITICAL", "ann", "192.0.2.2", (int64_t)40 * 86400 * CLOCK_S);
	CHECK_INT(fx_ask("GET", "/v1/entities?kind=user&id=ann", STR(""), &body), 200);
	has(body, "\"rule_id\":\"rule-1\"");
	CHECK(strstr(body, "rule-2") == NULL && strstr(body, "rule-3") == NULL);
	has(body, "\"risk\":45}");
	CHECK_INT(fx_ask("GET", "/v1/entities?kind=address&id=192.0.2.1", STR(""), &body), 200);
	has(body, "\"usual\":null");
	has(body, "\"risk\":59}"); /* 100 (1 - 0.55 * 0.75) */
	CHECK_INT(fx_ask("GET", "/v1/entities?kind=user&id=192.0.2.1", STR(""), &body), 200);
	has(body, "\"alerts\":[],");
	for (unsigned i = 10; i < 40; i++)
		raise_one(i, "LOW", "eve", "", 0);
	CHECK_INT(fx_ask("GET", "/v1/entities?kind=user&id=eve", STR(""), &body), 200);
	has(body, "\"more_alerts\":true");
	CHECK_INT(fx_ask("POST", "/v1/alerts/00000000000000000000000000000001/false-positive",
		      STR("{\"note\":\"ours\"}"), &body),
	    200);
	CHECK_INT(fx_ask("GET", "/v1/entities?kind=user&id=ann", STR(""), &body), 200);
	has(body, "\"risk\":0}"); /* a false alarm is no risk */
	has(body, "\"status\":\"false_positive\"");
	fx_stop();
}

TEST(what_is_usual_for_a_user)
{
	const char *body;
	struct arena *a = arena_new(1 << 16);
	static struct rec r;
	int64_t t = clock_wall() - 3600 * CLOCK_S;

	fx_start(false);
	rec_init(&r, a);
	r.seq = 1;
	rec_set_int(&r, F_TIMESTAMP, t);
	rec_set_int(&r, F_RECEIVED, t);
	rec_set_str(&r, F_EVENT_TYPE, STR("auth.login.success"));
	rec_set_str(&r, F_USER_NAME, STR("ann"));
	rec_set_str(&r, F_USER_ROLE, STR("trader"));
	rec_set_str(&r, F_GEO_COUNTRY, STR("DE"));
	rec_set_str(&r, F_CLIENT_IP, STR("192.0.2.1"));
	rec_set_str(&r, F_UA_NAME, STR("Firefox"));
	rec_set_str(&r, F_UA_OS, STR("Linux"));
	rollup_add(fx.rollup, &r);
	CHECK_INT(fx_ask("GET", "/v1/entities?kind=user&id=ann", STR(""), &body), 200);
	has(body, "\"usual\":{\"role\":\"trader\",");
	has(body, "\"logins\":1,\"failed\":0,\"last_login\":{\"time\":");
	has(body, "\"countries\":[{\"name\":\"DE\",\"events\":1,");
	has(body, "\"devices\":[{\"name\":\"Firefox on Linux\",\"events\":1,");
	fx_stop();
	arena_free(a);
}
