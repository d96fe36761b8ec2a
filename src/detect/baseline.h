/*
 * What is usual: mean and standard deviation of samples over event time, that
 * forget, and that one who sends samples cannot move as he likes.
 *
 * - Memory: a sample weighs 1/e after `memory`, whatever came between.  Until
 *   enough came, each weighs the same: the plain mean and deviation.
 * - A sample weighs at most 1, and one that is further than `bound` deviations
 *   from the mean is taken to be that far (winsorised); in the first week, twice.
 * - From its second week on a day moves mean and deviation by no more than
 *   `drift` of themselves: who raises his rate slowly gains no more than
 *   that for free.  doc/decisions/0009 shows how far that is.
 * - Seasons: each hour of the day or of the week has a level of its own, used
 *   once it has samples of 3 different days; else that of all hours.
 *   Hours are UTC.
 * - Who does not want a sample learnt (an incident goes on) does not add it, once
 *   the baseline is settled.
 *
 * A level is 56 bytes, a season 24 or 168 of them on the heap.  Adding is O(1).
 */
#ifndef DETECT_BASELINE_H
#define DETECT_BASELINE_H

#include "base/buf.h"

#define BASELINE_SEASON_DAYS 3
#define BASELINE_SEASON_SAMPLES 6
#define BASELINE_LEAST 5 /* samples worth that much must be remembered to judge by */
#define BASELINE_DAY 24  /* buckets of a season: hours of the day */
#define BASELINE_WEEK 168

struct baseline_shape {
	int64_t memory;   /* ns */
	unsigned learn;   /* samples before anything is judged */
	unsigned buckets; /* 0, BASELINE_DAY or BASELINE_WEEK */
	double bound;     /* deviations; 0: samples count as they are */
	double drift;     /* share of itself a day; 0: no limit */
	double floor;     /* the deviation is at least this share of the mean */
	bool counts;      /* samples are counts: it is at least the root of the mean, and 1 */
};

struct baseline_level {
	double mean, squares, weight;      /* squares: weighted sum of squared distances */
	double mean_before, spread_before; /* when the day began */
	int64_t last;                      /* time of the newest sample */
	uint32_t samples, days;            /* that there were; different days of theirs */
};

struct baseline {
	struct baseline_level all;
	struct baseline_level *season; /* NULL until the first sample, or without seasons */
	int64_t since;                 /* time of the first sample */
};

/* What is usual at some time. */
struct baseline_view {
	double mean, deviation;
	double samples; /* that it rests on, those long ago counting less */
	bool learnt;    /* enough to judge by */
	bool seasonal;  /* it is that of the hour */
};

void baseline_fini(struct baseline *b) NONNULL; /* then zeroed: empty again */
void baseline_add(struct baseline *b, const struct baseline_shape *s, int64_t t,
    double sample) NONNULL;
struct baseline_view baseline_at(const struct baseline *b, const struct baseline_shape *s,
    int64_t t) NONNULL;
/*
 * It has learnt for a week, or half its memory if that is less.  Before, its drift has no limit,
 * and what is far out should be learnt all the same: who was first seen by night is used by day
 * too.
 */
bool baseline_settled(const struct baseline *b, const struct baseline_shape *s, int64_t t) NONNULL;

/* How many deviations above (below: negative) the mean. */
static inline double
baseline_distance(const struct baseline_view *v, double sample)
{
	return (sample - v->mean) / v->deviation;
}

/* As bytes and back; load takes its part off the front of *from, false: corrupt (b is empty). */
void baseline_save(const struct baseline *b, const struct baseline_shape *s,
    struct buf *to) NONNULL;
bool baseline_load(struct baseline *b, const struct baseline_shape *s, struct str *from) NONNULL;

#endif
