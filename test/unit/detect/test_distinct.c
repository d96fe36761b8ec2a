/* Counting different values against counting by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/distinct.h"

#include <math.h>

#include "random.h"
#include "test.h"

static uint64_t state;

/* Of the numbers 0 to n - 1 each at least once, and some again. */
static void
fill(struct distinct *d, size_t n, uint64_t salt)
{
	for (size_t i = 0; i < 2 * n; i++) {
		uint64_t h = salt + (i < n ? i : random_below(&state, n));

		distinct_add(d, random_next(&h));
	}
}

TEST(is_exact_for_few_and_near_for_many)
{
	state = random_start(test_seed());
	for (unsigned round = 0; round < test_rounds(200); round++) {
		size_t n = random_below(&state, round % 2 == 0 ? 33 : 3000);
		struct distinct d = { 0 };

		fill(&d, n, random_next(&state));
		if (n <= DISTINCT_EXACT)
			CHECK_INT(distinct_count(&d), n);
		else
			CHECK(fabs(distinct_count(&d) - (double)n) < 8 + 0.16 * (double)n);
	}
}

TEST(what_is_more_than_it_can_tell_is_the_most_it_can_tell)
{
	struct distinct d = { 0 };

	state = random_start(test_seed());
	fill(&d, 100000, 1);
	CHECK(distinct_count(&d) > 7000);
	CHECK(distinct_count(&d) < 8000);
}

TEST(is_the_same_after_being_saved_and_refuses_what_is_cut)
{
	state = random_start(test_seed());
	for (size_t n = 0; n < 100; n += 3) {
		struct distinct d = { 0 }, back;
		struct buf b = { 0 };
		struct str from;

		fill(&d, n, n);
		distinct_save(&d, &b);
		from = buf_view(&b);
		CHECK(distinct_load(&back, &from));
		CHECK_INT(from.n, 0);
		distinct_add(&d, 7);
		distinct_add(&back, 7);
		CHECK_DOUBLE(distinct_count(&back), distinct_count(&d), 0);
		for (size_t k = 0; k < b.n; k++) {
			from = (struct str){ b.p, k };
			CHECK(!distinct_load(&back, &from));
		}
		b.p[0] = 34;
		from = buf_view(&b);
		CHECK(!distinct_load(&back, &from));
		buf_fini(&b);
	}
}
