/*
 * Hash map from text to a value of fixed size, with a cap on its entries and
 * a random key per map.  Values do not move: a pointer lives until its entry
 * is deleted.  Not thread-safe.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map;

struct map *map_new(size_t value_size, size_t cap) RETURNS_NONNULL;
void map_free(struct map *m); /* NULL is fine; values are not finalised */

/* NULL when there is no such key. */
void *map_get(const struct map *m, struct str key) __attribute__((nonnull(1)));

/* The value of `key`, zeroed when it is new; NULL when the map is full.  ret_new may be NULL. */
void *map_put(struct map *m, struct str key, bool *ret_new) __attribute__((nonnull(1)));
bool map_del(struct map *m, struct str key) __attribute__((nonnull(1)));
size_t map_len(const struct map *m) NONNULL;

/* Walks all entries in no order: size_t it = 0; while ((v = map_next(m, &it, &key)) != NULL).
 * Deleting the entry just returned is allowed; adding is not. */
void *map_next(const struct map *m, size_t *it, struct str *ret_key) __attribute__((nonnull(1, 2)));

#endif
