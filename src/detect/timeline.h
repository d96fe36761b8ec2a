/*
 * What a key remembers of its events: a ring in order of their times, ties by
 * number.  An item in order costs O(1) amortised, a late one moves what is
 * newer.  How many there are is the owner's business: it drops the oldest.
 */
#ifndef DETECT_TIMELINE_H
#define DETECT_TIMELINE_H

#include "base/buf.h"

struct timeline_item {
	int64_t t;
	uint64_t seq;
	uint64_t a, b; /* the owner's */
};

struct timeline {
	struct timeline_item *item;
	uint32_t first, n, size; /* size: 0 or a power of 2 */
};

/* Puts it in its place; returns that: 0 is the oldest. */
size_t timeline_put(struct timeline *tl, const struct timeline_item *item) NONNULL;
void timeline_drop(struct timeline *tl, size_t n) NONNULL; /* the n oldest, at most all */
void timeline_fini(struct timeline *tl) NONNULL;           /* a zeroed one is empty */

/*
 * Numbers of the newest `max` items from place `from` to before `to`, oldest
 * first, into `ret`; the one with number `but` is left out.  Returns how many.
 */
size_t timeline_seqs(const struct timeline *tl, size_t from, size_t to, uint64_t but, uint64_t *ret,
    size_t max) NONNULL;

void timeline_save(const struct timeline *tl, struct buf *to) NONNULL;
/* Into an empty one; false when it is no timeline of at most `max` items in order. */
bool timeline_load(struct timeline *tl, size_t max, struct str *from) NONNULL;
/* What its items take: of what it holds alone, so the same after loading. */
size_t timeline_bytes(const struct timeline *tl) NONNULL;

static inline struct timeline_item *
timeline_at(const struct timeline *tl, size_t i)
{
	return &tl->item[(tl->first + (uint32_t)i) & (tl->size - 1)];
}

/* The newest; there must be one. */
static inline struct timeline_item *
timeline_newest(const struct timeline *tl)
{
	return timeline_at(tl, tl->n - 1);
}

#endif
