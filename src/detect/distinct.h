/*
 * How many different values there were, in little space: exact up to
 * DISTINCT_EXACT, then estimated by the bits of a table that are still clear
 * (linear counting; mostly within a tenth up to 3,000, at most some 7,000).
 * A zeroed struct is empty.  No heap.
 */
#ifndef DETECT_DISTINCT_H
#define DETECT_DISTINCT_H

#include "base/buf.h"

#define DISTINCT_EXACT 32
#define DISTINCT_BITS 1024

struct distinct {
	uint32_t n; /* values; more than DISTINCT_EXACT: they are bits */
	union {
		uint32_t value[DISTINCT_EXACT];
		uint32_t bits[DISTINCT_BITS / 32];
	};
};

void distinct_add(struct distinct *d, uint64_t hash) NONNULL;
double distinct_count(const struct distinct *d) NONNULL;

void distinct_save(const struct distinct *d, struct buf *to) NONNULL;
bool distinct_load(struct distinct *d, struct str *from) NONNULL; /* false: corrupt */

#endif
