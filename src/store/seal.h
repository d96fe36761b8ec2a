/* Writing a Parquet file so that it is there whole or not at all. */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "store/catalog.h"
#include "store/rows.h"

/* Rows of one sealed file and of one row group, at most. */
#define SEAL_ROWS_MAX 122880
#define SEAL_BYTES_MAX ((size_t)32 << 20) /* of their payloads */

/* Begins the names of unfinished files; they are removed at start. */
#define SEAL_TMP "tmp-"

/*
 * Writes what `t` holds (it is sorted here) as the sealed file of numbers
 * first..last; rows may be fewer, even none, when the log lost some.  `t` is
 * registered in `d` as function "tail".
 */
enum err seal_rows(struct duck *d, struct rows *t, const char *dir, uint64_t first, uint64_t last,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

/*
 * COPY of `select` to a temporary file, synced, renamed to the name of `f`;
 * the folder is synced too.  On failure nothing of it stays.
 */
enum err seal_copy(struct duck *d, const char *select, const char *dir,
    const struct catalog_file *f, struct diag *why) __attribute__((nonnull(1, 2, 3, 4)));

#endif
