/* Choice of the atoms that wake a rule. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/witness.h"

#define REGEX_WEIGHT 6

/* How seldom an atom is expected to fire; 0: it does not make itself known. */
static size_t
weight(const struct atom *a)
{
	switch (a->find) {
	case FIND_EXACT:
	case FIND_LITERAL:
		return a->key.n + 1;
	case FIND_REGEX:
		return REGEX_WEIGHT;
	case FIND_NONE:
		break;
	}
	return 0;
}

/* The weakest member of the best set; 0 when there is none. */
static size_t
strength(const struct expr *e, const struct atoms *atoms)
{
	size_t best = 0, worst = SIZE_MAX;

	switch (e->op) {
	case EXPR_FALSE:
		return SIZE_MAX;
	case EXPR_TRUE:
	case EXPR_NOT:
		return 0;
	case EXPR_ATOM:
		return weight(&atoms->atom.p[e->atom]);
	case EXPR_AND:
	case EXPR_OR:
		break;
	}
	for (uint32_t i = 0; i < e->n; i++) {
		size_t w = strength(e->kids[i], atoms);

		best = w > best ? w : best;
		worst = w < worst ? w : worst;
	}
	return e->op == EXPR_AND ? best : worst;
}

static void
collect(const struct expr *e, const struct atoms *atoms, witness_list *to)
{
	size_t best = 0, at = 0;

	if (e->op == EXPR_ATOM) {
		VEC_PUSH(to, e->atom);
		return;
	}
	for (uint32_t i = 0; i < e->n && e->op == EXPR_OR; i++)
		collect(e->kids[i], atoms, to);
	for (uint32_t i = 0; i < e->n && e->op == EXPR_AND; i++) {
		size_t w = strength(e->kids[i], atoms);

		if (w > best) {
			best = w;
			at = i;
		}
	}
	if (e->op == EXPR_AND)
		collect(e->kids[at], atoms, to);
}

bool
witness_find(const struct expr *e, const struct atoms *atoms, witness_list *to)
{
	if (strength(e, atoms) == 0)
		return false;
	collect(e, atoms, to);
	return true;
}
