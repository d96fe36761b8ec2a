/* A table by length and both ends of the path: those of rules alone are in it. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/paths.h"

#include <stdlib.h>

#include "base/mem.h"

struct slot {
	struct str path; /* p is NULL: free */
	uint32_t list;
};

struct paths {
	struct slot *slot;
	size_t mask;
	struct lists chans;
};

static inline size_t
place(struct str path)
{
	uint64_t head = 0, tail = 0, h;

	if (path.n >= 8) {
		memcpy(&head, path.p, 8);
		memcpy(&tail, path.p + path.n - 8, 8);
	} else if (path.n >= 4) {
		memcpy(&head, path.p, 4);
		memcpy(&tail, path.p + path.n - 4, 4);
	} else if (path.n > 0) {
		head = (unsigned char)path.p[0];
		tail = (unsigned char)path.p[path.n - 1];
	}
	h = (head ^ path.n) * 0x9e3779b97f4a7c15U;
	h = (h ^ h >> 32 ^ tail) * 0x9fb21c651e98df25U;
	return (size_t)(h ^ h >> 32);
}

static struct slot *
find(const struct paths *t, struct str path)
{
	size_t at = place(path) & t->mask;

	while (t->slot[at].path.p != NULL && !str_eq(t->slot[at].path, path))
		at = (at + 1) & t->mask;
	return &t->slot[at];
}

struct paths *
paths_new(const struct atoms *atoms)
{
	struct paths *t = MEM_NEW(struct paths);
	lists_pairs pairs = { 0 };
	size_t size = 4;
	uint32_t n = 0;

	while (size < 4 * atoms->path.n)
		size *= 2;
	t->mask = size - 1;
	t->slot = mem_zalloc(size * sizeof(*t->slot));
	for (size_t i = 0; i < atoms->path.n; i++) {
		struct slot *s = find(t, atoms->path.p[i].path);

		if (s->path.p == NULL)
			*s = (struct slot){ atoms->path.p[i].path, n++ };
		VEC_PUSH(&pairs, ((struct lists_pair){ s->list, atoms->path.p[i].chan }));
	}
	t->chans = lists_new(&pairs, n);
	VEC_FINI(&pairs);
	return t;
}

void
paths_free(struct paths *t)
{
	if (t == NULL)
		return;
	free(t->slot);
	lists_fini(&t->chans);
	free(t);
}

const uint32_t *
paths_chans(const struct paths *t, struct str path, size_t *ret_n)
{
	const struct slot *s = find(t, path);

	*ret_n = 0;
	return s->path.p != NULL ? lists_get(&t->chans, s->list, ret_n) : NULL;
}
