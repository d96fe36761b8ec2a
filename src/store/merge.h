/*
 * Small files to larger ones, and old files away.  What to do is planned from
 * the catalogue alone; a merged file makes its parts dead by its name, and
 * they are unlinked once no query can be reading them.
 */
#ifndef STORE_MERGE_H
#define STORE_MERGE_H

#include "store/catalog.h"
#include "store/duck.h"
#include "store/erased.h"

#define MERGE_ROWS_MAX 2000000 /* of one merged file: sealing waits 3 s for it */
#define MERGE_BYTES_MAX ((uint64_t)512 << 20)
#define MERGE_PILE 64              /* so many files of one level in a row are too many */
#define MERGE_GRACE ((int64_t)120) /* seconds a dead file is kept for queries that began before */

/* A run of living files, [first, first + n) of those in the catalogue that live. */
struct merge_job {
	VEC(struct catalog_file) parts; /* by number */
	enum catalog_level level;       /* of what comes out */
};

/*
 * What to merge next: sealed files of one past hour, sealed and hourly files
 * of one past day (by their newest event), and runs of MERGE_PILE small files.
 * False when there is nothing to do.  Numbers up to `except` are left alone: a merge of
 * them failed.
 */
bool merge_plan(const struct catalog *c, int64_t now_us, uint64_t except,
    struct merge_job *ret) NONNULL;
void merge_free(struct merge_job *job); /* NULL is fine */

/* Parts in order of time into one file, without what is erased.  They are left where they are. */
enum err merge_run(struct duck *d, const char *dir, const struct merge_job *job,
    const struct erased *erased, struct diag *why) __attribute__((nonnull(1, 2, 3, 4)));

/* Unlinks dead files whose heir is older than the grace.  catalog_stat() first.  ret_n: how many.
 */
enum err merge_sweep(const struct catalog *c, const char *dir, int64_t now, unsigned *ret_n,
    struct diag *why) __attribute__((nonnull(1, 2, 4)));

/*
 * How many of the oldest living files age or size lets go; never the newest.
 * Age counts from the newest event, or from when the file was written if that is earlier.
 */
size_t merge_expired(const struct catalog *c, int64_t now, int64_t age, uint64_t size) NONNULL;
/* Unlinks the oldest n living files with the dead inside them. */
enum err merge_expire(const struct catalog *c, const char *dir, size_t n, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
