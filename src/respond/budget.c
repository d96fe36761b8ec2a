/* SPDX-License-Identifier: Apache-2.0 */
/* Hits and trips of rules. */
#include "respond/budget.h"

#include "respond/arming.h"
#include "respond/internal.h"

const char *
budget_word(enum budget_kind k)
{
	return k == BUDGET_USER ? "user" : "address";
}

static struct str
cut(struct str s, size_t max)
{
	if (s.p == NULL)
		return STR("");
	return (struct str){ s.p, s.n < max ? s.n : max };
}

enum err
budget_note(struct leases *l, const struct budget_hit *h, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db,
	    "INSERT INTO budget_hits SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?7 >"
	    " (SELECT count(*) FROM budget_hits WHERE rule = ?1 AND kind = ?2 AND name <> ?3)"
	    " ON CONFLICT(rule, kind, name) DO UPDATE SET at_ns = max(at_ns, excluded.at_ns),"
	    " address = excluded.address, lease = excluded.lease",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, cut(h->rule, LEASES_ENTITY));
	db_bind_int(st, 2, h->kind);
	db_bind_str(st, 3, cut(h->name, LEASES_ENTITY));
	db_bind_int(st, 4, h->time);
	db_bind_str(st, 5, cut(h->address, LEASES_ENTITY));
	db_bind_int(st, 6, h->lease);
	db_bind_int(st, 7, BUDGET_HITS_MAX);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
budget_spent(struct leases *l, struct str rule, int64_t since, struct budget_spent *ret,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(l->db,
	    "SELECT coalesce(sum(kind = 0), 0), coalesce(sum(kind = 1), 0) FROM budget_hits"
	    " WHERE rule = ?1 AND at_ns > ?2",
	    &st, why);

	*ret = (struct budget_spent){ 0 };
	if (e != OK)
		return e;
	db_bind_str(st, 1, cut(rule, LEASES_ENTITY));
	db_bind_int(st, 2, since);
	e = db_step(st, &row, why);
	if (e == OK && row)
		*ret = (struct budget_spent){ (uint64_t)db_int(st, 0), (uint64_t)db_int(st, 1) };
	db_finalize(st);
	return e;
}

enum err
budget_hits(struct leases *l, struct str rule, budget_hit_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(l->db,
	    "SELECT rule, kind, name, at_ns, address, lease FROM budget_hits"
	    " WHERE ?1 IS NULL OR rule = ?1 ORDER BY rule, at_ns DESC, name",
	    &st, why);

	if (e != OK)
		return e;
	if (rule.p != NULL)
		db_bind_str(st, 1, rule);
	while ((e = db_step(st, &more, why)) == OK && more) {
		e = fn(ctx, &(struct budget_hit){ .rule = db_str(st, 0),
				.kind = db_int(st, 1) == 0 ? BUDGET_USER : BUDGET_ADDRESS,
				.name = db_str(st, 2),
				.time = db_int(st, 3),
				.address = db_str(st, 4),
				.lease = db_int(st, 5) });
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}

enum err
budget_tripped(struct leases *l, struct str rule, bool *ret, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db, "SELECT 1 FROM budget_trips WHERE rule = ?1", &st, why);

	*ret = false;
	if (e != OK)
		return e;
	db_bind_str(st, 1, cut(rule, LEASES_ENTITY));
	e = db_step(st, ret, why);
	db_finalize(st);
	return e;
}

#define BATCH 256

/* Active leases of a rule (p NULL: of any rule). */
static enum err
collect(struct leases *l, struct str rule, int64_t ids[BATCH], size_t *ret_n, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(l->db,
	    "SELECT id FROM leases WHERE state = 'active' AND rule <> '' AND (?1 IS NULL OR"
	    " rule = ?1) LIMIT 256",
	    &st, why);

	*ret_n = 0;
	if (e != OK)
		return e;
	if (rule.p != NULL)
		db_bind_str(st, 1, rule);
	while (*ret_n < BATCH && (e = db_step(st, &row, why)) == OK && row)
		ids[(*ret_n)++] = db_int(st, 0);
	db_finalize(st);
	return e;
}

