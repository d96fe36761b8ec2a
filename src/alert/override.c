/* SPDX-License-Identifier: Apache-2.0 */
/* Overrides of rotas in state.db. */
#include "alert/override.h"

#include "alert/internal.h"

static enum err
check(const struct override *o, int64_t now, struct diag *why)
{
	if (o->from >= o->to || o->to <= now || o->to - o->from > OVERRIDE_SPAN_MAX)
		return err_set(why, FAIL_SYNTAX,
		    "to: is after from, not past, and at most a year later");
	if (o->why.n > OVERRIDE_WHY_MAX)
		return err_set(why, FAIL_SYNTAX, "why: at most %d bytes", OVERRIDE_WHY_MAX);
	return OK;
}

static enum err
insert(struct alerts *a, const struct override *o, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "INSERT INTO oncall_overrides(rota, person, from_ns, to_ns, by, why, created_ns) SELECT"
	    " ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE (SELECT count(*) FROM oncall_overrides WHERE"
	    " removed_ns = 0 AND to_ns > ?7) < ?8",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, o->rota);
	db_bind_str(st, 2, o->person);
	db_bind_int(st, 3, o->from);
	db_bind_int(st, 4, o->to);
	db_bind_str(st, 5, o->by);
	db_bind_str(st, 6, o->why.p != NULL ? o->why : STR(""));
	db_bind_int(st, 7, now);
	db_bind_int(st, 8, OVERRIDE_MAX);
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK && db_changes(a->db) == 0)
		e = err_set(why, FAIL_LIMIT, "at most %d overrides", OVERRIDE_MAX);
	return e;
}

enum err
override_add(struct alerts *a, const struct override *o, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	enum err e = check(o, now, why);

	if (e == OK)
		e = insert(a, o, now, why);
	if (e == OK)
		*ret_id = db_last_id(a->db);
	return e;
}

enum err
override_remove(struct alerts *a, int64_t id, struct str by, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "UPDATE oncall_overrides SET removed_ns = ?2, removed_by = ?3 WHERE id = ?1 AND"
	    " removed_ns = 0",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	db_bind_int(st, 2, now);
	db_bind_str(st, 3, by);
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK && db_changes(a->db) == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no such override");
	return e;
}

enum err
override_list(struct alerts *a, int64_t after, bool removed, override_fn fn, void *ctx,
    struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT id, rota, person, by, why, from_ns, to_ns, created_ns, removed_ns, removed_by"
	    " FROM oncall_overrides WHERE to_ns > ?1 AND (removed_ns = 0 OR ?2) ORDER BY id",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, after);
	db_bind_int(st, 2, removed);
	while (e == OK && (e = db_step(st, &more, why)) == OK && more) {
		const struct override o = { db_int(st, 0), db_str(st, 1), db_str(st, 2),
			db_str(st, 3), db_str(st, 4), db_int(st, 5), db_int(st, 6), db_int(st, 7),
			db_int(st, 8), db_str(st, 9) };

		e = fn(ctx, &o);
	}
	db_finalize(st);
	return e;
}
