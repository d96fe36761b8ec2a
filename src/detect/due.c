/* Binary heap by time alone, whose members know their place; what is due is sorted. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_due.c */
#include "detect/due.h"

#include <stdlib.h>

#define IN_BATCH ((uint32_t)1 << 31) /* of a key's place */
#define AHEAD 8

void
due_fini(struct due *d)
{
	VEC_FINI(&d->heap);
	VEC_FINI(&d->batch);
}

static void
put(struct due *d, struct due_entry x, size_t i)
{
	d->heap.p[i] = x;
	x.k->heap = (uint32_t)i + 1;
}

static void
sift(struct due *d, struct due_entry x, size_t i)
{
	while (i > 0 && x.t < d->heap.p[(i - 1) / 2].t) {
		put(d, d->heap.p[(i - 1) / 2], i);
		i = (i - 1) / 2;
	}
	for (;;) {
		size_t kid = 2 * i + 1;

		if (kid >= d->heap.n)
			break;
		kid += kid + 1 < d->heap.n && d->heap.p[kid + 1].t < d->heap.p[kid].t;
		if (d->heap.p[kid].t >= x.t)
			break;
		put(d, d->heap.p[kid], i);
		i = kid;
	}
	put(d, x, i);
}

static void
push(struct due *d, struct key *k)
{
	VEC_PUSH(&d->heap, ((struct due_entry){ k->due, k }));
	sift(d, d->heap.p[d->heap.n - 1], d->heap.n - 1);
}

static void
take_out(struct due *d, struct key *k)
{
	size_t i = (k->heap & ~IN_BATCH) - 1;
	struct due_entry last;

	if (k->heap & IN_BATCH) {
		d->batch.p[i].k = NULL;
	} else {
		last = d->heap.p[--d->heap.n];
		if (last.k != k)
			sift(d, last, i);
	}
	k->heap = 0;
}

void
due_set(struct due *d, struct key *k, int64_t t)
{
	k->due = t;
	if (k->heap != 0 && (t == INT64_MAX || (k->heap & IN_BATCH)))
		take_out(d, k);
	if (t == INT64_MAX)
		return;
	if (k->heap == 0)
		push(d, k);
	else if (t < d->heap.p[k->heap - 1].t)
		sift(d, (struct due_entry){ t, k }, k->heap - 1);
}

static int
by_order(const void *a, const void *b)
{
	const struct due_entry *x = a, *y = b;

	if (x->k->rule != y->k->rule)
		return x->k->rule < y->k->rule ? -1 : 1;
	if (x->t != y->t)
		return (uint64_t)x->t < (uint64_t)y->t ? -1 : 1;
	return str_cmp(key_text(x->k), key_text(y->k));
}

/* The eight bytes behind the first `skip`, as a number of that order. */
static int64_t
head(struct str text, size_t skip)
{
	uint64_t v = 0;

	for (size_t i = skip; i < skip + 8; i++)
		v = v << 8 | (i < text.n ? (unsigned char)text.p[i] : 0);
	return (int64_t)v;
}

/* Texts are mostly alike at first: what tells them apart is taken to where they are compared. */
static void
sort(struct due *d)
{
	struct due_entry *x = d->batch.p;
	struct str first = key_text(x[0].k);
	size_t n = d->batch.n, alike = first.n;

	for (size_t i = 1; i < n; i++) {
		struct str s = key_text(x[i].k);
		size_t same = 0;

		__builtin_prefetch(x[i + AHEAD < n ? i + AHEAD : i].k->state);
		while (same < alike && same < s.n && s.p[same] == first.p[same])
			same++;
		alike = same;
	}
	for (size_t i = 0; i < n; i++)
		x[i].t = head(key_text(x[i].k), alike);
	qsort(x, n, sizeof(*x), by_order);
}

static void
fetch(const struct key *k)
{
	if (k == NULL)
		return;
	__builtin_prefetch(k->state);
	__builtin_prefetch((const char *)k->state + 64);
	__builtin_prefetch((const char *)k->state + 128);
}

/* All that are due first, if that is by `until`. */
static void
collect(struct due *d, int64_t until)
{
	d->batch.n = d->next = 0;
	while (d->heap.n > 0 && d->heap.p[0].t <= until) {
		struct key *k = d->heap.p[0].k;

		if (k->due > d->heap.p[0].t) { /* it was moved on meanwhile */
			sift(d, (struct due_entry){ k->due, k }, 0);
			continue;
		}
		until = d->now = k->due;
		take_out(d, k);
		VEC_PUSH(&d->batch, ((struct due_entry){ 0, k }));
	}
	if (d->batch.n > 1)
		sort(d);
	for (size_t i = 0; i < d->batch.n; i++)
		d->batch.p[i].k->heap = (uint32_t)(i + 1) | IN_BATCH;
}

/* Something was fed that is due as well: all are looked at anew. */
static void
put_back(struct due *d)
{
	for (; d->next < d->batch.n; d->next++) {
		struct key *k = d->batch.p[d->next].k;

		if (k == NULL)
			continue;
		k->heap = 0;
		push(d, k);
	}
}

struct key *
due_next(struct due *d, int64_t until)
{
	while (d->next < d->batch.n && d->batch.p[d->next].k == NULL)
		d->next++;
	while (d->heap.n > 0 && d->next < d->batch.n && d->heap.p[0].t <= d->now) {
		struct key *k = d->heap.p[0].k;

		if (k->due > d->now)
			sift(d, (struct due_entry){ k->due, k }, 0);
		else
			put_back(d);
	}
	if (d->next == d->batch.n)
		collect(d, until);
	if (d->next == d->batch.n)
		return NULL;
	if (d->next + AHEAD < d->batch.n)
		fetch(d->batch.p[d->next + AHEAD].k);
	return d->batch.p[d->next].k;
}
