/* SPDX-License-Identifier: Apache-2.0 */
/* A step of a page: its messages, its receipts and where it is then, all or nothing. */
/* exports: page_do */
/* tested by: test/unit/alert/test_page.c */
#include <stdio.h>

#include "alert/page_brake.h"
#include "alert/page_in.h"
#include "base/crash.h"

static enum err
is_as_read(struct alerts *a, const struct page_move *m, char alert_id[ALERTS_ID_SIZE],
    int64_t *ret_rank, struct diag *why)
{
	struct db_stmt *st;
	bool row = false, same = false;
	enum err e = db_prepare(a->db,
	    "SELECT p.state, p.step, p.round, p.alert_id, coalesce(a.rank, 4) FROM pages p LEFT "
	    "JOIN"
	    " alerts a ON a.id = p.alert_id WHERE p.id = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, m->id);
	e = db_step(st, &row, why);
	if (e == OK && row) {
		same = str_eq(db_str(st, 0), str_c(page_state_word(m->was))) &&
		       db_int(st, 1) == m->was_step && db_int(st, 2) == m->was_round;
		(void)str_to_c(db_str(st, 3), alert_id, ALERTS_ID_SIZE);
		*ret_rank = db_int(st, 4);
	}
	db_finalize(st);
	if (e == OK && !same)
		e = err_set(why, FAIL_AGAIN, "the page changed meanwhile");
	return e;
}

static enum err
note_failed(struct alerts *a, int64_t call, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "UPDATE page_calls SET state = 'failed', note = substr(coalesce((SELECT last_error FROM"
	    " outbox WHERE outbox.key = page_calls.key), ''), 1, 300) WHERE id = ?1 AND state"
	    " IN ('told', 'summary')",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, call);
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK && db_changes(a->db) == 0)
		e = err_set(why, FAIL_AGAIN, "the call changed meanwhile");
	return e;
}

static struct str
some(struct str s)
{
	return s.p != NULL ? s : STR("");
}

static enum err
insert_call(struct alerts *a, const struct page_move *m, const struct page_order *o,
    const char *alert_id, int64_t now, int64_t *ret_id, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "INSERT INTO page_calls(page, alert_id, at_ns, level, step, round, person, contact,"
	    " channel, address, code, night, state, note) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
	    "?9,"
	    " ?10, nullif(?11, ''), ?12, ?13, ?14)",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, m->id);
	db_bind_str(st, 2, str_c(alert_id));
	db_bind_int(st, 3, now);
	db_bind_int(st, 4, o->level);
	db_bind_int(st, 5, o->step);
	db_bind_int(st, 6, o->round);
	db_bind_str(st, 7, some(o->person));
	db_bind_int(st, 8, o->contact);
	db_bind_str(st, 9, some(o->channel));
	db_bind_str(st, 10, some(o->address));
	db_bind_str(st, 11, str_c(o->code));
	db_bind_int(st, 12, o->night);
	db_bind_str(st, 13, str_c(page_told_word(o->told)));
	db_bind_str(st, 14, some(o->note));
	e = db_run(st, why);
	db_finalize(st);
	*ret_id = db_last_id(a->db);
	return e;
}

