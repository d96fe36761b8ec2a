/* The keys of an engine, between detect/keys.h and the types of their correlations. */
#ifndef DETECT_LIVE_H
#define DETECT_LIVE_H

#include "detect/state.h"

struct keys *live_keys(struct engine *e) RETURNS_NONNULL;

/* The key of the group, for an event; one that nothing can meet any more begins anew. */
struct key *live_use(struct engine *e, uint32_t number, struct str group,
    const struct ctype_event *ev) __attribute__((nonnull(1, 4), returns_nonnull));

/*
 * A type has changed the key: when it waits for what, if that is behind
 * `after`, and how much it holds.  Other keys may go by this.
 */
void live_touch(struct engine *e, const struct ctype *type, const struct ctype_at *at,
    struct key *k, int64_t after) NONNULL;

/* Drops the next key in turn when nothing of it can matter any more. */
void live_sweep(struct engine *e) NONNULL;

#endif
