/*
 * What a detection rule asks, as a tree over atoms (detect/atom.h).  Lives in
 * the rule set's arena; parts may be shared.
 */
#ifndef DETECT_EXPR_H
#define DETECT_EXPR_H

#include "base/arena.h"

enum expr_op { EXPR_FALSE, EXPR_TRUE, EXPR_ATOM, EXPR_NOT, EXPR_AND, EXPR_OR };

struct expr {
	enum expr_op op;
	uint32_t atom; /* EXPR_ATOM */
	uint32_t n;
	const struct expr **kids; /* NOT one; AND, OR any number */
};

#define EXPR_DEPTH_MAX 64 /* of a condition */

const struct expr *expr_atom(struct arena *a, uint32_t atom) NONNULL;
const struct expr *expr_not(struct arena *a, const struct expr *e) NONNULL;
/* Copies the list.  One member is that member; none is true for AND and false for OR. */
const struct expr *expr_join(struct arena *a, enum expr_op op, const struct expr *const *kids,
    size_t n) __attribute__((nonnull(1)));

/* Short-circuit evaluation; `holds` says whether an atom is true. */
typedef bool (*expr_holds_fn)(void *ctx, uint32_t atom);
bool expr_eval(const struct expr *e, expr_holds_fn holds, void *ctx) __attribute__((nonnull(1, 2)));

#endif
