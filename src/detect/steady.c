/* Runs of samples: the run before the watermark, and the samples behind it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/steady.h"

#include "detect/bytes.h"

#define VALUE_MAX 1e200 /* so that sums stay finite */

static double
value_of(const struct timeline_item *item)
{
	double v;

	memcpy(&v, &item->b, sizeof(v));
	return v;
}

static void
step(struct steady_run *run, const struct steady_shape *s, const struct timeline_item *item)
{
	double v = value_of(item);

	if (item->a == 0) {
		*run = (struct steady_run){ 0 };
		return;
	}
	if (run->n == 0 || run->last < item->t - s->gap)
		*run = (struct steady_run){ .from = item->t, .low = v, .high = v };
	run->last = item->t;
	run->n++;
	run->low = v < run->low ? v : run->low;
	run->high = v > run->high ? v : run->high;
	run->sum += v;
}

static bool
long_enough(const struct steady_run *run, const struct steady_shape *s)
{
	return run->n > 0 && run->from <= run->last - s->timespan;
}

/* Goes through what is kept again; true when a run with the item at `at` is long enough. */
static bool
again(struct steady *y, const struct steady_shape *s, size_t at, struct steady_run *ret)
{
	bool fires = false;

	y->head = y->folded;
	for (size_t i = 0; i < y->tail.n; i++) {
		step(&y->head, s, timeline_at(&y->tail, i));
		if (i < at || fires || !long_enough(&y->head, s) ||
		    y->head.from > timeline_at(&y->tail, at)->t)
			continue;
		*ret = y->head;
		fires = true;
	}
	return fires;
}

static void
fold(struct steady *y, const struct steady_shape *s, int64_t watermark)
{
	size_t n = 0;

	for (; n < y->tail.n; n++) {
		const struct timeline_item *item = timeline_at(&y->tail, n);

		if (item->t > watermark && y->tail.n - n <= STEADY_TAIL)
			break;
		step(&y->folded, s, item);
		y->folded_to = item->t;
		y->any = true;
	}
	timeline_drop(&y->tail, n);
}

enum steady_result
steady_add(struct steady *y, const struct steady_shape *s, int64_t t, uint64_t seq, double value,
    bool holds, int64_t watermark, struct steady_run *ret)
{
	struct timeline_item item = { t, seq, holds, 0 };
	bool fires;
	size_t at;

	value = value > VALUE_MAX ? VALUE_MAX : value < -VALUE_MAX ? -VALUE_MAX : value;
	memcpy(&item.b, &value, sizeof(value));
	if (y->any && t < y->folded_to) {
		if (holds)
			return STEADY_LATE;
		item.t = y->folded_to;
	}
	at = timeline_put(&y->tail, &item);
	if (at + 1 == y->tail.n) {
		step(&y->head, s, &item);
		*ret = y->head;
		fires = long_enough(&y->head, s);
	} else {
		fires = again(y, s, at, ret) && holds;
	}
	fold(y, s, watermark);
	return fires ? STEADY_FIRES : STEADY_KEPT;
}

void
steady_fini(struct steady *y)
{
	timeline_fini(&y->tail);
}

void
steady_save(const struct steady *y, struct buf *to)
{
	bytes_put(to, y->any, 1);
	bytes_put(to, (uint64_t)y->folded_to, 8);
	bytes_put(to, (uint64_t)y->folded.from, 8);
	bytes_put(to, (uint64_t)y->folded.last, 8);
	bytes_put(to, y->folded.n, 8);
	bytes_put_double(to, y->folded.low);
	bytes_put_double(to, y->folded.high);
	bytes_put_double(to, y->folded.sum);
	timeline_save(&y->tail, to);
}

bool
steady_load(struct steady *y, const struct steady_shape *s, struct str *from)
{
	struct steady_run run;
	bool bad = false;

	y->any = bytes_get(from, 1, &bad) != 0;
	y->folded_to = (int64_t)bytes_get(from, 8, &bad);
	y->folded.from = (int64_t)bytes_get(from, 8, &bad);
	y->folded.last = (int64_t)bytes_get(from, 8, &bad);
	y->folded.n = bytes_get(from, 8, &bad);
	y->folded.low = bytes_get_double(from, &bad);
	y->folded.high = bytes_get_double(from, &bad);
	y->folded.sum = bytes_get_double(from, &bad);
	if (bad || !timeline_load(&y->tail, STEADY_TAIL, from))
		return false;
	(void)again(y, s, y->tail.n, &run);
	return true;
}
