/* Windows that slide over the events of a key, or stretches that are judged at their end. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include "detect/slide.h"

#include "base/clock.h"

#define FOLDS 2048 /* parts of the time kept, into which events are put together */

static bool
has_not(const struct expr *e)
{
	if (e->op == EXPR_NOT)
		return true;
	for (uint32_t i = 0; i < e->n; i++)
		if (has_not(e->kids[i]))
			return true;
	return false;
}

void
slide_read(const struct ctype_reader *rd, const struct corr *corr, const struct slide_ops *ops,
    struct slide_params *ret)
{
	ret->ops = ops;
	ret->at_end = !ctype_only_above(corr) || (corr->names != NULL && has_not(corr->names));
	ret->max = SLIDE_MAX;
	if (ret->at_end)
		ctype_warn(rd, ctype_key(rd, "condition"),
		    "more events could undo this: it is judged once the timespan is over, for "
		    "keys that had an event");
}

enum err
slide_read_value(const struct ctype_reader *rd, const struct corr *corr,
    const struct slide_ops *ops, struct slide_params *ret, struct diag *why)
{
	slide_read(rd, corr, ops, ret);
	return corr->value.n == 1 ? OK
				  : ctype_fail(rd, ctype_key(rd, "condition"), why,
					"%s takes one field", corr->type->name);
}

static bool
holds(const struct slide_params *p, const struct corr *c, const void *state)
{
	return p->ops->holds != NULL ? p->ops->holds(c, state)
				     : ctype_holds(c, p->ops->value(c, state));
}

static void
forget(const struct ctype_at *at, size_t n)
{
	const struct slide_params *p = at->corr->params;
	struct slide *s = at->state;

	for (size_t i = s->edge; i < n; i++)
		p->ops->remove(at->corr, s, timeline_at(&s->tl, i));
	timeline_drop(&s->tl, n);
	s->edge = s->edge > n ? s->edge - (uint32_t)n : 0;
}

/* Events no window can hold that one still to come is in. */
static void
forget_old(const struct ctype_at *at, int64_t watermark)
{
	struct slide *s = at->state;
	size_t n = 0;

	while (n < s->tl.n && timeline_at(&s->tl, n)->t <= watermark - at->corr->timespan)
		n++;
	if (n > 0)
		forget(at, n);
}

/* Adds up the window that ends at item i, from nothing. */
static void
add_window(const struct ctype_at *at, size_t i)
{
	const struct slide_params *p = at->corr->params;
	struct slide *s = at->state;
	int64_t after = timeline_at(&s->tl, i)->t - at->corr->timespan;

	s->edge = (uint32_t)i;
	while (s->edge > 0 && timeline_at(&s->tl, s->edge - 1)->t > after)
		s->edge--;
	for (size_t k = s->edge; k <= i; k++)
		p->ops->add(at->corr, s, timeline_at(&s->tl, k));
}

/* Room for one more: puts together what is close, or forgets the oldest. */
static void
make_room(const struct ctype_at *at)
{
	const struct slide_params *p = at->corr->params;
	struct slide *s = at->state;
	struct timeline_item *last;
	int64_t width;
	size_t n = 0;

	if (p->ops->fold == NULL || p->max < SLIDE_MAX) {
		forget(at, 1);
		return;
	}
	for (size_t i = s->edge; i < s->tl.n && !p->at_end; i++)
		p->ops->remove(at->corr, s, timeline_at(&s->tl, i));
	width = (timeline_newest(&s->tl)->t - timeline_at(&s->tl, 0)->t) / FOLDS + 1;
	last = timeline_at(&s->tl, 0);
	for (size_t i = 1; i < s->tl.n; i++) {
		struct timeline_item *item = timeline_at(&s->tl, i);

		if (item->t / width == last->t / width)
			p->ops->fold(item, last);
		else
			n++;
		last = timeline_at(&s->tl, n);
		*last = *item;
	}
	s->tl.n = (uint32_t)n + 1;
	s->edge = 0;
	if (!p->at_end)
		add_window(at, n);
}

/* The window that ends at item i is added up. */
static void
fire(const struct ctype_at *at, const struct ctype_event *ev, size_t i, struct ctype_hit *ret)
{
	const struct slide_params *p = at->corr->params;
	const struct slide *s = at->state;

	ret->value = p->ops->value(at->corr, s);
	ret->events = p->ops->events(at->corr, s);
	ret->first = timeline_at(&s->tl, s->edge)->t;
	ret->last = timeline_at(&s->tl, i)->t;
	ret->n_evidence = timeline_seqs(&s->tl, s->edge, i + 1, ev != NULL ? ev->seq : UINT64_MAX,
	    ret->evidence, ARRAY_LEN(ret->evidence));
	p->ops->say(at->corr, ret->value, ret->text);
	buf_str(ret->text, STR(" in "));
	ctype_put_span(at->corr->timespan, ret->text);
	if (p->ops->more != NULL)
		p->ops->more(at->corr, s, s->edge, i + 1, ret);
}

/* Moves the window to end at item i, the one after where it ends now. */
static void
step(const struct ctype_at *at, size_t i)
{
	const struct slide_params *p = at->corr->params;
	struct slide *s = at->state;
	int64_t until = timeline_at(&s->tl, i)->t - at->corr->timespan;

	p->ops->add(at->corr, s, timeline_at(&s->tl, i));
	for (; timeline_at(&s->tl, s->edge)->t <= until; s->edge++)
		p->ops->remove(at->corr, s, timeline_at(&s->tl, s->edge));
}

