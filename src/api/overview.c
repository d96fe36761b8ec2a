/*
 * GET /v1/overview: everything the first page shows, in one answer, from
 * running figures (stat/rollup.h) and the indexes of the alerts; the store is
 * not asked.  Where nothing was measured stands null, never 0.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/internal.h"

#include <stdlib.h>

#include "alert/alerts.h"
#include "api/told.h"
#include "base/clock.h"
#include "base/mem.h"
#include "enrich/enrich.h"
#include "parse/time.h"
#include "stat/rollup.h"

#define DAY ((int64_t)86400)
#define RANGE_DEFAULT DAY
#define RANGE_MAX (ROLLUP_DAYS * DAY)
#define ENDPOINTS 14
#define ADDRESSES 10
#define COUNTRIES 250

/* What is asked for, in seconds. */
struct range {
	int64_t from, to; /* whole steps */
	int64_t began;    /* from here on nothing is missing; INT64_MAX: nothing was measured */
};

static bool
refuse(struct http *r, struct str key)
{
	http_problem(r, 400, "parameter %.*s is unknown, malformed or out of range",
	    (int)(key.n < 64 ? key.n : 64), key.p);
	return false;
}

/* False when it was answered. */
static bool
range_read(struct http *r, int64_t now, struct range *ret)
{
	int64_t from = 0, to = now;
	struct str key, value;
	bool have_from = false;

	for (size_t i = 0; http_query_at(r, i, &key, &value); i++) {
		bool is_from = str_eq(key, STR("from"));

		if (!(is_from || str_eq(key, STR("to"))) ||
		    !time_any(value, 0, now, is_from ? &from : &to) || (is_from ? from : to) < 0)
			return refuse(r, key);
		have_from = have_from || is_from;
	}
	to = to < now ? to : now; /* nothing is known of what is to come */
	from = have_from ? from / CLOCK_S : to / CLOCK_S - RANGE_DEFAULT;
	to = (to / CLOCK_S + ROLLUP_STEP - 1) / ROLLUP_STEP * ROLLUP_STEP;
	from = (from > 0 ? from : 0) / ROLLUP_STEP * ROLLUP_STEP;
	if (from >= to || to - from > RANGE_MAX + ROLLUP_STEP) {
		http_problem(r, 400, "from must lie before to and before now, at most %d days",
		    ROLLUP_DAYS);
		return false;
	}
	*ret = (struct range){ .from = from, .to = to };
	return true;
}

/* A count of a column that ends at `end`: unknown when it is 0 and began before we measured. */
static void
put_count(struct jsonw *w, const struct range *g, int64_t begin, uint64_t seen, uint64_t n)
{
	if (seen == 0 && begin < g->began)
		jsonw_null(w);
	else
		jsonw_u64(w, n);
}

static void
put_times(struct jsonw *w, int64_t from, int64_t step, size_t n)
{
	jsonw_key(w, STR("t"));
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++)
		jsonw_int(w, from + (int64_t)i * step);
	jsonw_end(w);
}

static void
put_points(struct jsonw *w, const struct range *g, const struct rollup_point *p, size_t n)
{
	static const struct {
		const char *name;
		size_t at;
	} rows[] = { { "events", offsetof(struct rollup_point, events) },
		{ "auth_success", offsetof(struct rollup_point, success) },
		{ "auth_failure", offsetof(struct rollup_point, failure) } };

	put_times(w, g->from, ROLLUP_STEP, n);
	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		jsonw_key(w, str_c(rows[k].name));
		jsonw_arr(w);
		for (size_t i = 0; i < n; i++) {
			uint64_t value;

			memcpy(&value, (const char *)&p[i] + rows[k].at, sizeof(value));
			put_count(w, g, g->from + (int64_t)i * ROLLUP_STEP, p[i].events, value);
		}
		jsonw_end(w);
	}
}

