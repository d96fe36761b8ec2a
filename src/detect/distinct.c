/* Counting different values: a short list, then a table of bits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/distinct.h"

#include <math.h>

#include "detect/bytes.h"

#define IS_BITS (DISTINCT_EXACT + 1)

static void
set(struct distinct *d, uint32_t value)
{
	uint32_t bit = value % DISTINCT_BITS;

	d->bits[bit / 32] |= 1U << bit % 32;
}

void
distinct_add(struct distinct *d, uint64_t hash)
{
	uint32_t value = (uint32_t)(hash ^ hash >> 32), kept[DISTINCT_EXACT];

	if (d->n >= IS_BITS) {
		set(d, value);
		return;
	}
	for (uint32_t i = 0; i < d->n; i++)
		if (d->value[i] == value)
			return;
	if (d->n < DISTINCT_EXACT) {
		d->value[d->n++] = value;
		return;
	}
	memcpy(kept, d->value, sizeof(kept));
	memset(d->bits, 0, sizeof(d->bits));
	d->n = IS_BITS;
	for (uint32_t i = 0; i < DISTINCT_EXACT; i++)
		set(d, kept[i]);
	set(d, value);
}

double
distinct_count(const struct distinct *d)
{
	int clear = 0;

	if (d->n < IS_BITS)
		return d->n;
	for (size_t i = 0; i < DISTINCT_BITS / 32; i++)
		clear += 32 - __builtin_popcount(d->bits[i]);
	/* A full table counts as one with half a bit clear. */
	return fmax(IS_BITS, round(DISTINCT_BITS * log(DISTINCT_BITS / fmax(clear, 0.5))));
}

void
distinct_save(const struct distinct *d, struct buf *to)
{
	uint32_t n = d->n < IS_BITS ? d->n : DISTINCT_EXACT;

	bytes_put(to, d->n, 1);
	for (uint32_t i = 0; i < n; i++)
		bytes_put(to, d->n < IS_BITS ? d->value[i] : d->bits[i], 4);
}

bool
distinct_load(struct distinct *d, struct str *from)
{
	bool bad = false;
	uint32_t n;

	memset(d, 0, sizeof(*d));
	d->n = (uint32_t)bytes_get(from, 1, &bad);
	n = d->n < IS_BITS ? d->n : DISTINCT_EXACT;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t v = (uint32_t)bytes_get(from, 4, &bad);

		*(d->n < IS_BITS ? &d->value[i] : &d->bits[i]) = v;
	}
	return !bad && d->n <= IS_BITS;
}
