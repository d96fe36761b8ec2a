/*
 * The segment that is being written: records collected in one buffer, written
 * in order, synced on demand.  After any failure of tail_sync() the file must
 * not be synced again: tail_close() it and begin another.
 */
#ifndef LOG_TAIL_H
#define LOG_TAIL_H

#include "log/segment.h"

struct tail {
	int fd;         /* -1: none is open, begin one */
	uint64_t first; /* the segment */
	uint64_t size;  /* its length once the buffer is written */
	char *buf;
	size_t n;
};

/* A new file, which must not exist, and its header; syncs the folder. */
enum err tail_begin(struct tail *t, const char *dir, uint64_t first, int64_t created,
    struct diag *why) __attribute__((nonnull(1, 2)));
/* Goes on with an open file (owned from now on) of this size. */
void tail_resume(struct tail *t, int fd, uint64_t first, uint64_t size) NONNULL;

/* Adds a record; writes when the buffer is full. */
enum err tail_put(struct tail *t, const struct segment_record *r, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* Writes what is in the buffer. */
enum err tail_flush(struct tail *t, struct diag *why) __attribute__((nonnull(1)));
enum err tail_sync(struct tail *t, struct diag *why) __attribute__((nonnull(1)));
/* Forgets the buffer and cuts the file back. */
enum err tail_cut(struct tail *t, uint64_t size, struct diag *why) __attribute__((nonnull(1)));

void tail_close(struct tail *t) NONNULL;
void tail_fini(struct tail *t) NONNULL;

#endif
