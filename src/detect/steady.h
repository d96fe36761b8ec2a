/*
 * How long samples have said the same: it fires at a sample that holds when
 * those before it hold back to a timespan ago, none more than `gap` from the next.
 *
 * A sequence: samples newer than the watermark, at most STEADY_TAIL, are kept
 * and gone through again when a late one comes between them, so the answer is
 * that of sorted samples.  Of later ones only what says otherwise counts, as if
 * it came just before those that are kept.
 */
#ifndef DETECT_STEADY_H
#define DETECT_STEADY_H

#include "detect/timeline.h"

#define STEADY_TAIL 256

struct steady_shape {
	int64_t timespan, gap;
};

/* Samples that hold, one after the other; n is 0 when the last one does not. */
struct steady_run {
	int64_t from, last;
	uint64_t n;
	double low, high, sum; /* of the values */
};

struct steady {
	struct steady_run folded, head; /* before what is kept; after it */
	int64_t folded_to;
	bool any;             /* something is folded */
	struct timeline tail; /* a: it holds, b: the value's bits */
};

enum steady_result { STEADY_KEPT, STEADY_FIRES, STEADY_LATE };

/* *ret is the first run that fires. `value` is a number. */
enum steady_result steady_add(struct steady *y, const struct steady_shape *s, int64_t t,
    uint64_t seq, double value, bool holds, int64_t watermark, struct steady_run *ret) NONNULL;
void steady_fini(struct steady *y) NONNULL;

void steady_save(const struct steady *y, struct buf *to) NONNULL;
bool steady_load(struct steady *y, const struct steady_shape *s, struct str *from) NONNULL;

#endif
