/* The overview: what it says of figures, alerts and time; demonstration data by way of the API. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "base/jsonr.h"

#define NOW (clock_wall() / CLOCK_S / 300 * 300)

static struct rec rec;
static struct arena *arena;
static uint64_t seq;

/* An event `ago` seconds before now, received at the same time. */
static struct rec *
event(int64_t ago, const char *type)
{
	if (arena == NULL)
		arena = arena_new((size_t)4 << 20);
	rec_init(&rec, arena);
	rec.seq = ++seq;
	rec_set_int(&rec, F_TIMESTAMP, (NOW - ago) * CLOCK_S);
	rec_set_int(&rec, F_RECEIVED, (NOW - ago) * CLOCK_S);
	rec_set_str(&rec, F_EVENT_TYPE, str_c(type));
	return &rec;
}

static void
login(int64_t ago, bool good)
{
	struct rec *e = event(ago, good ? "auth.login.success" : "auth.login.failed");

	rec_set_str(e, F_CLIENT_IP, STR("203.0.113.5"));
	rec_set_str(e, F_GEO_COUNTRY, STR("NL"));
	rec_set_int(e, F_RISK_SCORE, 4);
	rollup_add(fx.rollup, e);
}

static void
raise(const char *id, const char *severity, const char *tags, int64_t ago)
{
	uint64_t evidence = 1;
	struct alerts_finding f = { .id = str_c(id),
		.rule_id = STR("r"),
		.title = STR("t"),
		.severity = str_c(severity),
		.tags = str_c(tags),
		.first = (NOW - ago) * CLOCK_S,
		.last = (NOW - ago) * CLOCK_S,
		.n_first = 1,
		.seq = 1,
		.evidence = &evidence,
		.n_evidence = 1 };
	struct diag why = { 0 };

	CHECK_OK(alerts_apply(fx.alerts, &f, 1, 1, clock_wall(), &why), why);
}

static const struct jsonr *
overview(const char *query)
{
	const struct jsonr *top;
	struct diag why = { 0 };
	char target[256];
	const char *body;

	(void)snprintf(target, sizeof(target), "/v1/overview%s", query);
	CHECK_INT(fx_ask("GET", target, STR(""), &body), 200);
	if (arena == NULL)
		arena = arena_new((size_t)4 << 20);
	arena_reset(arena);
	CHECK_OK(jsonr_parse(arena, str_c(body), &top, &why), why);
	return top;
}

/* Number `i` from the end of a list: -1 for null. */
static int64_t
from_end(const struct jsonr *list, size_t i)
{
	const struct jsonr *at = list->first;

	CHECK(list->n > i);
	for (size_t k = list->n - i; k > 1; k--)
		at = at->next;
	return at->type == JSONR_NULL ? -1 : at->i;
}

TEST(nothing_measured_is_null)
{
	const struct jsonr *o;

	fx_start(false);
	o = overview("");
	CHECK(jsonr_get(o, "events")->n == 288 || jsonr_get(o, "events")->n == 289);
	CHECK_INT(from_end(jsonr_get(o, "events"), 0), -1);
	CHECK_INT(from_end(jsonr_get(o, "events"), 287), -1);
	CHECK_INT(jsonr_get(o, "complete_from")->type, JSONR_NULL);
	CHECK_INT(jsonr_get(jsonr_get(o, "kpi"), "failed_logins")->type, JSONR_NULL);
	CHECK_INT(jsonr_get(jsonr_get(o, "kpi"), "events_per_minute")->type, JSONR_NULL);
	CHECK_INT(jsonr_get(o, "geoip")->type, JSONR_NULL);
	CHECK(!jsonr_bool(o, "demo", true));
	fx_stop();
}

