/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine of a run. */
#include "incident/run.h"

#include "incident/playword.h"

static const char *const states[RUN_STATES] = { "waiting", "approval", "offered", "open", "running",
	"paused", "done", "failed", "skipped", "unneeded", "timed-out", "not-run", "undoing",
	"undone", "not-undone" };
static const char *const statuses[RUNS_STATUSES] = { "active", "done", "failed", "cancelled",
	"rolling-back", "undone" };

static bool
find(struct str word, const char *const *words, unsigned n, unsigned *ret)
{
	for (unsigned i = 0; i < n; i++)
		if (str_eq(word, str_c(words[i]))) {
			*ret = i;
			return true;
		}
	return false;
}

const char *
run_state_word(enum run_state s)
{
	return states[s];
}

bool
run_state_find(struct str word, enum run_state *ret)
{
	unsigned i;

	if (!find(word, states, RUN_STATES, &i))
		return false;
	*ret = (enum run_state)i;
	return true;
}

const char *
run_status_word(enum run_status s)
{
	return statuses[s];
}

bool
run_status_find(struct str word, enum run_status *ret)
{
	unsigned i;

	if (!find(word, statuses, RUNS_STATUSES, &i))
		return false;
	*ret = (enum run_status)i;
	return true;
}

void
run_init(struct run *r, const struct playbook *book, bool unasked)
{
	*r = (struct run){ .book = book, .unasked = unasked };
	for (size_t i = 0; i < book->n; i++)
		r->dirty |= UINT64_C(1) << i;
}

/* Does it wait, for other steps, people or its next try? */
static bool
idle(enum run_state s)
{
	return s <= RUN_OPEN || s == RUN_PAUSED;
}

static bool
asks_person(enum run_state s)
{
	return s == RUN_APPROVAL || s == RUN_OFFERED || s == RUN_OPEN;
}

static bool
has_ended(enum run_state s)
{
	return s > RUN_PAUSED;
}

static void
set(struct run *r, size_t i, enum run_state to)
{
	r->steps[i].state = to;
	r->dirty |= UINT64_C(1) << i;
}

/* Nothing begins any more; what is being carried out is still heard of. */
static void
stop(struct run *r, enum run_status status)
{
	r->status = status;
	for (size_t i = 0; i < r->book->n; i++)
		if (idle(r->steps[i].state))
			set(r, i, RUN_NOT_RUN);
}

static void
end_step(struct run *r, size_t i, enum run_state how)
{
	const enum playbook_fail then = r->book->steps[i].on_fail;

	set(r, i, how);
	r->steps[i].order = ++r->ended;
	if (how != RUN_BROKEN || r->status != RUNS_ACTIVE || then == PLAYBOOK_FAIL_CONTINUE)
		return;
	stop(r, then == PLAYBOOK_FAIL_ROLLBACK ? RUNS_ROLLING : RUNS_FAILED);
}

static void
begin_action(struct run *r, size_t i)
{
	r->steps[i].tries++;
	set(r, i, RUN_RUNNING);
}

static bool
step_is(const struct run *r, const struct playbook_cond *c)
{
	static const enum run_state ends[PLAYBOOK_ENDS] = { RUN_DONE, RUN_BROKEN, RUN_SKIPPED,
		RUN_UNNEEDED, RUN_LATE };

	for (unsigned i = 0; i < PLAYBOOK_ENDS; i++)
		if ((c->set & 1U << i) != 0 && r->steps[c->step].state == ends[i])
			return true;
	return false;
}

static bool
all_hold(const struct run *r, const struct playbook_cond *c, const struct run_facts *f)
{
	for (; c != NULL; c = c->next)
		if (!run_holds(r, c, f))
			return false;
	return true;
}

static bool
any_holds(const struct run *r, const struct playbook_cond *c, const struct run_facts *f)
{
	for (; c != NULL; c = c->next)
		if (run_holds(r, c, f))
			return true;
	return false;
}

bool
run_holds(const struct run *r, const struct playbook_cond *c, const struct run_facts *f)
{
	if (c == NULL)
		return true;
	switch (c->ask) {
	case PLAYBOOK_ALL:
		return all_hold(r, c->first, f);
	case PLAYBOOK_ANY:
		return any_holds(r, c->first, f);
	case PLAYBOOK_NOT:
		return !all_hold(r, c->first, f);
	case PLAYBOOK_SEVERITY:
		return (c->set & 1U << f->severity) != 0;
	case PLAYBOOK_TYPE:
		return (c->set & 1U << f->type) != 0;
	case PLAYBOOK_HAS_TICKET:
		return f->ticket;
	case PLAYBOOK_ALERTS:
		return f->alerts >= c->least;
	case PLAYBOOK_ADDRESSES:
		return f->addresses >= c->least;
	case PLAYBOOK_USERS:
		return f->users >= c->least;
	case PLAYBOOK_STEP:
		return step_is(r, c);
	case PLAYBOOK_FOUND:
		return r->steps[c->step].found >= c->least;
	case PLAYBOOK_ANSWER:
		return f->answer != NULL && str_eq(f->answer(f->ctx, c->step, c->field), c->text);
	}
	return false;
}

