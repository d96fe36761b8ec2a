/*
 * How many different values a sliding window (t - timespan, t] holds, for any
 * window that ends at or after what was forgotten; values are hashes.
 *
 * Exact while one key keeps no more than VARIETY_MAX items (of three of one
 * value inside a timespan the middle one goes, as no window misses it): for
 * 1,600 different values a window whatever their order.  Beyond it a sample is
 * kept, half of the values (by their hash), a quarter ...: the number is then
 * an estimate, with a standard error of 2 to 4 percent.  Once values are few
 * again, it becomes exact again after a timespan.
 *
 * The owner moves the window: variety_slide() forward, variety_rewind() back.
 */
#ifndef DETECT_VARIETY_H
#define DETECT_VARIETY_H

#include "detect/timeline.h"

#define VARIETY_MAX 16384

struct variety_slot;

struct variety {
	struct timeline tl; /* a: the hash */
	uint32_t edge, end; /* items of the window */
	struct variety_slot *slot;
	uint32_t slots, used;
	uint32_t different; /* values in the window that are in the sample */
	uint32_t tidy_at;   /* items at which they are thinned out */
	uint8_t level;      /* a value is in the sample when its hash ends in so many zero bits */
	uint8_t admit;      /* the same for items that are kept: at most level */
	int64_t admit_from; /* since when */
};

/* The window is then behind the item: slide or rewind. */
void variety_add(struct variety *v, int64_t timespan, int64_t t, uint64_t seq,
    uint64_t hash) NONNULL;
/* To (t - timespan, t], forward. */
void variety_slide(struct variety *v, int64_t timespan, int64_t t) NONNULL;
/* To nothing, before the first item of the window that ends at t. */
void variety_rewind(struct variety *v, int64_t timespan, int64_t t) NONNULL;
uint64_t variety_count(const struct variety *v) NONNULL; /* of the window */
/* Items up to this time go; no window may need them. */
void variety_forget(struct variety *v, int64_t until) NONNULL;
void variety_fini(struct variety *v) NONNULL;

void variety_save(const struct variety *v, struct buf *to) NONNULL;
/* Into an empty one; the window stands nowhere then: rewind. */
bool variety_load(struct variety *v, struct str *from) NONNULL;
size_t variety_bytes(const struct variety *v) NONNULL;

#endif
