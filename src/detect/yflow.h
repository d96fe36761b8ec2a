/* A document as YAML in flow style, on one line: {"a": [1, "b"]}. */
#ifndef DETECT_YFLOW_H
#define DETECT_YFLOW_H

#include "base/buf.h"
#include "detect/ydoc.h"

/*
 * `v`, and `with` in place of its part `at`, or without that when `with` is NULL; `at` NULL: all
 * of it.  Texts are quoted, other scalars stand as they were written.
 */
void yflow_put(const struct ydoc *v, const struct ydoc *at, const char *with, struct buf *to)
    __attribute__((nonnull(1, 4)));
/* A scalar in double quotes, which JSON's text is. */
void yflow_quoted(struct str s, struct buf *to) __attribute__((nonnull(2)));

#endif