/* What a step does when nothing holds it up any more. */
static void
go(struct run *r, size_t i)
{
	const struct playbook_step *s = &r->book->steps[i];

	if (s->approve != PLAYBOOK_NOBODY && !r->steps[i].approved)
		set(r, i, RUN_APPROVAL);
	else if (s->what.act == PLAYBOOK_MANUAL)
		set(r, i, RUN_OPEN);
	else if (r->unasked || r->steps[i].approved || !playword_destructive(s->what.act))
		begin_action(r, i);
	else
		set(r, i, RUN_OFFERED);
}

static bool
may_begin(const struct run *r, size_t i)
{
	for (size_t k = 0; k < r->book->n; k++)
		if ((r->book->steps[i].after & UINT64_C(1) << k) != 0 &&
		    !has_ended(r->steps[k].state))
			return false;
	return true;
}

/* It took longer than it should. */
static bool
be_late(struct run *r, size_t i)
{
	switch (r->book->steps[i].on_timeout) {
	case PLAYBOOK_LATE_FAIL:
		end_step(r, i, RUN_BROKEN);
		return true;
	case PLAYBOOK_LATE_CONTINUE:
		end_step(r, i, RUN_LATE);
		return true;
	case PLAYBOOK_LATE_ESCALATE:
		if (r->steps[i].escalated)
			return false;
		r->steps[i].escalated = true;
		r->escalate |= UINT64_C(1) << i;
		r->dirty |= UINT64_C(1) << i;
		return true;
	}
	return false;
}

static bool
is_late(const struct run *r, size_t i, int64_t now)
{
	const struct run_step *s = &r->steps[i];
	const int64_t timeout = r->book->steps[i].timeout;

	return timeout != 0 && s->begun != 0 && !has_ended(s->state) && now - s->begun >= timeout;
}

static bool
go_on_step(struct run *r, size_t i, const struct run_facts *f, int64_t now)
{
	struct run_step *s = &r->steps[i];

	if (is_late(r, i, now) && be_late(r, i))
		return true;
	if (s->state == RUN_PAUSED && s->next <= now) {
		begin_action(r, i);
		return true;
	}
	if (s->state != RUN_WAITING || !may_begin(r, i))
		return false;
	s->begun = now;
	if (run_holds(r, r->book->steps[i].when, f))
		go(r, i);
	else
		end_step(r, i, RUN_UNNEEDED);
	return true;
}

static bool
can_undo(const struct run *r, size_t i)
{
	const enum run_state s = r->steps[i].state;

	return r->book->steps[i].undo.act != PLAYBOOK_MANUAL && r->steps[i].order != 0 &&
	       (s == RUN_DONE || ((s == RUN_BROKEN || s == RUN_LATE) && r->steps[i].tries != 0));
}

/* The last that ended is undone first, one at a time. */
static bool
go_back(struct run *r)
{
	size_t last = r->book->n;

	for (size_t i = 0; i < r->book->n; i++) {
		if (r->steps[i].state == RUN_RUNNING || r->steps[i].state == RUN_UNDOING)
			return false;
		if (can_undo(r, i) &&
		    (last == r->book->n || r->steps[i].order > r->steps[last].order))
			last = i;
	}
	if (last != r->book->n)
		set(r, last, RUN_UNDOING);
	else
		r->status = RUNS_UNDONE;
	return true;
}

static bool
all_ended(const struct run *r)
{
	for (size_t i = 0; i < r->book->n; i++)
		if (!has_ended(r->steps[i].state) || r->steps[i].state == RUN_UNDOING)
			return false;
	return true;
}

bool
run_go_on(struct run *r, const struct run_facts *f, int64_t now)
{
	bool changed = false, more = true;

	while (more) {
		more = false;
		if (r->status == RUNS_ROLLING)
			more = go_back(r);
		for (size_t i = 0; i < r->book->n && r->status == RUNS_ACTIVE; i++)
			more |= go_on_step(r, i, f, now);
		if (r->status == RUNS_ACTIVE && all_ended(r)) {
			r->status = RUNS_DONE;
			more = true;
		}
		changed |= more;
	}
	return changed;
}

