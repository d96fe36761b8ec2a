/* Pages of 2 MiB, cut up from the front. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/slab.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"

#define PAGE ((size_t)2 << 20)
#define HEAD 64 /* of a page: the one before */

void *
slab_large(size_t n)
{
	void *p = NULL;

	if (n < PAGE)
		return mem_zalloc(n);
	n = (n + PAGE - 1) / PAGE * PAGE;
	if (posix_memalign(&p, PAGE, n) != 0)
		abort();
	(void)madvise(p, n, MADV_HUGEPAGE); /* a wish */
	memset(p, 0, n);
	return p;
}

void *
slab_get(struct slab *s, size_t n)
{
	size_t i = (n + SLAB_STEP - 1) / SLAB_STEP;
	void *p;

	if (i == 0 || i >= SLAB_SIZES)
		return mem_zalloc(n);
	p = s->free[i];
	if (p != NULL) {
		memcpy(&s->free[i], p, sizeof(void *));
		return memset(p, 0, i * SLAB_STEP);
	}
	if (s->page == NULL || s->used + i * SLAB_STEP > PAGE) {
		char *page = slab_large(PAGE);

		memcpy(page, &s->page, sizeof(void *));
		s->page = page;
		s->used = HEAD;
	}
	p = s->page + s->used;
	s->used += i * SLAB_STEP;
	return p;
}

void
slab_put(struct slab *s, void *p, size_t n)
{
	size_t i = (n + SLAB_STEP - 1) / SLAB_STEP;

	if (i == 0 || i >= SLAB_SIZES) {
		free(p);
		return;
	}
	memcpy(p, &s->free[i], sizeof(void *));
	s->free[i] = p;
}

void
slab_fini(struct slab *s)
{
	while (s->page != NULL) {
		char *page = s->page;

		memcpy(&s->page, page, sizeof(void *));
		free(page);
	}
	*s = (struct slab){ 0 };
}
