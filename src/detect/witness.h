/* Atoms without which a rule cannot be true. */
#ifndef DETECT_WITNESS_H
#define DETECT_WITNESS_H

#include "detect/atom.h"
#include "detect/expr.h"

typedef VEC(uint32_t) witness_list;

/*
 * Appends a set of atoms of which at least one holds whenever `e` does, all of
 * which make themselves known (find is not FIND_NONE); of several such sets the
 * one whose weakest atom is longest.  False when there is none.
 */
bool witness_find(const struct expr *e, const struct atoms *atoms, witness_list *to) NONNULL;

#endif
