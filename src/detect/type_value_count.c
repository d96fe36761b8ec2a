/* value_count: so many different values of a field, or of several together, within the timespan. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include "base/clock.h"
#include "base/vec.h"
#include "detect/slide.h"
#include "detect/window.h"

#define THRESHOLD_MAX 10000

struct params {
	struct slide_params slide; /* only what is judged at its end */
	uint64_t threshold;
};

struct stretch {
	struct slide slide;
	VEC(uint64_t) hashes;
};

struct state {
	union {
		struct window window;
		struct stretch stretch;
	};
	bool at_end;
};

static bool
item(const struct corr *c, const struct ctype_event *ev, struct timeline_item *to)
{
	return ctype_hash(ev, &c->value, &to->a);
}

static void
add(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct stretch *s = state;

	(void)c;
	VEC_PUSH(&s->hashes, one->a);
}

static void
take(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct stretch *s = state;

	(void)c, (void)one;
	if (--s->hashes.n == 0)
		VEC_FINI(&s->hashes);
}

static int
by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static double
value(const struct corr *c, const void *state)
{
	const struct stretch *s = state;
	size_t n = 0;

	(void)c;
	if (s->hashes.n > 0)
		qsort(s->hashes.p, s->hashes.n, sizeof(*s->hashes.p), by_hash);
	for (size_t i = 0; i < s->hashes.n; i++)
		n += i == 0 || s->hashes.p[i] != s->hashes.p[i - 1];
	return (double)n;
}

static uint64_t
events(const struct corr *c, const void *state)
{
	const struct stretch *s = state;

	(void)c;
	return s->hashes.n;
}

static void
say(const struct corr *c, double v, struct buf *to)
{
	buf_u64(to, (uint64_t)v);
	buf_str(to, STR(" different "));
	buf_str(to, c->value.f[0].name);
}

static const struct slide_ops ops = {
	.item = item,
	.add = add,
	.remove = take,
	.value = value,
	.events = events,
	.say = say,
};

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;

	slide_read(rd, corr, &ops, &p->slide);
	p->threshold = ctype_least(corr, THRESHOLD_MAX);
	if (p->threshold == 0)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "no number of values from 1 to %d is like that", THRESHOLD_MAX);
	return OK;
}

static bool
is_at_end(const struct ctype_at *at)
{
	return ((const struct params *)at->corr->params)->slide.at_end;
}

static struct ctype_at
stretch_at(const struct ctype_at *at)
{
	struct state *s = at->state;

	return (struct ctype_at){ at->corr, at->shared, &s->stretch };
}

static struct window_shape
shape_of(const struct ctype_at *at, int64_t t, int64_t watermark)
{
	const struct params *p = at->corr->params;
	const struct window *w = &((const struct state *)at->state)->window;
	int64_t newest = w->n > 0 ? window_get(w, w->first + w->n - 1)->t : t, late;

	newest = newest > t ? newest : t;
	late = watermark < newest - at->corr->timespan ? at->corr->timespan : newest - watermark;
	return (struct window_shape){ p->threshold, at->corr->timespan,
		window_lateness(at->corr->timespan, late > 0 ? late : 0) };
}

static void
fire(const struct ctype_at *at, const struct window_hit *hit, uint64_t seq, struct ctype_hit *ret)
{
	const struct window *w = &((const struct state *)at->state)->window;

	for (uint64_t i = hit->from; i < hit->to; i++)
		ret->events += window_get(w, i)->seq != WINDOW_DEAD;
	ret->value = (double)hit->count;
	ret->first = hit->first;
	ret->last = hit->last;
	ret->n_evidence = window_evidence(w, hit, seq, ret->evidence, ARRAY_LEN(ret->evidence));
	say(at->corr, ret->value, ret->text);
	buf_str(ret->text, STR(" in "));
	ctype_put_span(at->corr->timespan, ret->text);
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct ctype_at stretch = stretch_at(at);
	struct window_event one = { .t = ev->t, .seq = ev->seq };
	struct state *s = at->state;
	struct window_shape shape;
	enum window_result got;
	struct window_hit hit;

	s->at_end = is_at_end(at);
	if (s->at_end)
		return slide_feed(&stretch, ev, ret);
	if (!ctype_hash(ev, &at->corr->value, &one.value))
		return CTYPE_KEPT;
	shape = shape_of(at, ev->t, ev->watermark);
	got = window_add(&s->window, &shape, &one, &hit);
	if (got == WINDOW_FIRES)
		fire(at, &hit, ev->seq, ret);
	window_settle(&s->window, &shape);
	return got == WINDOW_FIRES ? CTYPE_FIRES : got == WINDOW_LATE ? CTYPE_LATE : CTYPE_KEPT;
}

static int64_t
next(const struct ctype_at *at)
{
	const struct ctype_at stretch = stretch_at(at);

	return is_at_end(at) ? slide_next(&stretch) : INT64_MAX;
}

static enum ctype_result
due(const struct ctype_at *at, int64_t watermark, struct ctype_hit *ret)
{
	const struct ctype_at stretch = stretch_at(at);

	return slide_due(&stretch, watermark, ret);
}

static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	double part = (double)((struct state *)at->state)->window.different / (double)p->threshold;

	return is_at_end(at) ? 0.5 : part < 1 ? part : 1;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct ctype_at stretch = stretch_at(at);
	const struct state *s = at->state;

	if (is_at_end(at)) {
		slide_explain(&stretch, t, to);
		return;
	}
	say(at->corr, s->window.different, to);
	buf_str(to, STR(" in the newest "));
	ctype_put_span(at->corr->timespan, to);
	buf_str(to, STR("; it asks for "));
	ctype_put_condition(at->corr, to);
	if (s->window.n == 0)
		return;
	buf_str(to, STR("; the newest is from "));
	clock_put(window_get(&s->window, s->window.first + s->window.n - 1)->t, to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	const struct ctype_at stretch = stretch_at(at);

	if (is_at_end(at))
		slide_save(&stretch, to);
	else
		window_save(&((struct state *)at->state)->window, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct ctype_at stretch = stretch_at(at);
	const struct window_shape shape = shape_of(at, 0, INT64_MIN / 2);
	struct state *s = at->state;

	s->at_end = is_at_end(at);
	return s->at_end ? slide_load(&stretch, from) : window_load(&s->window, &shape, from);
}

static void
fini(void *state)
{
	struct state *s = state;

	if (s->at_end)
		slide_fini(&s->stretch);
	else
		window_fini(&s->window);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct ctype_at stretch = stretch_at(at);
	const struct window *w = &((struct state *)at->state)->window;

	return is_at_end(at) ? slide_bytes(&stretch) : (w->n - w->dead) * 3 * sizeof(uint64_t) * 2;
}

const struct ctype type_value_count = {
	.name = "value_count",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION | CTYPE_FIELD,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct state),
	.read = read,
	.feed = feed,
	.next = next,
	.due = due,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
