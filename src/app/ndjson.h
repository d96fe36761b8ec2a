/* The answer of a query worker as JSON lines: an object a row, without what is null. */
#ifndef APP_NDJSON_H
#define APP_NDJSON_H

#include "base/buf.h"
#include "base/err.h"

/* `answer` as store/query.h gives it for format "json", its first line included.  FAIL_SYNTAX. */
enum err ndjson_rows(struct str answer, struct buf *to, uint64_t *ret_n, struct diag *why)
    __attribute__((nonnull(2, 3)));

#endif
