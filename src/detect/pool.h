/* Memory of a rule set: an arena that is large enough by the caps on what is read into it. */
#ifndef DETECT_POOL_H
#define DETECT_POOL_H

#include <assert.h>

#include "base/arena.h"

#define POOL_MAX ((size_t)2 << 30)

/* Zeroed, never NULL: rule files come from the operator and are capped in size and number. */
static inline void *
pool_get(struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);

	assert(p != NULL);
	return p;
}

#define POOL_NEW(a, type) ((type *)pool_get(a, sizeof(type)))
#define POOL_ARRAY(a, type, n) ((type *)pool_get(a, (n) * sizeof(type)))

/* A terminated copy. */
static inline struct str
pool_str(struct arena *a, struct str s)
{
	char *p = pool_get(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

#endif
