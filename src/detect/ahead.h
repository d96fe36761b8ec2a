/*
 * Records that are fed next: the rules they satisfy, and their keys on the way
 * from memory.  A key takes three steps (detect/keys.h), one with each record
 * that is said after its own.  Told are keys that a record itself feeds; what
 * chains reach is met when it comes.
 */
#ifndef DETECT_AHEAD_H
#define DETECT_AHEAD_H

#include "base/buf.h"
#include "base/vec.h"
#include "detect/compiled.h"
#include "detect/engine.h"
#include "detect/keys.h"

#define AHEAD_KEYS 16 /* of a record */

struct ahead_rec {
	const struct rec *rec; /* NULL: of nobody */
	uint64_t seq;
	VEC(uint32_t) rules; /* that hold */
	uint64_t key[AHEAD_KEYS];
	unsigned n_keys, step;
};

struct ahead {
	struct ahead_rec rec[ENGINE_AHEAD];
	unsigned first, n;
	struct buf group;
};

void ahead_fini(struct ahead *a) NONNULL; /* zeroed is empty */

/* The record comes after the others; NULL when there is no room. */
struct ahead_rec *ahead_push(struct ahead *a, const struct rec *r) NONNULL;
/* Its key in this correlation. */
void ahead_key(struct ahead *a, struct ahead_rec *x, const struct ruleset *rs, uint32_t number,
    const struct keys *ks) NONNULL;
/* All keys go a step on. */
void ahead_step(struct ahead *a, const struct keys *ks) NONNULL;
/* What was said of the record, which is fed now; NULL: nothing.  Valid until the next push. */
const struct ahead_rec *ahead_take(struct ahead *a, const struct rec *r) NONNULL;

#endif
