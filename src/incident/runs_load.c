/* SPDX-License-Identifier: Apache-2.0 */
/* exports: runs_ */
/* tested by: test/unit/incident/test_runs.c */
/* A run from its tables into memory and back. */
#include "base/jsonr.h"
#include "base/mem.h"
#include "incident/runs_in.h"
#include "incident/story.h"

#define BUDGET ((size_t)4 << 20)

static struct str
kept(struct runs_one *one, struct str s)
{
	struct str copy = STR("");

	(void)!arena_copy(one->arena, s, &copy);
	return copy;
}

/* The field of a form as text: 3, "three", true. */
static struct str
answer(void *ctx, size_t step, struct str field)
{
	struct runs_one *one = ctx;
	const struct jsonr *top, *m;
	char name[PLAYBOOK_NAME_MAX + 1];

	if (one->answers[step].n == 0 ||
	    jsonr_parse(one->arena, one->answers[step], &top, NULL) != OK)
		return STR("");
	m = jsonr_get(top, str_to_c(field, name, sizeof(name)));
	if (m == NULL)
		return STR("");
	if (m->type == JSONR_TEXT)
		return m->s;
	return m->raw;
}

static enum err
load_facts(void *ctx, const struct incident *i)
{
	struct runs_one *one = ctx;

	one->open = i->status == INCIDENT_OPEN;
	one->facts = (struct run_facts){ i->severity, i->type, i->alerts, i->addresses, i->users,
		false, answer, one };
	one->values = (struct playword_values){ .incident = str_c(incident_name(i->n, one->name)),
		.title = kept(one, i->title),
		.type = str_c(incident_type_word(i->type)),
		.severity = str_c(incident_severity_word(i->severity)),
		.owner = kept(one, i->owner) };
	return OK;
}

static enum err
load_row(struct runs_one *one, int64_t incident, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(one->all->db,
	    "SELECT incident, text, status, unasked, last, by FROM runs"
	    " WHERE id = ?1 AND (?2 = 0 OR incident = ?2)",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, one->id);
	db_bind_int(st, 2, incident);
	e = db_step(st, &row, why);
	if (e == OK && !row)
		e = err_set(why, FAIL_NOT_FOUND, "there is no such run");
	if (e == OK) {
		one->incident = db_int(st, 0);
		e = playbook_read(db_str(st, 1), "a playbook that runs", &one->book, why);
	}
	if (e == OK) {
		one->run.book = one->book;
		(void)run_status_find(db_str(st, 2), &one->run.status);
		one->was = one->run.status;
		one->run.unasked = db_int(st, 3) != 0;
		one->run.ended = (uint64_t)db_int(st, 4);
		one->by = kept(one, db_str(st, 5));
	}
	db_finalize(st);
	return e;
}

