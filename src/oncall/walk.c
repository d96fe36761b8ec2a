/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a policy in time, and whom they mean. */
#include "oncall/walk.h"

#include "base/clock.h"

#define EVERY ((int64_t)30 * 60 * CLOCK_S) /* without a policy */

static unsigned
steps_of(const struct book_policy *p)
{
	return p != NULL ? (unsigned)p->n : 0;
}

static int64_t
after_of(const struct book_policy *p, unsigned step)
{
	const unsigned n = steps_of(p);

	if (n == 0)
		return 0;
	return p->steps[step < n ? step : n - 1].after;
}

/* The step that is next for one that is held; the number of steps when there is none. */
static unsigned
next_held(const struct book_policy *p, unsigned step)
{
	while (step < steps_of(p) && !p->steps[step].resolved)
		step++;
	return step;
}

int64_t
walk_due(const struct book_policy *p, const struct walk_at *at)
{
	const unsigned n = steps_of(p);
	const unsigned step = at->held ? next_held(p, at->step) : at->step;

	if (step < n)
		return at->base + after_of(p, step);
	if (at->held)
		return at->base;
	/* Without steps the first round is at once. */
	if (n == 0)
		return at->base + (at->round > 0 ? EVERY : 0);
	return at->base + after_of(p, n - 1) + p->every;
}

struct walk
walk_next(const struct book_policy *p, struct walk_at at, int64_t now)
{
	const unsigned n = steps_of(p), repeat = p != NULL ? p->repeat : 0;
	struct walk w = { .at = at, .due = walk_due(p, &at) };

	if (at.held) {
		w.at.step = next_held(p, at.step);
		w.what = w.at.step >= n ? WALK_END : w.due > now ? WALK_WAIT : WALK_TELL;
		return w;
	}
	if (w.due > now) {
		w.what = WALK_WAIT;
	} else if (at.step < n) {
		w.what = WALK_TELL;
	} else if (at.round < repeat) {
		w.at = (struct walk_at){ .round = at.round + 1, .base = w.due - after_of(p, 0) };
		w.what = WALK_TELL;
	} else {
		w.what = at.round < repeat + WALK_ALL_MAX ? WALK_ALL : WALK_OVER;
	}
	return w;
}

struct walk_at
walk_past(const struct book_policy *p, const struct walk *w, int64_t now)
{
	struct walk_at at = w->at;

	if (w->what == WALK_TELL) {
		at.step++;
	} else {
		at.round++;
		at.base = now - after_of(p, steps_of(p));
	}
	return at;
}

static bool
is_there(const struct walk_who *all, size_t n, const struct book_person *person)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].person == person)
			return true;
	return false;
}

static struct walk_who
of_target(const struct book *b, const struct book_target *t, const struct book_override *overrides,
    size_t n, int64_t now)
{
	struct walk_who who = { 0 };
	struct rota_case c = { b, NULL, overrides, n };
	size_t person = t->index;

	if (t->kind == BOOK_CHANNEL) {
		who.channel = t->name;
		return who;
	}
	if (t->kind == BOOK_ROTA) {
		c.rota = &b->rotas[t->index];
		person = rota_at(&c, now);
		who.rota = t->name;
	}
	if (person != ROTA_NOBODY)
		who.person = &b->people[person];
	return who;
}

size_t
walk_people(const struct book *b, const struct book_targets *t,
    const struct book_override *overrides, size_t n, int64_t now,
    struct walk_who ret[WALK_PEOPLE_MAX])
{
	size_t n_ret = 0;

	for (size_t i = 0; i < t->n && n_ret < WALK_PEOPLE_MAX; i++) {
		const struct walk_who who = of_target(b, &t->p[i], overrides, n, now);

		if (who.person == NULL || !is_there(ret, n_ret, who.person))
			ret[n_ret++] = who;
	}
	return n_ret;
}
