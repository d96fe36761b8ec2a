/*
 * Follows the log into sealed files: holds the rows since the last seal and
 * decides when they become a file.  One thread.
 */
#ifndef STORE_FOLLOW_H
#define STORE_FOLLOW_H

#include "store/catalog.h"
#include "store/rows.h"

struct follow;

struct follow_opts {
	const char *log_dir, *dir;
	unsigned seal_rows;
	int64_t seal_after; /* ns */
	unsigned memory_mb;
};

/* Reads on from the first number that is not sealed. */
struct follow *follow_new(const struct follow_opts *opts) RETURNS_NONNULL;
void follow_free(struct follow *f); /* NULL is fine; unsealed rows stay in the log */

/*
 * Takes what the log has and seals when it is time by `now` (clock_mono).
 * FAIL_NOT_FOUND while there is no log; other failures pass: call again later.
 */
enum err follow_step(struct follow *f, int64_t now, struct diag *why) __attribute__((nonnull(1)));

/* Waits for news at most timeout_ms. */
void follow_wait(struct follow *f, int timeout_ms) NONNULL;

/* Fills the gap first..last from what the log still has of it. */
enum err follow_fill(struct follow *f, uint64_t first, uint64_t last, struct diag *why)
    __attribute__((nonnull(1)));

/* The instance for merges too, opened as needed; follow_rest() closes it and returns memory. */
enum err follow_duck(struct follow *f, struct duck **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void follow_rest(struct follow *f) NONNULL;

uint64_t follow_sealed(const struct follow *f) NONNULL;  /* files written */
uint64_t follow_skipped(const struct follow *f) NONNULL; /* records no file could take */
bool follow_pending(const struct follow *f) NONNULL;     /* rows wait for their file */

#endif
