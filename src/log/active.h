/*
 * The segment that is being written: records collected in one buffer, written
 * in order, synced on demand.  After any failure of active_sync() the file must
 * not be synced again: active_close() it and begin another.
 */
#ifndef LOG_ACTIVE_H
#define LOG_ACTIVE_H

#include "log/segment.h"

struct active {
	int fd;         /* -1: none is open, begin one */
	uint64_t first; /* the segment */
	uint64_t size;  /* its length once the buffer is written */
	char *buf;
	size_t n;
};

/* A new file, which must not exist, and its header; syncs the folder. */
enum err active_begin(struct active *t, const char *dir, uint64_t first, int64_t created,
    struct diag *why) __attribute__((nonnull(1, 2)));
/* Goes on with an open file (owned from now on) of this size. */
void active_resume(struct active *t, int fd, uint64_t first, uint64_t size) NONNULL;

/* Adds a record; writes when the buffer is full. */
enum err active_put(struct active *t, const struct segment_record *r, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* Writes what is in the buffer. */
enum err active_flush(struct active *t, struct diag *why) __attribute__((nonnull(1)));
enum err active_sync(struct active *t, struct diag *why) __attribute__((nonnull(1)));
/* Forgets the buffer and cuts the file back. */
enum err active_cut(struct active *t, uint64_t size, struct diag *why) __attribute__((nonnull(1)));

void active_close(struct active *t) NONNULL;
void active_fini(struct active *t) NONNULL;

#endif
