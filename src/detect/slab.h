/*
 * Pieces of a few sizes out of large pages: keys are many and met in no order,
 * so what counts is how few pages of memory they are on.  What is given back is
 * used again for pieces of that size; pages go with the slab.
 */
#ifndef DETECT_SLAB_H
#define DETECT_SLAB_H

#include <stddef.h>

#include "base/attr.h"

#define SLAB_STEP 16
#define SLAB_SIZES 64 /* up to 1 KiB; larger ones are from the heap */

struct slab {
	void *free[SLAB_SIZES]; /* lists of pieces */
	char *page;             /* pages in a list */
	size_t used;            /* of the newest page */
};

/* Zeroed; a zeroed slab is empty. */
void *slab_get(struct slab *s, size_t n) RETURNS_NONNULL __attribute__((nonnull(1)));
void slab_put(struct slab *s, void *p, size_t n) NONNULL; /* n as for slab_get() */
void slab_fini(struct slab *s) NONNULL;                   /* with all pieces but large ones */

/* Zeroed memory on large pages, where it is large itself; for free(). */
void *slab_large(size_t n) RETURNS_NONNULL;

#endif
