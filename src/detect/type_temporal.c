/* temporal: the rules named hold within the timespan, in any order. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include <stdlib.h>

#include "base/mem.h"
#include "detect/slide.h"

#define FEW 6

struct state {
	struct slide slide;
	uint64_t present;  /* rules that hold in the window */
	uint32_t few[FEW]; /* how often each does */
	uint32_t *many;    /* where there are more rules */
	uint64_t events;
};

static bool
item(const struct corr *c, const struct ctype_event *ev, struct timeline_item *to)
{
	(void)c;
	to->a = ev->refs;
	to->b = 1;
	return true;
}

static uint32_t *
counts(const struct corr *c, struct state *s)
{
	if (c->n_refs <= FEW)
		return s->few;
	if (s->many == NULL)
		s->many = mem_zalloc(c->n_refs * sizeof(*s->many));
	return s->many;
}

static void
add(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct state *s = state;
	uint32_t *count = counts(c, s);

	for (uint64_t left = one->a; left != 0; left &= left - 1)
		count[__builtin_ctzll(left)]++;
	s->present |= one->a;
	s->events += one->b;
}

static void
take(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct state *s = state;
	uint32_t *count = counts(c, s);

	for (uint64_t left = one->a; left != 0; left &= left - 1)
		if (--count[__builtin_ctzll(left)] == 0)
			s->present &= ~(left & -left);
	s->events -= one->b;
}

static double
value(const struct corr *c, const void *state)
{
	const struct state *s = state;

	(void)c;
	return __builtin_popcountll(s->present);
}

static uint64_t
events(const struct corr *c, const void *state)
{
	const struct state *s = state;

	(void)c;
	return s->events;
}

static bool
is_present(void *ctx, uint32_t rule)
{
	return (*(const uint64_t *)ctx >> rule) & 1;
}

static bool
holds(const struct corr *c, const void *state)
{
	uint64_t present = ((const struct state *)state)->present;

	if (c->names != NULL)
		return expr_eval(c->names, is_present, &present);
	if (c->n_bounds == 0)
		return (size_t)__builtin_popcountll(present) == c->n_refs;
	return ctype_holds(c, __builtin_popcountll(present));
}

static void
fold(struct timeline_item *into, const struct timeline_item *from)
{
	into->a |= from->a;
	into->b += from->b;
}

static void
say(const struct corr *c, double v, struct buf *to)
{
	buf_u64(to, (uint64_t)v);
	buf_str(to, STR(" of "));
	buf_u64(to, c->n_refs);
	buf_str(to, STR(" rules"));
}

static const struct slide_ops ops = {
	.item = item,
	.add = add,
	.remove = take,
	.value = value,
	.events = events,
	.holds = holds,
	.fold = fold,
	.say = say,
};

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct slide_params *p = params;

	if (corr->any)
		return ctype_fail(rd, ctype_key(rd, "rules"), why,
		    "temporal names its rules; type: threat is for any of them");
	slide_read(rd, corr, &ops, p);
	if (corr->n_bounds > 0 && ctype_least(corr, corr->n_refs) == 0)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "there are %zu rules, and no number of them is like that", corr->n_refs);
	return OK;
}

static double
progress(const struct ctype_at *at)
{
	const struct slide_params *p = at->corr->params;
	const struct state *s = at->state;

	return p->at_end ? 0.5
			 : (double)__builtin_popcountll(s->present) / (double)at->corr->n_refs;
}

static void
fini(void *state)
{
	struct state *s = state;

	slide_fini(&s->slide);
	free(s->many);
}

const struct ctype type_temporal = {
	.name = "temporal",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION_MAY | CTYPE_NAMES,
	.params_size = sizeof(struct slide_params),
	.state_size = sizeof(struct state),
	.read = read,
	.feed = slide_feed,
	.next = slide_next,
	.due = slide_due,
	.progress = progress,
	.explain = slide_explain,
	.save = slide_save,
	.load = slide_load,
	.fini = fini,
	.bytes = slide_bytes,
};
