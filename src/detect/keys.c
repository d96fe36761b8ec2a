/* Chained hash table whose entries stand in a list by use. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/keys.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

struct keys {
	struct hash_key secret;
	struct key **bucket;
	size_t size, n, cap;
	struct key *oldest, *newest;
	uint64_t evicted;
};

struct keys *
keys_new(size_t cap)
{
	struct keys *ks = MEM_NEW(struct keys);

	ks->secret = hash_key_random();
	ks->cap = cap > 0 ? cap : 1;
	ks->size = 64;
	ks->bucket = mem_zalloc(ks->size * sizeof(struct key *));
	return ks;
}

static void
unlink_key(struct keys *ks, struct key *k)
{
	*(k->older != NULL ? &k->older->newer : &ks->oldest) = k->newer;
	*(k->newer != NULL ? &k->newer->older : &ks->newest) = k->older;
	k->older = k->newer = NULL;
}

static void
link_newest(struct keys *ks, struct key *k)
{
	k->older = ks->newest;
	*(ks->newest != NULL ? &ks->newest->newer : &ks->oldest) = k;
	ks->newest = k;
}

static void
drop(struct keys *ks, struct key *k)
{
	struct key **at = &ks->bucket[k->hash & (ks->size - 1)];

	while (*at != k)
		at = &(*at)->chain;
	*at = k->chain;
	unlink_key(ks, k);
	window_fini(&k->window);
	free(k);
	ks->n--;
}

void
keys_clear(struct keys *ks, uint64_t evicted)
{
	while (ks->oldest != NULL)
		drop(ks, ks->oldest);
	ks->evicted = evicted;
}

void
keys_free(struct keys *ks)
{
	if (ks == NULL)
		return;
	keys_clear(ks, 0);
	free(ks->bucket);
	free(ks);
}

static void
grow(struct keys *ks)
{
	free(ks->bucket);
	ks->size *= 2;
	ks->bucket = mem_zalloc(ks->size * sizeof(struct key *));
	for (struct key *k = ks->oldest; k != NULL; k = k->newer) {
		struct key **at = &ks->bucket[k->hash & (ks->size - 1)];

		k->chain = *at;
		*at = k;
	}
}

static struct key *
add(struct keys *ks, uint64_t hash, uint32_t rule, struct str text)
{
	struct key *k = mem_zalloc(sizeof(*k) + text.n);
	struct key **at;

	k->hash = hash;
	k->rule = rule;
	k->text_n = (uint32_t)text.n;
	if (text.n > 0)
		memcpy(k->text, text.p, text.n);
	if (ks->n >= ks->size)
		grow(ks);
	at = &ks->bucket[hash & (ks->size - 1)];
	k->chain = *at;
	*at = k;
	link_newest(ks, k);
	ks->n++;
	return k;
}

struct key *
keys_use(struct keys *ks, uint32_t rule, struct str text)
{
	uint64_t hash = hash_str(ks->secret, text) ^ rule * 0x9e3779b97f4a7c15U;
	struct key *k = ks->bucket[hash & (ks->size - 1)];

	while (k != NULL && (k->hash != hash || k->rule != rule ||
				!str_eq((struct str){ k->text, k->text_n }, text)))
		k = k->chain;
	if (k != NULL) {
		unlink_key(ks, k);
		link_newest(ks, k);
		return k;
	}
	if (ks->n == ks->cap) {
		drop(ks, ks->oldest);
		ks->evicted++;
	}
	return add(ks, hash, rule, text);
}

struct key *
keys_oldest(const struct keys *ks)
{
	return ks->oldest;
}

size_t
keys_len(const struct keys *ks)
{
	return ks->n;
}

uint64_t
keys_evicted(const struct keys *ks)
{
	return ks->evicted;
}
