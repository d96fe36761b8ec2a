/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bucket is one number: the time at which it will be full again.  Taking a
 * token puts that off by `refill`; it may lie `burst` times that ahead.
 */
#include "user/limit.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

struct bucket {
	int64_t full; /* monotonic */
	bool told;
};

struct limit {
	int64_t refill, room; /* room: burst * refill */
	struct map *buckets;
	struct bucket shared;
	size_t keys;
	int64_t swept;
};

struct limit *
limit_new(unsigned burst, int64_t refill, size_t keys)
{
	struct limit *l = MEM_NEW(struct limit);

	l->refill = refill;
	l->room = burst * refill;
	l->keys = keys;
	l->swept = INT64_MIN;
	l->buckets = map_new(sizeof(struct bucket), keys);
	return l;
}

void
limit_free(struct limit *l)
{
	if (l == NULL)
		return;
	map_free(l->buckets);
	free(l);
}

size_t
limit_len(const struct limit *l)
{
	return map_len(l->buckets);
}

/* Full buckets need not be kept.  At most once per refill: the walk is long. */
static void
sweep(struct limit *l, int64_t mono)
{
	struct bucket *b;
	struct str key;
	size_t it = 0;

	if (l->swept != INT64_MIN && mono - l->swept < l->refill)
		return;
	l->swept = mono;
	while ((b = map_next(l->buckets, &it, &key)) != NULL)
		if (b->full <= mono)
			(void)map_del(l->buckets, key);
}

static struct bucket *
find(struct limit *l, struct str key, int64_t mono)
{
	struct bucket *b = map_get(l->buckets, key);
	bool fresh;

	if (b != NULL)
		return b;
	if (map_len(l->buckets) >= l->keys)
		sweep(l, mono);
	b = map_put(l->buckets, key, &fresh);
	return b != NULL ? b : &l->shared;
}

int64_t
limit_take(struct limit *l, struct str key, int64_t mono, bool *ret_first)
{
	struct bucket *b = find(l, key, mono);
	int64_t wait;

	if (b->full < mono)
		b->full = mono;
	wait = b->full + l->refill - mono - l->room;
	if (ret_first != NULL)
		*ret_first = wait > 0 && !b->told;
	b->told = wait > 0;
	if (wait > 0)
		return wait;
	b->full += l->refill;
	return 0;
}

void
limit_give(struct limit *l, struct str key, int64_t mono)
{
	struct bucket *b = map_get(l->buckets, key);

	if (b == NULL)
		b = &l->shared;
	if (b->full > mono)
		b->full -= l->refill;
}
