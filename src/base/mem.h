/*
 * Heap.  Running out of memory ends the process: what an outsider can make
 * us allocate is bounded by budgets (FAIL_LIMIT) long before.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/attr.h"

void *mem_alloc(size_t n) RETURNS_NONNULL MALLOC_LIKE(1);
void *mem_zalloc(size_t n) RETURNS_NONNULL MALLOC_LIKE(1);
/* `count * size` bytes at `p` moved to a new place; aborts on overflow. */
void *mem_resize(void *p, size_t count, size_t size) RETURNS_NONNULL;
/* A terminated copy of n bytes. */
char *mem_dup(const char *p, size_t n) RETURNS_NONNULL;
void mem_freep(void *pp); /* for auto_free; takes T ** */

#define MEM_NEW(type) ((type *)mem_zalloc(sizeof(type)))

#endif