TEST(figures_come_as_they_were_counted)
{
	const struct jsonr *o, *first;

	fx_start(false);
	login(1500, false); /* the first ever */
	login(1500, false);
	login(600, true);
	rec_set_str(event(600, "http.request"), F_ENDPOINT, STR("/orders/77"));
	rec_set_int(&rec, F_STATUS_CODE, 503);
	rollup_add(fx.rollup, &rec);
	/* Came late: before all that was measured, and yet seen. */
	rec_set_int(event(0, "log"), F_TIMESTAMP, (NOW - 5 * 3600) * CLOCK_S);
	rollup_add(fx.rollup, &rec);
	raise("00000000000000000000000000000001", "CRITICAL", "attack.impact", 600);
	raise("00000000000000000000000000000002", "LOW", "", 3 * 86400);
	fx.facts.log_last = 10;
	fx.facts.detected_through = 8;
	fx.facts.store_ok = true;
	o = overview("");
	CHECK_INT(from_end(jsonr_get(o, "auth_failure"), 5), 2);
	CHECK_INT(from_end(jsonr_get(o, "auth_success"), 5), 0);
	CHECK_INT(from_end(jsonr_get(o, "events"), 6), -1);
	CHECK_INT(from_end(jsonr_get(o, "events"), 4), 0);
	CHECK_INT(from_end(jsonr_get(o, "events"), 2), 2);
	CHECK_INT(from_end(jsonr_get(o, "auth_success"), 2), 1);
	CHECK_INT(from_end(jsonr_get(o, "events"), 60), 1);
	CHECK_INT(from_end(jsonr_get(o, "auth_failure"), 60), 0);
	CHECK_INT(jsonr_int(o, "complete_from", 0), NOW - 1500);
	first = jsonr_get(jsonr_get(o, "heatmap"), "endpoints")->first;
	CHECK_SLICE(jsonr_text(first, "endpoint", STR("")), "/orders/{id}");
	first = jsonr_get(o, "countries")->first;
	CHECK_SLICE(jsonr_text(first, "country", STR("")), "NL");
	CHECK_INT(jsonr_int(first, "failed", 0), 2);
	first = jsonr_get(o, "addresses")->first;
	CHECK_SLICE(jsonr_text(first, "ip", STR("")), "203.0.113.5");
	CHECK_INT(jsonr_int(first, "events", 0), 3);
	CHECK_INT(jsonr_int(jsonr_get(o, "kpi"), "failed_logins", 0), 2);
	CHECK_INT(jsonr_int(jsonr_get(o, "kpi"), "open_alerts", 0), 2);
	CHECK_INT(jsonr_int(jsonr_get(o, "kpi"), "critical", 0), 1);
	CHECK_INT(jsonr_int(jsonr_get(o, "kpi"), "lag", 0), 2);
	first = jsonr_get(o, "severity");
	CHECK_INT(jsonr_int(jsonr_get(first, "CRITICAL"), "total", 0), 1);
	CHECK_INT(jsonr_int(jsonr_get(first, "LOW"), "total", 9), 0);
	first = jsonr_get(jsonr_get(o, "vectors"), "series")->first;
	CHECK_SLICE(jsonr_text(first, "name", STR("")), "Impact");
	CHECK(jsonr_bool(jsonr_get(o, "health"), "store", false));
	CHECK(!jsonr_bool(jsonr_get(o, "health"), "log", true));
	fx_stop();
}

/* Alerts are asked anew when one changed, and when the time is another. */
TEST(alerts_are_never_stale)
{
	const struct jsonr *s;

	fx_start(false);
	raise("00000000000000000000000000000001", "HIGH", "attack.impact", 600);
	s = jsonr_get(jsonr_get(overview(""), "severity"), "HIGH");
	CHECK_INT(jsonr_int(s, "total", 0), 1);
	raise("00000000000000000000000000000002", "HIGH", "attack.impact", 7200);
	s = jsonr_get(jsonr_get(overview(""), "severity"), "HIGH");
	CHECK_INT(jsonr_int(s, "total", 0), 2);
	fx_stop();
}

TEST(ranges)
{
	static const struct {
		const char *query;
		int status;
	} cases[] = {
		{ "?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", 200 },
		{ "?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", 200 },
		{ "?from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z", 400 },
		{ "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400 },
		{ "?from=2999-01-01T00:00:00Z", 400 },
		{ "?from=yesterday", 400 },
		{ "?to=", 400 },
		{ "?range=24h", 400 },
		{ "?from=1000-01-01T00:00:00Z&to=1000-01-02T00:00:00Z", 400 },
	};

	fx_start(false);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char target[256];

		(void)snprintf(target, sizeof(target), "/v1/overview%s", cases[i].query);
		CHECK_INT(fx_ask("GET", target, STR(""), NULL), cases[i].status);
	}
	CHECK_INT(jsonr_get(overview(cases[0].query), "t")->n, 288);
	CHECK_INT(jsonr_get(overview(cases[1].query), "t")->n, 31 * 288);
	CHECK_INT(jsonr_get(jsonr_get(overview(cases[0].query), "heatmap"), "t")->n, 24);
	CHECK_INT(jsonr_get(jsonr_get(overview(cases[1].query), "heatmap"), "t")->n, 31);
	CHECK_INT(jsonr_get(jsonr_get(overview(cases[1].query), "vectors"), "t")->n, 31);
	fx_stop();
}

TEST(demonstration_data)
{
	const char *body;

	fx_start(false);
	CHECK_INT(fx_ask("POST", "/v1/demo", STR(""), &body), 202);
	CHECK_INT(fx_ask("DELETE", "/v1/demo", STR(""), &body), 200);
	CHECK_STR(body, "{\"events\":7,\"alerts\":3}");
	fx.demo = FAIL_EXISTS;
	CHECK_INT(fx_ask("POST", "/v1/demo", STR(""), &body), 409);
	fx.demo = FAIL_AGAIN;
	CHECK_INT(fx_ask("DELETE", "/v1/demo", STR(""), &body), 409);
	fx.demo = FAIL_IO;
	CHECK_INT(fx_ask("POST", "/v1/demo", STR(""), &body), 503);
	CHECK_INT(fx_ask("POST", "/v1/events?source=demo", STR("[{}]"), &body), 400);
	CHECK_INT(fx_ask("POST", "/v1/events?source=tocsin", STR("[{}]"), &body), 400);
	fx_stop();
}
