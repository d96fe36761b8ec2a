/* Events in a row, over a sorted ring. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/streak.h"

#include "base/clock.h"
#include "detect/bytes.h"

#define LATE_MIN (60 * CLOCK_S)
#define WEIGHT_MAX ((uint64_t)UINT32_MAX)

static int64_t
lateness(const struct streak_shape *s)
{
	return s->timespan > LATE_MIN ? s->timespan : LATE_MIN;
}

/* The row that ends with item i, from that of the item before it. */
static void
step(struct streak *k, const struct streak_shape *s, uint32_t i)
{
	const struct timeline_item *item = timeline_at(&k->tl, i);

	if (item->a == 0) {
		k->n = 0;
		k->edge = i + 1;
		return;
	}
	k->n += item->a;
	while (timeline_at(&k->tl, k->edge)->t <= item->t - s->timespan)
		k->n -= timeline_at(&k->tl, k->edge++)->a;
}

static bool
full(const struct streak *k, const struct streak_shape *s, uint32_t i, struct streak_hit *ret)
{
	if (timeline_at(&k->tl, i)->a == 0 || k->n < s->threshold)
		return false;
	*ret = (struct streak_hit){ k->n, k->edge, i + 1 };
	return true;
}

/* Counts everything again; true when a row with item `at` is full. */
static bool
again(struct streak *k, const struct streak_shape *s, size_t at, struct streak_hit *ret)
{
	bool fires = false;

	k->n = 0;
	k->edge = 0;
	for (uint32_t i = 0; i < k->tl.n; i++) {
		step(k, s, i);
		if (i >= at && k->edge <= at && !fires)
			fires = full(k, s, i, ret);
	}
	return fires;
}

enum streak_result
streak_add(struct streak *k, const struct streak_shape *s, int64_t t, uint64_t seq, uint64_t weight,
    struct streak_hit *ret)
{
	struct timeline_item item = { t, seq, weight < WEIGHT_MAX ? weight : WEIGHT_MAX, 0 };
	bool fires;
	size_t at;

	if (k->tl.n > 0 && t < timeline_newest(&k->tl)->t - lateness(s))
		return STREAK_LATE;
	at = timeline_put(&k->tl, &item);
	if (at < k->old)
		k->old = (uint32_t)at;
	if (at + 1 == k->tl.n) {
		step(k, s, (uint32_t)at);
		fires = full(k, s, (uint32_t)at, ret);
	} else {
		fires = again(k, s, at, ret);
	}
	return fires ? STREAK_FIRES : STREAK_KEPT;
}

static void
drop(struct streak *k, uint32_t n)
{
	for (; k->edge < n; k->edge++)
		k->n -= timeline_at(&k->tl, k->edge)->a;
	timeline_drop(&k->tl, n);
	k->edge -= n;
	k->old -= k->old < n ? k->old : n;
}

void
streak_settle(struct streak *k, const struct streak_shape *s, int64_t watermark)
{
	uint32_t most = (uint32_t)(2 * s->threshold + STREAK_MORE), n = 0;
	int64_t newest, base;

	if (k->tl.n == 0)
		return;
	newest = timeline_newest(&k->tl)->t;
	base = newest - lateness(s);
	if (base < watermark)
		base = watermark < newest ? watermark : newest;
	while (k->old < k->tl.n && timeline_at(&k->tl, k->old)->t <= base)
		if (timeline_at(&k->tl, k->old)->a == 0)
			drop(k, k->old + 1); /* nothing will come before it */
		else
			k->old++;
	while (n < k->tl.n && timeline_at(&k->tl, n)->t <= base - s->timespan)
		n++;
	if (k->tl.n - n > most)
		n = k->tl.n - most;
	drop(k, n);
}

void
streak_fini(struct streak *k)
{
	timeline_fini(&k->tl);
}

void
streak_save(const struct streak *k, struct buf *to)
{
	timeline_save(&k->tl, to);
}

bool
streak_load(struct streak *k, const struct streak_shape *s, struct str *from)
{
	struct streak_hit hit;

	if (!timeline_load(&k->tl, 2 * s->threshold + STREAK_MORE, from))
		return false;
	(void)again(k, s, k->tl.n, &hit);
	return true;
}
