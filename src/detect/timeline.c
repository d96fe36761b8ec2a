/* A ring sorted by time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/timeline.h"

#include <stdlib.h>

#include "base/mem.h"
#include "detect/bytes.h"

#define SMALLEST 4U

static bool
before(const struct timeline_item *a, const struct timeline_item *b)
{
	return a->t != b->t ? a->t < b->t : a->seq < b->seq;
}

static void
resize(struct timeline *tl, uint32_t size)
{
	struct timeline_item *item = mem_alloc(size * sizeof(*item));

	for (uint32_t i = 0; i < tl->n; i++)
		item[i] = *timeline_at(tl, i);
	free(tl->item);
	tl->item = item;
	tl->first = 0;
	tl->size = size;
}

size_t
timeline_put(struct timeline *tl, const struct timeline_item *item)
{
	size_t at = tl->n;

	if (tl->n == tl->size)
		resize(tl, tl->size != 0 ? 2 * tl->size : SMALLEST);
	for (tl->n++; at > 0 && before(item, timeline_at(tl, at - 1)); at--)
		*timeline_at(tl, at) = *timeline_at(tl, at - 1);
	*timeline_at(tl, at) = *item;
	return at;
}

void
timeline_drop(struct timeline *tl, size_t n)
{
	uint32_t size = tl->size;

	if (n >= tl->n) {
		timeline_fini(tl);
		return;
	}
	tl->first = (tl->first + (uint32_t)n) & (tl->size - 1);
	tl->n -= (uint32_t)n;
	while (size > SMALLEST && tl->n < size / 8)
		size /= 2;
	if (size < tl->size)
		resize(tl, size);
}

void
timeline_fini(struct timeline *tl)
{
	free(tl->item);
	*tl = (struct timeline){ 0 };
}

size_t
timeline_bytes(const struct timeline *tl)
{
	return tl->n * sizeof(*tl->item);
}

size_t
timeline_seqs(const struct timeline *tl, size_t from, size_t to, uint64_t but, uint64_t *ret,
    size_t max)
{
	size_t n = 0, at = to;

	while (at > from && n < max)
		n += timeline_at(tl, --at)->seq != but;
	for (n = 0; at < to; at++)
		if (timeline_at(tl, at)->seq != but)
			ret[n++] = timeline_at(tl, at)->seq;
	return n;
}

void
timeline_save(const struct timeline *tl, struct buf *to)
{
	bytes_put(to, tl->n, 4);
	for (size_t i = 0; i < tl->n; i++) {
		const struct timeline_item *item = timeline_at(tl, i);

		bytes_put(to, (uint64_t)item->t, 8);
		bytes_put(to, item->seq, 8);
		bytes_put(to, item->a, 8);
		bytes_put(to, item->b, 8);
	}
}

bool
timeline_load(struct timeline *tl, size_t max, struct str *from)
{
	bool bad = false;
	uint64_t n = bytes_get(from, 4, &bad);

	for (size_t i = 0; i < n && n <= max && !bad; i++) {
		struct timeline_item item;

		item.t = (int64_t)bytes_get(from, 8, &bad);
		item.seq = bytes_get(from, 8, &bad);
		item.a = bytes_get(from, 8, &bad);
		item.b = bytes_get(from, 8, &bad);
		bad = bad || timeline_put(tl, &item) != i;
	}
	return !bad && n <= max;
}
