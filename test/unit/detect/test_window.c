/* Sliding windows against counting by hand: random times, ties, events out of order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/window.h"

#include "test.h"

#define EVENTS 400

static uint64_t state;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

/* Every event that was ever taken. */
struct history {
	struct window_event ev[EVENTS];
	size_t n;
	int64_t newest;
};

/* What (t - timespan, t] holds. */
static uint64_t
count(const struct history *h, const struct window_shape *s, int64_t t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < h->n; i++) {
		bool in = h->ev[i].t > t - s->timespan && h->ev[i].t <= t;

		for (size_t k = 0; k < i && in; k++)
			in = h->ev[k].value != h->ev[i].value || h->ev[k].t <= t - s->timespan ||
			     h->ev[k].t > t;
		n += in;
	}
	return n;
}

/* The newest event of the history is the one that came in. */
static enum window_result
expect(struct history *h, const struct window_shape *s, const struct window_event *ev)
{
	if (h->n > 0 && ev->t < h->newest - s->lateness)
		return WINDOW_LATE;
	h->ev[h->n++] = *ev;
	if (h->n == 1 || ev->t > h->newest)
		h->newest = ev->t;
	for (size_t i = 0; i < h->n; i++)
		if (h->ev[i].t >= ev->t && h->ev[i].t < ev->t + s->timespan &&
		    count(h, s, h->ev[i].t) >= s->threshold)
			return WINDOW_FIRES;
	return WINDOW_KEPT;
}

static void
check_hit(const struct window *w, const struct window_shape *s, const struct window_hit *hit)
{
	CHECK(hit->count >= s->threshold);
	CHECK(hit->last - hit->first < s->timespan);
	CHECK(hit->to - hit->from >= hit->count);
	CHECK_INT(window_get(w, hit->from)->t, hit->first);
	CHECK_INT(window_get(w, hit->to - 1)->t, hit->last);
}

static void
check_caps(const struct window *w, const struct window_shape *s)
{
	uint64_t most = 10 * s->threshold + 1;

	CHECK(w->n - w->dead <= most);
	CHECK(w->size <= 4 * most + 64);
}

static void
one_round(void)
{
	struct history h = { .n = 0 };
	struct window w = { 0 };
	struct window_shape s = { 1 + below(6), 2 + (int64_t)below(60), 0 };
	uint64_t kinds = 1 + below(12);
	int64_t now = (int64_t)below(1000) - 500, pace = 1 + (int64_t)below(20);

	s.lateness = window_lateness(s.timespan, (int64_t)below(80));
	for (uint64_t i = 0; i < EVENTS; i++) {
		struct window_event ev = { now, i, below(kinds) };
		struct window_hit hit = { 0 };
		enum window_result want, got;

		if (below(4) == 0)
			ev.t -= (int64_t)below((uint64_t)s.lateness + 5);
		want = expect(&h, &s, &ev);
		got = window_add(&w, &s, &ev, &hit);
		if (want != got)
			fprintf(stderr, "event %d: threshold %d, timespan %d, lateness %d\n",
			    (int)i, (int)s.threshold, (int)s.timespan, (int)s.lateness);
		CHECK_INT(got, want);
		if (got == WINDOW_FIRES)
			check_hit(&w, &s, &hit);
		check_caps(&w, &s);
		now += (int64_t)below((uint64_t)pace);
	}
	window_fini(&w);
}

TEST(values_against_counting)
{
	state = test_seed() | 1;
	for (unsigned i = 0; i < test_rounds(100); i++)
		one_round();
}

TEST(edges_of_the_window)
{
	const struct window_shape s = { 2, 10, 5 };
	struct window w = { 0 };
	struct window_hit hit;

	CHECK_INT(window_add(&w, &s, &(struct window_event){ 0, 1, 1 }, &hit), WINDOW_KEPT);
	CHECK_INT(window_add(&w, &s, &(struct window_event){ 10, 2, 2 }, &hit), WINDOW_KEPT);
	CHECK_INT(window_add(&w, &s, &(struct window_event){ 19, 3, 3 }, &hit), WINDOW_FIRES);
	CHECK_INT(hit.first, 10);
	CHECK_INT(hit.last, 19);
	CHECK_INT(window_add(&w, &s, &(struct window_event){ 13, 4, 4 }, &hit), WINDOW_LATE);
	CHECK_INT(window_add(&w, &s, &(struct window_event){ 14, 5, 5 }, &hit), WINDOW_FIRES);
	window_fini(&w);
}

TEST(a_flood_stays_small)
{
	const struct window_shape s = { 50, 1000000, 1000 };
	struct window w = { 0 };
	struct window_hit hit;

	for (uint64_t i = 0; i < 200000; i++) {
		const struct window_event ev = { (int64_t)i, i, i * 7919 };

		(void)window_add(&w, &s, &ev, &hit);
	}
	CHECK(w.size <= 1024);
	CHECK(w.slot_size <= 4096);
	window_fini(&w);
}

TEST(one_value_again_and_again_is_one)
{
	const struct window_shape s = { 2, 1000, 100 };
	struct window w = { 0 };
	struct window_hit hit;

	for (uint64_t i = 0; i < 100000; i++)
		CHECK_INT(window_add(&w, &s, &(struct window_event){ (int64_t)(i / 300), i, 7 },
			      &hit),
		    WINDOW_KEPT);
	CHECK(w.size <= 64);
	CHECK_INT(window_add(&w, &s, &(struct window_event){ 333, 1, 8 }, &hit), WINDOW_FIRES);
	CHECK_INT(hit.count, 2);
	window_fini(&w);
}
