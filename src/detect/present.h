/*
 * Values of a key that are there at once.  A value is present from an event
 * that brings it until a timespan after its last one, or until it is ended; it
 * fires when as many as the threshold are present at the time of an event.
 *
 * Exact, late events included, for what PRESENT_MAX(threshold) stretches of
 * presence can tell: beyond that the ones that end first are forgotten, which
 * takes none of the newest 4 * threshold.  An end that comes behind newer
 * events of its value is overlooked.  An event later than both a timespan and
 * a minute behind the newest of its key is refused.
 */
#ifndef DETECT_PRESENT_H
#define DETECT_PRESENT_H

#include "base/buf.h"

#define PRESENT_THRESHOLD_MAX 100
#define PRESENT_MAX(threshold) (4 * (threshold) + 32)
#define PRESENT_TEXT 39 /* the longest address */

struct present_shape {
	int64_t timespan;
	uint32_t threshold; /* 1 to PRESENT_THRESHOLD_MAX */
};

struct present_run {
	uint64_t hash;
	int64_t from, last;
	int64_t to;   /* no longer there at this time */
	uint64_t seq; /* of the last event */
	uint8_t len;
	char text[PRESENT_TEXT];
};

struct present {
	struct present_run *run;
	uint32_t n, size;
	int64_t newest;
};

struct present_hit {
	int64_t t; /* when they were there at once */
	uint32_t n;
};

enum present_result { PRESENT_KEPT, PRESENT_FIRES, PRESENT_LATE };

enum present_result present_add(struct present *p, const struct present_shape *s, int64_t t,
    uint64_t seq, uint64_t hash, struct str text, struct present_hit *ret) NONNULL;
/* The value is gone from t on. */
void present_end(struct present *p, int64_t t, uint64_t hash) NONNULL;
/* Forgets what no event will ask for. */
void present_settle(struct present *p, const struct present_shape *s, int64_t watermark) NONNULL;
uint32_t present_count(const struct present *p, int64_t t) NONNULL;
void present_fini(struct present *p) NONNULL;

void present_save(const struct present *p, struct buf *to) NONNULL;
bool present_load(struct present *p, const struct present_shape *s, struct str *from) NONNULL;

static inline bool
present_at(const struct present_run *r, int64_t t)
{
	return r->from <= t && t < r->to;
}

#endif
