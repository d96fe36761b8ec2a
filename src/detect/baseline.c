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
#define DAYS_MAX 7         /* that drift is allowed for at once */
#define NEW_BOUND 2.0      /* times the bound, for what is not settled */
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

/* The deviation is at least that. */
static double
least(const struct baseline_shape *s, double mean)
{
	double d = fmax(s->floor * fabs(mean), SMALLEST);

	return s->counts ? fmax(d, sqrt(fmax(mean, 1))) : d;
}

static double
spread_of(const struct baseline_level *l)
{
	return l->weight > 1 ? sqrt(l->squares / (l->weight - 1)) : 0;
}

static double
deviation(const struct baseline_level *l, const struct baseline_shape *s)
{
	return fmax(spread_of(l), least(s, l->mean));
}

static bool
learnt(const struct baseline *b, const struct baseline_shape *s)
{
	return b->all.samples >= s->learn && b->all.weight >= BASELINE_LEAST;
}

/*
 * A day is over: it may have moved the level by the drift, no more.  Within a day
 * it moves freely, up by day and down by night.
 */
static void
end_day(struct baseline_level *l, const struct baseline_shape *s, double days, bool settled)
{
	double spread = spread_of(l), share = s->drift * days, way;

	if (s->drift > 0 && settled && l->days > BASELINE_SEASON_DAYS) {
		double before = fmax(l->spread_before, least(s, l->mean_before));

		way = share * fmax(fabs(l->mean_before), before);
		l->mean = fmin(fmax(l->mean, l->mean_before - way), l->mean_before + way);
		way = share * before;
		spread = fmin(fmax(spread, l->spread_before - way), l->spread_before + way);
		l->squares = spread * spread * fmax(l->weight - 1, 0);
	}
	l->mean_before = l->mean;
	l->spread_before = spread;
}

static void
add(struct baseline_level *l, const struct baseline_shape *s, int64_t t, double x, bool settled)
{
	const bool fresh = l->weight <= 0;
	const int64_t days = fresh ? 1 : floor_div(t, DAY) - floor_div(l->last, DAY);
	double decay = exp(-(fresh ? 0 : elapsed(l->last, t)) / (double)s->memory);
	double way, moved;

	if (days > 0) {
		if (!fresh)
			end_day(l, s, (double)(days < DAYS_MAX ? days : DAYS_MAX), settled);
		l->days += l->days < COUNT_MAX;
	}
	if (s->bound > 0 && l->weight >= BASELINE_LEAST) {
		way = (settled ? 1 : NEW_BOUND) * s->bound * deviation(l, s);
		x = fmin(fmax(x, l->mean - way), l->mean + way);
	}
	l->samples += l->samples < COUNT_MAX;
	l->weight = l->weight * decay + 1;
	moved = (x - l->mean) / l->weight;
	l->squares = fmax(l->squares * decay + (x - l->mean) * (x - l->mean - moved), 0);
	l->mean += moved;
	l->last = fresh || t > l->last ? t : l->last;
}

bool
baseline_settled(const struct baseline *b, const struct baseline_shape *s, int64_t t)
{
	return learnt(b, s) &&
	       elapsed(b->since, t) >= fmin(7.0 * (double)DAY, (double)s->memory / 2);
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
	settled = baseline_settled(b, s, t);
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
	bytes_put_double(to, l->mean_before);
	bytes_put_double(to, l->spread_before);
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
	l->mean_before = bytes_get_double(from, &bad);
	l->spread_before = bytes_get_double(from, &bad);
	l->last = (int64_t)bytes_get(from, 8, &bad);
	l->samples = (uint32_t)bytes_get(from, 4, &bad);
	l->days = (uint32_t)bytes_get(from, 4, &bad);
	return !bad && fabs(l->mean) <= 2 * LARGEST && l->squares >= 0 && l->weight >= 0 &&
	       fabs(l->mean_before) <= 2 * LARGEST && l->spread_before >= 0 &&
	       l->spread_before <= 2 * LARGEST && l->weight <= 1e15 && l->samples <= COUNT_MAX &&
	       l->days <= l->samples;
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
