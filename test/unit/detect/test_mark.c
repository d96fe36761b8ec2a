/* Watermarks: lateness of each source, idle ones, hosts beyond the cap, saving. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/mark.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define S CLOCK_S

TEST(each_source_has_its_own_lateness)
{
	struct mark *m = mark_new(30 * S, 300 * S);

	CHECK(mark_now(m) == MARK_NONE);
	CHECK(mark_add(m, 1, 1000 * S));
	CHECK_INT(mark_now(m), 970 * S);
	CHECK(mark_add(m, 1, 970 * S));
	CHECK(!mark_add(m, 1, 970 * S - 1));
	CHECK(mark_add(m, 2, 900 * S)); /* new: late by no measure of its own */
	CHECK(!mark_add(m, 2, 869 * S));
	CHECK_INT(mark_now(m), 970 * S); /* never back */
	CHECK(mark_add(m, 1, 1100 * S));
	CHECK_INT(mark_now(m), 970 * S); /* the second holds it up */
	CHECK(mark_add(m, 2, 1050 * S));
	CHECK_INT(mark_now(m), 1020 * S);
	mark_free(m);
}

TEST(a_source_may_begin_anew)
{
	struct mark *m = mark_new(30 * CLOCK_S, 3600 * CLOCK_S);

	mark_again(m, 1, 0, 600 * CLOCK_S); /* of one that is not known nothing happens */
	CHECK(mark_add(m, 1, 1000 * CLOCK_S));
	CHECK(mark_add(m, 2, 1000 * CLOCK_S));
	mark_again(m, 1, 500 * CLOCK_S, 600 * CLOCK_S); /* not far enough back */
	CHECK(!mark_add(m, 1, 500 * CLOCK_S));
	mark_again(m, 1, 100 * CLOCK_S, 600 * CLOCK_S);
	CHECK(mark_add(m, 1, 100 * CLOCK_S));
	CHECK_INT(mark_own(m, 1), 70 * CLOCK_S);
	CHECK_INT(mark_now(m), 970 * CLOCK_S); /* that of all does not go back */
	CHECK(!mark_add(m, 2, 100 * CLOCK_S));
	mark_free(m);
}

TEST(idle_sources_do_not_hold_time_up)
{
	struct mark *m = mark_new(30 * S, 300 * S);

	CHECK(mark_add(m, 1, 1000 * S));
	CHECK(mark_add(m, 2, 1000 * S));
	CHECK(mark_add(m, 1, 1300 * S));
	CHECK_INT(mark_now(m), 970 * S);
	CHECK_INT(mark_len(m), 2);
	CHECK(mark_add(m, 1, 1300 * S + 1));
	CHECK_INT(mark_now(m), 1270 * S + 1);
	CHECK_INT(mark_len(m), 1);
	CHECK(mark_add(m, 2, 1001 * S)); /* back again, and not late */
	CHECK_INT(mark_now(m), 1270 * S + 1);
	mark_free(m);
}

TEST(ticks_move_time_past_silence)
{
	struct mark *m = mark_new(30 * S, 300 * S);

	mark_tick(m, 500 * S); /* before anything came in */
	CHECK_INT(mark_now(m), 470 * S);
	CHECK(mark_add(m, 1, 1000 * S));
	mark_tick(m, 1300 * S); /* the source is not idle yet */
	CHECK_INT(mark_now(m), 970 * S);
	mark_tick(m, 1300 * S + 1);
	CHECK_INT(mark_now(m), 1270 * S + 1);
	mark_tick(m, 900 * S);
	CHECK_INT(mark_now(m), 1270 * S + 1);
	CHECK(mark_add(m, 1, 1310 * S)); /* a tick is no source: the next one leads again */
	CHECK_INT(mark_now(m), 1280 * S);
	mark_free(m);
}

TEST(hosts_are_capped)
{
	struct mark *m = mark_new(30 * S, 300 * S);

	for (uint64_t i = 1; i <= 3 * MARK_SOURCES; i++)
		CHECK(mark_add(m, i, 1000 * S));
	CHECK(mark_len(m) <= MARK_SOURCES);
	CHECK(!mark_add(m, 5, 900 * S));
	CHECK(!mark_add(m, 3 * MARK_SOURCES + 1, 900 * S)); /* shares with those beyond */
	CHECK(mark_add(m, 7, 2000 * S));
	CHECK_INT(mark_len(m), 1);
	mark_free(m);
}

#define SOURCES 8

struct hand {
	int64_t newest[SOURCES], top, now;
};

/* Against a list that is searched; false: late. */
static bool
by_hand(struct hand *h, size_t src, int64_t t)
{
	bool late = h->newest[src] != INT64_MIN && t < h->newest[src] - 10 * S;
	int64_t least = INT64_MAX;

	h->newest[src] = t > h->newest[src] ? t : h->newest[src];
	for (size_t k = 0; t > h->top && k < SOURCES; k++)
		if (h->newest[k] != INT64_MIN && h->newest[k] < t - 60 * S)
			h->newest[k] = INT64_MIN;
	h->top = t > h->top ? t : h->top;
	for (size_t k = 0; k < SOURCES; k++)
		if (h->newest[k] != INT64_MIN && h->newest[k] < least)
			least = h->newest[k];
	h->now = least - 10 * S > h->now ? least - 10 * S : h->now;
	return !late;
}

static struct mark *
restart(struct mark *m)
{
	struct buf b = { 0 };
	struct str from;

	mark_save(m, &b);
	mark_free(m);
	m = mark_new(10 * S, 60 * S);
	from = buf_view(&b);
	CHECK(mark_load(m, &from) && from.n == 0);
	buf_fini(&b);
	return m;
}

TEST(as_by_hand_and_restarted)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(20); round++) {
		struct mark *m = mark_new(10 * S, 60 * S);
		struct hand h = { .top = INT64_MIN, .now = INT64_MIN };
		int64_t t = 1000 * S;

		for (size_t i = 0; i < SOURCES; i++)
			h.newest[i] = INT64_MIN;
		for (unsigned i = 0; i < 2000; i++) {
			size_t src = random_below(&s, SOURCES);
			int64_t at;

			t += (int64_t)random_below(&s, 4) * S;
			at = t - (int64_t)random_below(&s, 30) * S - (src == 3 ? 40 * S : 0);
			CHECK_INT(mark_add(m, src * 8191, at), by_hand(&h, src, at));
			CHECK_INT(mark_now(m), h.now);
			if (random_below(&s, 100) == 0)
				m = restart(m);
		}
		mark_free(m);
	}
}
