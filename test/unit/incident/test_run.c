/* SPDX-License-Identifier: Apache-2.0 */
/* Runs as state machines: by hand, and against a plain evaluator on random playbooks. */
#include "incident/run.h"

#include "base/buf.h"
#include "test.h"

#define S ((int64_t)1000000000)

static struct playbook *
book(const char *steps)
{
	char text[4000];
	struct playbook *p = NULL;
	struct diag why = { 0 };

	(void)snprintf(text, sizeof(text), "playbook: x\ntitle: X\nsteps:\n%s", steps);
	CHECK_OK(playbook_read(str_c(text), "x", &p, &why), why);
	return p;
}

static const struct run_facts facts = {
	.severity = INCIDENT_HIGH, .type = INCIDENT_DDOS, .addresses = 2
};

/* "a done, b waiting; active" */
static const char *
stands(const struct run *r)
{
	static char text[600];
	size_t n = 0;

	for (size_t i = 0; i < r->book->n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.*s %s", i != 0 ? ", " : "",
		    STR_ARG(r->book->steps[i].id), run_state_word(r->steps[i].state));
	(void)snprintf(text + n, sizeof(text) - n, "; %s", run_status_word(r->status));
	return text;
}

static const char *
go(struct run *r, int64_t now)
{
	(void)run_go_on(r, &facts, now);
	return stands(r);
}

/* What a person or an action says of the i-th step; then what follows. */
static const char *
say(struct run *r, size_t i, enum run_event ev, int64_t now)
{
	struct diag why = { 0 };

	if (run_event(r, i, ev, now, &why) != OK)
		return "refused";
	return go(r, now);
}

TEST(steps_wait_for_people_and_for_others)
{
	struct playbook *p = book("  - {id: a, title: A, manual: {instructions: x}}\n"
				  "  - {id: b, title: B, auto: {action: BLOCK_IP}}\n"
				  "  - {id: c, title: C, auto: {action: NOTIFY}, after: [a]}\n"
				  "  - {id: d, title: D, auto: {action: NOTIFY}, approve: true}\n");
	struct run r;

	run_init(&r, p, false);
	CHECK_STR(go(&r, S), "a open, b waiting, c waiting, d waiting; active");
	CHECK_STR(say(&r, 1, RUN_RUN, S), "refused");
	CHECK_STR(say(&r, 0, RUN_OK, S), "refused");
	CHECK_STR(say(&r, 0, RUN_FINISHED, S), "a done, b offered, c running, d waiting; active");
	CHECK_STR(say(&r, 2, RUN_OK, S), "a done, b offered, c done, d approval; active");
	CHECK_STR(say(&r, 3, RUN_SKIP, S), "a done, b offered, c done, d skipped; active");
	CHECK_STR(say(&r, 1, RUN_RUN, S), "a done, b running, c done, d skipped; active");
	CHECK_STR(say(&r, 1, RUN_OK, S), "a done, b done, c done, d skipped; done");
	CHECK_STR(say(&r, 1, RUN_RUN, S), "refused");
	run_init(&r, p, true);
	(void)go(&r, S);
	CHECK_STR(say(&r, 0, RUN_FINISHED, S), "a done, b running, c running, d waiting; active");
	playbook_free(p);
}

TEST(failing_is_tried_again_and_then_ends_the_run_until_somebody_tries)
{
	struct playbook *p = book("  - {id: a, title: A, auto: {action: NOTIFY}, retry: 2}\n"
				  "  - {id: b, title: B, auto: {action: NOTIFY}}\n");
	struct run r;

	run_init(&r, p, false);
	CHECK_STR(go(&r, S), "a running, b waiting; active");
	CHECK_STR(say(&r, 0, RUN_FAILED, S), "a paused, b waiting; active");
	CHECK(run_due(&r) == S + RUN_PAUSE);
	CHECK_STR(go(&r, S + RUN_PAUSE - 1), "a paused, b waiting; active");
	CHECK_STR(go(&r, S + RUN_PAUSE), "a running, b waiting; active");
	CHECK_STR(say(&r, 0, RUN_FAILED, 40 * S), "a paused, b waiting; active");
	CHECK(run_due(&r) == 40 * S + 2 * RUN_PAUSE);
	CHECK_STR(say(&r, 0, RUN_RUN, 41 * S), "a running, b waiting; active");
	CHECK_STR(say(&r, 0, RUN_FAILED, 42 * S), "a failed, b not-run; failed");
	CHECK(run_due(&r) == INT64_MAX);
	CHECK_STR(say(&r, 0, RUN_RUN, 43 * S), "a running, b waiting; active");
	CHECK_STR(say(&r, 0, RUN_OK, 44 * S), "a done, b running; active");
	playbook_free(p);
}

