/* Single records of the log as JSON, by their number. */
#ifndef APP_RECORDS_H
#define APP_RECORDS_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the object.  FAIL_NOT_FOUND: it is not in the log (any more). */
enum err records_json(const char *log_dir, uint64_t seq, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
