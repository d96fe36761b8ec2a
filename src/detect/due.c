/* Binary heap whose members know their place. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/due.h"

void
due_fini(struct due *d)
{
	VEC_FINI(&d->heap);
}

static bool
before(const struct key *a, const struct key *b)
{
	if (a->due != b->due)
		return a->due < b->due;
	if (a->rule != b->rule)
		return a->rule < b->rule;
	return str_cmp(key_text(a), key_text(b)) < 0;
}

static void
put(struct due *d, struct key *k, size_t i)
{
	d->heap.p[i] = k;
	k->heap = (uint32_t)i + 1;
}

static void
sift(struct due *d, struct key *k, size_t i)
{
	while (i > 0 && before(k, d->heap.p[(i - 1) / 2])) {
		put(d, d->heap.p[(i - 1) / 2], i);
		i = (i - 1) / 2;
	}
	for (;;) {
		size_t kid = 2 * i + 1;

		if (kid >= d->heap.n)
			break;
		kid += kid + 1 < d->heap.n && before(d->heap.p[kid + 1], d->heap.p[kid]);
		if (!before(d->heap.p[kid], k))
			break;
		put(d, d->heap.p[kid], i);
		i = kid;
	}
	put(d, k, i);
}

static void
take_out(struct due *d, struct key *k)
{
	size_t i = k->heap - 1;
	struct key *last = d->heap.p[--d->heap.n];

	k->heap = 0;
	if (last != k)
		sift(d, last, i);
}

void
due_set(struct due *d, struct key *k, int64_t t)
{
	if (k->heap == 0 && t == INT64_MAX)
		return;
	k->due = t;
	if (t == INT64_MAX) {
		take_out(d, k);
		return;
	}
	if (k->heap == 0) {
		VEC_PUSH(&d->heap, k);
		k->heap = (uint32_t)d->heap.n;
	}
	sift(d, k, k->heap - 1);
}
