/* Different values in sliding windows: a timeline of hashes and how often each is in the window. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/variety.h"

#include <stdlib.h>

#include "base/mem.h"
#include "detect/bytes.h"

#define TIDY_MIN 64U
#define LEVEL_MAX 40

struct variety_slot {
	uint64_t hash;
	uint32_t count; /* in the window */
	bool used;
};

static bool
sampled(uint64_t hash, unsigned level)
{
	return (hash & (((uint64_t)1 << level) - 1)) == 0;
}

static struct variety_slot *
probe(struct variety_slot *slot, uint32_t slots, uint64_t hash)
{
	uint32_t i = (uint32_t)((hash * 0x9e3779b97f4a7c15U) >> 32) & (slots - 1);

	while (slot[i].used && slot[i].hash != hash)
		i = (i + 1) & (slots - 1);
	return &slot[i];
}

/* Only what the window holds moves over. */
static void
rehash(struct variety *v)
{
	uint32_t slots = 8;
	struct variety_slot *slot;

	while (slots < 4 * (v->different + 1))
		slots *= 2;
	slot = mem_zalloc(slots * sizeof(*slot));
	for (uint32_t i = 0; i < v->slots; i++)
		if (v->slot[i].used && v->slot[i].count > 0)
			*probe(slot, slots, v->slot[i].hash) = v->slot[i];
	free(v->slot);
	v->slot = slot;
	v->slots = slots;
	v->used = v->different;
}

static void
enter(struct variety *v, uint64_t hash)
{
	struct variety_slot *sl;

	if (!sampled(hash, v->level))
		return;
	if (2 * (v->used + 1) > v->slots)
		rehash(v);
	sl = probe(v->slot, v->slots, hash);
	if (!sl->used) {
		*sl = (struct variety_slot){ .hash = hash, .used = true };
		v->used++;
	}
	if (sl->count++ == 0)
		v->different++;
}

static void
leave(struct variety *v, uint64_t hash)
{
	if (sampled(hash, v->level) && --probe(v->slot, v->slots, hash)->count == 0)
		v->different--;
}

static void
clear_window(struct variety *v)
{
	free(v->slot);
	v->slot = NULL;
	v->slots = v->used = v->different = 0;
	v->edge = v->end = 0;
}

void
variety_slide(struct variety *v, int64_t timespan, int64_t t)
{
	while (v->end < v->tl.n && timeline_at(&v->tl, v->end)->t <= t)
		enter(v, timeline_at(&v->tl, v->end++)->a);
	while (v->edge < v->end && timeline_at(&v->tl, v->edge)->t <= t - timespan)
		leave(v, timeline_at(&v->tl, v->edge++)->a);
}

void
variety_rewind(struct variety *v, int64_t timespan, int64_t t)
{
	clear_window(v);
	while (v->edge < v->tl.n && timeline_at(&v->tl, v->edge)->t <= t - timespan)
		v->edge++;
	v->end = v->edge;
}

uint64_t
variety_count(const struct variety *v)
{
	return (uint64_t)v->different << v->level;
}

/* Where the last kept item of a value stands, and the last one seen, while items are thinned out.
 */
struct pair {
	uint64_t hash;
	int64_t kept, seen; /* places, -1 none */
	bool used;
};

static struct pair *
pair_of(struct pair *pairs, uint32_t size, uint64_t hash)
{
	uint32_t i = (uint32_t)((hash * 0x9e3779b97f4a7c15U) >> 32) & (size - 1);

	while (pairs[i].used && pairs[i].hash != hash)
		i = (i + 1) & (size - 1);
	if (!pairs[i].used)
		pairs[i] = (struct pair){ hash, -1, -1, true };
	return &pairs[i];
}

