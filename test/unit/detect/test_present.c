/* Values that are there at once against looking through all events. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/present.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define EVENTS 300

struct event {
	int64_t t;
	uint64_t hash;
	bool end;
};

struct history {
	struct event ev[EVENTS];
	size_t n;
};

/* Its newest event up to t is near and not ended since. */
static bool
is_present(const struct history *h, const struct present_shape *s, uint64_t hash, int64_t t)
{
	int64_t last = INT64_MIN, end = INT64_MIN;

	for (size_t i = 0; i < h->n; i++) {
		const struct event *ev = &h->ev[i];

		if (ev->hash == hash && ev->t <= t && ev->end && ev->t > end)
			end = ev->t;
		if (ev->hash == hash && ev->t <= t && !ev->end && ev->t > last)
			last = ev->t;
	}
	return last > t - s->timespan && last > INT64_MIN && (end == INT64_MIN || end < last);
}

static uint32_t
count(const struct history *h, const struct present_shape *s, int64_t t)
{
	uint32_t n = 0;

	for (uint64_t hash = 0; hash < 10; hash++)
		n += is_present(h, s, hash, t);
	return n;
}

static enum present_result
expect(const struct history *h, const struct present_shape *s, const struct event *ev)
{
	for (size_t i = 0; i < h->n; i++)
		if (!h->ev[i].end && h->ev[i].t >= ev->t && h->ev[i].t < ev->t + s->timespan &&
		    count(h, s, h->ev[i].t) >= s->threshold)
			return PRESENT_FIRES;
	return PRESENT_KEPT;
}

static void
restart(struct present *p, const struct present_shape *s)
{
	struct buf bytes = { 0 }, again = { 0 };
	struct present back = { 0 };
	struct str from;

	present_save(p, &bytes);
	for (size_t cut = 0; cut < bytes.n; cut += 11) {
		from = (struct str){ bytes.p, cut };
		CHECK(!present_load(&back, s, &from));
		present_fini(&back);
	}
	from = buf_view(&bytes);
	CHECK(present_load(&back, s, &from));
	CHECK_INT(from.n, 0);
	present_save(&back, &again);
	CHECK_BYTES(again.p, again.n, bytes.p, bytes.n);
	present_fini(p);
	*p = back;
	buf_fini(&bytes);
	buf_fini(&again);
}

/* With ends nothing comes late: of late ends it is said that they may be overlooked. */
static unsigned
one_round(uint64_t *rnd, bool ends)
{
	struct present_shape s = { (int64_t)(30 + random_below(rnd, 60)) * CLOCK_S,
		(uint32_t)(2 + random_below(rnd, 4)) };
	struct history h = { .n = 0 };
	struct present p = { 0 };
	int64_t t = 1000 * CLOCK_S;
	unsigned fired = 0;

	for (uint64_t seq = 1; seq <= EVENTS; seq++) {
		struct event ev = { .hash = random_below(rnd, 10),
			.end = ends && random_below(rnd, 2) == 0 };
		struct present_hit hit = { 0 };
		enum present_result got = PRESENT_KEPT;

		t += (int64_t)(1 + random_below(rnd, 60)) * CLOCK_S / 2;
		ev.t = t;
		if (!ends && random_below(rnd, 3) == 0)
			ev.t -= (int64_t)random_below(rnd, 30) * CLOCK_S;
		h.ev[h.n++] = ev;
		if (ev.end)
			present_end(&p, ev.t, ev.hash);
		else
			got = present_add(&p, &s, ev.t, seq, ev.hash, STR("x"), &hit);
		CHECK_INT(got, ev.end ? PRESENT_KEPT : expect(&h, &s, &ev));
		if (got == PRESENT_FIRES) {
			CHECK_INT(hit.n, count(&h, &s, hit.t));
			fired++;
		}
		present_settle(&p, &s, t - 30 * CLOCK_S);
		if (random_below(rnd, 30) == 0)
			restart(&p, &s);
	}
	present_fini(&p);
	return fired;
}

TEST(like_looking_through)
{
	uint64_t rnd = random_start(test_seed());
	unsigned rounds = test_rounds(100), fired = 0;

	for (unsigned i = 0; i < rounds; i++)
		fired += one_round(&rnd, i % 2 == 0);
	CHECK(fired > rounds && fired < rounds * EVENTS);
}

TEST(bounded)
{
	static const struct present_shape s = { 900 * CLOCK_S, 3 };
	struct present_hit hit;
	struct present p = { 0 };

	for (uint64_t i = 1; i <= 1000000; i++) {
		CHECK_INT(present_add(&p, &s, (int64_t)i, i, i,
			      STR("a value that is quite long, "
				  "much longer than we keep"),
			      &hit),
		    i < 3 ? PRESENT_KEPT : PRESENT_FIRES);
		present_settle(&p, &s, 0);
	}
	CHECK(p.n <= PRESENT_MAX(3));
	CHECK_INT(p.run[0].len, PRESENT_TEXT);
	CHECK_INT(present_add(&p, &s, -900 * CLOCK_S, 1, 1, STR(""), &hit), PRESENT_LATE);
	restart(&p, &s);
	present_fini(&p);
}
