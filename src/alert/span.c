/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts of a stretch of time, counted from indexes alone. */
#include "alert/span.h"

#include "alert/internal.h"
#include "base/clock.h"

/* `sql` with from ?1, to ?2 and step ?3, of which every row goes to fn. */
static enum err
each(struct alerts *a, const char *sql, const int64_t bounds[3],
    void (*fn)(void *ctx, struct db_stmt *st), void *ctx, struct diag *why)
{
	struct db_stmt *st = NULL;
	bool row = false;
	enum err e;

	db_deadline(a->db, clock_mono() + SPAN_MS * CLOCK_MS);
	e = db_prepare(a->db, sql, &st, why);
	for (int i = 0; i < 3 && e == OK; i++)
		if (bounds[i] != 0)
			db_bind_int(st, i + 1, bounds[i]);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row)
		fn(ctx, st);
	db_finalize(st);
	db_deadline(a->db, 0);
	return e;
}

static void
add_severity(void *ctx, struct db_stmt *st)
{
	struct span_severities *s = ctx;
	enum alerts_severity severity;

	if (!alerts_severity_find(db_str(st, 0), &severity))
		return;
	s->total[severity] += (uint64_t)db_int(st, 2);
	if (str_eq(db_str(st, 1), STR("open")))
		s->open[severity] += (uint64_t)db_int(st, 2);
}

enum err
span_severities(struct alerts *a, int64_t from, int64_t to, struct span_severities *ret,
    struct diag *why)
{
	struct span_severities s = { 0 };
	const int64_t bounds[3] = { from, to, 0 };
	enum err e = each(a,
	    "SELECT severity, status, count(*) FROM alerts INDEXED BY alerts_last"
	    " WHERE last_ns >= ?1 AND last_ns < ?2 GROUP BY 1, 2",
	    bounds, add_severity, &s, why);

	if (e == OK)
		*ret = s;
	return e;
}

struct steps {
	span_step_fn fn;
	void *ctx;
};

static void
pass_step(void *ctx, struct db_stmt *st)
{
	struct steps *s = ctx;

	s->fn(s->ctx, db_str(st, 0), (size_t)db_int(st, 1), (uint64_t)db_int(st, 2));
}

enum err
span_steps(struct alerts *a, int64_t from, int64_t to, int64_t step, span_step_fn fn, void *ctx,
    struct diag *why)
{
	struct steps s = { fn, ctx };
	const int64_t bounds[3] = { from, to, step };

	return each(a,
	    "SELECT (SELECT tags FROM alerts WHERE rule_id = r LIMIT 1), i, n FROM"
	    " (SELECT k.rule_id AS r, (x.last_ns - ?1) / ?3 AS i, count(*) AS n"
	    " FROM (SELECT DISTINCT rule_id FROM alert_counts) AS k CROSS JOIN alerts AS x"
	    " INDEXED BY alerts_rule ON x.rule_id = k.rule_id AND x.last_ns >= ?1 AND"
	    " x.last_ns < ?2 GROUP BY 1, 2)",
	    bounds, pass_step, &s, why);
}
