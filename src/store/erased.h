/*
 * Which demonstration records are erased: stretches of numbers in the file
 * `erased` of the store's folder, "FIRST LAST" a line.  Records of the log
 * with source REC_SOURCE_DEMO inside one are shown by no view, and merges
 * leave them out.  At most ERASED_MAX stretches: past that the oldest two
 * become one, which hides no more, as all demonstration records up to the last number are erased.
 */
#ifndef STORE_ERASED_H
#define STORE_ERASED_H

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

#define ERASED_FILE "erased"
#define ERASED_MAX 16

struct erased_stretch {
	uint64_t first, last;
};
struct erased {
	size_t n;
	struct erased_stretch p[ERASED_MAX]; /* rising */
};

/* Empty when there is no file; FAIL_CORRUPT when it makes no sense. */
enum err erased_read(const char *dir, struct erased *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* One more stretch, on disk when it returns. */
enum err erased_add(const char *dir, uint64_t first, uint64_t last, struct diag *why)
    __attribute__((nonnull(1)));

bool erased_touches(const struct erased *e, uint64_t first, uint64_t last) NONNULL;
/* A condition that is true for what is to be shown; "true" when nothing is erased. */
void erased_condition(const struct erased *e, struct buf *sql) NONNULL;

#endif
