/*
 * Token buckets by key: `burst` at once, then one each `refill`.  A token is
 * taken before anything is checked and given back by who should not have been
 * charged, so that no number of parallel attempts gets past the limit.
 * One thread.
 */
#ifndef USER_LIMIT_H
#define USER_LIMIT_H

#include "base/str.h"

struct limit;

/* keys: buckets kept at a time.  When all are in use, strangers share one more. */
struct limit *limit_new(unsigned burst, int64_t refill, size_t keys) RETURNS_NONNULL;
void limit_free(struct limit *l); /* NULL is fine */

/*
 * 0: a token was taken.  Else the nanoseconds until there is one; *ret_first
 * (may be NULL) says that it is the first refusal since one was taken.
 */
int64_t limit_take(struct limit *l, struct str key, int64_t mono, bool *ret_first)
    __attribute__((nonnull(1)));
void limit_give(struct limit *l, struct str key, int64_t mono) __attribute__((nonnull(1)));
size_t limit_len(const struct limit *l) NONNULL;

#endif