TEST(late_steps)
{
	struct playbook *p = book(
	    "  - {id: a, title: A, manual: {instructions: x}, timeout: 10s, on_timeout: escalate}\n"
	    "  - {id: b, title: B, auto: {action: NOTIFY}, after: [], timeout: 5s, on_timeout: "
	    "continue}\n"
	    "  - {id: c, title: C, auto: {action: BLOCK_IP}, after: [b], timeout: 20s}\n");
	struct run r;

	run_init(&r, p, false);
	CHECK_STR(go(&r, S), "a open, b running, c waiting; active");
	CHECK(run_due(&r) == 6 * S);
	CHECK_STR(go(&r, 6 * S), "a open, b timed-out, c offered; active");
	CHECK_STR(say(&r, 1, RUN_OK, 7 * S), "refused");
	CHECK(run_due(&r) == 11 * S);
	CHECK_INT(r.escalate, 0);
	CHECK_STR(go(&r, 11 * S), "a open, b timed-out, c offered; active");
	CHECK_INT(r.escalate, 1);
	r.escalate = 0;
	CHECK_STR(go(&r, 12 * S), "a open, b timed-out, c offered; active");
	CHECK_INT(r.escalate, 0);
	CHECK(run_due(&r) == 26 * S);
	CHECK_STR(go(&r, 26 * S), "a not-run, b timed-out, c failed; failed");
	playbook_free(p);
}

TEST(what_was_done_is_undone_the_last_first)
{
	struct playbook *p =
	    book("  - {id: a, title: A, auto: {action: BLOCK_IP}, rollback: undo}\n"
		 "  - {id: b, title: B, auto: {action: NOTIFY}}\n"
		 "  - {id: c, title: C, auto: {action: LOCK_ACCOUNT}, rollback: undo, after: [a]}\n"
		 "  - {id: d, title: D, auto: {action: NOTIFY}, on_fail: rollback}\n");
	struct run r;

	run_init(&r, p, true);
	(void)go(&r, S);
	(void)say(&r, 0, RUN_OK, S);
	(void)say(&r, 2, RUN_OK, S);
	(void)say(&r, 1, RUN_OK, S);
	CHECK_STR(say(&r, 3, RUN_FAILED, S), "a done, b done, c undoing, d failed; rolling-back");
	CHECK_STR(say(&r, 2, RUN_OK, S), "a undoing, b done, c undone, d failed; rolling-back");
	CHECK_STR(say(&r, 0, RUN_FAILED, S), "a not-undone, b done, c undone, d failed; undone");
	CHECK_INT(run_rollback(&r, NULL), FAIL_DENIED);
	run_init(&r, p, true);
	(void)go(&r, S);
	CHECK_INT(run_rollback(&r, NULL), OK);
	CHECK_STR(go(&r, S), "a running, b not-run, c not-run, d not-run; rolling-back");
	CHECK_STR(say(&r, 0, RUN_OK, S),
	    "a undoing, b not-run, c not-run, d not-run; rolling-back");
	run_init(&r, p, true);
	(void)go(&r, S);
	(void)say(&r, 0, RUN_OK, S);
	CHECK_STR(say(&r, 0, RUN_ROLLBACK, S),
	    "a undoing, b running, c running, d waiting; active");
	CHECK_INT(run_cancel(&r, NULL), OK);
	CHECK_STR(go(&r, S), "a undoing, b running, c running, d not-run; cancelled");
	CHECK_STR(say(&r, 1, RUN_FAILED, S),
	    "a undoing, b failed, c running, d not-run; cancelled");
	CHECK_INT(run_cancel(&r, NULL), FAIL_DENIED);
	playbook_free(p);
}

