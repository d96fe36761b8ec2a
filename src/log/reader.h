/*
 * Follows the log, in this or another process.  Reads only what is published
 * (on disk).  Survives new segments, sealed ones and retention.
 */
#ifndef LOG_READER_H
#define LOG_READER_H

#include "base/err.h"
#include "base/str.h"

struct reader;

struct reader_entry {
	uint64_t seq;
	int64_t received;
	struct str payload; /* borrowed until the next reader_next() */
};

/* From `seq` on (0 or 1: the oldest).  FAIL_NOT_FOUND when no writer has opened the folder yet. */
enum err reader_open(const char *dir, uint64_t seq, struct reader **ret, struct diag *why);
void reader_close(struct reader *r); /* NULL is fine */

/*
 * The next published record.  FAIL_AGAIN at the end: ask again later.
 * Damaged records are skipped and counted; so are numbers retention took.
 * Numbers rise.  After FAIL_IO the same record is tried again; FAIL_DENIED: a
 * newer version wrote it.
 */
enum err reader_next(struct reader *r, struct reader_entry *ret, struct diag *why);

/* Waits until something past the last read record may be there, at most timeout_ms. */
void reader_wait(struct reader *r, int timeout_ms) NONNULL;

uint64_t reader_published(const struct reader *r) NONNULL; /* newest published seq */
uint64_t reader_lost(const struct reader *r) NONNULL;      /* records skipped as damaged or gone */

#endif