/* Were there any events in the seconds from `from` on? */
static uint64_t
events_in(const struct range *g, const struct rollup_point *p, int64_t from, int64_t seconds)
{
	uint64_t n = 0;

	for (int64_t t = from > g->from ? from : g->from; t < from + seconds && t < g->to;
	     t += ROLLUP_STEP)
		n += p[(t - g->from) / ROLLUP_STEP].events;
	return n;
}

static void
put_cells(struct jsonw *w, const struct range *g, const struct rollup_point *p, int64_t from,
    int64_t step, const struct rollup_cell *cells, size_t n, bool errors)
{
	jsonw_key(w, errors ? STR("errors") : STR("n"));
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		int64_t at = from + (int64_t)i * step;

		put_count(w, g, at, events_in(g, p, at, step),
		    errors ? cells[i].errors : cells[i].n);
	}
	jsonw_end(w);
}

/* Columns of an hour up to a week, of a day beyond. */
static void
put_heatmap(struct jsonw *w, struct rollup *r, const struct range *g, const struct rollup_point *p)
{
	int64_t step = g->to - g->from <= 7 * DAY + ROLLUP_HOUR ? ROLLUP_HOUR : DAY;
	int64_t from = g->from / step * step;
	size_t n = (size_t)((g->to - from + step - 1) / step);
	struct rollup_entry endpoints[ENDPOINTS];
	size_t rows = rollup_endpoints(r, g->from, g->to, endpoints, ENDPOINTS);
	auto_free struct rollup_cell *cells = mem_alloc(n * sizeof(*cells));

	jsonw_key(w, STR("heatmap"));
	jsonw_obj(w);
	put_times(w, from, step, n);
	jsonw_key(w, STR("endpoints"));
	jsonw_arr(w);
	for (size_t i = 0; i < rows; i++) {
		rollup_row(r, endpoints[i].key, from, (unsigned)(step / ROLLUP_HOUR), n, cells);
		jsonw_obj(w);
		jsonw_kstr(w, "endpoint", str_c(endpoints[i].key));
		put_cells(w, g, p, from, step, cells, n, false);
		put_cells(w, g, p, from, step, cells, n, true);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void
put_places(struct jsonw *w, struct rollup *r, const struct range *g)
{
	auto_free struct rollup_entry *e = mem_alloc(COUNTRIES * sizeof(*e));
	size_t n = rollup_countries(r, g->from, g->to, e, COUNTRIES);

	jsonw_key(w, STR("countries"));
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w);
		jsonw_kstr(w, "country", str_c(e[i].key));
		jsonw_kint(w, "failed", (int64_t)e[i].n);
		jsonw_end(w);
	}
	jsonw_end(w);
	n = rollup_addresses(r, g->from, g->to, e, ADDRESSES);
	jsonw_key(w, STR("addresses"));
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w);
		jsonw_kstr(w, "ip", str_c(e[i].key));
		jsonw_key(w, STR("country"));
		if (e[i].country[0] != '\0')
			jsonw_str(w, str_c(e[i].country));
		else
			jsonw_null(w);
		jsonw_kint(w, "risk", e[i].risk);
		jsonw_kint(w, "events", (int64_t)e[i].n);
		jsonw_kint(w, "failed", (int64_t)e[i].bad);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_series(struct jsonw *w, const struct range *g, const struct rollup_point *p)
{
	const size_t n = (size_t)((g->to - g->from) / ROLLUP_STEP);
	uint64_t failed = 0;
	int64_t last = -1;

	for (size_t i = 0; i < n; i++) {
		failed += p[i].failure;
		/* The newest step is not over yet: the one before it tells the rate. */
		if (i + 1 < n &&
		    (p[i].events != 0 || g->from + (int64_t)i * ROLLUP_STEP >= g->began))
			last = (int64_t)p[i].events;
	}
	jsonw_key(w, STR("events_per_minute"));
	if (last >= 0)
		jsonw_f64(w, (double)last / (ROLLUP_STEP / 60));
	else
		jsonw_null(w);
	jsonw_key(w, STR("failed_logins"));
	if (last >= 0 || failed != 0)
		jsonw_u64(w, failed);
	else
		jsonw_null(w);
}

