/* Token buckets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/limit.h"

#include "base/clock.h"
#include "test.h"

TEST(a_burst_and_then_one_each_refill)
{
	struct limit *l = limit_new(5, 12 * CLOCK_S, 100);
	int64_t t = 1000 * CLOCK_S;
	bool first;

	for (int i = 0; i < 5; i++)
		CHECK_INT(limit_take(l, STR("a"), t, NULL), 0);
	CHECK_INT(limit_take(l, STR("a"), t, &first), 12 * CLOCK_S);
	CHECK(first);
	CHECK_INT(limit_take(l, STR("a"), t + 1 * CLOCK_S, &first), 11 * CLOCK_S);
	CHECK(!first);
	CHECK_INT(limit_take(l, STR("b"), t, &first), 0); /* another's bucket is full */
	CHECK(!first);
	CHECK_INT(limit_take(l, STR("a"), t + 12 * CLOCK_S - 1, NULL), 1);
	CHECK_INT(limit_take(l, STR("a"), t + 12 * CLOCK_S, NULL), 0);
	CHECK(limit_take(l, STR("a"), t + 12 * CLOCK_S, &first) > 0);
	CHECK(first);
	/* After a minute it is full again, and no fuller. */
	t += 3600 * CLOCK_S;
	for (int i = 0; i < 5; i++)
		CHECK_INT(limit_take(l, STR("a"), t, NULL), 0);
	CHECK(limit_take(l, STR("a"), t, NULL) > 0);
	limit_free(l);
}

TEST(what_is_given_back_can_be_taken)
{
	struct limit *l = limit_new(2, CLOCK_S, 100);

	for (int i = 0; i < 100; i++) {
		CHECK_INT(limit_take(l, STR("a"), 5, NULL), 0);
		limit_give(l, STR("a"), 5);
	}
	/* Giving more than was taken makes no room beyond the burst. */
	for (int i = 0; i < 10; i++)
		limit_give(l, STR("a"), 5);
	CHECK_INT(limit_take(l, STR("a"), 5, NULL), 0);
	CHECK_INT(limit_take(l, STR("a"), 5, NULL), 0);
	CHECK_INT(limit_take(l, STR("a"), 5, NULL), CLOCK_S);
	limit_free(l);
}

TEST(keys_are_capped_and_make_room)
{
	struct limit *l = limit_new(2, CLOCK_S, 10);
	int64_t t = 100 * CLOCK_S;
	char key[16];
	int taken = 0;

	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		taken += limit_take(l, str_c(key), t, NULL) == 0;
	}
	CHECK_INT(limit_len(l), 10);
	CHECK_INT(taken, 10 + 2); /* strangers share one bucket */
	/* Once the buckets are full again, new keys get theirs. */
	t += 2 * CLOCK_S;
	for (int i = 0; i < 10; i++) {
		snprintf(key, sizeof(key), "n%d", i);
		CHECK_INT(limit_take(l, str_c(key), t, NULL), 0);
		CHECK_INT(limit_take(l, str_c(key), t, NULL), 0);
		CHECK(limit_take(l, str_c(key), t, NULL) > 0);
	}
	CHECK_INT(limit_len(l), 10);
	limit_free(l);
}

/* In any sequence, no span of time sees more than the burst and its refills. */
TEST(never_more_than_burst_and_refills)
{
	uint64_t seed = test_seed();
	const unsigned rounds = test_rounds(20000);
	struct limit *l = limit_new(5, 12 * CLOCK_S, 10);
	int64_t t = CLOCK_S, start = t;
	int64_t taken = 0;

	for (unsigned i = 0; i < rounds; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		t += (int64_t)(seed >> 34); /* 0 to 1 s */
		taken += limit_take(l, STR("a"), t, NULL) == 0;
		CHECK(taken <= 5 + (t - start) / (12 * CLOCK_S));
	}
	CHECK(taken >= (t - start) / (12 * CLOCK_S)); /* and none was kept back */
	limit_free(l);
}
