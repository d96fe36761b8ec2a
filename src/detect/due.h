/*
 * Keys that wait for time to pass, the one that is due first on top.  A key
 * whose time moves back stays where it is until its old time has come: most are
 * moved on by each event, and only few ever get there.  Of those that are due
 * at one time the order is made when it has come.
 */
#ifndef DETECT_DUE_H
#define DETECT_DUE_H

#include "base/vec.h"
#include "detect/keys.h"

struct due_entry {
	int64_t t; /* at most the key's; of the batch: the text behind what all have in common */
	struct key *k;
};

struct due {
	VEC(struct due_entry) heap;
	VEC(struct due_entry) batch; /* due at one time, in their order; no key: has gone */
	size_t next;                 /* of the batch */
	int64_t now;                 /* that time */
};

void due_fini(struct due *d) NONNULL; /* zeroed is empty */
/* The key waits for `t` from now on; INT64_MAX: for nothing. */
void due_set(struct due *d, struct key *k, int64_t t) NONNULL;
/*
 * By time, then rule, then group; NULL when none waits for `until` or less.
 * due_set() moves the key on, before it is asked for the next one.
 */
struct key *due_next(struct due *d, int64_t until) NONNULL;

/* Keys that wait. */
static inline size_t
due_len(const struct due *d)
{
	return d->heap.n + d->batch.n - d->next;
}

#endif
