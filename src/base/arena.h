/*
 * Arena: many small allocations with one lifetime, forgotten together.
 * One per batch of records; not thread-safe.  It has a budget: past it
 * arena_alloc() returns NULL and the caller reports FAIL_LIMIT.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

struct arena;

/* Owned by the caller; release with arena_free().  budget is in bytes. */
struct arena *arena_new(size_t budget) RETURNS_NONNULL;
void arena_free(struct arena *a); /* NULL is fine */

/* Forgets every allocation; all pointers into the arena die here.  One chunk is kept for reuse. */
void arena_reset(struct arena *a) NONNULL;

/* Zeroed, 16-byte aligned; NULL past the budget. */
void *arena_alloc(struct arena *a, size_t n) NONNULL;

/* Uninitialised and unaligned, for text; NULL past the budget. */
char *arena_bytes(struct arena *a, size_t n) NONNULL;

/* Copy of `s` in the arena; *ret is untouched and false returned past the budget. */
bool arena_copy(struct arena *a, struct str s, struct str *ret) NONNULL;

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a) NONNULL;

#endif