int64_t
run_due(const struct run *r)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < r->book->n && r->status == RUNS_ACTIVE; i++) {
		const struct run_step *s = &r->steps[i];
		const int64_t timeout = r->book->steps[i].timeout;

		if (s->state == RUN_PAUSED && s->next < due)
			due = s->next;
		if (timeout != 0 && s->begun != 0 && !has_ended(s->state) && !s->escalated &&
		    s->begun + timeout < due)
			due = s->begun + timeout;
	}
	return due;
}

static void
on_failed(struct run *r, size_t i, int64_t now)
{
	struct run_step *s = &r->steps[i];

	if (r->status == RUNS_ACTIVE && s->tries <= r->book->steps[i].retry) {
		s->next = now + RUN_PAUSE * ((int64_t)1 << (s->tries - 1));
		set(r, i, RUN_PAUSED);
	} else {
		end_step(r, i, RUN_BROKEN);
	}
}

/* A failed one is tried again by a person: the run goes on where it stopped. */
static void
again(struct run *r, size_t i, int64_t now)
{
	r->status = RUNS_ACTIVE;
	for (size_t k = 0; k < r->book->n; k++)
		if (r->steps[k].state == RUN_NOT_RUN) {
			r->steps[k].begun = 0;
			set(r, k, RUN_WAITING);
		}
	r->steps[i].begun = now;
	r->steps[i].approved = true;
	r->steps[i].escalated = false;
	r->steps[i].order = 0;
	go(r, i);
}

/* Which event goes with which state. */
static bool
fits(const struct run *r, size_t i, enum run_event ev)
{
	const enum run_state s = r->steps[i].state;

	if (ev == RUN_OK || ev == RUN_FAILED)
		return s == RUN_RUNNING || s == RUN_UNDOING;
	if (ev == RUN_ROLLBACK)
		return (r->status == RUNS_ACTIVE || r->status == RUNS_DONE ||
			   r->status == RUNS_FAILED || r->status == RUNS_CANCELLED) &&
		       can_undo(r, i);
	if (ev == RUN_RUN && s == RUN_BROKEN)
		return r->status == RUNS_FAILED;
	if (r->status != RUNS_ACTIVE)
		return false;
	switch (ev) {
	case RUN_APPROVE:
		return s == RUN_APPROVAL;
	case RUN_RUN:
		return s == RUN_OFFERED || s == RUN_PAUSED;
	case RUN_FINISHED:
		return s == RUN_OPEN;
	case RUN_SKIP:
		return asks_person(s) || s == RUN_PAUSED;
	case RUN_OK:
	case RUN_FAILED:
	case RUN_ROLLBACK:
	case RUN_EVENTS:
		break;
	}
	return false;
}

/* An action, or a roll-back, was carried out or was not. */
static void
carried_out(struct run *r, size_t i, bool ok, int64_t now)
{
	if (r->steps[i].state == RUN_UNDOING)
		set(r, i, ok ? RUN_UNDONE : RUN_NOT_UNDONE);
	else if (ok)
		end_step(r, i, RUN_DONE);
	else
		on_failed(r, i, now);
}

/* A person lets a step happen. */
static void
let(struct run *r, size_t i, int64_t now)
{
	if (r->steps[i].state == RUN_BROKEN) {
		again(r, i, now);
		return;
	}
	r->steps[i].approved = true;
	if (r->steps[i].state == RUN_PAUSED)
		begin_action(r, i);
	else
		go(r, i);
}

enum err
run_event(struct run *r, size_t step, enum run_event ev, int64_t now, struct diag *why)
{
	if (!fits(r, step, ev))
		return err_set(why, FAIL_DENIED, "the step is %s, the playbook's run %s",
		    run_state_word(r->steps[step].state), run_status_word(r->status));
	if (ev == RUN_OK || ev == RUN_FAILED)
		carried_out(r, step, ev == RUN_OK, now);
	else if (ev == RUN_ROLLBACK)
		set(r, step, RUN_UNDOING);
	else if (ev == RUN_FINISHED)
		end_step(r, step, RUN_DONE);
	else if (ev == RUN_SKIP)
		end_step(r, step, RUN_SKIPPED);
	else
		let(r, step, now);
	return OK;
}

enum err
run_cancel(struct run *r, struct diag *why)
{
	if (r->status != RUNS_ACTIVE)
		return err_set(why, FAIL_DENIED, "the run is %s", run_status_word(r->status));
	stop(r, RUNS_CANCELLED);
	return OK;
}

enum err
run_rollback(struct run *r, struct diag *why)
{
	if (r->status == RUNS_ROLLING || r->status == RUNS_UNDONE)
		return err_set(why, FAIL_DENIED, "the run is %s", run_status_word(r->status));
	stop(r, RUNS_ROLLING);
	return OK;
}
