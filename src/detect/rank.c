/* Sorted blocks of values. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include "detect/rank.h"

#include <stdlib.h>

#include "base/mem.h"

#define BLOCK 64
#define SMALLEST 4

struct rank_block {
	uint32_t n, size;
	double v[];
};

bool
rank_item(const struct corr *c, const struct ctype_event *ev, struct timeline_item *to)
{
	double v;

	if (!ctype_double(ev, &c->value.f[0], &v))
		return false;
	memcpy(&to->a, &v, sizeof(v));
	return true;
}

static double
value_of(const struct timeline_item *one)
{
	double v;

	memcpy(&v, &one->a, sizeof(v));
	return v;
}

static struct rank_block *
new_block(uint32_t size)
{
	struct rank_block *b = mem_alloc(sizeof(*b) + size * sizeof(double));

	b->n = 0;
	b->size = size;
	return b;
}

/* Where the blocks stand. */
static struct rank_block **
blocks(struct rank *r)
{
	return r->size > 0 ? r->block : &r->one;
}

static struct rank_block *
block_at(const struct rank *r, uint32_t i)
{
	return r->size > 0 ? r->block[i] : r->one;
}

static void
put_block(struct rank *r, uint32_t i, struct rank_block *b)
{
	if (r->n_blocks == 0 && r->size == 0) {
		r->one = b;
		r->n_blocks = 1;
		return;
	}
	if (r->n_blocks >= r->size) {
		bool first = r->size == 0;

		r->size = first ? 4 : 2 * r->size;
		r->block = mem_resize(r->block, r->size, sizeof(struct rank_block *));
		if (first)
			r->block[0] = r->one;
	}
	memmove(r->block + i + 1, r->block + i, (r->n_blocks - i) * sizeof(struct rank_block *));
	r->block[i] = b;
	r->n_blocks++;
}

/* The first block whose greatest value is not below v; the last one when there is none. */
static uint32_t
find_block(const struct rank *r, double v)
{
	uint32_t from = 0, to = r->n_blocks - 1;

	while (from < to) {
		uint32_t mid = (from + to) / 2;
		const struct rank_block *b = block_at(r, mid);

		if (b->v[b->n - 1] < v)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/* The first place in the block whose value is not below v. */
static uint32_t
find_in(const struct rank_block *b, double v)
{
	uint32_t from = 0, to = b->n;

	while (from < to) {
		uint32_t mid = (from + to) / 2;

		if (b->v[mid] < v)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/* Room for one more in block i: it grows, or its upper half becomes a block. */
static void
split(struct rank *r, uint32_t i)
{
	struct rank_block *b = block_at(r, i), *upper;

	if (b->size < BLOCK) {
		upper = new_block(2 * b->size);
		upper->n = b->n;
		memcpy(upper->v, b->v, b->n * sizeof(double));
		blocks(r)[i] = upper;
		free(b);
		return;
	}
	upper = new_block(BLOCK);
	upper->n = b->n / 2;
	b->n -= upper->n;
	memcpy(upper->v, b->v + b->n, upper->n * sizeof(double));
	put_block(r, i + 1, upper);
}

void
rank_add(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct rank *r = state;
	double v = value_of(one);
	struct rank_block *b;
	uint32_t i, k;

	(void)c;
	if (r->n_blocks == 0)
		put_block(r, 0, new_block(SMALLEST));
	i = r->n > 0 ? find_block(r, v) : 0;
	if (block_at(r, i)->n == block_at(r, i)->size) {
		split(r, i);
		i = find_block(r, v);
	}
	b = block_at(r, i);
	k = find_in(b, v);
	memmove(b->v + k + 1, b->v + k, (b->n - k) * sizeof(double));
	b->v[k] = v;
	b->n++;
	r->n++;
}

void
rank_remove(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct rank *r = state;
	double v = value_of(one);
	uint32_t i = find_block(r, v), k = find_in(block_at(r, i), v);
	struct rank_block *b = block_at(r, i);

	(void)c;
	memmove(b->v + k, b->v + k + 1, (b->n - k - 1) * sizeof(double));
	b->n--;
	r->n--;
	if (b->n > 0)
		return;
	free(b);
	r->n_blocks--;
	memmove(blocks(r) + i, blocks(r) + i + 1, (r->n_blocks - i) * sizeof(struct rank_block *));
}

uint64_t
rank_events(const struct corr *c, const void *state)
{
	const struct rank *r = state;

	(void)c;
	return r->n;
}

double
rank_at(const struct rank *r, size_t i)
{
	for (uint32_t k = 0; k < r->n_blocks; k++) {
		const struct rank_block *b = block_at(r, k);

		if (i < b->n)
			return b->v[i];
		i -= b->n;
	}
	return 0;
}

void
rank_fini(void *state)
{
	struct rank *r = state;

	for (uint32_t i = 0; i < r->n_blocks; i++)
		free(block_at(r, i));
	free(r->block);
	slide_fini(&r->slide);
}

size_t
rank_bytes(const struct ctype_at *at)
{
	const struct rank *r = at->state;

	return slide_bytes(at) + 2 * r->slide.tl.n * sizeof(double);
}
