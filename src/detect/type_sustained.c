/* sustained: samples that say the same for the whole timespan, as CPU above 90 percent for 10m. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_types.c */
#include "base/clock.h"
#include "detect/ctype.h"
#include "detect/steady.h"

#define GAP_DEFAULT (180 * CLOCK_S)

struct params {
	struct steady_shape shape;
};

static const char *const own_keys[] = { "gap", NULL };

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;
	enum err e;

	p->shape.timespan = corr->timespan;
	p->shape.gap = corr->timespan < GAP_DEFAULT ? corr->timespan : GAP_DEFAULT;
	e = ctype_span(rd, "gap", &p->shape.gap, why);
	if (e == OK && p->shape.gap > corr->timespan)
		return ctype_fail(rd, ctype_key(rd, "gap"), why,
		    "gap is at most the timespan: samples further apart say nothing of it");
	if (e == OK && corr->value.n != 1)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "sustained looks at one field");
	return e;
}

/* "cpu_percent more than 90 for 10m2s (11 samples, 91 to 99, mean 95)" */
static void
put_run(const struct ctype_at *at, const struct steady_run *run, struct buf *to)
{
	int64_t span = run->last - run->from;

	buf_str(to, at->corr->value.f[0].name);
	buf_byte(to, ' ');
	ctype_put_condition(at->corr, to);
	buf_str(to, STR(" for "));
	ctype_put_span(span - span % CLOCK_S, to);
	buf_printf(to, " (%llu samples, %.6g to %.6g, mean %.6g)", (unsigned long long)run->n,
	    run->low, run->high, run->sum / (double)run->n);
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	struct steady *y = at->state;
	enum steady_result got;
	struct steady_run run;
	double v;

	if (!ctype_double(ev, &at->corr->value.f[0], &v))
		return CTYPE_KEPT;
	got = steady_add(y, &p->shape, ev->t, ev->seq, v, ctype_holds(at->corr, v), ev->watermark,
	    &run);
	if (got != STEADY_FIRES)
		return got == STEADY_LATE ? CTYPE_LATE : CTYPE_KEPT;
	ret->value = run.sum / (double)run.n;
	ret->events = run.n;
	ret->first = run.from;
	ret->last = run.last;
	put_run(at, &run, ret->text);
	buf_printf(ret->details,
	    ",\"seconds\":%lld,\"samples\":%llu,\"low\":%.6g,\"high\":%.6g,\"mean\":%.6g",
	    (long long)((run.last - run.from) / CLOCK_S), (unsigned long long)run.n, run.low,
	    run.high, ret->value);
	return CTYPE_FIRES;
}

static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct steady *y = at->state;
	double part = (double)(y->head.last - y->head.from) / (double)p->shape.timespan;

	return y->head.n == 0 ? 0 : part < 1 ? part : 1;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct steady *y = at->state;

	(void)t;
	if (y->head.n == 0) {
		buf_str(to, STR("the last sample is not "));
		ctype_put_condition(at->corr, to);
		return;
	}
	put_run(at, &y->head, to);
	buf_str(to, STR("; it fires after "));
	ctype_put_span(at->corr->timespan, to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	steady_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct params *p = at->corr->params;

	return steady_load(at->state, &p->shape, from);
}

static void
fini(void *state)
{
	steady_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct steady *y = at->state;

	return timeline_bytes(&y->tail);
}

const struct ctype type_sustained = {
	.name = "sustained",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION | CTYPE_FIELD,
	.keys = own_keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct steady),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
