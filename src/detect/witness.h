/* Atoms without which a rule cannot be true. */
#ifndef DETECT_WITNESS_H
#define DETECT_WITNESS_H

#include "detect/atom.h"
#include "detect/expr.h"

typedef VEC(uint32_t) witness_list;

struct witness_ctx {
	const struct atoms *atoms;
	const uint32_t *uses; /* by atom: rules that ask it */
};

/*
 * Appends a set of atoms of which at least one holds whenever `e` does, all of
 * which make themselves known (find is not FIND_NONE); of several such sets the
 * one whose most common atom is expected to be rarest.  False when there is none.
 */
bool witness_find(const struct witness_ctx *x, const struct expr *e, witness_list *to) NONNULL;

#endif
