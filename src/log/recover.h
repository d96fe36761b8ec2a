/*
 * What opening a log does to its newest segment, the only one that a crash can
 * have left unfinished: the ones before were synced before it was begun.
 */
#ifndef LOG_RECOVER_H
#define LOG_RECOVER_H

#include "log/journal.h"

struct recovered {
	int fd;         /* owned by the caller; -1: do not write to it, begin another */
	uint64_t last;  /* newest good number, first - 1 when there is none */
	uint64_t size;  /* where the next record goes */
	int64_t newest; /* time of the newest record, INT64_MIN when there is none */
};

/*
 * FAIL_DENIED: of a newer version, nothing was touched.  Adds to *report.
 * A bad tail is copied to dir/quarantine and cut off.  When that cannot be
 * done (the disk may be full) it stays, and ret->fd is -1.
 */
enum err recover_segment(const char *dir, uint64_t first, struct recovered *ret,
    struct journal_recovery *report, struct diag *why) __attribute__((nonnull(1, 3, 4)));

#endif
