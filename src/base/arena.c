/* SPDX-License-Identifier: Apache-2.0 */
/* Chunked bump allocator with a budget. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

#define CHUNK_SIZE ((size_t)64 * 1024 - 64)
#define ALIGN ((size_t)16)

struct chunk {
	struct chunk *next;
	size_t used, size;
	alignas(16) char bytes[];
};

struct arena {
	struct chunk *head;
	size_t used, budget;
};

struct arena *
arena_new(size_t budget)
{
	struct arena *a = MEM_NEW(struct arena);

	a->budget = budget;
	return a;
}

void
arena_reset(struct arena *a)
{
	struct chunk *keep = NULL;

	while (a->head != NULL) {
		struct chunk *c = a->head;

		a->head = c->next;
		if (keep == NULL && c->size == CHUNK_SIZE)
			keep = c;
		else
			free(c);
	}
	if (keep != NULL) {
		keep->next = NULL;
		keep->used = 0;
	}
	a->head = keep;
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	free(a->head);
	free(a);
}

static char *
take(struct arena *a, size_t n, size_t align)
{
	struct chunk *c = a->head;
	size_t at = c != NULL ? (c->used + align - 1) & ~(align - 1) : 0;
	char *p;

	if (n > a->budget - a->used)
		return NULL;
	if (c == NULL || at > c->size || n > c->size - at) {
		size_t size = n > CHUNK_SIZE ? n : CHUNK_SIZE;

		c = mem_alloc(sizeof(*c) + size);
		c->size = size;
		c->next = a->head;
		a->head = c;
		at = 0;
	}
	p = c->bytes + at;
	c->used = at + n;
	a->used += n;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	char *p = take(a, n, ALIGN);

	return p != NULL ? memset(p, 0, n) : NULL;
}

char *
arena_bytes(struct arena *a, size_t n)
{
	return take(a, n, 1);
}

bool
arena_copy(struct arena *a, struct str s, struct str *ret)
{
	char *p = take(a, s.n, 1);

	if (p == NULL)
		return false;
	if (s.n != 0)
		memcpy(p, s.p, s.n);
	*ret = (struct str){ p, s.n };
	return true;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
