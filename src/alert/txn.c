/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, and the small statements every change needs. */
/* tested by: test/unit/alert/test_alerts.c */
#include "alert/internal.h"

enum err
txn_begin(struct alerts *a, struct diag *why)
{
	return db_exec(a->db, "BEGIN IMMEDIATE", why);
}

enum err
txn_end(struct alerts *a, enum err e, struct diag *why)
{
	if (e == OK)
		e = db_exec(a->db, "COMMIT", why);
	if (e != OK)
		(void)!db_exec(a->db, "ROLLBACK", NULL);
	return e;
}

enum err
txn_revs(struct alerts *a, uint64_t n, uint64_t *ret_first, struct diag *why)
{
	bool row = false;
	enum err e;

	db_bind_int(a->rev, 1, (int64_t)n);
	e = db_step(a->rev, &row, why);
	if (e == OK && row)
		*ret_first = (uint64_t)db_int(a->rev, 0) - n + 1;
	db_reset(a->rev);
	return e;
}

enum err
txn_run(struct alerts *a, const char *sql, struct str one, struct str two, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db, sql, &st, why);

	if (e != OK)
		return e;
	if (one.p != NULL)
		db_bind_str(st, 1, one);
	if (two.p != NULL)
		db_bind_str(st, 2, two);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
txn_number(struct alerts *a, const char *sql, struct str one, int64_t *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db, sql, &st, why);

	if (e != OK)
		return e;
	if (one.p != NULL)
		db_bind_str(st, 1, one);
	e = db_step(st, &row, why);
	if (e == OK)
		*ret = row ? db_int(st, 0) : 0;
	db_finalize(st);
	return e;
}

enum err
txn_history(struct alerts *a, const struct txn_entry *e, int64_t now, struct diag *why)
{
	const struct str texts[] = { e->alert_id, e->from, e->to, e->by, e->note, e->action,
		e->reason };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		db_bind_str(a->history, (int)i + 1, texts[i]);
	db_bind_int(a->history, (int)ARRAY_LEN(texts) + 1, now);
	return db_run(a->history, why);
}
