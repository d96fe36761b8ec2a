/* The folder of a log: which segments it holds.  Names that are none are passed over. */
#ifndef LOG_FOLDER_H
#define LOG_FOLDER_H

#include <limits.h>

#include "base/err.h"

struct folder {
	uint64_t *first; /* first number of each segment, rising */
	size_t n, size;
};

/* Replaces what `f` (zeroed at first) holds. */
enum err folder_list(const char *dir, struct folder *f, struct diag *why)
    __attribute__((nonnull(1, 2)));
void folder_fini(struct folder *f) NONNULL;

enum err folder_path(const char *dir, uint64_t first, char to[PATH_MAX], struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