static enum err
set_key(struct alerts *a, int64_t call, struct str key, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db, "UPDATE page_calls SET key = ?2 WHERE id = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, call);
	db_bind_str(st, 2, key);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

/* Too many at once: the alert is in a summary, and the receipt says so. */
static enum err
hold(struct alerts *a, const struct page_move *m, struct page_order *o, const char *alert_id,
    const char *key, int64_t now, struct diag *why)
{
	int64_t id = 0;
	enum err e;

	o->told = PAGE_SUMMARY;
	o->note = STR("held in summary");
	e = insert_call(a, m, o, alert_id, now, &id, why);
	crash_point(CRASH_PAGE_CALL);
	return e == OK ? set_key(a, id, str_c(key), why) : e;
}

/* A receipt, and its message. */
static enum err
call(struct alerts *a, const struct page_move *m, const struct page_order *o, const char *alert_id,
    int64_t rank, int64_t now, struct diag *why)
{
	char apart[32] = "", key[OUTBOX_KEY_SIZE];
	struct outbox_order order = { .alert_id = str_c(alert_id),
		.channel = o->channel,
		.event = OUTBOX_RAISE,
		.severity = (enum alerts_severity)rank,
		.person = o->person,
		.address = o->address };
	int64_t id = 0;
	enum err e = insert_call(a, m, o, alert_id, now, &id, why);

	if (e != OK || o->told != PAGE_TOLD)
		return e;
	if (!o->plain)
		(void)snprintf(apart, sizeof(apart), "p%lld", (long long)id);
	(void)snprintf(key, sizeof(key), "%s-%.*s%s%s", alert_id, STR_ARG(o->channel),
	    o->plain ? "" : "-", apart);
	order.apart = str_c(apart);
	e = outbox_add(a, &order, o->due, now, why);
	crash_point(CRASH_PAGE_CALL);
	if (e == OK)
		e = set_key(a, id, str_c(key), why);
	/* The channel went since it was asked about: the receipt says so, the rest goes on. */
	return e == FAIL_NOT_FOUND ? txn_run(a,
					 "UPDATE page_calls SET state = 'skipped', note = 'the"
					 " channel is off' WHERE id = last_insert_rowid()",
					 (struct str){ NULL, 0 }, (struct str){ NULL, 0 }, why)
				   : e;
}

static enum err
set_page(struct alerts *a, const struct page_move *m, int64_t now, struct diag *why)
{
	const bool over = m->state == PAGE_ENDED || m->state == PAGE_UNANSWERED;
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "UPDATE pages SET state = ?2, step = ?3, round = ?4, level = max(level, ?5), base_ns ="
	    " ?6, due_ns = ?7, ended_ns = ?8, why = iif(?9 = '', why, ?9) WHERE id = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, m->id);
	db_bind_str(st, 2, str_c(page_state_word(m->state)));
	db_bind_int(st, 3, m->step);
	db_bind_int(st, 4, m->round);
	db_bind_int(st, 5, m->level);
	db_bind_int(st, 6, m->base);
	db_bind_int(st, 7, m->due);
	db_bind_int(st, 8, over ? now : 0);
	db_bind_str(st, 9, some(m->why));
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

/* Whoever looks at the alert sees that more people were told. */
static enum err
touch(struct alerts *a, const char *alert_id, struct diag *why)
{
	uint64_t rev = 0;
	struct db_stmt *st;
	enum err e = txn_revs(a, 1, &rev, why);

	if (e == OK)
		e = db_prepare(a->db, "UPDATE alerts SET rev = ?2 WHERE id = ?1", &st, why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, str_c(alert_id));
	db_bind_int(st, 2, (int64_t)rev);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
follow(struct alerts *a, const struct page_move *m, struct page_order *o, const char *alert_id,
    int64_t rank, int64_t now, struct diag *why)
{
	char key[OUTBOX_KEY_SIZE] = "";
	enum err e = OK;

	if (o->told == PAGE_TOLD)
		e = page_brake(a, &m->brake, o, alert_id, (enum alerts_severity)rank, now, key,
		    why);
	if (e != OK)
		return e;
	return key[0] != '\0' ? hold(a, m, o, alert_id, key, now, why)
			      : call(a, m, o, alert_id, rank, now, why);
}

enum err
page_do_inside(struct alerts *a, const struct page_move *m, int64_t now, struct diag *why)
{
	char alert_id[ALERTS_ID_SIZE] = "";
	int64_t rank = ALERTS_INFO;
	enum err e = is_as_read(a, m, alert_id, &rank, why);

	if (e == OK && m->failed != 0)
		e = note_failed(a, m->failed, why);
	for (size_t i = 0; i < m->n && e == OK; i++)
		e = follow(a, m, &m->orders[i], alert_id, rank, now, why);
	if (e == OK)
		e = set_page(a, m, now, why);
	if (e == OK && m->n != 0)
		e = touch(a, alert_id, why);
	return e;
}

enum err
page_do(struct alerts *a, const struct page_move *m, int64_t now, struct diag *why)
{
	enum err e;

	if (m->n > PAGE_CALLS_MAX)
		return err_set(why, FAIL_LIMIT, "a step tells at most %d", PAGE_CALLS_MAX);
	e = txn_begin(a, why);
	if (e != OK)
		return e;
	e = page_do_inside(a, m, now, why);
	crash_point(CRASH_PAGE_STEP);
	e = txn_end(a, e, why);
	if (e == OK)
		crash_point(CRASH_PAGE_DONE);
	return e;
}
