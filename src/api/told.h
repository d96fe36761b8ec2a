/*
 * What alerts tell of a stretch of time, remembered: they are asked again when
 * they, or the time, changed; when asking took long, not before a hundred
 * times as long has passed.  Times are seconds since 1970.
 */
#ifndef API_TOLD_H
#define API_TOLD_H

#include "alert/span.h"
#include "api/internal.h"
#include "api/vectors.h"

struct told {
	bool severities_known, vectors_known; /* false: too many to be counted at once */
	uint64_t rev, used;
	int64_t from, to;
	int64_t rest_until; /* monotonic */
	struct span_severities severities;
	struct vectors vectors; /* steps of `step`, the first holds `from` */
};

/* Borrowed until the next call. */
const struct told *told_learn(struct api *a, int64_t from, int64_t to,
    int64_t step) NONNULL RETURNS_NONNULL;

#endif
