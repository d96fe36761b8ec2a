/* Open addressing over fingerprints; a list without order to draw from. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: keys_ */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/keys.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "detect/slab.h"

#define DRAWN 8
#define AHEAD_BYTES 256 /* of what a state points at first */
#define KEY_OVERHEAD (sizeof(struct key) + sizeof(struct slot) * 2 + sizeof(struct key *))

struct slot {
	uint64_t hash;
	struct key *k; /* NULL: free */
};

struct keys {
	struct keys_opts o;
	struct hash_key secret;
	struct slot *slot;
	size_t size; /* of slot, a power of two */
	struct key **list;
	size_t n, list_size, bytes;
	uint64_t draw;
	struct slab slab;
};

struct keys *
keys_new(const struct keys_opts *opts)
{
	struct keys *ks = MEM_NEW(struct keys);

	ks->o = *opts;
	ks->secret = hash_key_random();
	if (ks->o.max == 0)
		ks->o.max = 1;
	ks->size = 64;
	ks->slot = mem_zalloc(ks->size * sizeof(*ks->slot));
	return ks;
}

static size_t
piece_of(const struct key *k)
{
	return sizeof(*k) + k->state_n + k->text_n;
}

static size_t
size_of(const struct key *k)
{
	return KEY_OVERHEAD + k->state_n + k->text_n + k->bytes;
}

static struct slot *
slot_of(const struct keys *ks, const struct key *k)
{
	size_t i = k->hash & (ks->size - 1);

	while (ks->slot[i].k != k)
		i = (i + 1) & (ks->size - 1);
	return &ks->slot[i];
}

/* Those behind a slot that was freed move up, so that no search stops too early. */
static void
close_gap(struct keys *ks, size_t gap)
{
	size_t mask = ks->size - 1;

	for (size_t i = (gap + 1) & mask; ks->slot[i].k != NULL; i = (i + 1) & mask) {
		size_t home = ks->slot[i].hash & mask;

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		ks->slot[gap] = ks->slot[i];
		gap = i;
	}
	ks->slot[gap].k = NULL;
}

static void
drop(struct keys *ks, struct key *k, bool evicted)
{
	struct key *last = ks->list[--ks->n];

	ks->o.gone(ks->o.ctx, k, evicted);
	ks->bytes -= size_of(k);
	close_gap(ks, (size_t)(slot_of(ks, k) - ks->slot));
	last->place = k->place;
	ks->list[k->place] = last;
	slab_put(&ks->slab, k, piece_of(k));
}

void
keys_drop(struct keys *ks, struct key *k)
{
	drop(ks, k, false);
}

void
keys_clear(struct keys *ks, uint64_t draw)
{
	for (size_t i = 0; i < ks->n; i++) {
		ks->o.gone(ks->o.ctx, ks->list[i], false);
		slab_put(&ks->slab, ks->list[i], piece_of(ks->list[i]));
	}
	memset(ks->slot, 0, ks->size * sizeof(*ks->slot));
	ks->n = ks->bytes = 0;
	ks->draw = draw;
}

void
keys_free(struct keys *ks)
{
	if (ks == NULL)
		return;
	keys_clear(ks, 0);
	slab_fini(&ks->slab);
	free(ks->slot);
	free(ks->list);
	free(ks);
}

