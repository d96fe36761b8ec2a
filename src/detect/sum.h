/*
 * Sums for windows, exact: decimals with nine places in 128 bits, so what is
 * taken away leaves nothing behind.  Values beyond 9e18 count as that.
 */
#ifndef DETECT_SUM_H
#define DETECT_SUM_H

#include "detect/slide.h"

struct sum {
	struct slide slide;
	uint64_t low, high; /* of a signed number of 128 bits, in 1e-9 */
	uint64_t n;         /* values */
};

/* Members of struct slide_ops, but for value and say; a key's state is a struct sum. */
bool sum_item(const struct corr *c, const struct ctype_event *ev, struct timeline_item *to);
void sum_add(const struct corr *c, void *state, const struct timeline_item *one);
void sum_remove(const struct corr *c, void *state, const struct timeline_item *one);
uint64_t sum_events(const struct corr *c, const void *state);
void sum_fold(struct timeline_item *into, const struct timeline_item *from);

double sum_total(const struct sum *s) NONNULL;

#endif
