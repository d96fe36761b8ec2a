/* Many short lists of numbers in one array. */
#ifndef DETECT_LISTS_H
#define DETECT_LISTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/vec.h"

struct lists {
	uint32_t *at, *item; /* those of list i stand at at[i] .. at[i + 1] */
};

struct lists_pair {
	uint32_t list, item;
};
typedef VEC(struct lists_pair) lists_pairs;

/* n lists; items keep the order of the pairs. */
struct lists lists_new(const lists_pairs *p, size_t n) NONNULL;
void lists_fini(struct lists *l) NONNULL;

static inline const uint32_t *
lists_get(const struct lists *l, uint32_t list, size_t *ret_n)
{
	*ret_n = l->at[list + 1] - l->at[list];
	return l->item + l->at[list];
}

#endif
