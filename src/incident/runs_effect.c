/* SPDX-License-Identifier: Apache-2.0 */
/* exports: runs_ */
/* tested by: test/unit/incident/test_runs.c */
/* One effect: noted as begun, carried out by a hook, its end noted with what follows from it. */
#include "base/crash.h"
#include "incident/runs_in.h"

struct loaded {
	struct runs_one one;
	int64_t id;
	size_t step;
	enum runs_kind kind;
	bool begun;
	struct str key, target, ref, who;
	struct buf addresses, users;
};

static enum err
load_row(struct incidents *all, struct loaded *l, int64_t *ret_run, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT e.run, e.step, e.kind, e.state, e.key, e.target, e.ref, s.who"
	    " FROM run_effects e, run_steps s WHERE e.id = ?1 AND s.run = e.run AND s.step = "
	    "e.step",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, l->id);
	e = db_step(st, &row, why);
	if (e == OK && !row)
		e = err_set(why, FAIL_NOT_FOUND, "there is no such effect");
	if (e == OK) {
		*ret_run = db_int(st, 0);
		e = runs_load(all, 0, *ret_run, &l->one, why);
	}
	if (e == OK) {
		l->step = (size_t)db_int(st, 1);
		l->kind = (enum runs_kind)db_int(st, 2);
		l->begun = str_eq(db_str(st, 3), STR("begun"));
		if (!arena_copy(l->one.arena, db_str(st, 4), &l->key) ||
		    !arena_copy(l->one.arena, db_str(st, 5), &l->target) ||
		    !arena_copy(l->one.arena, db_str(st, 6), &l->ref) ||
		    !arena_copy(l->one.arena, db_str(st, 7), &l->who))
			e = err_set(why, FAIL_LIMIT, "the effect is too large");
	}
	if (e == OK && l->step >= l->one.book->n)
		e = err_set(why, FAIL_CORRUPT, "the effect is of no step");
	db_finalize(st);
	return e;
}

/* runs_unload() in any case. */
static enum err
load(struct incidents *all, int64_t id, struct loaded *ret, struct diag *why)
{
	int64_t run = 0;

	*ret = (struct loaded){ .id = id };
	return load_row(all, ret, &run, why);
}

static void
unload(struct loaded *l)
{
	buf_fini(&l->addresses);
	buf_fini(&l->users);
	runs_close(&l->one);
}

static enum err
set_state(struct incidents *all, const struct loaded *l, const char *state,
    const struct runs_outcome *o, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "UPDATE run_effects SET state = ?2, dry = ?3, result = ?4,"
	    " ref = iif(?5 = '', ref, ?5), at_ns = ?6 WHERE id = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, l->id);
	db_bind_str(st, 2, str_c(state));
	db_bind_int(st, 3, o->dry);
	db_bind_str(st, 4, incident_cut(o->result, RUNS_TEXT));
	db_bind_str(st, 5, incident_cut(o->ref, RUNS_TEXT));
	db_bind_int(st, 6, now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

/* Names of one kind, in lines. */
static enum err
put_names(struct runs_one *one, const char *kind, struct buf *to, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(one->all->db,
	    "SELECT name FROM affected WHERE incident = ?1 AND kind = ?2 ORDER BY alerts DESC, name"
	    " LIMIT 50",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, one->incident);
	db_bind_str(st, 2, str_c(kind));
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		if (to->n != 0)
			buf_byte(to, '\n');
		buf_str(to, db_str(st, 0));
	}
	db_finalize(st);
	return e;
}

static enum err
put_values(struct loaded *l, const struct runs_hooks *hooks, struct diag *why)
{
	struct playword_values *v = &l->one.values;
	const enum playbook_to to = playword_to(l->one.book->steps[l->step].what.act);
	enum err e = put_names(&l->one, "address", &l->addresses, why);

	if (e == OK)
		e = put_names(&l->one, "user", &l->users, why);
	v->address = to == PLAYBOOK_TO_ADDRESSES ? l->target : buf_view(&l->addresses);
	v->user = to == PLAYBOOK_TO_USERS ? l->target : buf_view(&l->users);
	v->url = hooks->url != NULL ? hooks->url(hooks->ctx, l->one.incident) : STR("");
	return e;
}

static void
call(struct loaded *l, const struct runs_hooks *hooks, struct runs_outcome *ret)
{
	const struct playbook_step *s = &l->one.book->steps[l->step];
	const struct runs_effect e = { .id = l->id,
		.incident = l->one.incident,
		.run = l->one.id,
		.step = l->step,
		.kind = l->kind,
		.what = l->kind == RUNS_UNDO ? &s->undo : &s->what,
		.done = s->what.act,
		.by_person = l->one.run.steps[l->step].approved || l->kind == RUNS_UNDO,
		.who = l->who,
		.key = l->key,
		.target = l->target,
		.ref = l->ref,
		.title = s->title,
		.values = &l->one.values };

	hooks->carry_out(hooks->ctx, &e, ret);
}

/* What the step shows of it. */
static enum err
keep_output(struct loaded *l, const struct runs_outcome *o, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->one.all->db,
	    "UPDATE run_steps SET dry = max(dry, ?3), output = iif(?4 = '', output, ?4)"
	    " WHERE run = ?1 AND step = ?2",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, l->one.id);
	db_bind_int(st, 2, (int64_t)l->step);
	db_bind_int(st, 3, o->dry);
	db_bind_str(st, 4, incident_cut(o->output, RUNS_OUTPUT_MAX));
	e = db_run(st, why);
	db_finalize(st);
	if (l->kind == RUNS_DO)
		l->one.run.steps[l->step].found = o->found;
	return e;
}

