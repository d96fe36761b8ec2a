/*
 * Live group keys of all correlations, with a cap: the one that was idle
 * longest (in records fed, not in time) makes room for a new one.
 */
#ifndef DETECT_KEYS_H
#define DETECT_KEYS_H

#include "base/str.h"
#include "detect/window.h"

struct keys;

struct key {
	struct key *older, *newer, *chain;
	uint64_t hash;
	uint32_t rule; /* correlation it belongs to */
	uint32_t text_n;
	struct window window;
	char text[]; /* the group */
};

struct keys *keys_new(size_t cap) RETURNS_NONNULL;
void keys_free(struct keys *ks); /* NULL is fine */

/* The key, new or not, now the one used last.  It lives until cap others are used after it. */
struct key *keys_use(struct keys *ks, uint32_t rule, struct str text)
    __attribute__((nonnull(1), returns_nonnull));

struct key *
keys_oldest(const struct keys *ks) NONNULL; /* then key->newer; NULL when there is none */
size_t keys_len(const struct keys *ks) NONNULL;
uint64_t keys_evicted(const struct keys *ks) NONNULL;
void keys_clear(struct keys *ks, uint64_t evicted) NONNULL;

#endif
