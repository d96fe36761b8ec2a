/*
 * Follows the log into sealed files: holds the rows since the last seal and
 * decides when they become a file.  One thread.
 */
#ifndef STORE_SEALER_H
#define STORE_SEALER_H

#include "store/catalog.h"
#include "store/rows.h"

struct sealer;

struct sealer_opts {
	const char *log_dir, *dir;
	unsigned seal_rows;
	int64_t seal_after; /* ns */
	unsigned memory_mb;
};

/* Reads on from the first number that is not sealed. */
struct sealer *sealer_new(const struct sealer_opts *opts) RETURNS_NONNULL;
void sealer_free(struct sealer *f); /* NULL is fine; unsealed rows stay in the log */

/*
 * Takes what the log has and seals when it is time by `now` (clock_mono).
 * FAIL_NOT_FOUND while there is no log; other failures pass: call again later.
 */
enum err sealer_step(struct sealer *f, int64_t now, struct diag *why) __attribute__((nonnull(1)));

/* Waits for news at most timeout_ms. */
void sealer_wait(struct sealer *f, int timeout_ms) NONNULL;

/* Fills the gap first..last from what the log still has of it. */
enum err sealer_fill(struct sealer *f, uint64_t first, uint64_t last, struct diag *why)
    __attribute__((nonnull(1)));

/* The instance for merges too, opened as needed; sealer_rest() closes it and returns memory. */
enum err sealer_duck(struct sealer *f, struct duck **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void sealer_rest(struct sealer *f) NONNULL;

uint64_t sealer_sealed(const struct sealer *f) NONNULL;  /* files written */
uint64_t sealer_skipped(const struct sealer *f) NONNULL; /* records no file could take */
bool sealer_pending(const struct sealer *f) NONNULL;     /* rows wait for their file */

#endif
