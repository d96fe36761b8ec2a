/* Keys that wait for time to pass, the one that is due first on top. */
#ifndef DETECT_DUE_H
#define DETECT_DUE_H

#include "base/vec.h"
#include "detect/keys.h"

struct due {
	VEC(struct key *) heap;
};

void due_fini(struct due *d) NONNULL; /* zeroed is empty */
/* The key waits for `t` from now on; INT64_MAX: for nothing. */
void due_set(struct due *d, struct key *k, int64_t t) NONNULL;

/* By time, then rule, then group; NULL when none waits. */
static inline struct key *
due_first(const struct due *d)
{
	return d->heap.n > 0 ? d->heap.p[0] : NULL;
}

#endif
