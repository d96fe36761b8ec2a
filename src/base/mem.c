/* SPDX-License-Identifier: Apache-2.0 */
/* Heap that never returns NULL. */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void
die(size_t n)
{
	fprintf(stderr, "out of memory (%zu bytes)\n", n);
	abort();
}

void *
mem_alloc(size_t n)
{
	void *p = malloc(n != 0 ? n : 1);

	if (p == NULL)
		die(n);
	return p;
}

void *
mem_zalloc(size_t n)
{
	void *p = calloc(1, n != 0 ? n : 1);

	if (p == NULL)
		die(n);
	return p;
}

void *
mem_resize(void *p, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		die((size_t)-1);
	p = realloc(p, n != 0 ? n : 1);
	if (p == NULL)
		die(n);
	return p;
}

char *
mem_dup(const char *p, size_t n)
{
	char *copy = mem_alloc(n + 1);

	if (n != 0)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

void
mem_freep(void *pp)
{
	void **p = pp;

	free(*p);
	*p = NULL;
}
