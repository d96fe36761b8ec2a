/*
 * Filters of placeholders: {{title|cut:150|markdown}}.  Each makes a text safe
 * for one place; they are applied from left to right.
 */
#ifndef NOTIFY_ESCAPE_H
#define NOTIFY_ESCAPE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Applies `chain` ("cut:150|markdown", "" for none) to `in`.  FAIL_SYNTAX: no such filter.
 * *ret_number: what came out is a whole number.
 */
enum err escape_apply(struct str chain, struct str in, struct buf *to, bool *ret_number,
    struct diag *why) __attribute__((nonnull(3, 4)));
/* Does each filter of the chain exist? */
enum err escape_check(struct str chain, struct diag *why);
/* Of an RFC 3339 time in UTC; 0 when it is none. */
int64_t escape_unix_ms(struct str time);

#endif
