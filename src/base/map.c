/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over pointers to entries; a deleted slot is a tombstone until the next growth. */
#include "base/map.h"

#include <stdalign.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

#define SLOTS_MIN ((size_t)16)

struct entry {
	size_t key_n;
	alignas(16) char value[]; /* value_size bytes, then the key */
};

struct slot {
	uint64_t hash;
	struct entry *e; /* NULL: never used; &gone: tombstone */
};

struct map {
	struct hash_key key;
	struct slot *slots;
	size_t size, used, gone; /* slots (a power of two), entries, tombstones */
	size_t value_size, cap;
};

static struct entry gone;

struct map *
map_new(size_t value_size, size_t cap)
{
	struct map *m = MEM_NEW(struct map);

	m->key = hash_key_random();
	m->value_size = value_size;
	m->cap = cap;
	m->size = SLOTS_MIN;
	m->slots = mem_zalloc(m->size * sizeof(*m->slots));
	return m;
}

static inline bool
is_live(const struct slot *s)
{
	return s->e != NULL && s->e != &gone;
}

void
map_free(struct map *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->size; i++)
		if (is_live(&m->slots[i]))
			free(m->slots[i].e);
	free(m->slots);
	free(m);
}

/* The slot of `key`, or NULL; *ret_free then is where it would go. */
static struct slot *
find(const struct map *m, struct str key, uint64_t hash, struct slot **ret_free)
{
	struct slot *reuse = NULL;

	for (size_t i = (size_t)hash & (m->size - 1);; i = (i + 1) & (m->size - 1)) {
		struct slot *s = &m->slots[i];

		if (s->e == NULL) {
			*ret_free = reuse != NULL ? reuse : s;
			return NULL;
		}
		if (s->e == &gone) {
			if (reuse == NULL)
				reuse = s;
		} else if (s->hash == hash && s->e->key_n == key.n &&
			   (key.n == 0 || memcmp(s->e->value + m->value_size, key.p, key.n) == 0)) {
			return s;
		}
	}
}

/* Keeps a quarter of the slots free; drops the tombstones. */
static void
make_room(struct map *m)
{
	size_t size = m->size;
	struct slot *slots;

	if ((m->used + m->gone + 1) * 4 <= m->size * 3)
		return;
	while ((m->used + 1) * 2 > size)
		size *= 2;
	slots = mem_zalloc(size * sizeof(*slots));
	for (size_t i = 0; i < m->size; i++) {
		size_t at = (size_t)m->slots[i].hash & (size - 1);

		if (!is_live(&m->slots[i]))
			continue;
		while (slots[at].e != NULL)
			at = (at + 1) & (size - 1);
		slots[at] = m->slots[i];
	}
	free(m->slots);
	m->slots = slots;
	m->size = size;
	m->gone = 0;
}

void *
map_get(const struct map *m, struct str key)
{
	struct slot *unused, *s = find(m, key, hash_str(m->key, key), &unused);

	return s != NULL ? s->e->value : NULL;
}

void *
map_put(struct map *m, struct str key, bool *ret_new)
{
	uint64_t hash = hash_str(m->key, key);
	struct slot *place, *s = find(m, key, hash, &place);
	struct entry *e;

	if (ret_new != NULL)
		*ret_new = false;
	if (s != NULL)
		return s->e->value;
	if (m->used >= m->cap)
		return NULL;
	make_room(m);
	(void)find(m, key, hash, &place);
	e = mem_alloc(sizeof(*e) + m->value_size + key.n);
	e->key_n = key.n;
	memset(e->value, 0, m->value_size);
	if (key.n != 0)
		memcpy(e->value + m->value_size, key.p, key.n);
	if (place->e == &gone)
		m->gone--;
	*place = (struct slot){ hash, e };
	m->used++;
	if (ret_new != NULL)
		*ret_new = true;
	return e->value;
}

bool
map_del(struct map *m, struct str key)
{
	struct slot *unused, *s = find(m, key, hash_str(m->key, key), &unused);

	if (s == NULL)
		return false;
	free(s->e);
	s->e = &gone;
	m->used--;
	m->gone++;
	return true;
}

size_t
map_len(const struct map *m)
{
	return m->used;
}

void *
map_next(const struct map *m, size_t *it, struct str *ret_key)
{
	while (*it < m->size) {
		const struct slot *s = &m->slots[(*it)++];

		if (!is_live(s))
			continue;
		if (ret_key != NULL)
			*ret_key = (struct str){ s->e->value + m->value_size, s->e->key_n };
		return s->e->value;
	}
	return NULL;
}