static struct str
said_yes(void *ctx, size_t step, struct str field)
{
	++*(int *)ctx;
	return step == 0 && str_eq(field, STR("v")) ? STR("yes") : STR("");
}

TEST(conditions)
{
	static const struct {
		const char *when;
		bool holds;
		int asked; /* how often an answer was looked up: no further than needed */
	} cases[] = {
		{ "{severity: high}", true, 0 },
		{ "{severity: [critical, low]}", false, 0 },
		{ "{type: [ddos]}", true, 0 },
		{ "{type: custom}", false, 0 },
		{ "{has: address}", true, 0 },
		{ "{has: [address, user]}", false, 0 },
		{ "{has: ticket}", false, 0 },
		{ "{addresses: 2}", true, 0 },
		{ "{addresses: 3}", false, 0 },
		{ "{not: {has: user}}", true, 0 },
		{ "{not: {has: address, alerts: 1}}", true, 0 },
		{ "{any: [{has: user}, {has: address}]}", true, 0 },
		{ "{any: [{has: user}, {alerts: 1}]}", false, 0 },
		{ "{result: {step: a, is: done}}", true, 0 },
		{ "{result: {step: a, is: [failed, skipped]}}", false, 0 },
		{ "{answer: {step: a, field: v, is: yes}}", true, 1 },
		{ "{answer: {step: a, field: v, is: no}}", false, 1 },
		{ "{answer: {step: a, field: w, is: yes}}", false, 1 },
		{ "{has: user, answer: {step: a, field: v, is: yes}}", false, 0 },
		{ "{any: [{has: address}, {answer: {step: a, field: v, is: yes}}]}", true, 0 },
		{ "{found: {step: q, at_least: 3}}", true, 0 },
		{ "{found: {step: q, at_least: 4}}", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[600];
		int asked = 0;
		struct run_facts f = facts;
		struct playbook *p;
		struct run r;

		(void)snprintf(text, sizeof(text),
		    "  - {id: a, title: A, manual: {instructions: x, form: [{name: v}, {name: "
		    "w}]}}\n"
		    "  - {id: q, title: Q, auto: {action: QUERY, sql: x}}\n"
		    "  - {id: b, title: B, auto: {action: NOTIFY}, when: %s}\n",
		    cases[i].when);
		p = book(text);
		run_init(&r, p, false);
		f.answer = said_yes;
		f.ctx = &asked;
		r.steps[0].state = RUN_DONE;
		r.steps[1].found = 3;
		CHECK_INT(run_holds(&r, p->steps[2].when, &f), cases[i].holds);
		CHECK_INT(asked, cases[i].asked);
		playbook_free(p);
	}
}

/* Random playbooks, random outcomes, against a plain evaluator. */

#define N 9

struct dice {
	uint64_t x;
};

static uint64_t
roll(struct dice *d, uint64_t below)
{
	d->x ^= d->x << 13;
	d->x ^= d->x >> 7;
	d->x ^= d->x << 17;
	return d->x % below;
}

/*
 * What is to happen: how many tries of each step fail, how long each takes, whether a person skips.
 * All times of one case differ, so that the order is never a matter of chance.
 */
struct plan {
	unsigned fails[N];
	int64_t takes[N];
	bool skips[N];
};

struct fate {
	enum run_state state;
	int64_t start, end; /* end INT64_MAX: it never began */
	bool known;
};

static bool
of_person(const struct playbook_step *s)
{
	return s->what.act == PLAYBOOK_MANUAL || s->approve != PLAYBOOK_NOBODY;
}

/* A step alone: how it ends and when, had nothing else stopped the run. */
static void
alone(const struct playbook_step *s, const struct plan *p, size_t i, struct fate *f)
{
	int64_t t = f->start;
	bool good = false;

	f->state = RUN_DONE;
	if (of_person(s)) { /* a person takes his time; an action he approved begins then */
		t += p->takes[i];
		if (p->skips[i])
			f->state = RUN_SKIPPED;
	}
	if (s->what.act != PLAYBOOK_MANUAL && f->state == RUN_DONE) {
		for (unsigned try = 0; try <= s->retry && !good; try++) {
			t += p->takes[i];
			good = try >= p->fails[i];
			if (!good && try < s->retry)
				t += RUN_PAUSE * ((int64_t)1 << try);
		}
		if (!good)
			f->state = RUN_BROKEN;
	}
	f->end = t;
	if (s->timeout != 0 && t >= f->start + s->timeout &&
	    s->on_timeout != PLAYBOOK_LATE_ESCALATE) {
		f->end = f->start + s->timeout;
		f->state = s->on_timeout == PLAYBOOK_LATE_FAIL ? RUN_BROKEN : RUN_LATE;
	}
}

static void
foresee(const struct playbook *b, const struct plan *p, struct fate *f, size_t i)
{
	const struct playbook_step *s = &b->steps[i];
	const struct playbook_cond *c = s->when != NULL ? s->when->first : NULL;

	if (f[i].known)
		return;
	f[i].known = true;
	f[i].start = S;
	for (size_t k = 0; k < b->n; k++) {
		if ((s->after & UINT64_C(1) << k) == 0)
			continue;
		foresee(b, p, f, k);
		if (f[k].end > f[i].start)
			f[i].start = f[k].end;
	}
	if (c != NULL && f[c->step].state != RUN_DONE) {
		f[i].state = RUN_UNNEEDED;
		f[i].end = f[i].start;
		return;
	}
	alone(s, p, i, &f[i]);
}

/* The first failure that stops; what begins at that time or ends after it is cut off. */
static void
evaluate(const struct playbook *b, const struct plan *p, struct fate *f)
{
	int64_t stop = INT64_MAX;

	for (size_t i = 0; i < b->n; i++) {
		foresee(b, p, f, i);
		if (f[i].state == RUN_BROKEN && b->steps[i].on_fail == PLAYBOOK_FAIL_STOP &&
		    f[i].end < stop)
			stop = f[i].end;
	}
	for (size_t i = 0; i < b->n; i++)
		if (f[i].start >= stop || (f[i].end > stop))
			f[i].state = RUN_NOT_RUN;
}

/* When something is to be said of each step next. */
struct agenda {
	int64_t due[N];
	enum run_state seen[N];
	unsigned tries[N];
};

/* What has come into a new state is given its time; returns the soonest. */
static int64_t
plan_ahead(const struct run *r, const struct plan *p, struct agenda *a, int64_t now)
{
	int64_t next = run_due(r);

	for (size_t i = 0; i < r->book->n; i++) {
		const struct run_step *s = &r->steps[i];

		if (s->state != a->seen[i] || s->tries != a->tries[i]) {
			a->seen[i] = s->state;
			a->tries[i] = s->tries;
			a->due[i] = s->state == RUN_RUNNING || s->state == RUN_OPEN ||
					    s->state == RUN_APPROVAL
					? now + p->takes[i]
					: INT64_MAX;
		}
		if (a->due[i] < next)
			next = a->due[i];
	}
	return next;
}

/* What the plan says of the one step whose time it is. */
static void
say_due(struct run *r, const struct plan *p, const struct agenda *a, int64_t now)
{
	for (size_t i = 0; i < r->book->n; i++) {
		const enum run_state s = r->steps[i].state;
		enum run_event ev = RUN_APPROVE;

		if (a->due[i] != now || s != a->seen[i])
			continue;
		if (s == RUN_RUNNING)
			ev = r->steps[i].tries > p->fails[i] ? RUN_OK : RUN_FAILED;
		else if (p->skips[i])
			ev = RUN_SKIP;
		else if (s == RUN_OPEN)
			ev = RUN_FINISHED;
		CHECK_INT(run_event(r, i, ev, now, NULL), OK);
		return;
	}
}

/* The machine, fed with what the plan says at its times. */
static void
drive(struct run *r, const struct plan *p)
{
	struct agenda a = { .tries = { 0 } };
	int64_t next, now = S;

	for (size_t i = 0; i < r->book->n; i++)
		a.due[i] = INT64_MAX;
	for (unsigned turns = 0; turns < 1000; turns++) {
		(void)run_go_on(r, &facts, now);
		next = plan_ahead(r, p, &a, now);
		if (r->status != RUNS_ACTIVE)
			return;
		CHECK(next != INT64_MAX && next >= now);
		now = next;
		(void)run_go_on(r, &facts, now); /* late before it ends */
		say_due(r, p, &a, now);
	}
	test_fail(TEST_AT(r), "it does not end");
}

static void
random_step(struct dice *d, size_t i, struct buf *to)
{
	const bool manual = roll(d, 3) == 0;
	const char *comma = "";
	const size_t dep = i != 0 ? roll(d, i) : 0;

	buf_printf(to, "  - {id: s%zu, title: S, %s", i,
	    manual ? "manual: {instructions: x}" : "auto: {action: NOTIFY}");
	if (!manual && roll(d, 3) == 0)
		buf_str(to, STR(", approve: true"));
	if (!manual && roll(d, 2) == 0)
		buf_printf(to, ", retry: %d", (int)roll(d, 3));
	if (roll(d, 2) == 0)
		buf_str(to, STR(", on_fail: continue"));
	if (roll(d, 3) == 0)
		buf_printf(to, ", timeout: %ds, on_timeout: %s", 3 + (int)roll(d, 200),
		    roll(d, 2) == 0 ? "continue" : "fail");
	buf_str(to, STR(", after: ["));
	for (size_t k = 0; k < i; k++)
		if (k == dep || roll(d, 4) == 0) {
			buf_printf(to, "%ss%zu", comma, k);
			comma = ", ";
		}
	buf_byte(to, ']');
	if (i != 0 && roll(d, 4) == 0)
		buf_printf(to, ", when: {result: {step: s%zu, is: done}}", dep);
	buf_str(to, STR("}\n"));
}

static struct playbook *
random_book(struct dice *d)
{
	auto_buf struct buf text = { 0 };
	const size_t steps = 1 + roll(d, N);

	for (size_t i = 0; i < steps; i++)
		random_step(d, i, &text);
	buf_byte(&text, '\0');
	return book(text.p);
}

TEST(random_playbooks_end_as_the_plain_evaluator_says)
{
	struct dice d = { test_seed() | 1 };
	unsigned ends[RUN_STATES] = { 0 };

	for (unsigned round = 0; round < test_rounds(3000); round++) {
		struct playbook *b = random_book(&d);
		struct fate f[N] = { 0 };
		struct plan p = { 0 };
		struct run r;

		for (size_t i = 0; i < b->n; i++) {
			p.fails[i] = (unsigned)roll(&d, 3) * (unsigned)roll(&d, 2);
			p.skips[i] = roll(&d, 5) == 0;
			p.takes[i] = S + (int64_t)roll(&d, (uint64_t)100 * S);
		}
		run_init(&r, b, false);
		drive(&r, &p);
		evaluate(b, &p, f);
		for (size_t i = 0; i < b->n; i++) {
			enum run_state got = r.steps[i].state;

			if (got == RUN_RUNNING) /* its run was stopped while it was on its way */
				got = RUN_NOT_RUN;
			if (got != f[i].state)
				test_fail(TEST_AT(got), "round %u, step %zu of %zu: %s, not %s",
				    round, i, b->n, run_state_word(got),
				    run_state_word(f[i].state));
			ends[got]++;
		}
		playbook_free(b);
	}
	CHECK(ends[RUN_DONE] > 0 && ends[RUN_BROKEN] > 0 && ends[RUN_SKIPPED] > 0 &&
	      ends[RUN_UNNEEDED] > 0 && ends[RUN_LATE] > 0 && ends[RUN_NOT_RUN] > 0);
}
