/*
 * Which channels unknown fields of a path belong to.  Immutable once built;
 * asked for every unknown field of every record.
 */
#ifndef DETECT_PATHS_H
#define DETECT_PATHS_H

#include "detect/atom.h"
#include "detect/lists.h"

struct paths;

struct paths *paths_new(const struct atoms *atoms) RETURNS_NONNULL;
void paths_free(struct paths *t); /* NULL is fine */

/* The channels of a path; *ret_n is 0 when there is none. */
const uint32_t *paths_chans(const struct paths *t, struct str path, size_t *ret_n)
    __attribute__((nonnull(1, 3)));

#endif
