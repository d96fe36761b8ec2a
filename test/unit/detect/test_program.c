/* Steps answer as the tree does, for random trees and random answers of atoms. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/program.h"

#include "random.h"
#include "test.h"

#define ATOMS 12

static const struct expr *
random_expr(uint64_t *r, struct arena *a, unsigned depth)
{
	const struct expr *kids[4];
	size_t n = random_below(r, 5);

	if (depth == 0 || random_below(r, 4) == 0)
		return expr_atom(a, (uint32_t)random_below(r, ATOMS));
	if (random_below(r, 4) == 0)
		return expr_not(a, random_expr(r, a, depth - 1));
	for (size_t i = 0; i < n; i++)
		kids[i] = random_expr(r, a, depth - 1);
	return expr_join(a, random_below(r, 2) == 0 ? EXPR_AND : EXPR_OR, kids, n);
}

static bool
is_set(void *ctx, uint32_t atom)
{
	return (*(const uint64_t *)ctx >> atom & 1) != 0;
}

static bool
run(const program_steps *steps, uint32_t at, uint64_t answers, unsigned *asked)
{
	while (!program_ends(at)) {
		const struct program_step *s = &steps->p[at];

		++*asked;
		at = is_set(&answers, s->atom) ? s->yes : s->no;
	}
	return at == PROGRAM_TRUE;
}

TEST(as_the_tree)
{
	uint64_t r = random_start(test_seed());
	uint8_t cost[ATOMS];

	for (unsigned round = 0; round < test_rounds(2000); round++) {
		struct arena *a = arena_new((size_t)1 << 20);
		const struct expr *e = random_expr(&r, a, 5);
		program_steps steps = { 0 };
		uint32_t begin;

		for (size_t i = 0; i < ATOMS; i++)
			cost[i] = (uint8_t)(1 + random_below(&r, 40));
		begin = program_add(&steps, e, cost);
		for (unsigned i = 0; i < 20; i++) {
			uint64_t answers = random_next(&r);
			unsigned asked = 0;

			CHECK_INT(run(&steps, begin, answers, &asked),
			    expr_eval(e, is_set, &answers));
			CHECK(asked <= steps.n);
		}
		VEC_FINI(&steps);
		arena_free(a);
	}
}

TEST(cheap_first)
{
	static const uint8_t cost[] = { 40, 1, 1 };
	struct arena *a = arena_new((size_t)1 << 20);
	const struct expr *kids[2] = { expr_atom(a, 0), expr_atom(a, 1) }, *e;
	program_steps steps = { 0 };
	unsigned asked = 0;
	uint32_t begin;

	e = expr_join(a, EXPR_AND, kids, 2);
	begin = program_add(&steps, e, cost);
	CHECK_INT(steps.p[begin].atom, 1);
	CHECK(!run(&steps, begin, 1, &asked));
	CHECK_INT(asked, 1);
	VEC_FINI(&steps);
	arena_free(a);
}
