/*
 * temporal_ordered: the rules named hold one after the other, in the order in
 * which they are named, within the timespan.
 *
 * A key keeps, for each rule, the chain of events that ends with it and begins
 * latest: no other can do better.  An event moves chains on by a table look-up
 * for each of its rules, without going back.  Chains stand twice: as they were
 * at the watermark, and with the events since, which are kept (at most
 * SLIDE_MAX) so that one that comes late can be put between them; it costs a
 * pass over those.  One event is one link: rules that hold for it at once are
 * not after each other.
 */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "detect/slide.h"

#define RULES_MAX 16

/* Chain i ends with rule i: when it began, and the numbers of its i + 1 events. */
struct chains {
	int64_t *begin; /* by rule; CHAIN_NONE */
	uint64_t *seq;  /* of chain i from i * (i + 1) / 2 on */
};
#define CHAIN_NONE INT64_MIN

struct state {
	struct timeline tl; /* events behind the watermark */
	uint64_t *room;     /* both chains; NULL: nothing yet */
};

static size_t
size_of(const struct corr *c)
{
	return c->n_refs + c->n_refs * (c->n_refs + 1) / 2;
}

/* which 0: at the watermark; 1: now. */
static struct chains
chains_of(const struct corr *c, struct state *s, unsigned which)
{
	uint64_t *p;

	if (s->room == NULL) {
		s->room = mem_zalloc(2 * size_of(c) * sizeof(*s->room));
		for (size_t i = 0; i < c->n_refs; i++)
			s->room[i] = s->room[size_of(c) + i] = (uint64_t)CHAIN_NONE;
	}
	p = s->room + which * size_of(c);
	return (struct chains){ (int64_t *)(void *)p, p + c->n_refs };
}

static void
step(const struct corr *c, struct chains *ch, const struct timeline_item *item)
{
	for (size_t i = c->n_refs; i-- > 0;) { /* from behind: no event follows itself */
		uint64_t *own = ch->seq + i * (i + 1) / 2;

		if (((item->a >> i) & 1) == 0)
			continue;
		if (i == 0) {
			ch->begin[0] = item->t;
		} else if (ch->begin[i - 1] != CHAIN_NONE) {
			ch->begin[i] = ch->begin[i - 1];
			memcpy(own, ch->seq + (i - 1) * i / 2, i * sizeof(*own));
		} else {
			continue;
		}
		own[i] = item->seq;
	}
}

/* Is there a whole chain within the timespan that ends at t? */
static bool
holds(const struct corr *c, const struct chains *ch, int64_t t)
{
	int64_t begin = ch->begin[c->n_refs - 1];

	return begin != CHAIN_NONE && begin > t - c->timespan;
}

static void
fire(const struct corr *c, const struct chains *ch, const struct ctype_event *ev, int64_t t,
    struct ctype_hit *ret)
{
	const uint64_t *seq = ch->seq + (c->n_refs - 1) * c->n_refs / 2;

	ret->value = (double)c->n_refs;
	ret->events = c->n_refs;
	ret->first = ch->begin[c->n_refs - 1];
	ret->last = t;
	for (size_t i = 0; i < c->n_refs; i++)
		if (seq[i] != ev->seq)
			ret->evidence[ret->n_evidence++] = seq[i];
	buf_u64(ret->text, c->n_refs);
	buf_str(ret->text, STR(" rules in this order in "));
	ctype_put_span(c->timespan, ret->text);
}

