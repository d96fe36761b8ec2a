/* A set-associative cache of addresses; forgetting all is one addition. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/cache.h"

#include <stdlib.h>

#include "base/mem.h"
#include "enrich/mix.h"

struct entry {
	uint32_t age; /* of the cache when it was filled; another one: empty */
	uint8_t n;
	char text[IP_TEXT_SIZE];
	struct cache_info info;
};

struct cache {
	uint32_t age, turn;
	struct entry entries[CACHE_SIZE];
};

struct cache *
cache_new(void)
{
	struct cache *c = MEM_NEW(struct cache);

	c->age = 1;
	return c;
}

void
cache_free(struct cache *c)
{
	free(c);
}

void
cache_clear(struct cache *c)
{
	if (++c->age != 0)
		return;
	memset(c->entries, 0, sizeof(c->entries));
	c->age = 1;
}

struct cache_info *
cache_get(struct cache *c, struct str text, bool *ret_new)
{
	size_t n = text.n < IP_TEXT_SIZE ? text.n : IP_TEXT_SIZE; /* longer ones are no addresses */
	struct str key = { text.p, n };
	struct entry *set, *e;

	set = &c->entries[mix_str(key) % (CACHE_SIZE / CACHE_WAYS) * CACHE_WAYS];
	for (unsigned i = 0; i < CACHE_WAYS; i++) {
		e = &set[i];
		if (e->age == c->age && e->n == n && memcmp(e->text, key.p, n) == 0) {
			*ret_new = false;
			return &e->info;
		}
	}
	e = NULL;
	for (unsigned i = 0; i < CACHE_WAYS && e == NULL; i++)
		if (set[i].age != c->age)
			e = &set[i];
	if (e == NULL)
		e = &set[c->turn++ % CACHE_WAYS];
	memset(&e->info, 0, sizeof(e->info));
	e->age = c->age;
	e->n = (uint8_t)n;
	memcpy(e->text, key.p, n);
	*ret_new = true;
	return &e->info;
}
