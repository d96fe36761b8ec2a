/*
 * What finds the atoms of a record: per channel a database of literals, one
 * of regular expressions and a table of exact values; and which rules an atom
 * wakes.  A rule sleeps until an atom that it cannot do without is found.
 * Immutable once built; shared by engines, each with a scratch of its own.
 */
#ifndef DETECT_INDEX_H
#define DETECT_INDEX_H

#include "detect/compiled.h"

struct index;

/* For a rule set whose rules and atoms are complete.  FAIL_LIMIT when the matcher refuses. */
enum err index_new(const struct ruleset *rs, struct index **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void index_free(struct index *ix); /* NULL is fine */

struct index_scratch;
struct index_scratch *index_scratch_new(const struct index *ix) RETURNS_NONNULL;
void index_scratch_free(struct index_scratch *s);

/* Calls found() for each atom of the channel that `text` may hold; an atom may come repeatedly. */
typedef void (*index_found_fn)(void *ctx, uint32_t atom);
void index_scan(const struct index *ix, uint32_t chan, struct str text, struct index_scratch *s,
    index_found_fn found, void *ctx) __attribute__((nonnull(1, 4, 5)));

/* Does anything on this channel have to be looked for? */
bool index_has_chan(const struct index *ix, uint32_t chan) NONNULL;

/* Rules that wake by this atom. */
const uint32_t *index_wakes(const struct index *ix, uint32_t atom, size_t *ret_n) NONNULL;
/* Rules that nothing wakes: they are asked every time. */
bool index_is_always(const struct index *ix, uint32_t rule) NONNULL;

/* Channels fed by unknown fields of this path: loop with it = 0 until false. */
bool index_path_chan(const struct index *ix, struct str path, uint32_t *it, uint32_t *ret_chan)
    __attribute__((nonnull(1, 3, 4)));
/* The paths that feed a channel, the other way round. */
bool index_chan_path(const struct index *ix, uint32_t chan, uint32_t *it, struct str *ret_path)
    __attribute__((nonnull(1, 3, 4)));
bool index_has_paths(const struct index *ix) NONNULL;

#endif
