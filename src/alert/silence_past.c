/* SPDX-License-Identifier: Apache-2.0 */
/* Which alerts of the past a silence would have hidden. */
/* exports: silence_ */
/* tested by: test/unit/alert/test_silence.c */
#include "alert/silence_in.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

struct past {
	struct silence s; /* as if it had always been there */
	struct silence_preview *sum;
	alerts_row_fn fn;
	void *ctx;
};

static enum err
on_row(void *ctx, const struct alerts_row *row)
{
	struct past *p = ctx;
	struct silence_about x = { .rule_id = row->rule_id,
		.group = row->group,
		.tags = row->tags,
		.affected = row->affected,
		.severity = ALERTS_INFO };
	int64_t from, to;

	(void)alerts_severity_find(row->severity, &x.severity);
	if (!silence_matches(&p->s.match, &x))
		return OK;
	if (p->s.weekly.days != 0 && !silence_covers(&p->s, row->created, &from, &to))
		return OK;
	p->sum->alerts++;
	p->sum->events += row->count;
	p->sum->by_severity[x.severity]++;
	p->sum->true_positives +=
	    row->status == ALERTS_RESOLVED && str_eq(row->reason, STR("true_positive"));
	return p->fn != NULL ? p->fn(p->ctx, row) : OK;
}

/* Rows by an index where there is one; the rest is for silence_matches(). */
static enum err
prepare(struct alerts *a, const struct silence_match *m, struct db_stmt **ret, struct diag *why)
{
	auto_buf struct buf sql = { 0 };

	buf_printf(&sql,
	    "SELECT " ROWS_COLUMNS " FROM alerts INDEXED BY %s WHERE demo = 0"
	    " AND last_ns >= ?1 AND n > (SELECT max(n) FROM alerts) - " TEXT(SILENCE_LOOK_MAX),
	    m->group.n != 0     ? "alerts_group"
	    : m->rule_id.n != 0 ? "alerts_rule"
				: "alerts_last");
	if (m->rule_id.n != 0)
		buf_str(&sql, STR(" AND rule_id = ?2"));
	if (m->group.n != 0)
		buf_str(&sql, STR(" AND group_key = ?3"));
	if (m->by_severity)
		buf_printf(&sql, " AND rank >= %d", (int)m->at_most);
	if (m->user.n != 0)
		buf_str(&sql, STR(" AND instr(affected, ?4) > 0"));
	buf_str(&sql, STR(" ORDER BY last_ns DESC, id"));
	buf_byte(&sql, '\0');
	return db_prepare(a->db, sql.p, ret, why);
}

static enum err
is_complete(struct alerts *a, int64_t since, bool *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT 1 FROM alerts WHERE last_ns >= ?1 AND n <= (SELECT max(n) FROM alerts) - " TEXT(
		SILENCE_LOOK_MAX) " LIMIT 1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, since);
	e = db_step(st, &row, why);
	db_finalize(st);
	*ret = !row;
	return e;
}

enum err
silence_preview(struct alerts *a, const struct silence *s, int64_t now, struct silence_preview *ret,
    alerts_row_fn fn, void *ctx, struct diag *why)
{
	struct past p = { .s = *s, .sum = ret, .fn = fn, .ctx = ctx };
	struct db_stmt *st = NULL;
	enum err e;

	*ret = (struct silence_preview){ 0 };
	p.s.start = 1;
	p.s.end = INT64_MAX;
	e = silence_check(&s->match, why);
	if (e == OK)
		e = is_complete(a, now - SILENCE_LOOK_BACK, &ret->complete, why);
	if (e == OK)
		e = prepare(a, &s->match, &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, now - SILENCE_LOOK_BACK);
	if (s->match.rule_id.n != 0)
		db_bind_str(st, 2, s->match.rule_id);
	if (s->match.group.n != 0)
		db_bind_str(st, 3, s->match.group);
	if (s->match.user.n != 0)
		db_bind_str(st, 4, s->match.user);
	e = rows_each(st, on_row, &p, why);
	db_finalize(st);
	return e;
}