enum err
budget_undo(struct leases *l, struct str rule, struct str by, struct str result, int64_t now,
    uint64_t *ret_n, struct diag *why)
{
	int64_t ids[BATCH];
	size_t n = 0;
	enum err e;

	*ret_n = 0;
	do {
		e = collect(l, rule, ids, &n, why);
		for (size_t i = 0; i < n && e == OK; i++)
			e = leases_change(l, ids[i], LEASE_UNDONE, by, result, now, why);
		*ret_n += e == OK ? n : 0;
	} while (e == OK && n == BATCH);
	return e;
}

/* Inside a transaction. */
static enum err
trip(struct leases *l, const struct budget_trip *t, uint64_t *ret_undone, struct diag *why)
{
	struct db_stmt *st;
	enum err e = budget_undo(l, t->rule, STR(""), STR("its rule's budget is spent: taken back"),
	    t->time, ret_undone, why);

	if (e == OK)
		e = db_prepare(l->db, "INSERT INTO budget_trips VALUES(?1,?2,?3,?4)", &st, why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, cut(t->rule, LEASES_ENTITY));
	db_bind_int(st, 2, t->time);
	db_bind_int(st, 3, (int64_t)*ret_undone);
	db_bind_str(st, 4, cut(t->reason, 2 * LEASES_TEXT));
	e = db_run(st, why);
	db_finalize(st);
	return e != OK ? e
		       : arming_enter(l,
			     &(struct arming_entry){ .time = t->time,
				 .what = STR("tripped"),
				 .rule = t->rule,
				 .by = STR(""),
				 .text = t->reason },
			     why);
}

enum err
budget_trip(struct leases *l, struct str rule, struct str reason, int64_t now, uint64_t *ret_undone,
    struct diag *why)
{
	const bool own = !l->inside;
	bool there = false;
	enum err e = own ? leases_begin(l, why) : OK;

	*ret_undone = 0;
	if (e != OK)
		return e;
	e = budget_tripped(l, rule, &there, why);
	if (e == OK && !there)
		e = trip(l, &(struct budget_trip){ .rule = rule, .reason = reason, .time = now },
		    ret_undone, why);
	return own ? leases_finish(l, e, why) : e;
}

static enum err
delete_of(struct leases *l, const char *sql, struct str rule, int64_t *ret_n, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db, sql, &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, rule);
	e = db_run(st, why);
	db_finalize(st);
	*ret_n = db_changes(l->db);
	return e;
}

enum err
budget_reset(struct leases *l, struct str rule, struct str by, struct str reason, int64_t now,
    struct diag *why)
{
	int64_t n = 0, hits;
	enum err e = leases_begin(l, why);

	if (e != OK)
		return e;
	e = delete_of(l, "DELETE FROM budget_trips WHERE rule = ?1", rule, &n, why);
	if (e == OK && n == 0)
		e = err_set(why, FAIL_NOT_FOUND, "no such rule has spent its budget");
	if (e == OK)
		e = delete_of(l, "DELETE FROM budget_hits WHERE rule = ?1", rule, &hits, why);
	if (e == OK)
		e = arming_enter(l,
		    &(struct arming_entry){
			.time = now, .what = STR("reset"), .rule = rule, .by = by, .text = reason },
		    why);
	return leases_finish(l, e, why);
}

enum err
budget_trips(struct leases *l, budget_trip_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(l->db,
	    "SELECT rule, at_ns, undone, reason FROM budget_trips ORDER BY at_ns DESC, rule", &st,
	    why);

	if (e != OK)
		return e;
	while ((e = db_step(st, &more, why)) == OK && more) {
		e = fn(ctx, &(struct budget_trip){ .rule = db_str(st, 0),
				.time = db_int(st, 1),
				.undone = (uint64_t)db_int(st, 2),
				.reason = db_str(st, 3) });
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}
