/*
 * Reads the records of one segment file in big chunks, over damage.  By
 * pread: a file cut short under us is an end, not a SIGBUS.
 */
#ifndef LOG_SCAN_H
#define LOG_SCAN_H

#include "log/segment.h"

struct scan {
	struct segment_cursor cur;
	int fd; /* owned; -1 when there is none */
	bool eof;
	uint64_t at; /* offset of buf[0] */
	char *buf;   /* kept over segments */
	size_t n, size;
};

/* Moves to the beginning of segment `first`, open as `fd` (owned from now on). */
void scan_open(struct scan *s, int fd, uint64_t first) NONNULL;
void scan_fini(struct scan *s) NONNULL;

/*
 * The next good record up to number `max`, borrowed until the next call.
 * FAIL_NOT_FOUND: none; scan_again() then looks once more from the end of the
 * newest good record, reading the file anew.
 */
enum err scan_next(struct scan *s, uint64_t max, struct segment_record *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));
void scan_again(struct scan *s) NONNULL;

/* Moves close before number `seq`, or to the beginning; a search, not a walk. */
enum err scan_seek(struct scan *s, uint64_t seq, struct diag *why) __attribute__((nonnull(1)));

/* The newest record's time, by its tail alone; INT64_MIN when there is no record. */
enum err scan_newest(struct scan *s, int64_t *ret, struct diag *why) __attribute__((nonnull(1, 2)));

#endif
