/*
 * Conditions of rules as rows of steps: each asks one atom and says where to
 * go on.  Cheap and short parts come first.
 */
#ifndef DETECT_PROGRAM_H
#define DETECT_PROGRAM_H

#include "base/vec.h"
#include "detect/expr.h"

#define PROGRAM_TRUE UINT32_MAX
#define PROGRAM_FALSE (UINT32_MAX - 1)

struct program_step {
	uint32_t atom;
	uint32_t yes, no; /* numbers of steps, or PROGRAM_TRUE, PROGRAM_FALSE */
};
typedef VEC(struct program_step) program_steps;

/* Appends the steps of a condition; the one to begin with.  cost[atom]: of asking, at least 1. */
uint32_t program_add(program_steps *to, const struct expr *e, const uint8_t *cost) NONNULL;

/* Is it no step but an answer? */
static inline bool
program_ends(uint32_t at)
{
	return at >= PROGRAM_FALSE;
}

#endif
