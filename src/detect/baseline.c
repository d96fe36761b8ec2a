/* Streaming mean and deviation with memory, bounds against poisoning, and seasons. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/baseline.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "detect/bytes.h"

#define HOUR (3600 * CLOCK_S)
#define DAY (24 * HOUR)
#define SMALLEST 1e-9      /* deviation of what never changes and is 0 */
#define LARGEST 1e150      /* samples beyond it count as it: squares stay finite */
#define COUNT_MAX 1000000U /* counters stop there, more than anything asks for */

void
baseline_fini(struct baseline *b)
{
	free(b->season);
	*b = (struct baseline){ 0 };
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* ns from a to b, 0 when b is not later; both may be anything. */
static double
elapsed(int64_t a, int64_t b)
{
	return b > a ? (double)((uint64_t)b - (uint64_t)a) : 0;
}

static size_t
bucket(const struct baseline_shape *s, int64_t t)
{
	int64_t hour =
	    floor_div(t, HOUR) + (int64_t)3 * 24; /* 1970 began on a Thursday: Monday is 0 */
	int64_t n = (int64_t)s->buckets;

	return (size_t)((hour % n + n) % n);
}

static double
deviation(const struct baseline_level *l, const struct baseline_shape *s)
{
	double d = l->weight > 1 ? sqrt(l->squares / (l->weight - 1)) : 0;
	double least = s->floor * fabs(l->mean);

	if (s->counts)
		least = fmax(least, sqrt(fmax(l->mean, 1)));
	return fmax(fmax(d, least), SMALLEST);
}

static bool
learnt(const struct baseline *b, const struct baseline_shape *s)
{
	return b->all.samples >= s->learn && b->all.weight >= BASELINE_LEAST;
}

static void
add(struct baseline_level *l, const struct baseline_shape *s, int64_t t, double x, bool settled)
{
	const bool fresh = l->weight <= 0;
	double gone = fresh ? 0 : elapsed(l->last, t);
	double decay = exp(-gone / (double)s->memory);
	double weight = l->weight * decay + 1, spread = deviation(l, s), moved, squares, most;

	if (s->bound > 0 && l->weight >= BASELINE_LEAST)
		x = fmin(fmax(x, l->mean - s->bound * spread), l->mean + s->bound * spread);
	moved = (x - l->mean) / weight;
	squares = l->squares * decay + (x - l->mean) * (x - l->mean - moved);
	if (s->drift > 0 && settled && l->days >= BASELINE_SEASON_DAYS) {
		double share = s->drift * fmin(gone / (double)DAY, 1);
		double way = share * fmax(fabs(l->mean), spread);

		moved = fmin(fmax(moved, -way), way);
		most = spread * (1 + share);
		squares = fmin(squares, most * most * (weight - 1));
	}
	if (fresh || floor_div(t, DAY) > floor_div(l->last, DAY))
		l->days += l->days < COUNT_MAX;
	l->samples += l->samples < COUNT_MAX;
	l->mean += moved;
	l->squares = fmax(squares, 0);
	l->weight = weight;
	l->last = fresh || t > l->last ? t : l->last;
}

void
baseline_add(struct baseline *b, const struct baseline_shape *s, int64_t t, double sample)
{
	bool settled;

	if (isnan(sample))
		return;
	sample = fmin(fmax(sample, -LARGEST), LARGEST);
	if (b->all.weight <= 0)
		b->since = t;
	settled = learnt(b, s) && elapsed(b->since, t) >= 7.0 * (double)DAY;
	if (s->buckets != 0) {
		if (b->season == NULL)
			b->season = mem_zalloc(s->buckets * sizeof(*b->season));
		add(&b->season[bucket(s, t)], s, t, sample, settled);
	}
	add(&b->all, s, t, sample, settled);
}

struct baseline_view
baseline_at(const struct baseline *b, const struct baseline_shape *s, int64_t t)
{
	const struct baseline_level *l = b->season == NULL ? &b->all : &b->season[bucket(s, t)];
	struct baseline_view v = { 0 };
	double spread;

	v.seasonal =
	    l != &b->all && l->days >= BASELINE_SEASON_DAYS && l->weight >= BASELINE_SEASON_SAMPLES;
	if (!v.seasonal)
		l = &b->all;
	spread = deviation(l, s);
	v.mean = l->mean;
	v.samples = l->weight;
	/* The mean itself is uncertain while it rests on few. */
	v.deviation = l->weight > 0 ? spread * sqrt(1 + 1 / l->weight) : spread;
	v.learnt = learnt(b, s);
	return v;
}

/* ---- as bytes ---- */

static void
save_level(const struct baseline_level *l, struct buf *to)
{
	bytes_put_double(to, l->mean);
	bytes_put_double(to, l->squares);
	bytes_put_double(to, l->weight);
	bytes_put(to, (uint64_t)l->last, 8);
	bytes_put(to, l->samples, 4);
	bytes_put(to, l->days, 4);
}

static bool
load_level(struct baseline_level *l, struct str *from)
{
	bool bad = false;

	l->mean = bytes_get_double(from, &bad);
	l->squares = bytes_get_double(from, &bad);
	l->weight = bytes_get_double(from, &bad);
	l->last = (int64_t)bytes_get(from, 8, &bad);
	l->samples = (uint32_t)bytes_get(from, 4, &bad);
	l->days = (uint32_t)bytes_get(from, 4, &bad);
	return !bad && fabs(l->mean) <= 2 * LARGEST && l->squares >= 0 && l->weight >= 0 &&
	       l->weight <= 1e15 && l->samples <= COUNT_MAX && l->days <= l->samples;
}

/* Level of all | since | number of buckets with samples | each: its number, level. */
void
baseline_save(const struct baseline *b, const struct baseline_shape *s, struct buf *to)
{
	unsigned n = 0;

	save_level(&b->all, to);
	bytes_put(to, (uint64_t)b->since, 8);
	for (unsigned i = 0; b->season != NULL && i < s->buckets; i++)
		n += b->season[i].weight > 0;
	bytes_put(to, n, 1);
	for (unsigned i = 0; b->season != NULL && i < s->buckets; i++)
		if (b->season[i].weight > 0) {
			bytes_put(to, i, 1);
			save_level(&b->season[i], to);
		}
}

static bool
load(struct baseline *b, const struct baseline_shape *s, struct str *from)
{
	bool bad = !load_level(&b->all, from);
	int64_t before = -1;
	uint64_t n;

	b->since = (int64_t)bytes_get(from, 8, &bad);
	n = bytes_get(from, 1, &bad);
	if (bad || n > s->buckets)
		return false;
	if (n > 0)
		b->season = mem_zalloc(s->buckets * sizeof(*b->season));
	for (uint64_t i = 0; i < n; i++) {
		int64_t at = (int64_t)bytes_get(from, 1, &bad);

		if (bad || at <= before || at >= (int64_t)s->buckets ||
		    !load_level(&b->season[at], from) || b->season[at].weight <= 0)
			return false;
		before = at;
	}
	return true;
}

bool
baseline_load(struct baseline *b, const struct baseline_shape *s, struct str *from)
{
	baseline_fini(b);
	if (load(b, s, from))
		return true;
	baseline_fini(b);
	return false;
}
