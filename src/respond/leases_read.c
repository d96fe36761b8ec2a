/* SPDX-License-Identifier: Apache-2.0 */
/* exports: leases_ */
/* tested by: test/unit/respond/test_leases.c */
/* Reading leases; the allow list; the position among the alerts. */
#include "base/buf.h"
#include "respond/internal.h"

#define COLUMNS                                                                                    \
	"id, rev, deed, entity, state, begin_ns, end_ns, ended_ns, alert, rule, by, reason,"       \
	" result, cause_last"

static void
read_row(struct db_stmt *st, struct lease *ret)
{
	*ret = (struct lease){ .id = db_int(st, 0),
		.rev = (uint64_t)db_int(st, 1),
		.deed = DEED_NOTIFY,
		.entity = db_str(st, 3),
		.state = LEASE_FAILED,
		.begin = db_int(st, 5),
		.end = db_int(st, 6),
		.ended = db_int(st, 7),
		.alert = db_str(st, 8),
		.rule = db_str(st, 9),
		.by = db_str(st, 10),
		.reason = db_str(st, 11),
		.result = db_str(st, 12),
		.cause_last = db_int(st, 13) };
	(void)deed_find(db_str(st, 2), &ret->deed);
	(void)leases_find_state(db_str(st, 4), &ret->state);
}

static enum err
each(struct db_stmt *st, lease_fn fn, void *ctx, size_t *ret_n, struct diag *why)
{
	struct lease row;
	bool more = false;
	enum err e;

	*ret_n = 0;
	while ((e = db_step(st, &more, why)) == OK && more) {
		read_row(st, &row);
		++*ret_n;
		e = fn(ctx, &row);
		if (e != OK)
			return e;
	}
	return e;
}

static void
put_states(unsigned states, struct buf *sql)
{
	const char *comma = "";

	if (states == 0)
		return;
	buf_str(sql, STR(" AND state IN ("));
	for (unsigned i = 0; i < LEASE_STATES; i++)
		if ((states & 1U << i) != 0) {
			buf_printf(sql, "%s'%s'", comma, leases_word((enum lease_state)i));
			comma = ",";
		}
	buf_byte(sql, ')');
}

static void
put_deeds(unsigned deeds, struct buf *sql)
{
	const char *comma = "";

	if (deeds == 0)
		return;
	buf_str(sql, STR(" AND deed IN ("));
	for (unsigned i = 0; i < DEEDS; i++)
		if ((deeds & 1U << i) != 0) {
			buf_printf(sql, "%s'%s'", comma, deed_word((enum deed)i));
			comma = ",";
		}
	buf_byte(sql, ')');
}

enum err
leases_list(struct leases *l, const struct leases_filter *f, lease_fn fn, void *ctx,
    struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	struct db_stmt *st;
	size_t n;
	enum err e;

	buf_init(&sql, 0);
	buf_str(&sql, STR("SELECT " COLUMNS " FROM leases WHERE 1"));
	put_states(f->states, &sql);
	put_deeds(f->deeds, &sql);
	if (f->entity.p != NULL)
		buf_str(&sql, STR(" AND entity = ?1"));
	if (f->alert.p != NULL)
		buf_str(&sql, STR(" AND alert = ?2"));
	if (f->since != 0)
		buf_printf(&sql, " AND rev > %llu", (unsigned long long)f->since);
	if (f->before != 0)
		buf_printf(&sql, " AND id < %lld", (long long)f->before);
	buf_str(&sql, STR(" ORDER BY id DESC"));
	if (f->limit != 0)
		buf_printf(&sql, " LIMIT %u", f->limit);
	buf_byte(&sql, '\0');
	e = db_prepare(l->db, sql.p, &st, why);
	if (e != OK)
		return e;
	if (f->entity.p != NULL)
		db_bind_str(st, 1, f->entity);
	if (f->alert.p != NULL)
		db_bind_str(st, 2, f->alert);
	e = each(st, fn, ctx, &n, why);
	db_finalize(st);
	return e;
}