static int64_t
vector_step(const struct range *g)
{
	int64_t span = g->to - g->from;

	return span <= 2 * DAY ? ROLLUP_HOUR : span <= 10 * DAY ? DAY / 4 : DAY;
}

/* Of the stretch; of all time, when it holds too many to be counted at once. */
static void
put_severities(struct jsonw *w, const struct told *t, const struct alerts_tally *tally)
{
	jsonw_key(w, STR("severity"));
	jsonw_obj(w);
	for (int i = 0; i < ALERTS_SEVERITIES; i++) {
		uint64_t open = t->severities.open[i], total = t->severities.total[i];

		if (!t->severities_known) {
			open = tally->n[ALERTS_OPEN][i];
			total = 0;
			for (int k = 0; k < ALERTS_STATUSES; k++)
				total += tally->n[k][i];
		}
		jsonw_key(w, str_c(alerts_severity_word((enum alerts_severity)i)));
		jsonw_obj(w);
		jsonw_kint(w, "open", (int64_t)open);
		jsonw_kint(w, "total", (int64_t)total);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_vector(struct jsonw *w, const struct told *t, const struct range *g,
    const struct rollup_point *p, const struct vectors_series *s)
{
	int64_t step = vector_step(g), from = t->from / step * step;

	jsonw_obj(w);
	jsonw_kstr(w, "name", str_c(s != NULL ? s->name : "Other"));
	jsonw_key(w, STR("n"));
	jsonw_arr(w);
	for (size_t k = 0; k < t->vectors.steps; k++) {
		int64_t at = from + (int64_t)k * step;

		if (s == NULL)
			jsonw_null(w);
		else
			put_count(w, g, at + step - 1, s->n[k] + events_in(g, p, at, step),
			    s->n[k]);
	}
	jsonw_end(w);
	jsonw_end(w);
}

/* One series that knows nothing, when there are too many alerts to be counted at once. */
static void
put_vectors(struct jsonw *w, const struct told *t, const struct range *g,
    const struct rollup_point *p)
{
	int64_t step = vector_step(g);

	jsonw_key(w, STR("vectors"));
	jsonw_obj(w);
	put_times(w, t->from / step * step, step, t->vectors.steps);
	jsonw_key(w, STR("series"));
	jsonw_arr(w);
	if (!t->vectors_known)
		put_vector(w, t, g, p, NULL);
	for (size_t i = 0; i < t->vectors.n && t->vectors_known; i++)
		put_vector(w, t, g, p, &t->vectors.series[i]);
	jsonw_end(w);
	jsonw_end(w);
}

/* Who made the databases of places, whom a page that shows them has to name. */
static void
put_geoip(struct jsonw *w, struct enrich *enrich)
{
	static const struct {
		const char *mark, *source, *url;
	} makers[] = {
		{ "dbip", "DB-IP", "https://db-ip.com" },
		{ "geolite", "MaxMind", "https://www.maxmind.com" },
		{ "geoip2", "MaxMind", "https://www.maxmind.com" },
	};
	struct enrich_database d;
	size_t i = 0;

	jsonw_key(w, STR("geoip"));
	if (enrich == NULL || !enrich_database(enrich, 0, &d)) {
		jsonw_null(w);
		return;
	}
	while (i < ARRAY_LEN(makers) && str_find_nocase(str_c(d.path), str_c(makers[i].mark)) < 0 &&
	       str_find_nocase(str_c(d.type), str_c(makers[i].mark)) < 0)
		i++;
	jsonw_obj(w);
	jsonw_kstr(w, "source", str_c(i < ARRAY_LEN(makers) ? makers[i].source : d.type));
	jsonw_kstr(w, "credit_url", str_c(i < ARRAY_LEN(makers) ? makers[i].url : ""));
	jsonw_ktime(w, "built", d.built);
	jsonw_end(w);
}

static void
put_state(struct jsonw *w, const struct api *a, const struct api_facts *f)
{
	struct ledger_sum sum;

	ledger_sum(a, &sum);
	jsonw_key(w, STR("ledger"));
	jsonw_obj(w);
	jsonw_kint(w, "received", (int64_t)sum.received);
	jsonw_kint(w, "logged", (int64_t)sum.logged);
	jsonw_kint(w, "refused", (int64_t)sum.refused);
	jsonw_kbool(w, "balanced", sum.balanced);
	jsonw_end(w);
	jsonw_key(w, STR("health"));
	jsonw_obj(w);
	jsonw_kbool(w, "log", f->log_ok);
	jsonw_kbool(w, "detection", f->detect_ok);
	jsonw_kbool(w, "store", f->store_ok);
	jsonw_kbool(w, "notify", f->notify_ok);
	jsonw_end(w);
	put_geoip(w, a->host.enrich);
	jsonw_kbool(w, "demo", f->demo != API_DEMO_NONE);
}

static void
put_kpi(struct jsonw *w, const struct range *g, const struct rollup_point *p,
    const struct api_facts *f, const struct alerts_tally *tally)
{
	uint64_t open = 0;

	for (int i = 0; i < ALERTS_SEVERITIES; i++)
		open += tally->n[ALERTS_OPEN][i];
	jsonw_key(w, STR("kpi"));
	jsonw_obj(w);
	put_series(w, g, p);
	jsonw_kint(w, "open_alerts", (int64_t)open);
	jsonw_kint(w, "critical", (int64_t)tally->n[ALERTS_OPEN][ALERTS_CRITICAL]);
	jsonw_kint(w, "lag", (int64_t)(f->log_last - f->detected_through));
	jsonw_end(w);
}

static void
put_all(struct jsonw *w, struct api *a, struct range *g)
{
	size_t n = (size_t)((g->to - g->from) / ROLLUP_STEP);
	auto_free struct rollup_point *p = mem_alloc(n * sizeof(*p));
	struct alerts_tally tally = { 0 };
	struct rollup_totals totals;
	struct api_facts f = { 0 };
	const struct told *told;
	struct diag why;

	a->host.facts(a->host.ctx, &f);
	rollup_totals(a->host.rollup, &totals);
	g->began = totals.began != 0 ? totals.began_at / ROLLUP_STEP * ROLLUP_STEP : INT64_MAX;
	rollup_points(a->host.rollup, g->from, n, p);
	told = told_learn(a, g->from, g->to, vector_step(g));
	if (alerts_tally(a->host.alerts, &tally, &why) != OK)
		memset(&tally, 0, sizeof(tally));
	jsonw_obj(w);
	jsonw_ktime(w, "from", g->from * CLOCK_S);
	jsonw_ktime(w, "to", g->to * CLOCK_S);
	jsonw_kint(w, "step", ROLLUP_STEP);
	put_points(w, g, p, n);
	put_heatmap(w, a->host.rollup, g, p);
	put_severities(w, told, &tally);
	put_vectors(w, told, g, p);
	put_places(w, a->host.rollup, g);
	put_kpi(w, g, p, &f, &tally);
	put_state(w, a, &f);
	jsonw_key(w, STR("complete_from"));
	if (totals.began != 0)
		jsonw_int(w, g->began);
	else
		jsonw_null(w);
	jsonw_end(w);
}

void
overview_handle(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct range g;
	struct jsonw w;
	struct buf body;

	if (!range_read(r, clock_wall(), &g))
		return;
	if (a->host.rollup == NULL || a->host.alerts == NULL) {
		http_problem(r, 503, "no figures are kept");
		return;
	}
	buf_init(&body, 0);
	jsonw_init(&w, &body);
	put_all(&w, a, &g);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
	buf_fini(&body);
}