/* splitmix64 */
static uint64_t
next_draw(struct keys *ks)
{
	uint64_t z = ks->draw += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

static void
evict(struct keys *ks, const struct key *keep)
{
	struct key *drawn[DRAWN], *least = NULL;
	double worth = 0;

	for (size_t i = 0; i < DRAWN; i++) {
		drawn[i] = ks->list[next_draw(ks) % ks->n];
		__builtin_prefetch(drawn[i]);
	}
	for (size_t i = 0; i < DRAWN; i++) {
		double w;

		if (drawn[i] == keep)
			continue;
		w = ks->o.worth(ks->o.ctx, drawn[i]);
		if (least != NULL &&
		    (w > worth || (w >= worth && (int32_t)(drawn[i]->born - least->born) <= 0)))
			continue;
		least = drawn[i];
		worth = w;
	}
	if (least == NULL) /* all drawn were the one to keep */
		least = ks->list[keep->place == 0 ? ks->n - 1 : 0];
	drop(ks, least, true);
}

static void
grow(struct keys *ks)
{
	size_t size = ks->size * 2;
	struct slot *slot = slab_large(size * sizeof(*slot));

	for (size_t i = 0; i < ks->size; i++) {
		size_t to = ks->slot[i].hash & (size - 1);

		if (ks->slot[i].k == NULL)
			continue;
		while (slot[to].k != NULL)
			to = (to + 1) & (size - 1);
		slot[to] = ks->slot[i];
	}
	free(ks->slot);
	ks->slot = slot;
	ks->size = size;
}

static struct key *
add(struct keys *ks, uint64_t hash, uint32_t rule, struct str text, size_t state_size)
{
	size_t state_n = (state_size + 7) / 8 * 8, i;
	struct key *k = slab_get(&ks->slab, sizeof(*k) + state_n + text.n);

	*k = (struct key){ .hash = hash,
		.rule = rule,
		.place = (uint32_t)ks->n,
		.text_n = (uint32_t)text.n,
		.state_n = state_n & 0x7fffffff,
		.demo = true,
		.begin = KEY_NEVER,
		.touched = KEY_NEVER,
		.due = INT64_MAX };
	if (text.n > 0)
		memcpy((char *)k->state + state_n, text.p, text.n);
	if (ks->n * 4 >= ks->size * 3)
		grow(ks);
	if (ks->n == ks->list_size) {
		ks->list_size = ks->list_size > 0 ? 2 * ks->list_size : 64;
		ks->list = mem_resize(ks->list, ks->list_size, sizeof(struct key *));
	}
	for (i = hash & (ks->size - 1); ks->slot[i].k != NULL;)
		i = (i + 1) & (ks->size - 1);
	ks->slot[i] = (struct slot){ hash, k };
	ks->list[ks->n++] = k;
	ks->bytes += size_of(k);
	return k;
}

/* Nothing of a key is in a cache, as a rule: asked for at once are its lines. */
static void
fetch(const struct key *k)
{
	const char *line = (const char *)k;

	__builtin_prefetch(line);
	__builtin_prefetch(line + 64);
	__builtin_prefetch(line + 128);
	__builtin_prefetch(line + 192);
}

/* What its state points at first is what its type will read first. */
static bool
is_it(const struct key *k, uint32_t rule, struct str text)
{
	fetch(k);
	if (k->rule != rule)
		return false;
	__builtin_prefetch((const void *)(uintptr_t)k->state[0]);
	return str_eq(key_text(k), text);
}

uint64_t
keys_hash(const struct keys *ks, uint32_t rule, struct str text)
{
	return hash_str(ks->secret, text) ^ (rule + 1) * 0x9e3779b97f4a7c15U;
}

void
keys_ahead(const struct keys *ks, uint64_t hash, unsigned step)
{
	size_t i = hash & (ks->size - 1);
	uintptr_t first;

	if (step == 0) {
		__builtin_prefetch(&ks->slot[i]);
		return;
	}
	while (ks->slot[i].k != NULL && ks->slot[i].hash != hash)
		i = (i + 1) & (ks->size - 1);
	if (ks->slot[i].k == NULL)
		return;
	if (step == 1) {
		fetch(ks->slot[i].k);
		return;
	}
	/* Most states begin with a pointer; where one does not, what is fetched does no harm. */
	first = (uintptr_t)ks->slot[i].k->state[0];
	for (uintptr_t n = 0; first != 0 && n < AHEAD_BYTES; n += 64)
		__builtin_prefetch((const void *)(first + n));
}

struct key *
keys_use(struct keys *ks, uint32_t rule, struct str text, size_t state_size, bool *ret_new)
{
	uint64_t hash = keys_hash(ks, rule, text);

	*ret_new = false;
	for (size_t i = hash & (ks->size - 1); ks->slot[i].k != NULL;
	     i = (i + 1) & (ks->size - 1)) {
		if (ks->slot[i].hash == hash && is_it(ks->slot[i].k, rule, text))
			return ks->slot[i].k;
	}
	*ret_new = true;
	while (ks->n >= ks->o.max || (ks->n > 0 && ks->bytes > ks->o.bytes_max))
		evict(ks, NULL);
	return add(ks, hash, rule, text, state_size);
}

void
keys_told(struct keys *ks, struct key *k, size_t bytes)
{
	ks->bytes -= k->bytes;
	k->bytes = bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
	ks->bytes += k->bytes;
	while (ks->bytes > ks->o.bytes_max && ks->n > 1)
		evict(ks, k);
}

struct key *
keys_at(const struct keys *ks, size_t i)
{
	return ks->list[i];
}

size_t
keys_len(const struct keys *ks)
{
	return ks->n;
}

size_t
keys_bytes(const struct keys *ks)
{
	return ks->bytes;
}

uint64_t
keys_draw(const struct keys *ks)
{
	return ks->draw;
}

void
keys_order(struct keys *ks, struct key *const *order, size_t n, uint64_t draw)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		if (order[i] == NULL)
			continue;
		ks->list[to] = order[i];
		order[i]->place = (uint32_t)to++;
	}
	ks->draw = draw;
}
