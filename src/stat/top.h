/*
 * The heaviest keys of a stream in fixed space ("space-saving"): while no more
 * than TOP_SLOTS keys were seen, everything is exact.  A further key takes the
 * place of the lightest and inherits its weight, so that a heavy one gets in
 * whatever comes between; its own counts begin anew, so no count is ever too high.
 * Not thread-safe.
 */
#ifndef STAT_TOP_H
#define STAT_TOP_H

#include "base/str.h"

#define TOP_SLOTS 32
#define TOP_KEY_MAX 63 /* longer keys are cut: those alike so far are one */

struct top_slot {
	uint32_t weight; /* with what it inherited: decides who goes */
	uint32_t n, bad; /* counted while it was here */
	uint8_t risk;    /* highest */
	uint8_t key_n;
	char country[2]; /* two letters, or zeros */
	char key[TOP_KEY_MAX + 1];
};

struct top { /* zeroed: empty */
	uint32_t n;
	uint32_t hash[TOP_SLOTS];
	struct top_slot slots[TOP_SLOTS];
};

/* NULL when it is not there. */
struct top_slot *top_find(struct top *t, struct str key) __attribute__((nonnull(1)));

/* The slot of `key`, its weight raised by `weight` already. */
struct top_slot *top_add(struct top *t, struct str key, uint32_t weight)
    __attribute__((nonnull(1), returns_nonnull));

/* Puts a saved slot behind the others; false when there is no room or the key is there. */
bool top_restore(struct top *t, const struct top_slot *slot) NONNULL;

/* a + b, at most UINT32_MAX. */
static inline uint32_t
top_plus(uint32_t a, uint32_t b)
{
	uint32_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT32_MAX : sum;
}

#endif
