/* sequence_walk: ids gone through in order, one after the other. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_types.c */
#include "base/clock.h"
#include "detect/ctype.h"
#include "detect/walk.h"

#define STEP_DEFAULT 2
#define SHARE_DEFAULT 0.1

struct params {
	struct walk_shape shape;
};

static const char *const own_keys[] = { "step", "share", NULL };

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;
	double step = STEP_DEFAULT, share = SHARE_DEFAULT;
	uint64_t threshold = ctype_least(corr, WALK_THRESHOLD_MAX);
	enum err e = ctype_number(rd, "step", 1, WALK_STEP_MAX, &step, why);

	if (e == OK)
		e = ctype_number(rd, "share", 0, 1, &share, why);
	if (e != OK)
		return e;
	if (!ctype_only_above(corr) || threshold < 3)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "sequence_walk takes gt or gte, from 3 to %d steps", WALK_THRESHOLD_MAX);
	if (corr->value.n != 1)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "sequence_walk looks at one field");
	p->shape =
	    (struct walk_shape){ corr->timespan, (uint32_t)threshold, (uint32_t)step, share };
	return OK;
}

/* "20 object_id in order, 1001 to 1020, in 2m" */
static void
put_path(const struct ctype_at *at, const struct walk_path *path, struct buf *to)
{
	const struct timeline_item *oldest = timeline_at(&path->steps, 0),
				   *newest = timeline_newest(&path->steps);
	int64_t span = newest->t - oldest->t;

	buf_printf(to, "%u %.*s in order, %llu to %llu, in ", path->steps.n,
	    STR_ARG(at->corr->value.f[0].name), (unsigned long long)oldest->b,
	    (unsigned long long)newest->b);
	ctype_put_span(span - span % CLOCK_S, to);
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	char space[512];
	struct buf scratch = { .p = space, .size = sizeof(space), .max = sizeof(space) };
	const struct walk_path *path;
	struct str text;
	uint64_t around;
	int64_t id;

	if (!ctype_value(ev, &at->corr->value.f[0], &scratch, &text) ||
	    !walk_id(text, (struct hash_key){ ev->seed, 0 }, &around, &id))
		return CTYPE_KEPT;
	path = walk_add(at->state, &p->shape, ev->t, ev->seq, around, id);
	if (path == NULL)
		return CTYPE_KEPT;
	ret->value = path->steps.n;
	ret->events = path->steps.n;
	ret->first = timeline_at(&path->steps, 0)->t;
	ret->last = timeline_newest(&path->steps)->t;
	ret->n_evidence = timeline_seqs(&path->steps, 0, path->steps.n, ev->seq, ret->evidence,
	    ARRAY_LEN(ret->evidence));
	put_path(at, path, ret->text);
	buf_printf(ret->details, ",\"steps\":%u,\"from\":%llu,\"to\":%llu", path->steps.n,
	    (unsigned long long)timeline_at(&path->steps, 0)->b,
	    (unsigned long long)timeline_newest(&path->steps)->b);
	return CTYPE_FIRES;
}

static const struct walk_path *
longest(const struct walk *w)
{
	const struct walk_path *best = NULL;

	for (uint32_t i = 0; i < w->n; i++)
		if (best == NULL || w->path[i].steps.n > best->steps.n)
			best = &w->path[i];
	return best;
}

static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct walk_path *best = longest(at->state);

	return best != NULL ? (double)best->steps.n / (double)p->shape.threshold : 0;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct walk_path *best = longest(at->state);

	(void)t;
	if (best != NULL && best->steps.n > 0)
		put_path(at, best, to);
	else
		buf_str(to, STR("no two ids in order"));
	buf_str(to, STR("; it fires at "));
	ctype_put_condition(at->corr, to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	walk_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct params *p = at->corr->params;

	return walk_load(at->state, &p->shape, from);
}

static void
fini(void *state)
{
	walk_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	return walk_bytes(at->state);
}

const struct ctype type_sequence_walk = {
	.name = "sequence_walk",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION | CTYPE_FIELD,
	.keys = own_keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct walk),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
