/*
 * Events in a row: how many came in the window (t - timespan, t] since the last
 * one that begins the count anew.  It fires when they reach the threshold.
 *
 * Exact, late events included: they are put in their place and what is newer
 * is counted again.  Kept are 2 * threshold + STREAK_MORE items; events later
 * than both a timespan and a minute behind the newest of their key are refused.
 */
#ifndef DETECT_STREAK_H
#define DETECT_STREAK_H

#include "detect/timeline.h"

#define STREAK_MORE 64
#define STREAK_THRESHOLD_MAX 10000

struct streak_shape {
	int64_t timespan;
	uint64_t threshold; /* 1 to STREAK_THRESHOLD_MAX */
};

struct streak {
	struct timeline tl; /* a: events it stands for, 0: it begins anew */
	uint64_t n;         /* in a row now, */
	uint32_t edge;      /* from this item on */
	uint32_t old;       /* items at the front that are older than anything to come, none anew */
};

struct streak_hit {
	uint64_t n;
	uint32_t from, to; /* places in tl */
};

enum streak_result { STREAK_KEPT, STREAK_FIRES, STREAK_LATE };

/* weight 0: begins anew. */
enum streak_result streak_add(struct streak *k, const struct streak_shape *s, int64_t t,
    uint64_t seq, uint64_t weight, struct streak_hit *ret) NONNULL;
/* Done with *ret: forgets what nothing will need. */
void streak_settle(struct streak *k, const struct streak_shape *s, int64_t watermark) NONNULL;
void streak_fini(struct streak *k) NONNULL;

void streak_save(const struct streak *k, struct buf *to) NONNULL;
bool streak_load(struct streak *k, const struct streak_shape *s, struct str *from) NONNULL;

#endif
