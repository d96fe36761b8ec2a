/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that people switched on or off. */
#include "alert/rulestate.h"

#include "alert/internal.h"

enum err
rulestate_set(struct alerts *a, struct str rule_id, bool enabled, struct str by, struct str note,
    int64_t now, struct diag *why)
{
	struct db_stmt *st;
	int64_t n = 0;
	enum err e =
	    txn_number(a, "SELECT count(*) FROM rule_state WHERE rule_id <> ?1", rule_id, &n, why);

	if (e == OK && n >= RULESTATE_MAX)
		e = err_set(why, FAIL_LIMIT, "at most %d rules can be switched", RULESTATE_MAX);
	if (e == OK)
		e = db_prepare(a->db,
		    "INSERT INTO rule_state VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET"
		    " enabled = ?2, by = ?3, note = ?4, at_ns = ?5",
		    &st, why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, rule_id);
	db_bind_int(st, 2, enabled);
	db_bind_str(st, 3, by);
	db_bind_str(st, 4, note);
	db_bind_int(st, 5, now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
rulestate_each(struct alerts *a, rulestate_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT rule_id, enabled, by, note, at_ns FROM rule_state ORDER BY rule_id", &st, why);

	if (e != OK)
		return e;
	while ((e = db_step(st, &more, why)) == OK && more) {
		e = fn(ctx, &(struct rulestate_row){ .rule_id = db_str(st, 0),
				.enabled = db_int(st, 1) != 0,
				.by = db_str(st, 2),
				.note = db_str(st, 3),
				.time = db_int(st, 4) });
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}
