/*
 * Typed growable array: VEC(struct x) v = { 0 };  VEC_PUSH(&v, item);
 * v.p[i], v.n;  VEC_FINI(&v).  Pointers into it die at the next push.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdlib.h>

#include "base/mem.h"

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *p;                                                                           \
		size_t n, size;                                                                    \
	}

/* Room for one more; the pointer to it is the value, uninitialised. */
#define VEC_ADD(v)                                                                                 \
	({                                                                                         \
		__typeof__(v) v_ = (v);                                                            \
		if (v_->n == v_->size) {                                                           \
			v_->size = v_->size != 0 ? v_->size * 2 : 8;                               \
			v_->p = mem_resize(v_->p, v_->size, sizeof(*v_->p));                       \
		}                                                                                  \
		&v_->p[v_->n++];                                                                   \
	})
#define VEC_PUSH(v, item) ((void)(*VEC_ADD(v) = (item)))
#define VEC_FINI(v)                                                                                \
	do {                                                                                       \
		free((v)->p);                                                                      \
		(v)->p = NULL;                                                                     \
		(v)->n = (v)->size = 0;                                                            \
	} while (0)

#endif
