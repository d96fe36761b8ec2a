/*
 * Lines of a case (doc/rules.md): what came in, a line each, and lines that stand for many,
 *   @ COUNT STEP TIME {...}     "@ 20 3s 2026-03-01T10:00:00Z {...}"
 * twenty events three seconds apart from TIME on, which they get as `timestamp`; "@i" in one is its
 * number from 0.  These come in the order of their times, of equals as written, behind all others.
 */
#ifndef PARSE_CASELINES_H
#define PARSE_CASELINES_H

#include "base/err.h"
#include "base/str.h"

#define CASELINES_COUNT 1000000            /* of one line */
#define CASELINES_BYTES ((size_t)64 << 20) /* of all events that lines stand for */

/* `line` is borrowed for the call.  What it returns other than OK ends all, and is returned. */
typedef enum err (*caselines_fn)(void *ctx, struct str line, struct diag *why);

/* Empty lines are left out.  FAIL_SYNTAX with the line that is not understood, FAIL_LIMIT. */
enum err caselines_each(struct str text, caselines_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(2)));

#endif
