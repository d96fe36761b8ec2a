/* SPDX-License-Identifier: Apache-2.0 */
/* Which types of channels hear what becomes of an alert. */
#include "alert/tell.h"

#include "alert/internal.h"

static enum err
put_all(struct alerts *a, const struct tell_kind *kinds, size_t n, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_exec(a->db, "DELETE FROM channel_kinds", why);

	if (e == OK)
		e = db_prepare(a->db, "INSERT OR REPLACE INTO channel_kinds VALUES(?1, ?2, ?3)",
		    &st, why);
	if (e != OK)
		return e;
	for (size_t i = 0; i < n && e == OK; i++) {
		db_bind_str(st, 1, kinds[i].type);
		db_bind_int(st, 2, kinds[i].ack);
		db_bind_int(st, 3, kinds[i].resolve);
		e = db_run(st, why);
	}
	db_finalize(st);
	return e;
}

enum err
tell_kinds(struct alerts *a, const struct tell_kind *kinds, size_t n, struct diag *why)
{
	enum err e;

	if (n > TELL_KINDS_MAX)
		return err_set(why, FAIL_LIMIT, "more than %d kinds of channels", TELL_KINDS_MAX);
	e = txn_begin(a, why);
	return e == OK ? txn_end(a, put_all(a, kinds, n, why), why) : e;
}
