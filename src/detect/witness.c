/* Choice of the atoms that wake a rule. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/witness.h"

#include "detect/find.h"

#define COMMON 6 /* what an atom loses each time twice as many rules ask it */
#define LONG 16

/*
 * How seldom an atom is expected to hold; 0: it does not make itself known.  What many
 * rules ask is common: the name of a shell, the number of an event.
 */
static size_t
weight(const struct witness_ctx *x, uint32_t atom)
{
	const struct atom *a = &x->atoms->atom.p[atom];
	size_t w = 2 * (a->key.n < LONG ? a->key.n : LONG), loss = 0;

	switch (a->find) {
	case FIND_NONE:
		return 0;
	case FIND_EXACT:
		w += LONG;
		break;
	case FIND_HEAD:
	case FIND_TAIL:
		w += LONG / 2;
		break;
	case FIND_REGEX:
		return ATOM_LITERAL_MIN - 1;
	case FIND_LITERAL:
		if (!find_is_rare(a))
			return a->key.n;
		break;
	}
	for (uint32_t n = x->uses[atom]; n > 1; n /= 2)
		loss += COMMON;
	return w > loss + ATOM_LITERAL_MIN ? w - loss : ATOM_LITERAL_MIN;
}

/* The weakest member of the best set; 0 when there is none. */
static size_t
strength(const struct witness_ctx *x, const struct expr *e)
{
	size_t best = 0, worst = SIZE_MAX;

	switch (e->op) {
	case EXPR_FALSE:
		return SIZE_MAX;
	case EXPR_TRUE:
	case EXPR_NOT:
		return 0;
	case EXPR_ATOM:
		return weight(x, e->atom);
	case EXPR_AND:
	case EXPR_OR:
		break;
	}
	for (uint32_t i = 0; i < e->n; i++) {
		size_t w = strength(x, e->kids[i]);

		best = w > best ? w : best;
		worst = w < worst ? w : worst;
	}
	return e->op == EXPR_AND ? best : worst;
}

static void
collect(const struct witness_ctx *x, const struct expr *e, witness_list *to)
{
	size_t best = 0, at = 0;

	if (e->op == EXPR_ATOM) {
		VEC_PUSH(to, e->atom);
		return;
	}
	for (uint32_t i = 0; i < e->n && e->op == EXPR_OR; i++)
		collect(x, e->kids[i], to);
	for (uint32_t i = 0; i < e->n && e->op == EXPR_AND; i++) {
		size_t w = strength(x, e->kids[i]);

		if (w > best) {
			best = w;
			at = i;
		}
	}
	if (e->op == EXPR_AND)
		collect(x, e->kids[at], to);
}

bool
witness_find(const struct witness_ctx *x, const struct expr *e, witness_list *to)
{
	if (strength(x, e) == 0)
		return false;
	collect(x, e, to);
	return true;
}
