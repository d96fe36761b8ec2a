/* Space-saving over a handful of slots: a scan of their hashes beats any table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/top.h"

static struct str
cut(struct str key)
{
	return (struct str){ key.p, key.n < TOP_KEY_MAX ? key.n : TOP_KEY_MAX };
}

/* Collisions cost a comparison of two keys and nothing else: no secret is needed. */
static uint32_t
hash_of(struct str key)
{
	uint64_t h = 0x9e3779b97f4a7c15 ^ key.n, word;

	while (key.n >= sizeof(word)) {
		memcpy(&word, key.p, sizeof(word));
		h = (h ^ word) * 0xff51afd7ed558ccd;
		h ^= h >> 32;
		key = str_from(key, sizeof(word));
	}
	word = 0;
	if (key.n != 0)
		memcpy(&word, key.p, key.n);
	h = (h ^ word) * 0xc4ceb9fe1a85ec53;
	return (uint32_t)(h >> 32);
}

static struct top_slot *
find(struct top *t, struct str key, uint32_t hash)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->hash[i] == hash &&
		    str_eq((struct str){ t->slots[i].key, t->slots[i].key_n }, key))
			return &t->slots[i];
	return NULL;
}

struct top_slot *
top_find(struct top *t, struct str key)
{
	key = cut(key);
	return find(t, key, hash_of(key));
}

static uint32_t
lightest(const struct top *t)
{
	uint32_t at = 0;

	for (uint32_t i = 1; i < t->n; i++)
		if (t->slots[i].weight < t->slots[at].weight)
			at = i;
	return at;
}

struct top_slot *
top_add(struct top *t, struct str key, uint32_t weight)
{
	struct top_slot *slot;
	uint32_t hash, at, inherited = 0;

	key = cut(key);
	hash = hash_of(key);
	slot = find(t, key, hash);
	if (slot != NULL) {
		slot->weight = top_plus(slot->weight, weight);
		return slot;
	}
	if (t->n < TOP_SLOTS) {
		at = t->n++;
	} else {
		at = lightest(t);
		inherited = t->slots[at].weight;
	}
	slot = &t->slots[at];
	t->hash[at] = hash;
	*slot = (struct top_slot){ .weight = top_plus(inherited, weight), .key_n = (uint8_t)key.n };
	if (key.n != 0)
		memcpy(slot->key, key.p, key.n);
	return slot;
}

bool
top_restore(struct top *t, const struct top_slot *slot)
{
	struct str key = { slot->key, slot->key_n };

	if (t->n == TOP_SLOTS || key.n > TOP_KEY_MAX || top_find(t, key) != NULL)
		return false;
	t->hash[t->n] = hash_of(key);
	t->slots[t->n++] = *slot;
	return true;
}
