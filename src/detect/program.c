/* Steps are written from the last to the first, so that each knows where it leads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/program.h"

struct writer {
	program_steps *to;
	const uint8_t *cost;
};

static uint64_t
cost_of(const struct writer *w, const struct expr *e)
{
	uint64_t sum = 0;

	if (e->op == EXPR_ATOM)
		return w->cost[e->atom];
	for (uint32_t i = 0; i < e->n; i++)
		sum += cost_of(w, e->kids[i]);
	return sum;
}

struct kid {
	const struct expr *e;
	uint64_t cost;
	uint32_t place;
};

static int
dearest_first(const void *a, const void *b)
{
	const struct kid *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost > y->cost ? -1 : 1;
	return x->place > y->place ? -1 : 1;
}

static uint32_t write_expr(struct writer *w, const struct expr *e, uint32_t yes, uint32_t no);

static uint32_t
write_kids(struct writer *w, const struct expr *e, uint32_t yes, uint32_t no)
{
	struct kid *kid = mem_alloc((e->n + 1) * sizeof(*kid));

	for (uint32_t i = 0; i < e->n; i++)
		kid[i] = (struct kid){ e->kids[i], cost_of(w, e->kids[i]), i };
	qsort(kid, e->n, sizeof(*kid), dearest_first);
	for (uint32_t i = 0; i < e->n; i++) {
		if (e->op == EXPR_AND)
			yes = write_expr(w, kid[i].e, yes, no);
		else
			no = write_expr(w, kid[i].e, yes, no);
	}
	free(kid);
	return e->op == EXPR_AND ? yes : no;
}

/* Depth is bounded by EXPR_DEPTH_MAX. */
static uint32_t
write_expr(struct writer *w, const struct expr *e, uint32_t yes, uint32_t no)
{
	switch (e->op) {
	case EXPR_FALSE:
		return no;
	case EXPR_TRUE:
		return yes;
	case EXPR_ATOM:
		VEC_PUSH(w->to, ((struct program_step){ e->atom, yes, no }));
		return (uint32_t)w->to->n - 1;
	case EXPR_NOT:
		return write_expr(w, e->kids[0], no, yes);
	case EXPR_AND:
	case EXPR_OR:
		break;
	}
	return write_kids(w, e, yes, no);
}

uint32_t
program_add(program_steps *to, const struct expr *e, const uint8_t *cost)
{
	struct writer w = { to, cost };

	return write_expr(&w, e, PROGRAM_TRUE, PROGRAM_FALSE);
}