/* Item i is new and not the newest: back to its window, then forward again over the others. */
static bool
feed_late(const struct ctype_at *at, const struct ctype_event *ev, size_t i, struct ctype_hit *ret)
{
	const struct slide_params *p = at->corr->params;
	struct slide *s = at->state;
	bool fires;

	s->edge += i < s->edge;
	for (size_t k = s->edge; k < s->tl.n; k++)
		if (k != i)
			p->ops->remove(at->corr, s, timeline_at(&s->tl, k));
	add_window(at, i);
	fires = holds(p, at->corr, s);
	if (fires)
		fire(at, ev, i, ret);
	for (size_t k = i + 1; k < s->tl.n; k++) {
		step(at, k);
		if (fires || timeline_at(&s->tl, k)->t >= ev->t + at->corr->timespan ||
		    !holds(p, at->corr, s))
			continue;
		fires = true;
		fire(at, ev, k, ret);
	}
	return fires;
}

enum ctype_result
slide_feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct slide_params *p = at->corr->params;
	struct slide *s = at->state;
	struct timeline_item item = { .t = ev->t, .seq = ev->seq };
	size_t i;

	if (!p->ops->item(at->corr, ev, &item))
		return CTYPE_KEPT;
	if (!p->at_end)
		forget_old(at, ev->watermark < ev->t ? ev->watermark : ev->t);
	if (s->tl.n >= p->max && p->at_end && p->ops->fold == NULL)
		return CTYPE_KEPT; /* the stretch is judged by its first events */
	if (s->tl.n >= p->max)
		make_room(at);
	i = timeline_put(&s->tl, &item);
	if (p->at_end)
		return CTYPE_KEPT;
	if (i + 1 < s->tl.n)
		return feed_late(at, ev, i, ret) ? CTYPE_FIRES : CTYPE_KEPT;
	step(at, i);
	if (!holds(p, at->corr, s))
		return CTYPE_KEPT;
	fire(at, ev, i, ret);
	return CTYPE_FIRES;
}

int64_t
slide_next(const struct ctype_at *at)
{
	const struct slide_params *p = at->corr->params;
	const struct slide *s = at->state;

	return p->at_end && s->tl.n > 0 ? timeline_at(&s->tl, 0)->t + at->corr->timespan
					: INT64_MAX;
}

enum ctype_result
slide_due(const struct ctype_at *at, int64_t watermark, struct ctype_hit *ret)
{
	const struct slide_params *p = at->corr->params;
	struct slide *s = at->state;
	int64_t end = timeline_at(&s->tl, 0)->t + at->corr->timespan;
	size_t n = 0;
	bool fires;

	(void)watermark;
	for (; n < s->tl.n && timeline_at(&s->tl, n)->t < end; n++)
		p->ops->add(at->corr, s, timeline_at(&s->tl, n));
	s->edge = 0;
	fires = holds(p, at->corr, s);
	if (fires)
		fire(at, NULL, n - 1, ret);
	for (size_t i = 0; i < n; i++)
		p->ops->remove(at->corr, s, timeline_at(&s->tl, i));
	timeline_drop(&s->tl, n);
	return fires ? CTYPE_FIRES : CTYPE_KEPT;
}

double
slide_progress(const struct ctype_at *at)
{
	const struct slide_params *p = at->corr->params;
	double bound = at->corr->n_bounds > 0 ? at->corr->bound[0].value : 1, part;

	if (p->at_end || bound <= 0)
		return 0.5;
	part = p->ops->value(at->corr, at->state) / bound;
	return part > 1 ? 1 : part > 0 ? part : 0;
}

void
slide_explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct slide_params *p = at->corr->params;
	const struct slide *s = at->state;

	(void)t;
	if (s->tl.n == 0 || p->at_end) {
		buf_printf(to, "%u events since the stretch began", s->tl.n);
	} else {
		p->ops->say(at->corr, p->ops->value(at->corr, s), to);
		buf_str(to, STR(" in the "));
		ctype_put_span(at->corr->timespan, to);
		buf_str(to, STR(" up to "));
		clock_put(timeline_newest(&s->tl)->t, to);
	}
	buf_str(to, STR("; it asks for "));
	ctype_put_condition(at->corr, to);
	if (s->tl.n == 0)
		return;
	buf_str(to, STR("; the oldest is from "));
	clock_put(timeline_at(&s->tl, p->at_end ? 0 : s->edge)->t, to);
}

void
slide_save(const struct ctype_at *at, struct buf *to)
{
	const struct slide *s = at->state;

	timeline_save(&s->tl, to);
}

bool
slide_load(const struct ctype_at *at, struct str *from)
{
	const struct slide_params *p = at->corr->params;
	struct slide *s = at->state;

	if (!timeline_load(&s->tl, p->max, from))
		return false;
	if (!p->at_end && s->tl.n > 0)
		add_window(at, s->tl.n - 1);
	return true;
}

void
slide_fini(void *state)
{
	struct slide *s = state;

	timeline_fini(&s->tl);
}

size_t
slide_bytes(const struct ctype_at *at)
{
	const struct slide *s = at->state;

	return s->tl.n * sizeof(struct timeline_item);
}