/* The step has ended when none of its effects is on its way any more. */
static enum err
end_step(struct loaded *l, int64_t now, struct diag *why)
{
	const enum run_state s = l->one.run.steps[l->step].state;
	struct db_stmt *st;
	bool row = false;
	int64_t live = 0, failed = 0;
	enum err e = db_prepare(l->one.all->db,
	    "SELECT sum(state IN ('planned','begun')), sum(state = 'failed') FROM run_effects"
	    " WHERE run = ?1 AND step = ?2 AND kind = ?3",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, l->one.id);
	db_bind_int(st, 2, (int64_t)l->step);
	db_bind_int(st, 3, l->kind);
	e = db_step(st, &row, why);
	if (e == OK && row) {
		live = db_int(st, 0);
		failed = db_int(st, 1);
	}
	db_finalize(st);
	if (e != OK || live != 0 || s != (l->kind == RUNS_DO ? RUN_RUNNING : RUN_UNDOING))
		return e;
	return run_event(&l->one.run, l->step, failed != 0 ? RUN_FAILED : RUN_OK, now, why);
}

static enum err
tell(struct loaded *l, const struct runs_outcome *o, int64_t now, struct diag *why)
{
	auto_buf struct buf text = { 0 };

	if (l->target.n != 0)
		buf_printf(&text, "%.*s: ", STR_ARG(l->target));
	buf_str(&text, incident_cut(o->result, RUNS_TEXT));
	return runs_tell(&l->one, &l->one.book->steps[l->step], l->who,
	    l->kind == RUNS_LATE   ? "late"
	    : !o->ok               ? "failed"
	    : o->dry               ? "dry run"
	    : l->kind == RUNS_UNDO ? "undone"
				   : "done",
	    buf_view(&text), now, why);
}

static enum err
settle_inside(struct incidents *all, int64_t id, const struct runs_outcome *o, int64_t now,
    struct diag *why)
{
	struct loaded l;
	enum err e = load(all, id, &l, why);

	if (e == OK && !l.begun)
		e = err_set(why, FAIL_NOT_FOUND, "the effect is not being carried out");
	if (e == OK)
		e = set_state(all, &l, o->ok ? "done" : "failed", o, now, why);
	if (e == OK && l.kind != RUNS_LATE)
		e = keep_output(&l, o, why);
	if (e == OK)
		e = tell(&l, o, now, why);
	if (e == OK && o->ok && !o->dry && playword_destructive(l.one.book->steps[l.step].what.act))
		e = incident_mark(all, l.one.incident, INCIDENT_WHEN_RESPONDED, now, why);
	if (e == OK && l.kind != RUNS_LATE)
		e = end_step(&l, now, why);
	if (e == OK) {
		l.one.run.dirty |= UINT64_C(1) << l.step;
		e = runs_save(&l.one, now, why);
	}
	unload(&l);
	return e;
}

enum err
runs_settle(struct incidents *all, int64_t effect, const struct runs_outcome *o, int64_t now,
    struct diag *why)
{
	enum err e = incident_begin(all, why);

	if (e == OK)
		e = incident_finish(all, settle_inside(all, effect, o, now, why), why);
	crash_point(CRASH_RUN_SETTLED);
	return e;
}

enum err
runs_carry_out(struct incidents *all, const struct runs_hooks *hooks, int64_t effect, int64_t now,
    bool *ret_again, struct diag *why)
{
	struct runs_outcome o = { 0 };
	struct loaded l;
	enum err e = load(all, effect, &l, why);

	if (e == OK)
		e = put_values(&l, hooks, why);
	if (e == OK)
		e = set_state(all, &l, "begun", &o, now, why);
	crash_point(CRASH_RUN_BEGUN);
	if (e == OK)
		call(&l, hooks, &o);
	crash_point(CRASH_RUN_CARRIED_OUT);
	*ret_again = o.again;
	if (e == OK && o.again)
		e = set_state(all, &l, "planned", &(struct runs_outcome){ 0 }, now, why);
	else if (e == OK && !o.later)
		e = runs_settle(all, effect, &o, now, why);
	unload(&l);
	return e;
}
