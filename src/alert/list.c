/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of alerts, their totals and groups, and the history of one. */
/* exports: alerts_ */
#include <stdio.h>
#include <string.h>

#include "alert/internal.h"
#include "base/clock.h"

#define LIMIT_DEFAULT 100

/* Prepares what `sql` holds; from here on the search may take ALERTS_SEARCH_MS. */
static enum err
begin(struct alerts *a, struct buf *sql, struct db_stmt **ret, struct diag *why)
{
	buf_byte(sql, '\0');
	db_deadline(a->db, clock_mono() + ALERTS_SEARCH_MS * CLOCK_MS);
	return db_prepare(a->db, sql->p, ret, why);
}

static void
end(struct alerts *a, struct db_stmt *st)
{
	db_finalize(st);
	db_deadline(a->db, 0);
}

static unsigned
limit_of(const struct alerts_filter *f)
{
	return f->limit != 0 ? f->limit : LIMIT_DEFAULT;
}

enum err
alerts_list(struct alerts *a, const struct alerts_filter *filter, alerts_row_fn fn, void *ctx,
    struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	AUTO(where_fini) struct where w;
	struct db_stmt *st = NULL;
	enum err e;

	where_init(&w, filter);
	buf_init(&sql, 0);
	buf_str(&sql, STR("SELECT " ROWS_COLUMNS " FROM alerts WHERE n IN (SELECT n FROM ("));
	where_keys(filter, &sql);
	buf_str(&sql, STR(")) ORDER BY last_ns DESC, id"));
	e = begin(a, &sql, &st, why);
	if (e == OK) {
		where_bind(&w, filter, st);
		db_bind_int(st, 10, limit_of(filter));
		e = rows_each(st, fn, ctx, why);
	}
	end(a, st);
	return e;
}

char *
alerts_cursor(const struct alerts_row *row, char to[ALERTS_CURSOR_SIZE])
{
	(void)snprintf(to, ALERTS_CURSOR_SIZE, "%lld.%s", (long long)row->last, row->id);
	return to;
}

bool
alerts_cursor_read(struct str text, struct alerts_filter *to)
{
	struct str last = str_until(&text, '.');

	if (text.n != ALERTS_ID_SIZE - 1 || !str_i64(last, &to->after_last))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (memchr("0123456789abcdef", text.p[i], 16) == NULL)
			return false;
	(void)str_to_c(text, to->after_id, sizeof(to->after_id));
	return true;
}

/* Only what the table of counts knows? */
static bool
is_counted(const struct alerts_filter *f)
{
	return f->group.p == NULL && f->owner.p == NULL && f->text.n == 0 && f->whom.n == 0 &&
	       f->quiet == ALERTS_QUIET_ANY && f->silence == 0 && f->from == 0 && f->to == 0 &&
	       f->as_of == 0;
}

enum err
alerts_total(struct alerts *a, const struct alerts_filter *filter, uint64_t *ret, struct diag *why)
{
	struct alerts_filter f = *filter;
	auto_buf struct buf sql = { 0 };
	AUTO(where_fini) struct where w;
	struct db_stmt *st = NULL;
	bool row = false;
	enum err e;

	f.after_id[0] = '\0'; /* of all pages */
	where_init(&w, &f);
	buf_init(&sql, 0);
	if (is_counted(&f))
		buf_str(&sql, STR("SELECT coalesce(sum(n), 0) FROM alert_counts"));
	else
		buf_printf(&sql, "SELECT count(*) FROM alerts INDEXED BY %s", w.index);
	buf_str(&sql, buf_view(&w.sql));
	e = begin(a, &sql, &st, why);
	if (e == OK) {
		where_bind(&w, &f, st);
		e = db_step(st, &row, why);
	}
	if (e == OK)
		*ret = row ? (uint64_t)db_int(st, 0) : 0;
	end(a, st);
	return e;
}

static enum err
each_group(struct db_stmt *st, alerts_group_fn fn, void *ctx, struct diag *why)
{
	bool more = false;
	enum err e;

	while ((e = db_step(st, &more, why)) == OK && more) {
		int64_t rank = db_int(st, 2);
		struct alerts_group g = { .key = db_str(st, 0),
			.title = db_str(st, 1),
			.alerts = (uint64_t)db_int(st, 3),
			.open = (uint64_t)db_int(st, 4),
			.count = (uint64_t)db_int(st, 5),
			.last = db_int(st, 6) };

		if (rank < 0 || rank >= ALERTS_SEVERITIES)
			rank = ALERTS_INFO;
		g.severity = str_c(alerts_severity_word((enum alerts_severity)rank));
		e = fn(ctx, &g);
		if (e != OK)
			return e;
	}
	return e;
}

/* Title of the newest alert of each; a severity needs none. */
static const struct {
	const char *column, *title;
} grouping[] = {
	[ALERTS_BY_RULE] = { "rule_id", "(SELECT title FROM alerts WHERE rule_id = k"
					" ORDER BY last_ns DESC LIMIT 1)" },
	[ALERTS_BY_GROUP] = { "group_key", "(SELECT title FROM alerts WHERE group_key = k"
					   " ORDER BY last_ns DESC LIMIT 1)" },
	[ALERTS_BY_SEVERITY] = { "severity", "''" },
};

enum err
alerts_groups(struct alerts *a, enum alerts_by by, const struct alerts_filter *filter,
    alerts_group_fn fn, void *ctx, struct diag *why)
{
	struct alerts_filter f = *filter;
	auto_buf struct buf sql = { 0 };
	AUTO(where_fini) struct where w;
	struct db_stmt *st = NULL;
	enum err e;

	f.after_id[0] = '\0';
	where_init(&w, &f);
	buf_init(&sql, 0);
	buf_printf(&sql,
	    "SELECT k, %s, worst, n, open, events, newest FROM (SELECT %s AS k, min(CASE severity"
	    " WHEN 'CRITICAL' THEN 0 WHEN 'HIGH' THEN 1 WHEN 'MEDIUM' THEN 2 WHEN 'LOW' THEN 3"
	    " ELSE 4 END) AS worst, count(*) AS n, sum(status = 'open') AS open,"
	    " sum(count) AS events, max(last_ns) AS newest FROM alerts",
	    grouping[by].title, grouping[by].column);
	buf_str(&sql, buf_view(&w.sql));
	buf_str(&sql, STR(" GROUP BY 1 ORDER BY worst, n DESC, k LIMIT ?10)"
			  " ORDER BY worst, n DESC, k"));
	e = begin(a, &sql, &st, why);
	if (e == OK) {
		where_bind(&w, &f, st);
		db_bind_int(st, 10, limit_of(&f));
		e = each_group(st, fn, ctx, why);
	}
	end(a, st);
	return e;
}

enum err
alerts_history(struct alerts *a, struct str full_id, alerts_entry_fn fn, void *ctx,
    struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT at_ns, by, action, from_status, to_status, reason, note FROM (SELECT rowid AS"
	    " r, * FROM alert_history WHERE alert_id = ?1 ORDER BY at_ns DESC, r DESC LIMIT ?2)"
	    " ORDER BY at_ns, r",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, full_id);
	db_bind_int(st, 2, ALERTS_HISTORY_MAX);
	while ((e = db_step(st, &more, why)) == OK && more) {
		struct alerts_entry entry = { .time = db_int(st, 0),
			.by = db_str(st, 1),
			.action = db_str(st, 2),
			.from = db_str(st, 3),
			.to = db_str(st, 4),
			.reason = db_str(st, 5),
			.note = db_str(st, 6) };

		e = fn(ctx, &entry);
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}
