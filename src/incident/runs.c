/* SPDX-License-Identifier: Apache-2.0 */
/* Runs begin, people act on them, and what was planned is carried out. */
#include "incident/runs.h"

#include "base/crash.h"
#include "base/mem.h"
#include "incident/runs_in.h"

#define AT_ONCE 100 /* runs or effects in one look */
#define AGAIN ((int64_t)1000000000)

static enum err
may_start(struct incidents *all, const struct runs_new *want, const struct playbook *book,
    struct diag *why)
{
	int64_t n = 0;
	struct db_stmt *st;
	bool row = false;
	enum err e = incident_number(all,
	    "SELECT count(*) FROM runs WHERE status IN ('active','rolling-back')", 0, &n, why);

	if (e == OK && n >= RUNS_LIVE_MAX)
		e = err_set(why, FAIL_LIMIT, "%d playbooks run already", RUNS_LIVE_MAX);
	if (e == OK)
		e = incident_number(all, "SELECT count(*) FROM runs WHERE incident = ?1",
		    want->incident, &n, why);
	if (e == OK && n >= RUNS_EACH_MAX)
		e = err_set(why, FAIL_LIMIT, "the incident had %d runs", RUNS_EACH_MAX);
	if (e == OK)
		e = incident_number(all, "SELECT status <> 'open' FROM incidents WHERE n = ?1",
		    want->incident, &n, why);
	if (e == OK && n != 0)
		e = err_set(why, FAIL_DENIED, "the incident is not open");
	if (e == OK)
		e = db_prepare(all->db,
		    "SELECT 1 FROM runs WHERE incident = ?1 AND playbook = ?2"
		    " AND status IN ('active','rolling-back')",
		    &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, want->incident);
	db_bind_str(st, 2, book->name);
	e = db_step(st, &row, why);
	db_finalize(st);
	if (e == OK && row)
		e = err_set(why, FAIL_EXISTS, "%.*s runs in this incident already",
		    STR_ARG(book->name));
	return e;
}

static enum err
insert(struct incidents *all, const struct runs_new *want, const struct playbook *book, int64_t now,
    int64_t *ret_id, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "INSERT INTO runs(incident, playbook, text, status, unasked, by, started_ns, due_ns)"
	    " VALUES(?1,?2,?3,'active',?4,?5,?6,?6)",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, want->incident);
	db_bind_str(st, 2, book->name);
	db_bind_str(st, 3, want->text);
	db_bind_int(st, 4, want->unasked);
	db_bind_str(st, 5, incident_cut(want->by, INCIDENT_NAME));
	db_bind_int(st, 6, now);
	e = db_run(st, why);
	db_finalize(st);
	*ret_id = db_last_id(all->db);
	return e;
}

/* The run is in its table, none of its steps are. */
static enum err
begin_run(struct incidents *all, const struct runs_new *want, int64_t id, int64_t now,
    struct diag *why)
{
	struct runs_one one;
	enum err e = runs_load(all, want->incident, id, &one, why);

	if (e == OK) {
		run_init(&one.run, one.book, want->unasked);
		e = runs_tell(&one, NULL, want->by, "begins", STR(""), now, why);
	}
	if (e == OK)
		e = runs_save(&one, now, why);
	runs_close(&one);
	return e;
}

enum err
runs_start(struct incidents *all, const struct runs_new *want, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	struct playbook *book = NULL;
	bool own = false;
	enum err e = playbook_read(want->text, want->file, &book, why);

	if (e != OK)
		return e;
	e = incident_enter(all, &own, why);
	if (e == OK) {
		e = may_start(all, want, book, why);
		if (e == OK)
			e = insert(all, want, book, now, ret_id, why);
		if (e == OK)
			e = begin_run(all, want, *ret_id, now, why);
		e = incident_leave(all, own, e, why);
	}
	playbook_free(book);
	return e;
}

static enum err
may_act(const struct runs_one *one, size_t step, const struct runs_act *act, struct diag *why)
{
	if (!one->open)
		return err_set(why, FAIL_DENIED, "the incident is not open");
	if (act->event == RUN_OK || act->event == RUN_FAILED)
		return err_set(why, FAIL_DENIED, "that is not for people to say");
	if (one->book->steps[step].approve == PLAYBOOK_ADMIN && !act->admin &&
	    (act->event == RUN_APPROVE || act->event == RUN_RUN))
		return err_set(why, FAIL_DENIED, "only who administers may let this step happen");
	if (act->event == RUN_SKIP && act->note.n == 0)
		return err_set(why, FAIL_SYNTAX, "say why it is skipped");
	if (act->event == RUN_FINISHED)
		return runs_check_answers(one, step, act->answers, why);
	return OK;
}

static const char *
said(enum run_event ev)
{
	static const char *const words[RUN_EVENTS] = { [RUN_APPROVE] = "approved",
		[RUN_RUN] = "let run",
		[RUN_FINISHED] = "done",
		[RUN_SKIP] = "skipped",
		[RUN_ROLLBACK] = "is rolled back" };

	return words[ev];
}

