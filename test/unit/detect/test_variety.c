/* Different values in a window: exact when few, near enough when very many, exact again after. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/variety.h"

#include "random.h"
#include "test.h"

#define SPAN 1000

static uint64_t
at(struct variety *v, int64_t t, uint64_t hash)
{
	variety_add(v, SPAN, t, (uint64_t)t, hash);
	variety_slide(v, SPAN, t);
	variety_forget(v, t - SPAN);
	return variety_count(v);
}

/* 1500 values, each over and over, in turn and at random. */
TEST(exact_when_few)
{
	static uint64_t hash[1500];
	static int64_t last[1500];
	uint64_t s = random_start(test_seed());
	struct variety v = { 0 };

	for (size_t i = 0; i < 1500; i++)
		hash[i] = random_next(&s);
	for (int64_t t = SPAN + 1; t < 40000; t++) {
		size_t i = t < 20000 ? (size_t)t % 900 : random_below(&s, 1500);
		uint64_t got = at(&v, t, hash[i]), want = 0;

		last[i] = t;
		if (t % 64 != 0)
			continue;
		for (size_t k = 0; k < 1500; k++)
			want += last[k] > t - SPAN;
		CHECK_INT(got, want);
		CHECK_INT(v.level, 0);
	}
	CHECK(v.tl.n <= VARIETY_MAX);
	variety_fini(&v);
}

/* A flood of values that never come again, 100000 of them a window, then few. */
TEST(near_when_many_and_exact_again)
{
	uint64_t s = random_start(test_seed()), got = 0;
	struct variety v = { 0 };

	for (int64_t i = 0; i < 1000000; i++) {
		variety_add(&v, SPAN, i / 100, (uint64_t)i, random_next(&s));
		variety_slide(&v, SPAN, i / 100);
		variety_forget(&v, i / 100 - SPAN);
		CHECK(v.tl.n <= VARIETY_MAX);
	}
	CHECK_DOUBLE((double)variety_count(&v), 100000, 12000);
	CHECK(v.level > 0);
	CHECK(variety_bytes(&v) <= (size_t)3 << 20);
	for (int64_t t = 10000; t < 80000; t++)
		got = at(&v, t, (uint64_t)(t % 10) << 50 | 1);
	CHECK_INT(v.level, 0);
	CHECK_INT(got, 10);
	variety_fini(&v);
}

TEST(refuses_nonsense)
{
	struct variety v = { 0 }, back = { 0 };
	struct buf bytes = { 0 };
	struct str from;

	(void)at(&v, 5, 7);
	variety_save(&v, &bytes);
	for (size_t cut = 0; cut < bytes.n; cut++) {
		from = (struct str){ bytes.p, cut };
		CHECK(!variety_load(&back, &from));
		variety_fini(&back);
	}
	bytes.p[5] = 9; /* keeps fewer than it samples */
	from = buf_view(&bytes);
	CHECK(!variety_load(&back, &from));
	variety_fini(&back);
	variety_fini(&v);
	buf_fini(&bytes);
}
