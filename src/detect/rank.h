/*
 * The values of a window in order of size, for percentiles and medians: blocks
 * of up to 64 values.  Adding and removing cost a search among the blocks and
 * a move within one; finding the n-th a walk over the blocks: at most 256 of
 * them, since a key keeps SLIDE_MAX events.
 */
#ifndef DETECT_RANK_H
#define DETECT_RANK_H

#include "detect/slide.h"

struct rank_block;

struct rank {
	struct slide slide;
	struct rank_block *one;    /* the only block, or ... */
	struct rank_block **block; /* ... all of them, when size is not 0 */
	uint32_t n_blocks, size;
	uint32_t n; /* values */
};

/* Members of struct slide_ops and of struct ctype; a key's state is a struct rank. */
bool rank_item(const struct corr *c, const struct ctype_event *ev, struct timeline_item *to);
void rank_add(const struct corr *c, void *state, const struct timeline_item *one);
void rank_remove(const struct corr *c, void *state, const struct timeline_item *one);
uint64_t rank_events(const struct corr *c, const void *state);
void rank_fini(void *state);
size_t rank_bytes(const struct ctype_at *at);

double rank_at(const struct rank *r, size_t i) NONNULL; /* the i-th least; 0 when there is none */
static inline size_t
rank_len(const struct rank *r)
{
	return r->n;
}

#endif
