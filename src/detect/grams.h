/*
 * Search for many literals at once: each is known by its rarest run of one,
 * two, four or eight bytes; a bitmap says at each place of a text whether one
 * of those may begin there.  Small enough to stay in the cache of a core.
 * Immutable once built.
 */
#ifndef DETECT_GRAMS_H
#define DETECT_GRAMS_H

#include "base/str.h"

#define GRAMS_PAD 8 /* readable bytes behind a text */

struct grams;

/* Keys of at least one byte; they outlive the table, their places are their ids. */
struct grams *grams_new(const struct str *key, size_t n) RETURNS_NONNULL;
void grams_free(struct grams *g); /* NULL is fine */

/*
 * Calls found() for each place where a key stands.  Case is not looked at:
 * both are in lower case, or both are not.  `ascii`: the text has no other bytes.
 */
typedef void (*grams_found_fn)(void *ctx, uint32_t id);
void grams_scan(const struct grams *g, struct str text, bool ascii, grams_found_fn found, void *ctx)
    __attribute__((nonnull(1, 4)));

#endif
