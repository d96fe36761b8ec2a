/* Runs of samples against going through the sorted samples by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/steady.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define SAMPLES 300

struct sample {
	int64_t t;
	uint64_t seq;
	bool holds;
};

struct history {
	struct sample s[SAMPLES]; /* sorted */
	size_t n;
};

static size_t
put(struct history *h, const struct sample *s)
{
	size_t i = h->n++;

	for (; i > 0 && h->s[i - 1].t > s->t; i--)
		h->s[i] = h->s[i - 1];
	h->s[i] = *s;
	return i;
}

/* Does a run with sample `at` in it fire, at it or behind it? */
static enum steady_result
expect(const struct history *h, const struct steady_shape *s, size_t at)
{
	size_t from = at;

	if (!h->s[at].holds)
		return STEADY_KEPT;
	while (from > 0 && h->s[from - 1].holds && h->s[from].t - h->s[from - 1].t <= s->gap)
		from--;
	for (size_t i = at; i < h->n && h->s[i].holds; i++) {
		if (i > at && h->s[i].t - h->s[i - 1].t > s->gap)
			break;
		if (h->s[i].t - h->s[from].t >= s->timespan)
			return STEADY_FIRES;
	}
	return STEADY_KEPT;
}

static void
restart(struct steady *y, const struct steady_shape *s)
{
	struct buf bytes = { 0 }, again = { 0 };
	struct steady back = { 0 };
	struct str from;

	steady_save(y, &bytes);
	from = buf_view(&bytes);
	CHECK(steady_load(&back, s, &from));
	CHECK_INT(from.n, 0);
	steady_save(&back, &again);
	CHECK_BYTES(again.p, again.n, bytes.p, bytes.n);
	steady_fini(y);
	*y = back;
	buf_fini(&bytes);
	buf_fini(&again);
}

static unsigned
one_round(uint64_t *rnd)
{
	struct steady_shape s = { (int64_t)(20 + random_below(rnd, 60)) * CLOCK_S,
		(int64_t)(3 + random_below(rnd, 8)) * CLOCK_S };
	struct history h = { .n = 0 };
	struct steady y = { 0 };
	int64_t t = 1000 * CLOCK_S;
	unsigned fired = 0;

	for (uint64_t seq = 1; seq <= SAMPLES; seq++) {
		struct sample sample = { .seq = seq, .holds = random_below(rnd, 30) != 0 };
		enum steady_result got;
		struct steady_run run;

		t += (int64_t)random_below(rnd, 8) * CLOCK_S / 2;
		sample.t =
		    t - (int64_t)(random_below(rnd, 4) == 0 ? random_below(rnd, 30) : 0) * CLOCK_S;
		got = steady_add(&y, &s, sample.t, seq, (double)seq, sample.holds, t - 30 * CLOCK_S,
		    &run);
		CHECK_INT(got, expect(&h, &s, put(&h, &sample)));
		if (got == STEADY_FIRES) {
			CHECK(run.last - run.from >= s.timespan);
			CHECK(run.n > 1 && run.low >= 1 && run.high <= (double)seq);
			CHECK(run.sum >= run.low * (double)run.n &&
			      run.sum <= run.high * (double)run.n);
			fired++;
		}
		if (random_below(rnd, 30) == 0)
			restart(&y, &s);
	}
	steady_fini(&y);
	return fired;
}

TEST(like_sorted_samples)
{
	uint64_t rnd = random_start(test_seed());
	unsigned rounds = test_rounds(200), fired = 0;

	for (unsigned i = 0; i < rounds; i++)
		fired += one_round(&rnd);
	CHECK(fired > rounds && fired < rounds * SAMPLES);
}

static const struct steady_shape ten = { 600 * CLOCK_S, 180 * CLOCK_S };

/* A watermark that stands still: what is kept is bounded, and a late "no" still counts. */
TEST(bounded_tail)
{
	struct steady y = { 0 };
	struct steady_run run;

	for (uint64_t i = 1; i <= 10000; i++) {
		enum steady_result got =
		    steady_add(&y, &ten, (int64_t)i * CLOCK_S, i, 1e308, true, 0, &run);

		CHECK_INT(got, i > 600 ? STEADY_FIRES : STEADY_KEPT);
		CHECK(y.tail.n <= STEADY_TAIL);
	}
	CHECK_INT(steady_add(&y, &ten, 5000 * CLOCK_S, 1, 1, true, 0, &run), STEADY_LATE);
	CHECK_INT(steady_add(&y, &ten, 5000 * CLOCK_S, 1, 1, false, 0, &run), STEADY_KEPT);
	CHECK_INT(steady_add(&y, &ten, 10001 * CLOCK_S, 1, -1e308, true, 0, &run), STEADY_KEPT);
	CHECK(y.tail.n <= STEADY_TAIL);
	restart(&y, &ten);
	steady_fini(&y);
}
