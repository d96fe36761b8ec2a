/* Shares in sliding windows: two pointers over the events, and another two over their values. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ratio.h"

#include "base/clock.h"
#include "detect/bytes.h"

#define GRAINS 1024
#define LATE_MIN (60 * CLOCK_S)
#define WEIGHT_MAX ((uint64_t)UINT32_MAX)

static void
slide(struct ratio *r, const struct ratio_shape *s, int64_t t)
{
	while (r->end < r->tl.n && timeline_at(&r->tl, r->end)->t <= t) {
		r->n += timeline_at(&r->tl, r->end)->a;
		r->part += timeline_at(&r->tl, r->end)->b;
		r->end++;
	}
	while (r->edge < r->end && timeline_at(&r->tl, r->edge)->t <= t - s->timespan) {
		r->n -= timeline_at(&r->tl, r->edge)->a;
		r->part -= timeline_at(&r->tl, r->edge)->b;
		r->edge++;
	}
	if (s->different)
		variety_slide(&r->values, s->timespan, t);
}

static void
rewind_to(struct ratio *r, const struct ratio_shape *s, int64_t t)
{
	r->n = r->part = 0;
	r->edge = 0;
	while (r->edge < r->tl.n && timeline_at(&r->tl, r->edge)->t <= t - s->timespan)
		r->edge++;
	r->end = r->edge;
	if (s->different)
		variety_rewind(&r->values, s->timespan, t);
}

uint64_t
ratio_part(const struct ratio *r, const struct ratio_shape *s)
{
	uint64_t n = s->different ? variety_count(&r->values) : r->part;

	return n < r->n ? n : r->n;
}

/* Does the window hold? */
static bool
judge(const struct ratio *r, const struct ratio_shape *s, struct ratio_hit *ret)
{
	uint64_t part = ratio_part(r, s);

	if (r->n < s->minimum)
		return false;
	if (s->full && (r->edge == 0 || timeline_at(&r->tl, r->edge - 1)->t <=
					    timeline_at(&r->tl, r->edge)->t - s->timespan))
		return false;
	if (!s->holds(s->ctx, (double)part / (double)r->n))
		return false;
	*ret = (struct ratio_hit){ part, r->n, r->edge, r->end };
	return true;
}

static int64_t
lateness(const struct ratio_shape *s)
{
	return s->timespan > LATE_MIN ? s->timespan : LATE_MIN;
}

void
ratio_settle(struct ratio *r, const struct ratio_shape *s, int64_t watermark)
{
	int64_t newest, base;
	uint32_t n = 0;

	if (r->tl.n == 0)
		return;
	newest = timeline_newest(&r->tl)->t;
	base = newest - lateness(s); /* windows that end before it are not asked for */
	if (base < watermark)
		base = watermark < newest ? watermark : newest;
	base -= s->full ? 2 * s->timespan : s->timespan;
	while (n < r->edge && timeline_at(&r->tl, n)->t <= base)
		n++;
	if (n > 0) {
		timeline_drop(&r->tl, n);
		r->edge -= n;
		r->end -= n;
	}
	if (s->different)
		variety_forget(&r->values, base);
}

static bool
same_grain(const struct ratio_shape *s, int64_t a, int64_t b)
{
	int64_t grain = s->timespan / GRAINS;

	return grain > 0 ? a / grain == b / grain : a == b;
}

static void
join(struct timeline_item *to, const struct timeline_item *more)
{
	to->t = more->t;
	to->seq = more->seq;
	to->a += more->a;
	to->b += more->b;
}

