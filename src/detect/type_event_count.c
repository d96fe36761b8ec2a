/* event_count: so many events of the key within the timespan. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/ctype.h"
#include "detect/window.h"

#define THRESHOLD_MAX 100000

struct params {
	uint64_t threshold;
};

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;

	if (!ctype_only_above(corr))
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "only gt and gte can be decided while events still come in");
	p->threshold = ctype_least(corr, THRESHOLD_MAX);
	if (p->threshold == 0)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "event_count counts to %d at most", THRESHOLD_MAX);
	return OK;
}

static struct window_shape
shape_of(const struct corr *c, const struct window *w, int64_t t, int64_t watermark)
{
	const struct params *p = c->params;
	int64_t newest = w->n > 0 ? window_get(w, w->first + w->n - 1)->t : t, late;

	newest = newest > t ? newest : t;
	late = watermark < newest - c->timespan ? c->timespan : newest - watermark;
	return (struct window_shape){ p->threshold, c->timespan,
		window_lateness(c->timespan, late > 0 ? late : 0), false };
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	struct window *w = at->state;
	const struct window_shape shape = shape_of(at->corr, w, ev->t, ev->watermark);
	const struct window_event one = { .t = ev->t, .seq = ev->seq };
	uint64_t copies = ev->weight < shape.threshold ? ev->weight : shape.threshold;
	enum window_result got = WINDOW_KEPT;
	struct window_hit hit;

	for (uint64_t i = 0; i < copies && got != WINDOW_LATE; i++)
		got = window_add(w, &shape, &one, &hit);
	if (got == WINDOW_FIRES) {
		ret->events = hit.to - hit.from + ev->weight - copies;
		ret->value = (double)ret->events;
		ret->first = hit.first;
		ret->last = hit.last;
		ret->n_evidence =
		    window_evidence(w, &hit, ev->seq, ret->evidence, ARRAY_LEN(ret->evidence));
		buf_u64(ret->text, ret->events);
		buf_str(ret->text, STR(" events in "));
		ctype_put_span(at->corr->timespan, ret->text);
	}
	window_settle(w, &shape);
	return got == WINDOW_FIRES ? CTYPE_FIRES : got == WINDOW_LATE ? CTYPE_LATE : CTYPE_KEPT;
}

static double
progress(const struct ctype_at *at)
{
	const struct window *w = at->state;
	const struct params *p = at->corr->params;
	double part = (double)(w->n - w->dead) / (double)p->threshold;

	return part < 1 ? part : 1;
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	window_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct params *p = at->corr->params;
	const struct window_shape shape = { p->threshold, at->corr->timespan,
		at->corr->timespan - 1, false };

	return window_load(at->state, &shape, from);
}

static void
fini(void *state)
{
	window_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct window *w = at->state;

	return (w->n - w->dead) * sizeof(struct window_event);
}

const struct ctype type_event_count = {
	.name = "event_count",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct window),
	.read = read,
	.feed = feed,
	.progress = progress,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
