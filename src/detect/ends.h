/*
 * Texts that are, begin with or end with one of many keys, but for ASCII case:
 * a probe or a few instead of a search.  Immutable once built.
 */
#ifndef DETECT_ENDS_H
#define DETECT_ENDS_H

#include "base/str.h"

enum ends_where { ENDS_WHOLE, ENDS_HEAD, ENDS_TAIL };

struct ends;

/* For at most n keys. */
struct ends *ends_new(size_t n) RETURNS_NONNULL;
void ends_free(struct ends *e); /* NULL is fine */

/* Keys are in lower case, outlive the table, and come once for each `where`. */
void ends_add(struct ends *e, enum ends_where where, struct str key, uint32_t id) NONNULL;

/* Calls found() once for each key that `text` has at that place. */
typedef void (*ends_found_fn)(void *ctx, uint32_t id);
void ends_scan(const struct ends *e, struct str text, ends_found_fn found, void *ctx)
    __attribute__((nonnull(1, 3)));

#endif
