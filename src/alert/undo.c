/* SPDX-License-Identifier: Apache-2.0 */
/* Takes one call of act.c back. */
/* exports: act_ */
/* tested by: test/unit/alert/test_act.c */
#include "alert/act.h"
#include "alert/internal.h"
#include "base/crash.h"

struct undo {
	struct alerts *a;
	struct str id, by;
	int64_t now;
	struct db_stmt *rows, *restore;
	uint64_t changed;
};

static enum err
restore_one(struct undo *u, struct diag *why)
{
	struct db_stmt *r = u->rows;
	bool moved = !str_eq(db_str(r, 7), db_str(r, 2));
	struct txn_entry entry = { .alert_id = db_str(r, 1),
		.from = moved ? db_str(r, 7) : db_str(r, 8),
		.to = moved ? db_str(r, 2) : db_str(r, 3),
		.by = u->by,
		.note = STR(""),
		.action = STR("undo"),
		.reason = STR("") };
	uint64_t rev = 0;
	enum err e = txn_revs(u->a, 1, &rev, why);

	if (e != OK)
		return e;
	db_bind_int(u->restore, 1, db_int(r, 0));
	for (int i = 2; i <= 6; i++) /* status, owner, reason, by, note */
		db_bind_str(u->restore, i, db_str(r, i));
	db_bind_int(u->restore, 7, u->now);
	db_bind_int(u->restore, 8, (int64_t)rev);
	e = db_run(u->restore, why);
	u->changed++;
	crash_point(CRASH_ALERT_ACT);
	return e == OK ? txn_history(u->a, &entry, u->now, why) : e;
}

static enum err
restore_all(struct undo *u, struct diag *why)
{
	bool more = false;
	enum err e = db_prepare(u->a->db,
	    "SELECT a.n, a.id, u.status, u.owner, u.reason, u.status_by, u.status_note, a.status,"
	    " a.owner FROM alert_undo_row u JOIN alerts a ON a.n = u.alert AND a.state_rev ="
	    " u.state_rev WHERE u.undo = ?1",
	    &u->rows, why);

	if (e == OK)
		e = db_prepare(u->a->db,
		    "UPDATE alerts SET status = ?2, owner = ?3, reason = ?4, status_by = ?5,"
		    " status_note = ?6, updated_ns = ?7, rev = ?8, state_rev = ?8 WHERE n = ?1",
		    &u->restore, why);
	if (e == OK)
		db_bind_str(u->rows, 1, u->id);
	while (e == OK && (e = db_step(u->rows, &more, why)) == OK && more)
		e = restore_one(u, why);
	db_finalize(u->rows);
	db_finalize(u->restore);
	return e;
}

static enum err
undo_inside(struct undo *u, struct diag *why)
{
	const struct str none = { NULL, 0 };
	int64_t at = 0;
	enum err e =
	    txn_number(u->a, "SELECT at_ns FROM alert_undo WHERE id = ?1", u->id, &at, why);

	if (e == OK && (at == 0 || at < u->now - ACT_UNDO_KEEP))
		e = err_set(why, FAIL_NOT_FOUND, "this cannot be taken back (any more)");
	if (e == OK)
		e = restore_all(u, why);
	if (e == OK)
		e = txn_run(u->a, "DELETE FROM alert_undo_row WHERE undo = ?1", u->id, none, why);
	if (e == OK)
		e = txn_run(u->a, "DELETE FROM alert_undo WHERE id = ?1", u->id, none, why);
	return e;
}

enum err
act_undo(struct alerts *a, struct str undo, struct str by, int64_t now, uint64_t *ret_changed,
    struct diag *why)
{
	struct undo u = { .a = a, .id = undo, .by = by, .now = now };
	enum err e = txn_begin(a, why);

	if (e != OK)
		return e;
	e = txn_end(a, undo_inside(&u, why), why);
	if (e == OK) {
		*ret_changed = u.changed;
		crash_point(CRASH_ALERT_ACTED);
	}
	return e;
}