static enum err
load_steps(struct runs_one *one, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(one->all->db,
	    "SELECT step, state, tries, approved, escalated, begun_ns, next_ns, place, found,"
	    " answers FROM run_steps WHERE run = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, one->id);
	while ((e = db_step(st, &row, why)) == OK && row) {
		const size_t i = (size_t)db_int(st, 0);
		struct run_step *s = &one->run.steps[i < one->book->n ? i : 0];

		(void)run_state_find(db_str(st, 1), &s->state);
		s->tries = (unsigned)db_int(st, 2);
		s->approved = db_int(st, 3) != 0;
		s->escalated = db_int(st, 4) != 0;
		s->begun = db_int(st, 5);
		s->next = db_int(st, 6);
		s->order = (uint64_t)db_int(st, 7);
		s->found = (uint64_t)db_int(st, 8);
		if (i < one->book->n)
			one->answers[i] = kept(one, db_str(st, 9));
	}
	db_finalize(st);
	return e;
}

static enum err
load_ticket(struct runs_one *one, struct diag *why)
{
	int64_t n = 0;
	enum err e = incident_number(one->all,
	    "SELECT count(*) FROM tickets WHERE incident = ?1 AND state = 'open'", one->incident,
	    &n, why);

	one->facts.ticket = n != 0;
	return e;
}

enum err
runs_load(struct incidents *all, int64_t incident, int64_t id, struct runs_one *ret,
    struct diag *why)
{
	enum err e;

	*ret = (struct runs_one){ .all = all, .id = id, .arena = arena_new(BUDGET) };
	e = load_row(ret, incident, why);
	if (e == OK)
		e = load_steps(ret, why);
	if (e == OK)
		e = incident_get(all, ret->incident, load_facts, ret, why);
	return e == OK ? load_ticket(ret, why) : e;
}

void
runs_close(struct runs_one *one)
{
	playbook_free(one->book);
	arena_free(one->arena);
}

static enum err
save_step(struct runs_one *one, size_t i, int64_t now, struct diag *why)
{
	const struct run_step *s = &one->run.steps[i];
	struct db_stmt *st;
	enum err e = db_prepare(one->all->db,
	    "INSERT INTO run_steps(run, step, state, tries, approved, escalated, begun_ns, next_ns,"
	    " ended_ns, place, found) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)"
	    " ON CONFLICT DO UPDATE SET state = ?3, tries = ?4, approved = ?5, escalated = ?6,"
	    " begun_ns = ?7, next_ns = ?8, ended_ns = ?9, place = ?10, found = ?11",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, one->id);
	db_bind_int(st, 2, (int64_t)i);
	db_bind_str(st, 3, str_c(run_state_word(s->state)));
	db_bind_int(st, 4, s->tries);
	db_bind_int(st, 5, s->approved);
	db_bind_int(st, 6, s->escalated);
	db_bind_int(st, 7, s->begun);
	db_bind_int(st, 8, s->next);
	db_bind_int(st, 9, s->order != 0 ? now : 0);
	db_bind_int(st, 10, (int64_t)s->order);
	db_bind_int(st, 11, (int64_t)s->found);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
save_row(struct runs_one *one, int64_t now, struct diag *why)
{
	const bool live = one->run.status == RUNS_ACTIVE || one->run.status == RUNS_ROLLING;
	struct db_stmt *st;
	enum err e = db_prepare(one->all->db,
	    "UPDATE runs SET status = ?2, last = ?3, due_ns = ?4,"
	    " ended_ns = iif(?5, 0, iif(ended_ns = 0, ?6, ended_ns)) WHERE id = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, one->id);
	db_bind_str(st, 2, str_c(run_status_word(one->run.status)));
	db_bind_int(st, 3, (int64_t)one->run.ended);
	db_bind_int(st, 4, run_due(&one->run));
	db_bind_int(st, 5, live);
	db_bind_int(st, 6, now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
runs_tell(struct runs_one *one, const struct playbook_step *s, struct str who, const char *words,
    struct str more, int64_t now, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	enum err e;

	buf_str(&text, one->book->title);
	if (s != NULL)
		buf_printf(&text, ": %.*s", STR_ARG(s->title));
	buf_printf(&text, " (%s)", words);
	if (more.n != 0)
		buf_printf(&text, ": %.*s", STR_ARG(more));
	e = story_add(one->all,
	    &(struct story_entry){ .incident = one->incident,
		.at = now,
		.kind = STORY_PLAYBOOK,
		.who = who,
		.text = buf_view(&text) },
	    now, NULL, why);
	return e == FAIL_LIMIT ? OK : e; /* a full timeline stops no response */
}

/* What of a step is worth a line: how it ended, and that somebody is waited for. */
static enum err
tell_step(struct runs_one *one, size_t i, int64_t now, struct diag *why)
{
	static const char *const said[RUN_STATES] = { [RUN_APPROVAL] = "waits for approval",
		[RUN_OFFERED] = "waits for somebody to run it",
		[RUN_BROKEN] = "failed",
		[RUN_LATE] = "its time is over",
		[RUN_UNDONE] = "undone",
		[RUN_NOT_UNDONE] = "could not be undone" };
	const enum run_state s = one->run.steps[i].state;

	if ((one->run.escalate & UINT64_C(1) << i) != 0)
		return runs_tell(one, &one->book->steps[i], STR(""), "late", STR(""), now, why);
	if (said[s] == NULL)
		return OK;
	return runs_tell(one, &one->book->steps[i], STR(""), said[s], STR(""), now, why);
}

enum err
runs_save(struct runs_one *one, int64_t now, struct diag *why)
{
	enum err e = OK;

	while (e == OK) {
		uint64_t dirty, late;

		(void)run_go_on(&one->run, &one->facts, now);
		dirty = one->run.dirty;
		if (dirty == 0)
			break;
		one->run.dirty = 0;
		for (size_t i = 0; i < one->book->n && e == OK; i++)
			if ((dirty & UINT64_C(1) << i) != 0)
				e = tell_step(one, i, now, why);
		late = one->run.escalate;
		one->run.escalate = 0;
		for (size_t i = 0; i < one->book->n && e == OK; i++) {
			if ((dirty & UINT64_C(1) << i) == 0)
				continue;
			e = save_step(one, i, now, why);
			if (e == OK)
				e = runs_plan(one, i, (late & UINT64_C(1) << i) != 0, now, why);
		}
	}
	if (e == OK)
		e = save_row(one, now, why);
	if (e == OK && one->run.status != one->was)
		e = runs_tell(one, NULL, STR(""), run_status_word(one->run.status), STR(""), now,
		    why);
	one->was = one->run.status;
	return e;
}

enum err
runs_note(struct runs_one *one, size_t step, struct str who, struct str note, struct str answers,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(one->all->db,
	    "UPDATE run_steps SET who = iif(?3 = '', who, ?3), note = iif(?4 = '', note, ?4),"
	    " answers = iif(?5 = '', answers, ?5) WHERE run = ?1 AND step = ?2",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, one->id);
	db_bind_int(st, 2, (int64_t)step);
	db_bind_str(st, 3, incident_cut(who, INCIDENT_NAME));
	db_bind_str(st, 4, incident_cut(note, RUNS_TEXT));
	db_bind_str(st, 5, answers.p != NULL ? answers : STR(""));
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK && answers.n != 0)
		one->answers[step] = kept(one, answers);
	return e;
}
