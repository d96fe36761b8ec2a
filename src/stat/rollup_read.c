/* Reading figures: both sides added up, over hours or steps. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: rollup_ */
/* tested by: test/unit/stat/test_rollup.c */
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "stat/rollup_in.h"

#define KEYS_MAX ((size_t)2 * ROLLUP_HOURS * TOP_SLOTS) /* no more can be in both sides */

void
rollup_points(struct rollup *r, int64_t from, size_t n, struct rollup_point *to)
{
	int64_t first = from / ROLLUP_STEP;

	memset(to, 0, n * sizeof(*to));
	pthread_mutex_lock(&r->mu);
	for (size_t k = 0; k < ROLLUP_SIDES; k++) {
		for (size_t i = 0; i < n && r->sides[k].buckets != NULL; i++) {
			const struct rollup_bucket *b =
			    rollup_bucket_at(&r->sides[k], (uint64_t)first + i);

			if (b == NULL)
				continue;
			to[i].events += b->events;
			to[i].success += b->success;
			to[i].failure += b->failure;
		}
	}
	pthread_mutex_unlock(&r->mu);
}

/* Calls fn for each hour of both sides that lies in [from, to). */
static void
each_hour(struct rollup *r, int64_t from, int64_t to,
    void (*fn)(void *ctx, struct rollup_side *s, struct rollup_hour *h), void *ctx)
{
	uint64_t first = from > 0 ? (uint64_t)from / ROLLUP_HOUR : 0;
	uint64_t end = to > 0 ? ((uint64_t)to + ROLLUP_HOUR - 1) / ROLLUP_HOUR : 0;

	for (size_t k = 0; k < ROLLUP_SIDES; k++) {
		struct rollup_side *s = &r->sides[k];

		for (size_t i = 0; i < ROLLUP_HOURS; i++) {
			struct rollup_hour *h = s->hours[i];

			if (h != NULL && h->at >= first && h->at < end &&
			    rollup_hour_inside(s, h->at))
				fn(ctx, s, h);
		}
	}
}

static void
gather(struct map *sums, const struct top *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct top_slot *slot = &t->slots[i];
		struct rollup_entry *e =
		    map_put(sums, (struct str){ slot->key, slot->key_n }, NULL);

		if (e == NULL)
			return;
		e->n += slot->n;
		e->bad += slot->bad;
		if (slot->risk > e->risk)
			e->risk = slot->risk;
		if (slot->country[0] != '\0')
			memcpy(e->country, slot->country, 2);
	}
}

static void
gather_endpoints(void *ctx, struct rollup_side *s, struct rollup_hour *h)
{
	(void)s;
	gather(ctx, &h->endpoints);
}

static void
gather_addresses(void *ctx, struct rollup_side *s, struct rollup_hour *h)
{
	(void)s;
	gather(ctx, &h->addresses);
}

static void
gather_countries(void *ctx, struct rollup_side *s, struct rollup_hour *h)
{
	for (unsigned i = 1; i <= s->n_codes; i++) {
		struct rollup_entry *e;

		if (h->failed[i] == 0)
			continue;
		e = map_put(ctx, (struct str){ s->codes[i], 2 }, NULL);
		if (e != NULL)
			e->n += h->failed[i];
	}
}

/* Larger first. */
static int
order(uint64_t a, uint64_t b)
{
	return a > b ? -1 : a < b;
}

static int
by_n(const void *pa, const void *pb)
{
	const struct rollup_entry *a = pa, *b = pb;
	int o = order(a->n, b->n);

	return o != 0 ? o : strcmp(a->key, b->key);
}

static int
by_risk(const void *pa, const void *pb)
{
	const struct rollup_entry *a = pa, *b = pb;
	int o = order(a->risk, b->risk);

	if (o == 0)
		o = order(a->bad, b->bad);
	return o != 0 ? o : by_n(a, b);
}

static size_t
best(struct rollup *r, int64_t from, int64_t to,
    void (*fn)(void *ctx, struct rollup_side *s, struct rollup_hour *h),
    int (*compare)(const void *, const void *), struct rollup_entry *ret, size_t max)
{
	struct map *sums = map_new(sizeof(struct rollup_entry), KEYS_MAX);
	auto_free struct rollup_entry *all = NULL;
	const struct rollup_entry *e;
	struct str key;
	size_t n = 0, it = 0;

	pthread_mutex_lock(&r->mu);
	each_hour(r, from, to, fn, sums);
	pthread_mutex_unlock(&r->mu);
	all = mem_alloc((map_len(sums) + 1) * sizeof(*all));
	while ((e = map_next(sums, &it, &key)) != NULL) {
		all[n] = *e;
		(void)str_to_c(key, all[n++].key, sizeof(all->key));
	}
	map_free(sums);
	qsort(all, n, sizeof(*all), compare);
	n = n < max ? n : max;
	memcpy(ret, all, n * sizeof(*ret));
	return n;
}

size_t
rollup_endpoints(struct rollup *r, int64_t from, int64_t to, struct rollup_entry *ret, size_t max)
{
	return best(r, from, to, gather_endpoints, by_n, ret, max);
}

size_t
rollup_addresses(struct rollup *r, int64_t from, int64_t to, struct rollup_entry *ret, size_t max)
{
	return best(r, from, to, gather_addresses, by_risk, ret, max);
}

size_t
rollup_countries(struct rollup *r, int64_t from, int64_t to, struct rollup_entry *ret, size_t max)
{
	return best(r, from, to, gather_countries, by_n, ret, max);
}

void
rollup_row(struct rollup *r, const char *endpoint, int64_t from, unsigned hours, size_t n,
    struct rollup_cell *to)
{
	uint64_t first = from > 0 ? (uint64_t)from / ROLLUP_HOUR : 0;

	memset(to, 0, n * sizeof(*to));
	pthread_mutex_lock(&r->mu);
	for (size_t k = 0; k < ROLLUP_SIDES; k++) {
		for (size_t i = 0; i < n * hours; i++) {
			struct rollup_hour *h = rollup_hour_at(&r->sides[k], first + i);
			const struct top_slot *slot =
			    h != NULL ? top_find(&h->endpoints, str_c(endpoint)) : NULL;

			if (slot == NULL)
				continue;
			to[i / hours].n += slot->n;
			to[i / hours].errors += slot->bad;
		}
	}
	pthread_mutex_unlock(&r->mu);
}