/* Neighbours become one item, at the place of the newer. */
static void
coarsen(struct ratio *r, const struct ratio_shape *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->tl.n; i++) {
		const struct timeline_item *item = timeline_at(&r->tl, i);

		if (n > 0 && same_grain(s, timeline_at(&r->tl, n - 1)->t, item->t))
			join(timeline_at(&r->tl, n - 1), item);
		else
			*timeline_at(&r->tl, n++) = *item;
	}
	r->tl.n = n;
	r->coarse = true;
	if (n > RATIO_MAX / 2) /* of a time much longer than the timespan */
		timeline_drop(&r->tl, n - RATIO_MAX / 2);
	rewind_to(r, s, timeline_newest(&r->tl)->t);
	slide(r, s, timeline_newest(&r->tl)->t);
}

/* An item in order, with the newest window after it; false when it is late. */
static bool
append(struct ratio *r, const struct ratio_shape *s, const struct timeline_item *item)
{
	struct timeline_item *last = r->tl.n > 0 ? timeline_newest(&r->tl) : NULL;

	if (last != NULL && (item->t < last->t || (item->t == last->t && item->seq < last->seq)))
		return false;
	if (r->coarse && last != NULL && same_grain(s, last->t, item->t)) {
		r->n += item->a;
		r->part += item->b;
		join(last, item);
	} else {
		(void)timeline_put(&r->tl, item);
	}
	slide(r, s, item->t);
	return true;
}

static enum ratio_result
add_late(struct ratio *r, const struct ratio_shape *s, const struct timeline_item *item,
    struct ratio_hit *ret)
{
	size_t at = timeline_put(&r->tl, item);
	int64_t newest = timeline_newest(&r->tl)->t;
	bool fires = false;

	rewind_to(r, s, item->t);
	for (size_t i = at; i < r->tl.n && !fires; i++) {
		int64_t t = timeline_at(&r->tl, i)->t;

		if (t >= item->t + s->timespan)
			break;
		if (i + 1 < r->tl.n && timeline_at(&r->tl, i + 1)->t == t)
			continue;
		slide(r, s, t);
		fires = judge(r, s, ret);
	}
	slide(r, s, newest);
	return fires ? RATIO_FIRES : RATIO_KEPT;
}

enum ratio_result
ratio_add(struct ratio *r, const struct ratio_shape *s, const struct ratio_event *ev,
    struct ratio_hit *ret)
{
	uint64_t weight = ev->weight < WEIGHT_MAX ? ev->weight : WEIGHT_MAX;
	struct timeline_item item = { ev->t, ev->seq, weight, ev->part ? weight : 0 };
	enum ratio_result got;

	if (r->tl.n > 0 && ev->t < timeline_newest(&r->tl)->t - lateness(s))
		return RATIO_LATE;
	if (s->different)
		variety_add(&r->values, s->timespan, ev->t, ev->seq, ev->value);
	if (r->tl.n >= RATIO_MAX)
		coarsen(r, s);
	if (append(r, s, &item))
		got = judge(r, s, ret) ? RATIO_FIRES : RATIO_KEPT;
	else
		got = add_late(r, s, &item, ret);
	if (r->coarse && r->tl.n < RATIO_MAX / 8)
		r->coarse = false;
	return got;
}

void
ratio_fini(struct ratio *r)
{
	timeline_fini(&r->tl);
	variety_fini(&r->values);
}

size_t
ratio_bytes(const struct ratio *r)
{
	return timeline_bytes(&r->tl) + variety_bytes(&r->values);
}

void
ratio_save(const struct ratio *r, struct buf *to)
{
	bytes_put(to, r->coarse, 1);
	timeline_save(&r->tl, to);
	variety_save(&r->values, to);
}

bool
ratio_load(struct ratio *r, const struct ratio_shape *s, struct str *from)
{
	bool bad = false;
	uint64_t coarse = bytes_get(from, 1, &bad);

	if (bad || coarse > 1 || !timeline_load(&r->tl, RATIO_MAX, from) ||
	    !variety_load(&r->values, from))
		return false;
	r->coarse = coarse != 0;
	if (r->tl.n > 0) {
		rewind_to(r, s, timeline_newest(&r->tl)->t);
		slide(r, s, timeline_newest(&r->tl)->t);
	}
	return true;
}