/* Marks with b = 1 what no window misses: the middle one of three inside a timespan. */
static void
mark_middles(struct variety *v, int64_t timespan)
{
	uint32_t size = 16;
	struct pair *pairs;

	while (size < 2 * v->tl.n)
		size *= 2;
	pairs = mem_zalloc(size * sizeof(*pairs));
	for (size_t i = 0; i < v->tl.n; i++) {
		struct timeline_item *item = timeline_at(&v->tl, i);
		struct pair *p = pair_of(pairs, size, item->a);

		item->b = 0;
		if (p->kept >= 0 && p->seen >= 0 &&
		    timeline_at(&v->tl, (size_t)p->kept)->t > item->t - timespan)
			timeline_at(&v->tl, (size_t)p->seen)->b = 1;
		else if (p->seen >= 0)
			p->kept = p->seen;
		if (p->kept < 0)
			p->kept = (int64_t)i;
		else
			p->seen = (int64_t)i;
	}
	free(pairs);
}

/* Keeps what is unmarked and in the sample. */
static void
compact(struct variety *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->tl.n; i++) {
		struct timeline_item *item = timeline_at(&v->tl, i);

		if (item->b == 0 && sampled(item->a, v->admit))
			*timeline_at(&v->tl, n++) = *item;
	}
	v->tl.n = (uint32_t)n;
}

/* The window stands nowhere after it. */
static void
tidy(struct variety *v, int64_t timespan, int64_t t)
{
	mark_middles(v, timespan);
	compact(v);
	while (v->tl.n > VARIETY_MAX / 2 && v->admit < LEVEL_MAX) {
		v->admit++;
		if (v->level < v->admit)
			v->level = v->admit;
		v->admit_from = t;
		compact(v);
	}
	v->tidy_at = 2 * v->tl.n + TIDY_MIN;
	if (v->tidy_at > VARIETY_MAX)
		v->tidy_at = VARIETY_MAX;
	clear_window(v);
}

/* Values have become few: more of them are kept, and counted once windows hold no others. */
static void
relax(struct variety *v, int64_t timespan, int64_t t)
{
	if (v->admit < v->level && v->admit_from < t - 2 * timespan) {
		v->level = v->admit;
		variety_rewind(v, timespan, t);
	}
	if (v->admit > 0 && v->admit == v->level && v->tl.n < VARIETY_MAX / 16) {
		v->admit--;
		v->admit_from = t;
	}
}

void
variety_add(struct variety *v, int64_t timespan, int64_t t, uint64_t seq, uint64_t hash)
{
	struct timeline_item item = { t, seq, hash, 0 };
	int64_t newest = v->tl.n > 0 ? timeline_newest(&v->tl)->t : t;

	if (v->tidy_at == 0)
		v->tidy_at = TIDY_MIN;
	newest = t > newest ? t : newest;
	if (v->level > 0)
		relax(v, timespan, newest);
	if (!sampled(hash, v->admit))
		return;
	if (v->tl.n >= v->tidy_at) {
		tidy(v, timespan, newest);
		variety_rewind(v, timespan, t);
	}
	(void)timeline_put(&v->tl, &item);
}

void
variety_forget(struct variety *v, int64_t until)
{
	uint32_t n = 0;

	while (n < v->edge && timeline_at(&v->tl, n)->t <= until)
		n++;
	if (n == 0)
		return;
	timeline_drop(&v->tl, n);
	v->edge -= n;
	v->end -= n;
}

void
variety_fini(struct variety *v)
{
	timeline_fini(&v->tl);
	free(v->slot);
	*v = (struct variety){ 0 };
}

size_t
variety_bytes(const struct variety *v)
{
	return timeline_bytes(&v->tl) + v->tl.n * sizeof(*v->slot);
}

void
variety_save(const struct variety *v, struct buf *to)
{
	bytes_put(to, v->tidy_at, 4);
	bytes_put(to, v->level, 1);
	bytes_put(to, v->admit, 1);
	bytes_put(to, (uint64_t)v->admit_from, 8);
	timeline_save(&v->tl, to);
}

bool
variety_load(struct variety *v, struct str *from)
{
	bool bad = false;

	v->tidy_at = (uint32_t)bytes_get(from, 4, &bad);
	v->level = (uint8_t)bytes_get(from, 1, &bad);
	v->admit = (uint8_t)bytes_get(from, 1, &bad);
	v->admit_from = (int64_t)bytes_get(from, 8, &bad);
	if (bad || v->tidy_at > VARIETY_MAX || v->level > LEVEL_MAX || v->admit > v->level)
		return false;
	return timeline_load(&v->tl, VARIETY_MAX, from);
}
