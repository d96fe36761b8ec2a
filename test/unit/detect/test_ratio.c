/* Shares and different values in sliding windows against counting by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ratio.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define EVENTS 300

/* Every event that was taken. */
struct history {
	struct ratio_event ev[EVENTS];
	size_t n;
	int64_t newest;
};

struct bound {
	bool below;
	double than;
};

static bool
holds(const void *ctx, double ratio)
{
	const struct bound *b = ctx;

	return b->below ? ratio <= b->than : ratio > b->than;
}

static bool
inside(const struct ratio_event *ev, const struct ratio_shape *s, int64_t t)
{
	return ev->t > t - s->timespan && ev->t <= t;
}

/* What event i adds to the part of the window that ends at t. */
static uint64_t
part_of(const struct history *h, const struct ratio_shape *s, int64_t t, size_t i)
{
	if (!s->different)
		return h->ev[i].part ? h->ev[i].weight : 0;
	for (size_t k = 0; k < i; k++)
		if (h->ev[k].value == h->ev[i].value && inside(&h->ev[k], s, t))
			return 0;
	return 1;
}

static bool
judge(const struct history *h, const struct ratio_shape *s, int64_t t)
{
	int64_t before = INT64_MIN, first = INT64_MAX;
	uint64_t n = 0, part = 0;

	for (size_t i = 0; i < h->n; i++) {
		const struct ratio_event *ev = &h->ev[i];

		if (inside(ev, s, t)) {
			n += ev->weight;
			part += part_of(h, s, t, i);
			first = ev->t < first ? ev->t : first;
		} else if (ev->t < t && ev->t > before) {
			before = ev->t;
		}
	}
	return n >= s->minimum && (before > first - s->timespan || !s->full) &&
	       s->holds(s->ctx, (double)part / (double)n);
}

static enum ratio_result
expect(struct history *h, const struct ratio_shape *s, const struct ratio_event *ev)
{
	h->ev[h->n++] = *ev;
	for (size_t i = 0; i < h->n; i++)
		if (h->ev[i].t >= ev->t && h->ev[i].t < ev->t + s->timespan &&
		    judge(h, s, h->ev[i].t))
			return RATIO_FIRES;
	return RATIO_KEPT;
}

static void
restart(struct ratio *r, const struct ratio_shape *s)
{
	struct buf bytes = { 0 }, again = { 0 };
	struct ratio back = { 0 };
	struct str from;

	ratio_save(r, &bytes);
	from = buf_view(&bytes);
	CHECK(ratio_load(&back, s, &from));
	CHECK_INT(from.n, 0);
	ratio_save(&back, &again);
	CHECK_BYTES(again.p, again.n, bytes.p, bytes.n);
	ratio_fini(r);
	*r = back;
	buf_fini(&bytes);
	buf_fini(&again);
}

/* Times in s around a rising one; timespans from 20 s on, so that few events are too late. */
static unsigned
one_round(uint64_t *rnd)
{
	struct bound bound = { random_below(rnd, 2) == 0, (double)random_below(rnd, 10) / 10 };
	struct ratio_shape s = { .timespan = (int64_t)(20 + random_below(rnd, 60)) * CLOCK_S,
		.minimum = 1 + random_below(rnd, 12),
		.full = random_below(rnd, 2) == 0,
		.different = random_below(rnd, 2) == 0,
		.holds = holds,
		.ctx = &bound };
	struct history h = { .n = 0 };
	struct ratio r = { 0 };
	int64_t t = 1000 * CLOCK_S;
	unsigned fired = 0;

	for (uint64_t seq = 1; seq <= EVENTS; seq++) {
		struct ratio_event ev = { .seq = seq, .weight = 1 + random_below(rnd, 3) };
		struct ratio_hit hit;
		enum ratio_result got, want;

		t += (int64_t)random_below(rnd, 8) * CLOCK_S / 2;
		ev.t =
		    t - (int64_t)(random_below(rnd, 4) == 0 ? random_below(rnd, 30) : 0) * CLOCK_S;
		ev.watermark = t - 30 * CLOCK_S;
		ev.part = random_below(rnd, 3) == 0;
		ev.value = random_below(rnd, 8);
		want = expect(&h, &s, &ev);
		got = ratio_add(&r, &s, &ev, &hit);
		CHECK_INT(got, want);
		if (got == RATIO_FIRES) {
			CHECK(holds(&bound, (double)hit.part / (double)hit.n));
			CHECK(timeline_at(&r.tl, hit.to - 1)->t - timeline_at(&r.tl, hit.from)->t <
			      s.timespan);
			fired++;
		}
		ratio_settle(&r, &s, ev.watermark);
		if (random_below(rnd, 30) == 0)
			restart(&r, &s);
	}
	ratio_fini(&r);
	return fired;
}

TEST(like_counting)
{
	uint64_t rnd = random_start(test_seed());
	unsigned rounds = test_rounds(60), fired = 0;

	for (unsigned i = 0; i < rounds; i++)
		fired += one_round(&rnd);
	CHECK(fired > rounds && fired < rounds * EVENTS);
}

static const struct ratio_shape minute = { .timespan = 60 * CLOCK_S,
	.minimum = 1,
	.holds = holds,
	.ctx = &(const struct bound){ true, -1 } };

/* A million events in ten minutes: bounded, and the count off by a grain at most. */
TEST(many_events_of_one_key)
{
	struct ratio r = { 0 };
	struct ratio_hit hit;

	for (uint64_t i = 1; i <= 1000000; i++) {
		struct ratio_event ev = { .t = (int64_t)i * 600 * CLOCK_MS / 1000,
			.seq = i,
			.weight = 1,
			.part = i % 4 == 0 };

		ev.watermark = ev.t - 30 * CLOCK_S;
		CHECK_INT(ratio_add(&r, &minute, &ev, &hit), RATIO_KEPT);
		ratio_settle(&r, &minute, ev.watermark);
		CHECK(r.tl.n <= RATIO_MAX);
	}
	CHECK_DOUBLE((double)r.n, 100000, 101);
	CHECK_DOUBLE((double)ratio_part(&r, &minute), 25000, 30);
	CHECK(ratio_bytes(&r) <= 2 * RATIO_MAX * sizeof(struct timeline_item));
	ratio_fini(&r);
}

TEST(hostile_weights_and_times)
{
	struct ratio r = { 0 };
	struct ratio_hit hit;
	struct ratio_event ev = { .t = -((int64_t)1 << 62), .seq = 1, .weight = UINT64_MAX };

	CHECK_INT(ratio_add(&r, &minute, &ev, &hit), RATIO_KEPT);
	ev.t = (int64_t)1 << 62;
	ev.seq = 2;
	CHECK_INT(ratio_add(&r, &minute, &ev, &hit), RATIO_KEPT);
	ratio_settle(&r, &minute, ev.t);
	CHECK_INT(r.n, UINT32_MAX);
	ev.t -= 61 * CLOCK_S;
	CHECK_INT(ratio_add(&r, &minute, &ev, &hit), RATIO_LATE);
	ratio_fini(&r);
}
