/* Events in a row against counting by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/streak.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define EVENTS 300

struct history {
	struct timeline_item ev[EVENTS]; /* in the order they came */
	size_t n;
};

static bool
before(const struct timeline_item *a, const struct timeline_item *b)
{
	return a->t < b->t || (a->t == b->t && a->seq <= b->seq);
}

/* In a row at `end`, if `with` is among them. */
static uint64_t
row(const struct history *h, const struct streak_shape *s, const struct timeline_item *end,
    const struct timeline_item *with)
{
	const struct timeline_item *anew = NULL;
	uint64_t n = 0;
	bool in = false;

	for (size_t i = 0; i < h->n; i++)
		if (h->ev[i].a == 0 && before(&h->ev[i], end) &&
		    (anew == NULL || before(anew, &h->ev[i])))
			anew = &h->ev[i];
	for (size_t i = 0; i < h->n; i++) {
		const struct timeline_item *ev = &h->ev[i];

		if (ev->t <= end->t - s->timespan || !before(ev, end) ||
		    (anew != NULL && before(ev, anew)))
			continue;
		n += ev->a;
		in = in || ev == with;
	}
	return in ? n : 0;
}

static enum streak_result
expect(struct history *h, const struct streak_shape *s, const struct timeline_item *ev)
{
	const struct timeline_item *with = &h->ev[h->n];

	h->ev[h->n++] = *ev;
	for (size_t i = 0; i < h->n; i++)
		if (before(with, &h->ev[i]) && h->ev[i].a != 0 && ev->a != 0 &&
		    row(h, s, &h->ev[i], with) >= s->threshold)
			return STREAK_FIRES;
	return STREAK_KEPT;
}

static void
restart(struct streak *k, const struct streak_shape *s)
{
	struct buf bytes = { 0 }, again = { 0 };
	struct streak back = { 0 };
	struct str from;

	streak_save(k, &bytes);
	from = buf_view(&bytes);
	CHECK(streak_load(&back, s, &from));
	CHECK_INT(from.n, 0);
	streak_save(&back, &again);
	CHECK_BYTES(again.p, again.n, bytes.p, bytes.n);
	streak_fini(k);
	*k = back;
	buf_fini(&bytes);
	buf_fini(&again);
}

static unsigned
one_round(uint64_t *rnd)
{
	struct streak_shape s = { (int64_t)(10 + random_below(rnd, 60)) * CLOCK_S,
		1 + random_below(rnd, 12) };
	struct history h = { .n = 0 };
	struct streak k = { 0 };
	int64_t t = 1000 * CLOCK_S;
	unsigned fired = 0;

	for (uint64_t seq = 1; seq <= EVENTS; seq++) {
		struct timeline_item ev = { .seq = seq };
		struct streak_hit hit;
		enum streak_result got, want;

		t += (int64_t)random_below(rnd, 8) * CLOCK_S / 2;
		ev.t =
		    t - (int64_t)(random_below(rnd, 4) == 0 ? random_below(rnd, 30) : 0) * CLOCK_S;
		ev.a = random_below(rnd, 8) == 0 ? 0 : 1 + random_below(rnd, 10) / 9;
		want = expect(&h, &s, &ev);
		got = streak_add(&k, &s, ev.t, ev.seq, ev.a, &hit);
		CHECK_INT(got, want);
		if (got == STREAK_FIRES) {
			CHECK(hit.n >= s.threshold);
			fired++;
		}
		streak_settle(&k, &s, t - 30 * CLOCK_S);
		if (random_below(rnd, 30) == 0)
			restart(&k, &s);
	}
	streak_fini(&k);
	return fired;
}

TEST(like_counting)
{
	uint64_t rnd = random_start(test_seed());
	unsigned rounds = test_rounds(100), fired = 0;

	for (unsigned i = 0; i < rounds; i++)
		fired += one_round(&rnd);
	CHECK(fired > rounds && fired < rounds * EVENTS);
}

/* A million of each kind, at one moment and later: what is kept is bounded. */
TEST(many_events_of_one_key)
{
	static const struct streak_shape s = { 60 * CLOCK_S, 10 };
	struct streak k = { 0 };
	struct streak_hit hit;
	uint64_t fired = 0;

	for (uint64_t i = 1; i <= 1000000; i++) {
		int64_t t = (int64_t)i * CLOCK_MS;

		fired +=
		    streak_add(&k, &s, t, i, i % 1000 < 300 ? 0 : UINT64_MAX, &hit) == STREAK_FIRES;
		streak_settle(&k, &s, t - 30 * CLOCK_S);
		CHECK(k.tl.n <= 2 * s.threshold + STREAK_MORE);
	}
	CHECK_INT(fired, 700000);
	CHECK_INT(streak_add(&k, &s, 939 * CLOCK_S, 1, 1, &hit), STREAK_LATE);
	streak_fini(&k);
}
