/* SPDX-License-Identifier: Apache-2.0 */
/* exports: runs_ */
/* tested by: test/unit/incident/test_runs.c */
/* What is to be done outside for a step: noted, one effect for each target. */
#include <stdio.h>

#include "incident/runs_in.h"

struct planned {
	struct runs_one *one;
	size_t step;
	enum runs_kind kind;
	int64_t now, first; /* first: number of the next effect of this step */
	size_t n;
};

static enum err
count(struct runs_one *one, size_t step, const char *sql, int64_t *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(one->all->db, sql, &st, why);

	*ret = 0;
	if (e != OK)
		return e;
	db_bind_int(st, 1, one->id);
	db_bind_int(st, 2, (int64_t)step);
	e = db_step(st, &row, why);
	if (e == OK && row)
		*ret = db_int(st, 0);
	db_finalize(st);
	return e;
}

static enum err
add(struct planned *p, struct str target, struct str ref, struct diag *why)
{
	static const char *const marks[] = { "", "-undo", "-late" };
	char key[RUNS_KEY_SIZE];
	struct db_stmt *st;
	enum err e = db_prepare(p->one->all->db,
	    "INSERT INTO run_effects(run, step, kind, target, key, state, ref, at_ns)"
	    " VALUES(?1,?2,?3,?4,?5,'planned',?6,?7)",
	    &st, why);

	if (e != OK)
		return e;
	(void)snprintf(key, sizeof(key), "run%lld-%zu-%lld%s", (long long)p->one->id, p->step,
	    (long long)(p->first + (int64_t)p->n++), marks[p->kind]);
	db_bind_int(st, 1, p->one->id);
	db_bind_int(st, 2, (int64_t)p->step);
	db_bind_int(st, 3, p->kind);
	db_bind_str(st, 4, target);
	db_bind_str(st, 5, str_c(key));
	db_bind_str(st, 6, ref);
	db_bind_int(st, 7, p->now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

/* An effect for each row: target and ref.  affected: ?1 is the incident, ?3 the run. */
static enum err
add_each(struct planned *p, const char *sql, bool affected, struct diag *why)
{
	struct runs_one *one = p->one;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(one->all->db, sql, &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, affected ? one->incident : one->id);
	db_bind_int(st, 2, (int64_t)p->step);
	if (affected)
		db_bind_int(st, 3, one->id);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row)
		e = add(p, db_str(st, 0), db_str(st, 1), why);
	db_finalize(st);
	return e;
}

#define AFFECTED(kinds)                                                                            \
	"SELECT name, '' FROM affected WHERE incident = ?1 AND kind IN (" kinds                    \
	") AND name NOT IN "                                                                       \
	"(SELECT target FROM run_effects WHERE run = ?3 AND step = ?2 AND kind = 0"                \
	" AND state = 'done') ORDER BY alerts DESC, name LIMIT 50"

static enum err
add_targets(struct planned *p, enum playbook_act act, struct diag *why)
{
	switch (playword_to(act)) {
	case PLAYBOOK_TO_ADDRESSES:
		return add_each(p, AFFECTED("'address'"), true, why);
	case PLAYBOOK_TO_USERS:
		return add_each(p, AFFECTED("'user'"), true, why);
	case PLAYBOOK_TO_BOTH:
		return add_each(p, AFFECTED("'address','user'"), true, why);
	case PLAYBOOK_TO_INCIDENT:
		break;
	}
	return add(p, STR(""), STR(""), why);
}

/* Those of an earlier try that failed are over; it begins with what is left. */
static enum err
plan_again(struct planned *p, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(p->one->all->db,
	    "UPDATE run_effects SET state = 'tried' WHERE run = ?1 AND step = ?2 AND kind = ?3"
	    " AND state = 'failed'",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, p->one->id);
	db_bind_int(st, 2, (int64_t)p->step);
	db_bind_int(st, 3, p->kind);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
plan_undo(struct planned *p, struct diag *why)
{
	const enum playbook_act act = p->one->book->steps[p->step].undo.act;

	if (act != PLAYBOOK_UNDO)
		return add_targets(p, act, why);
	return add_each(p,
	    "SELECT target, ref FROM run_effects WHERE run = ?1 AND step = ?2 AND kind = 0"
	    " AND state = 'done' ORDER BY id DESC",
	    false, why);
}

/* There is nothing to do it to. */
static enum err
without(struct runs_one *one, size_t step, int64_t now, struct diag *why)
{
	const bool undo = one->run.steps[step].state == RUN_UNDOING;
	enum err e = OK;

	if (!undo)
		e = runs_note(one, step, STR(""),
		    STR("the incident has no address or user that it could be done to"), STR(""),
		    why);
	return e == OK ? run_event(&one->run, step, undo ? RUN_OK : RUN_FAILED, now, why) : e;
}

enum err
runs_plan(struct runs_one *one, size_t step, bool late, int64_t now, struct diag *why)
{
	const enum run_state s = one->run.steps[step].state;
	struct planned p = { .one = one, .step = step, .kind = RUNS_LATE, .now = now };
	int64_t live = 0;
	enum err e = count(one, step,
	    "SELECT count(*) FROM run_effects WHERE run = ?1 AND step = ?2", &p.first, why);

	if (e == OK && late)
		e = add(&p, STR(""), STR(""), why);
	if (e != OK || (s != RUN_RUNNING && s != RUN_UNDOING))
		return e;
	p.kind = s == RUN_UNDOING ? RUNS_UNDO : RUNS_DO;
	e = count(one, step,
	    "SELECT count(*) FROM run_effects WHERE run = ?1 AND step = ?2 AND kind < 2"
	    " AND state IN ('planned','begun')",
	    &live, why);
	if (e != OK || live != 0)
		return e;
	e = plan_again(&p, why);
	p.first += (int64_t)p.n;
	p.n = 0;
	if (e == OK)
		e = p.kind == RUNS_UNDO ? plan_undo(&p, why)
					: add_targets(&p, one->book->steps[step].what.act, why);
	return e == OK && p.n == 0 ? without(one, step, now, why) : e;
}