static enum err
act_inside(struct incidents *all, const struct runs_act *act, int64_t now, struct diag *why)
{
	struct runs_one one;
	size_t step = 0;
	enum err e = runs_load(all, act->incident, act->run, &one, why);

	if (e == OK) {
		step = playbook_find(one.book, act->step);
		if (step == one.book->n)
			e = err_set(why, FAIL_NOT_FOUND, "there is no such step");
	}
	if (e == OK)
		e = may_act(&one, step, act, why);
	if (e == OK)
		e = run_event(&one.run, step, act->event, now, why);
	if (e == OK)
		e = runs_note(&one, step, act->who, act->note, act->answers, why);
	if (e == OK)
		e = runs_tell(&one, &one.book->steps[step], act->who, said(act->event), act->note,
		    now, why);
	if (e == OK && act->event != RUN_SKIP)
		e = incident_mark(all, one.incident, INCIDENT_WHEN_RESPONDED, now, why);
	if (e == OK)
		e = runs_save(&one, now, why);
	runs_close(&one);
	return e;
}

enum err
runs_act(struct incidents *all, const struct runs_act *act, int64_t now, struct diag *why)
{
	bool own = false;
	enum err e = incident_enter(all, &own, why);

	if (e == OK)
		e = incident_leave(all, own, act_inside(all, act, now, why), why);
	crash_point(CRASH_RUN_SAVED);
	return e;
}

/* Of the whole run. */
static enum err
end_run(struct incidents *all, int64_t incident, int64_t run, bool back, struct str who,
    int64_t now, struct diag *why)
{
	struct runs_one one;
	bool own = false;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	e = runs_load(all, incident, run, &one, why);
	if (e == OK)
		e = back ? run_rollback(&one.run, why) : run_cancel(&one.run, why);
	if (e == OK)
		e = runs_tell(&one, NULL, who, back ? "is rolled back" : "cancelled", STR(""), now,
		    why);
	if (e == OK) {
		one.was = one.run.status; /* said by name */
		e = runs_save(&one, now, why);
	}
	runs_close(&one);
	e = incident_leave(all, own, e, why);
	crash_point(CRASH_RUN_SAVED);
	return e;
}

enum err
runs_cancel(struct incidents *all, int64_t incident, int64_t run, struct str who, int64_t now,
    struct diag *why)
{
	return end_run(all, incident, run, false, who, now, why);
}

enum err
runs_rollback(struct incidents *all, int64_t incident, int64_t run, struct str who, int64_t now,
    struct diag *why)
{
	return end_run(all, incident, run, true, who, now, why);
}

/* Runs of an incident that was merged go on in the other one. */
static enum err
follow_merged(struct incidents *all, struct diag *why)
{
	return db_exec(all->db,
	    "UPDATE runs SET incident = (SELECT merged_into FROM incidents WHERE n = incident)"
	    " WHERE incident IN (SELECT n FROM incidents WHERE merged_into <> 0)",
	    why);
}

static enum err
go_on(struct incidents *all, int64_t id, int64_t now, struct diag *why)
{
	struct runs_one one;
	enum err e = incident_begin(all, why);

	if (e != OK)
		return e;
	e = runs_load(all, 0, id, &one, why);
	if (e == OK)
		e = runs_save(&one, now, why);
	runs_close(&one);
	e = incident_finish(all, e, why);
	crash_point(CRASH_RUN_SAVED);
	return e;
}

/* The first ids that a statement finds; ?1 is the time. */
static enum err
collect(struct incidents *all, const char *sql, int64_t now, int64_t ids[AT_ONCE], size_t *ret_n,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db, sql, &st, why);

	*ret_n = 0;
	if (e != OK)
		return e;
	db_bind_int(st, 1, now);
	while (*ret_n < AT_ONCE && (e = db_step(st, &row, why)) == OK && row)
		ids[(*ret_n)++] = db_int(st, 0);
	db_finalize(st);
	return e;
}

static enum err
next_due(struct incidents *all, int64_t *ret, struct diag *why)
{
	return incident_number(all,
	    "SELECT coalesce(min(r.due_ns), 9223372036854775807) FROM runs r, incidents i"
	    " WHERE r.status IN ('active','rolling-back') AND i.n = r.incident"
	    " AND i.status = 'open'",
	    0, ret, why);
}

enum err
runs_look(struct incidents *all, const struct runs_hooks *hooks, int64_t now, int64_t *ret_next,
    struct diag *why)
{
	int64_t ids[AT_ONCE];
	size_t n = 0, done = 0;
	enum err e = follow_merged(all, why);

	*ret_next = INT64_MAX;
	if (e == OK)
		e = collect(all,
		    "SELECT r.id FROM runs r, incidents i WHERE r.due_ns <= ?1"
		    " AND r.status IN ('active','rolling-back') AND i.n = r.incident"
		    " AND i.status = 'open' ORDER BY r.due_ns",
		    now, ids, &n, why);
	for (size_t i = 0; i < n && e == OK; i++)
		e = go_on(all, ids[i], now, why);
	if (e == OK)
		e = collect(all,
		    "SELECT id FROM run_effects WHERE state = 'planned' AND ?1 <> 0 ORDER BY id",
		    now, ids, &n, why);
	for (size_t i = 0; i < n && e == OK; i++) {
		bool again = false;

		e = runs_carry_out(all, hooks, ids[i], now, &again, why);
		done += !again;
	}
	if (e == OK && done != 0)
		*ret_next = now; /* what was done may have made more */
	else if (e == OK)
		e = next_due(all, ret_next, why);
	if (e == OK && done != n && *ret_next > now + AGAIN)
		*ret_next = now + AGAIN;
	return e;
}

enum err
runs_recover(struct incidents *all, struct diag *why)
{
	return db_exec(all->db, "UPDATE run_effects SET state = 'planned' WHERE state = 'begun'",
	    why);
}
