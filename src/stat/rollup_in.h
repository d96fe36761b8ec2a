/* The inside of a rollup, for counting, reading and saving; nobody else includes this. */
#ifndef STAT_ROLLUP_IN_H
#define STAT_ROLLUP_IN_H

#include <pthread.h>

#include "stat/habits.h"
#include "stat/rollup.h"

#define ROLLUP_CODES 256 /* country codes that are told apart; [0] is all others */

struct rollup_bucket {
	uint32_t at; /* event time / ROLLUP_STEP; 0: never used */
	uint32_t events, success, failure;
};

struct rollup_hour {
	uint32_t at; /* event time / ROLLUP_HOUR */
	struct top endpoints, addresses;
	uint32_t failed[ROLLUP_CODES]; /* by country */
};

/* The records of the log, or those of the demonstration. */
struct rollup_side {
	uint64_t records, outside, first, last;
	uint32_t head;                 /* newest bucket */
	struct rollup_bucket *buckets; /* a ring; NULL: nothing yet */
	struct rollup_hour *hours[ROLLUP_HOURS];
	unsigned n_codes;
	char codes[ROLLUP_CODES][2]; /* [0] is not used */
	struct habits *habits;       /* NULL: nothing yet */
};

enum { ROLLUP_REAL, ROLLUP_DEMO, ROLLUP_SIDES };

struct rollup {
	pthread_mutex_t mu;
	uint64_t through, began, erased;
	int64_t began_at;
	struct rollup_side sides[ROLLUP_SIDES];
};

void rollup_side_fini(struct rollup_side *s) NONNULL; /* empty again */

/* What stands for a bucket or an hour, NULL when that is nothing. */
struct rollup_bucket *rollup_bucket_at(const struct rollup_side *s, uint64_t bucket) NONNULL;
struct rollup_hour *rollup_hour_at(const struct rollup_side *s, uint64_t hour) NONNULL;
/* The same, made when it is not there; inside the window only. */
struct rollup_bucket *rollup_bucket_make(struct rollup_side *s, uint32_t bucket) NONNULL;
struct rollup_hour *rollup_hour_make(struct rollup_side *s, uint32_t hour) NONNULL;

static inline bool
rollup_inside(const struct rollup_side *s, uint64_t bucket)
{
	return bucket <= s->head && bucket + ROLLUP_BUCKETS > s->head;
}

/* Hours go one by one: the oldest while any bucket of it could be inside, but for a whole ring. */
static inline bool
rollup_hour_inside(const struct rollup_side *s, uint64_t hour)
{
	return hour <= s->head / 12 && hour + ROLLUP_HOURS > s->head / 12;
}

#endif