enum err
leases_get(struct leases *l, int64_t id, lease_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(l->db, "SELECT " COLUMNS " FROM leases WHERE id = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	e = each(st, fn, ctx, &n, why);
	db_finalize(st);
	if (e == OK && n == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no response %lld", (long long)id);
	return e;
}

enum err
leases_answered(struct leases *l, const struct lease *want, bool *ret, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db,
	    "SELECT 1 FROM leases WHERE alert = ?1 AND deed = ?2 AND entity = ?3"
	    " AND cause_last >= ?4 LIMIT 1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, want->alert);
	db_bind_str(st, 2, str_c(deed_word(want->deed)));
	db_bind_str(st, 3, want->entity);
	db_bind_int(st, 4, want->cause_last);
	e = db_step(st, ret, why);
	db_finalize(st);
	return e;
}

enum err
leases_counts(struct leases *l, uint64_t ret[LEASE_STATES], struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(l->db,
	    "SELECT state, count(*) FROM leases WHERE state IN " LEASES_LIVE " GROUP BY state"
	    " UNION ALL SELECT state, count(*) FROM leases WHERE state NOT IN " LEASES_LIVE
	    " GROUP BY state",
	    &st, why);

	if (e != OK)
		return e;
	for (unsigned i = 0; i < LEASE_STATES; i++)
		ret[i] = 0;
	while ((e = db_step(st, &more, why)) == OK && more) {
		enum lease_state s;

		if (leases_find_state(db_str(st, 0), &s))
			ret[s] = (uint64_t)db_int(st, 1);
	}
	db_finalize(st);
	return e;
}

static enum err
position(struct leases *l, const char *sql, uint64_t *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(l->db, sql, &st, why);

	if (e != OK)
		return e;
	e = db_step(st, &row, why);
	if (e == OK)
		*ret = row ? (uint64_t)db_int(st, 0) : 0; /* -1: never */
	db_finalize(st);
	return e;
}

uint64_t
leases_rev(struct leases *l)
{
	uint64_t rev = 0;

	return position(l, "SELECT rev FROM position", &rev, NULL) == OK ? rev : 0;
}

enum err
leases_through(struct leases *l, uint64_t *ret, struct diag *why)
{
	return position(l, "SELECT alerts FROM position", ret, why);
}

enum err
leases_set_through(struct leases *l, uint64_t rev, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db, "UPDATE position SET alerts = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, (int64_t)rev);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
leases_audit(struct leases *l, int64_t id, lease_change_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(l->db,
	    "SELECT at_ns, from_state, to_state, by, result FROM lease_audit WHERE lease = ?1"
	    " ORDER BY rowid",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	while ((e = db_step(st, &more, why)) == OK && more) {
		struct lease_change c = {
			.time = db_int(st, 0), .by = db_str(st, 3), .result = db_str(st, 4)
		};

		(void)leases_find_state(db_str(st, 1), &c.from);
		(void)leases_find_state(db_str(st, 2), &c.to);
		e = fn(ctx, &c);
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}

static enum err
count_allowed(struct leases *l, struct str but, uint64_t *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(l->db, "SELECT count(*) FROM allowed WHERE net <> ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, but);
	e = db_step(st, &row, why);
	if (e == OK)
		*ret = (uint64_t)db_int(st, 0);
	db_finalize(st);
	return e;
}

/* Each change of the list moves rev on: who keeps it in mind looks again. */
#define MOVE "UPDATE position SET rev = rev + 1"

enum err
leases_allow(struct leases *l, const struct lease_allow *row, struct diag *why)
{
	struct db_stmt *st;
	uint64_t others = 0;
	enum err e = count_allowed(l, row->net, &others, why);

	if (e == OK && others >= LEASES_ALLOW_MAX)
		e = err_set(why, FAIL_LIMIT, "the allow list has %d entries already",
		    LEASES_ALLOW_MAX);
	if (e == OK)
		e = db_prepare(l->db, "INSERT OR REPLACE INTO allowed VALUES(?1,?2,?3,?4,?5)", &st,
		    why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, row->net);
	db_bind_int(st, 2, row->created);
	db_bind_int(st, 3, row->until);
	db_bind_str(st, 4, row->by);
	db_bind_str(st, 5, row->reason);
	e = db_run(st, why);
	db_finalize(st);
	return e == OK ? db_exec(l->db, MOVE, why) : e;
}

enum err
leases_disallow(struct leases *l, struct str net, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db, "DELETE FROM allowed WHERE net = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, net);
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK && db_changes(l->db) == 0)
		e = err_set(why, FAIL_NOT_FOUND, "the allow list does not have it");
	return e == OK ? db_exec(l->db, MOVE, why) : e;
}

enum err
leases_allowed(struct leases *l, int64_t now, lease_allow_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(l->db,
	    "SELECT net, created_ns, until_ns, by, reason FROM allowed"
	    " WHERE until_ns = 0 OR until_ns > ?1 ORDER BY net",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, now);
	while ((e = db_step(st, &more, why)) == OK && more) {
		e = fn(ctx, &(struct lease_allow){ .net = db_str(st, 0),
				.created = db_int(st, 1),
				.until = db_int(st, 2),
				.by = db_str(st, 3),
				.reason = db_str(st, 4) });
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}
