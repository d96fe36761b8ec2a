/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts that nobody took on in time. */
#include "alert/breach.h"

#include "alert/page_in.h"

/* As the index has it. */
#define WAITING "status = 'open' AND acked_ns = 0 AND demo = 0 AND breached_ns = 0 AND quiet = ''"

enum err
breach_find(struct alerts *a, enum alerts_severity severity, int64_t until,
    struct breach_alert *ret, size_t max, size_t *ret_n, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	size_t n = 0;
	enum err e = db_prepare(a->db,
	    "SELECT id, created_ns FROM alerts WHERE " WAITING
	    " AND rank = ?1 AND created_ns <= ?2 ORDER BY created_ns LIMIT ?3",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, (int64_t)severity);
	db_bind_int(st, 2, until);
	db_bind_int(st, 3, (int64_t)max);
	while (n < max && (e = db_step(st, &more, why)) == OK && more) {
		(void)str_to_c(db_str(st, 0), ret[n].id, sizeof(ret[n].id));
		ret[n++].created = db_int(st, 1);
	}
	db_finalize(st);
	if (e == OK)
		*ret_n = n;
	return e;
}

enum err
breach_oldest(struct alerts *a, enum alerts_severity severity, int64_t *ret, struct diag *why)
{
	struct breach_alert oldest;
	size_t n = 0;
	enum err e = breach_find(a, severity, INT64_MAX, &oldest, 1, &n, why);

	if (e == OK)
		*ret = n != 0 ? oldest.created : INT64_MAX;
	return e;
}

static enum err
mark(struct alerts *a, const struct breach *b, int64_t now, struct diag *why)
{
	uint64_t rev = 0;
	struct db_stmt *st;
	enum err e = txn_revs(a, 1, &rev, why);

	if (e == OK)
		e = db_prepare(a->db,
		    "UPDATE alerts SET breached_ns = ?2, rev = ?3 WHERE id = ?1 AND " WAITING, &st,
		    why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, b->alert_id);
	db_bind_int(st, 2, now);
	db_bind_int(st, 3, (int64_t)rev);
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK && db_changes(a->db) == 0)
		e = err_set(why, FAIL_AGAIN, "the alert changed meanwhile");
	return e;
}

static enum err
note_inside(struct alerts *a, const struct breach *b, int64_t now, struct diag *why)
{
	enum err e = mark(a, b, now, why);

	if (e == OK)
		e = txn_run(a,
		    "INSERT INTO alert_breaches VALUES(?1, 1) ON CONFLICT DO UPDATE SET n = n + 1",
		    str_c(alerts_severity_word(b->severity)), (struct str){ NULL, 0 }, why);
	if (e == OK)
		e = txn_history(a,
		    &(struct txn_entry){ .alert_id = b->alert_id,
			.from = STR(""),
			.to = STR(""),
			.by = STR(""),
			.note = b->note,
			.action = STR("late"),
			.reason = STR("") },
		    now, why);
	if (e == OK && b->advance != NULL)
		return page_do_inside(a, b->advance, now, why);
	return e == OK && b->policy.n != 0
		   ? page_begin_at(a, b->alert_id, b->policy, b->created, now, why)
		   : e;
}

enum err
breach_note(struct alerts *a, const struct breach *b, int64_t now, struct diag *why)
{
	enum err e = txn_begin(a, why);

	if (e != OK)
		return e;
	return txn_end(a, note_inside(a, b, now, why), why);
}

enum err
breach_count(struct alerts *a, uint64_t ret[ALERTS_SEVERITIES], struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db, "SELECT severity, n FROM alert_breaches", &st, why);

	if (e != OK)
		return e;
	for (unsigned i = 0; i < ALERTS_SEVERITIES; i++)
		ret[i] = 0;
	while ((e = db_step(st, &more, why)) == OK && more) {
		enum alerts_severity s;

		if (alerts_severity_find(db_str(st, 0), &s))
			ret[s] = (uint64_t)db_int(st, 1);
	}
	db_finalize(st);
	return e;
}
