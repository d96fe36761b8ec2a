/* Trees of and, or, not. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_cond.c */
#include "detect/expr.h"

#include "detect/pool.h"

const struct expr *
expr_atom(struct arena *a, uint32_t atom)
{
	struct expr *e = POOL_NEW(a, struct expr);

	e->op = EXPR_ATOM;
	e->atom = atom;
	return e;
}

const struct expr *
expr_not(struct arena *a, const struct expr *kid)
{
	struct expr *e = POOL_NEW(a, struct expr);

	e->op = EXPR_NOT;
	e->kids = POOL_NEW(a, const struct expr *);
	e->kids[0] = kid;
	e->n = 1;
	return e;
}

const struct expr *
expr_join(struct arena *a, enum expr_op op, const struct expr *const *kids, size_t n)
{
	struct expr *e;

	if (n == 1)
		return kids[0];
	e = POOL_NEW(a, struct expr);
	e->op = n > 0 ? op : op == EXPR_AND ? EXPR_TRUE : EXPR_FALSE;
	e->n = (uint32_t)n;
	if (n > 0) {
		e->kids = POOL_ARRAY(a, const struct expr *, n);
		memcpy(e->kids, kids, n * sizeof(*kids));
	}
	return e;
}

bool
expr_eval(const struct expr *e, expr_holds_fn holds, void *ctx)
{
	switch (e->op) {
	case EXPR_ATOM:
		return holds(ctx, e->atom);
	case EXPR_NOT:
		return !expr_eval(e->kids[0], holds, ctx);
	case EXPR_AND:
		for (uint32_t i = 0; i < e->n; i++)
			if (!expr_eval(e->kids[i], holds, ctx))
				return false;
		return true;
	case EXPR_OR:
		for (uint32_t i = 0; i < e->n; i++)
			if (expr_eval(e->kids[i], holds, ctx))
				return true;
		return false;
	case EXPR_TRUE:
		return true;
	case EXPR_FALSE:
		break;
	}
	return false;
}
