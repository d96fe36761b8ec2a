/* Keys of an engine: what they are worth, when they are stale, what a type changed. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/live.h"

/* Records without one for a key; then its source is not just behind the others. */
#define UNUSED ((uint32_t)1 << 18)

/* No event from `watermark` on can meet what it remembers. */
static bool
is_over(const struct engine *e, const struct key *k, int64_t watermark)
{
	const struct corr *c = e->rs->rule.p[k->rule].corr;

	return c->timespan > 0 && k->heap == 0 && k->touched != KEY_NEVER &&
	       watermark > k->touched + c->timespan;
}

static bool
is_stale(const struct engine *e, const struct key *k)
{
	return (uint32_t)e->stats.records - k->used > UNUSED && is_over(e, k, mark_now(e->mark));
}

static double
worth(void *ctx, const struct key *k)
{
	const struct engine *e = ctx;
	const struct ctype *type = e->rs->rule.p[k->rule].corr->type;
	const struct ctype_at at = { e->rs->rule.p[k->rule].corr, e->shared[k->rule],
		(void *)(uintptr_t)k->state };

	if (is_stale(e, k))
		return -1;
	return type->progress != NULL ? type->progress(&at) : 0;
}

static void
gone(void *ctx, struct key *k, bool evicted)
{
	struct engine *e = ctx;
	const struct ctype *type = e->rs->rule.p[k->rule].corr->type;

	due_set(&e->due, k, INT64_MAX);
	if (type->fini != NULL)
		type->fini(k->state);
	if (!evicted)
		return;
	e->stats.evicted++;
	e->evicted[k->rule]++;
	if (!e->forgets)
		e->forgot = k->rule;
	e->forgets = true;
}

struct keys *
live_keys(struct engine *e)
{
	return keys_new(&(struct keys_opts){ .max = e->opts.keys_max,
	    .bytes_max = e->opts.bytes_max,
	    .worth = worth,
	    .gone = gone,
	    .ctx = e });
}

void
live_touch(struct engine *e, const struct ctype *type, const struct ctype_at *at, struct key *k,
    int64_t after)
{
	int64_t next;

	if (type->next != NULL) {
		next = type->next(at);
		due_set(&e->due, k, next > after ? next : INT64_MAX);
	}
	if (type->bytes != NULL)
		keys_told(e->keys, k, type->bytes(at));
}

void
live_sweep(struct engine *e)
{
	const struct crule *rule;
	struct key *k;

	if (keys_len(e->keys) == 0)
		return;
	if (e->sweep >= keys_len(e->keys))
		e->sweep = 0;
	k = keys_at(e->keys, e->sweep);
	rule = &e->rs->rule.p[k->rule];
	if (is_stale(e, k) &&
	    (k->begin == KEY_NEVER || mark_now(e->mark) > k->begin + rule->pub.suppress))
		keys_drop(e->keys, k);
	else
		e->sweep++;
	if (e->sweep < keys_len(e->keys))
		__builtin_prefetch(keys_at(e->keys, e->sweep));
}

struct key *
live_use(struct engine *e, uint32_t number, struct str group, const struct ctype_event *ev)
{
	const struct ctype *type = e->rs->rule.p[number].corr->type;
	bool fresh;
	struct key *k = keys_use(e->keys, number, group, type->state_size, &fresh);

	if (fresh) {
		k->born = (uint32_t)e->stats.records;
	} else if (is_over(e, k, ev->watermark)) {
		if (type->fini != NULL)
			type->fini(k->state);
		memset(k->state, 0, k->state_n);
		k->touched = KEY_NEVER;
	}
	k->used = (uint32_t)e->stats.records;
	if (ev->t > k->touched)
		k->touched = ev->t;
	k->demo = k->demo && e->demo;
	return k;
}