/* Events that none can come before any more. */
static void
settle(const struct corr *c, struct state *s, int64_t watermark, size_t max)
{
	struct chains base = chains_of(c, s, 0);
	size_t n = 0;

	for (; n < s->tl.n && (timeline_at(&s->tl, n)->t < watermark || s->tl.n - n > max); n++)
		step(c, &base, timeline_at(&s->tl, n));
	if (n > 0)
		timeline_drop(&s->tl, n);
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct corr *c = at->corr;
	struct state *s = at->state;
	struct timeline_item item = { .t = ev->t, .seq = ev->seq, .a = ev->refs };
	struct chains now;
	bool fires = false;
	size_t i;

	settle(c, s, ev->watermark, SLIDE_MAX - 1);
	now = chains_of(c, s, 1);
	i = timeline_put(&s->tl, &item);
	if (i + 1 < s->tl.n) {
		memcpy(s->room + size_of(c), s->room, size_of(c) * sizeof(*s->room));
		for (size_t k = 0; k < i; k++)
			step(c, &now, timeline_at(&s->tl, k));
	}
	for (; i < s->tl.n; i++) {
		int64_t t = timeline_at(&s->tl, i)->t;

		step(c, &now, timeline_at(&s->tl, i));
		if (fires || t >= ev->t + c->timespan || !holds(c, &now, t))
			continue;
		fires = true;
		fire(c, &now, ev, t, ret);
	}
	return fires ? CTYPE_FIRES : CTYPE_KEPT;
}

static bool
is_all(const struct expr *e, size_t n)
{
	size_t atoms = 0;

	if (e->op != EXPR_AND)
		return e->op == EXPR_ATOM && n == 1;
	for (uint32_t i = 0; i < e->n; i++)
		atoms += e->kids[i]->op == EXPR_ATOM;
	return atoms == n && e->n == n;
}

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	const struct ydoc *v = ctype_key(rd, "condition");

	(void)params;
	if (corr->any || corr->n_refs > RULES_MAX)
		return ctype_fail(rd, ctype_key(rd, "rules"), why,
		    "temporal_ordered names up to %d rules in their order", RULES_MAX);
	if ((corr->names != NULL && !is_all(corr->names, corr->n_refs)) ||
	    (corr->n_bounds > 0 &&
		(!ctype_only_above(corr) || ctype_least(corr, corr->n_refs) != corr->n_refs)))
		return ctype_fail(rd, v, why,
		    "temporal_ordered asks for all of its rules, one after the other: leave the "
		    "condition out, or write gte: %zu",
		    corr->n_refs);
	return OK;
}

static double
progress(const struct ctype_at *at)
{
	struct state *s = at->state;
	size_t n = at->corr->n_refs;

	if (s->room == NULL)
		return 0;
	while (n > 0 && chains_of(at->corr, s, 1).begin[n - 1] == CHAIN_NONE)
		n--;
	return (double)n / (double)at->corr->n_refs;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct corr *c = at->corr;
	struct state *s = at->state;
	size_t n = c->n_refs;

	while (n > 0 && (s->room == NULL || chains_of(c, s, 1).begin[n - 1] == CHAIN_NONE ||
			    chains_of(c, s, 1).begin[n - 1] <= t - c->timespan))
		n--;
	buf_printf(to, "the first %zu of %zu rules in their order in the ", n, c->n_refs);
	ctype_put_span(c->timespan, to);
	buf_str(to, STR(" before"));
	if (n == 0)
		return;
	buf_str(to, STR("; they began at "));
	clock_put(chains_of(c, s, 1).begin[n - 1], to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	struct state *s = at->state;

	(void)chains_of(at->corr, s, 0);
	for (size_t i = 0; i < size_of(at->corr); i++)
		ctype_put(to, s->room[i], 8);
	timeline_save(&s->tl, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct corr *c = at->corr;
	struct state *s = at->state;
	struct chains now = chains_of(c, s, 1);
	bool ok = true;

	for (size_t i = 0; i < size_of(c); i++)
		s->room[i] = ctype_get(from, 8, &ok);
	if (!ok || !timeline_load(&s->tl, SLIDE_MAX, from))
		return false;
	memcpy(s->room + size_of(c), s->room, size_of(c) * sizeof(*s->room));
	for (size_t i = 0; i < s->tl.n; i++)
		step(c, &now, timeline_at(&s->tl, i));
	return true;
}

static void
fini(void *state)
{
	struct state *s = state;

	timeline_fini(&s->tl);
	free(s->room);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct state *s = at->state;

	return 2 * size_of(at->corr) * sizeof(uint64_t) + s->tl.n * sizeof(struct timeline_item);
}

const struct ctype type_temporal_ordered = {
	.name = "temporal_ordered",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION_MAY | CTYPE_NAMES,
	.params_size = 0,
	.state_size = sizeof(struct state),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
