/*
 * Which rules a record concerns, by its log source: a rule is passed over only
 * when both state a product, category or service and they differ.
 */
#ifndef DETECT_ROUTE_H
#define DETECT_ROUTE_H

#include "detect/compiled.h"
#include "rec/rec.h"

struct route {
	uint64_t *rules;  /* bit per rule */
	uint64_t *wanted; /* bit per channel that has to be looked at */
	uint32_t *chans;  /* those of them that have a field of the catalogue or are keywords */
	size_t n_chans;
	uint32_t *always; /* rules that nothing wakes */
	size_t n_always;
	uint32_t id[DIM_COUNT];
	struct route *next;
};

struct routes;

struct routes *routes_new(const struct ruleset *rs) RETURNS_NONNULL;
void routes_free(struct routes *t); /* NULL is fine */

/* Lives until the next call. */
const struct route *routes_get(struct routes *t, const struct rec *r) NONNULL;

static inline bool
route_bit(const uint64_t *bits, uint32_t i)
{
	return (bits[i / 64] >> (i % 64)) & 1;
}

#endif
