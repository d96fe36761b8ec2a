/* Baselines against a plain evaluator; seasons; how far one who poisons them gets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/baseline.h"

#include <math.h>

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define MINUTE (60 * CLOCK_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define START ((int64_t)1772323200 * CLOCK_S) /* 2026-03-01, a Sunday */

static const struct baseline_shape open_shape = { .memory = 14 * DAY, .learn = 20 };
static const struct baseline_shape guarded = {
	.memory = 14 * DAY, .learn = 20, .bound = 3, .drift = 0.02, .floor = 0.1, .counts = true
};

static uint64_t state;

static double
uniform(void)
{
	return (double)(random_next(&state) >> 11) * 0x1p-53;
}

/* Around `mean`, deviation as of a Poisson process. */
static double
count_around(double mean)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += uniform();
	return fmax(0, floor(mean + sqrt(mean) * sum + 0.5));
}

struct sample {
	int64_t t;
	double x;
};

/* Mean and deviation of all samples, each weighing exp(-age / memory). */
static void
plain(const struct sample *v, size_t n, double memory, double *mean, double *spread)
{
	double weight = 0, sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		double w = exp(-(double)(v[n - 1].t - v[i].t) / memory);

		weight += w;
		sum += w * v[i].x;
	}
	*mean = sum / weight;
	for (size_t i = 0; i < n; i++)
		squares += exp(-(double)(v[n - 1].t - v[i].t) / memory) * (v[i].x - *mean) *
			   (v[i].x - *mean);
	*spread = sqrt(squares / (weight - 1)) * sqrt(1 + 1 / weight);
}

TEST(is_what_a_plain_evaluator_says)
{
	state = random_start(test_seed());
	for (unsigned round = 0; round < test_rounds(30); round++) {
		struct sample v[200];
		struct baseline b = { 0 };
		int64_t t = START, gap = (int64_t)random_below(&state, 12) * HOUR + MINUTE;

		for (size_t i = 0; i < 200; i++) {
			struct baseline_view view;
			double mean, spread;

			t += (int64_t)random_below(&state, (size_t)gap);
			v[i] = (struct sample){ t, uniform() * 1000 };
			baseline_add(&b, &open_shape, t, v[i].x);
			view = baseline_at(&b, &open_shape, t);
			CHECK_INT(view.learnt, i >= 19 && view.samples >= 5);
			if (i < 2)
				continue;
			plain(v, i + 1, 14.0 * DAY, &mean, &spread);
			CHECK_DOUBLE(view.mean, mean, 1e-7);
			CHECK_DOUBLE(view.deviation, spread, 1e-7);
			CHECK_DOUBLE(baseline_distance(&view, mean + spread), 1, 1e-9);
		}
		baseline_fini(&b);
	}
}

TEST(is_not_judged_before_it_has_learnt_and_forgets_who_was_long_away)
{
	struct baseline b = { 0 };

	CHECK(!baseline_at(&b, &guarded, START).learnt);
	for (int i = 0; i < 20; i++) {
		CHECK(!baseline_at(&b, &guarded, START).learnt);
		baseline_add(&b, &guarded, START + i, 10);
	}
	CHECK(baseline_at(&b, &guarded, START).learnt);
	baseline_add(&b, &guarded, START + 28 * DAY, 10);
	CHECK(!baseline_at(&b, &guarded, START).learnt); /* 20 e^-2 + 1 */
}

TEST(counts_that_never_change_have_the_deviation_of_chance)
{
	struct baseline b = { 0 };
	struct baseline_view v;

	for (int i = 0; i < 1000; i++)
		baseline_add(&b, &guarded, START + i * MINUTE, 4);
	v = baseline_at(&b, &guarded, START + DAY);
	CHECK_DOUBLE(v.mean, 4, 1e-9);
	CHECK_DOUBLE(v.deviation, 2, 0.01);
	baseline_fini(&b);
	for (int i = 0; i < 1000; i++)
		baseline_add(&b, &guarded, START + i * MINUTE, 1e6);
	CHECK_DOUBLE(baseline_at(&b, &guarded, START + DAY).deviation, 1e5, 100);
}

/* By day 100 an interval, by night 10. */
static double
of_hour(int64_t t)
{
	int64_t hour = t / HOUR % 24;

	return hour >= 8 && hour < 20 ? 100 : 10;
}

TEST(each_hour_has_its_level_once_it_has_days_enough)
{
	struct baseline_shape day = guarded, week = guarded;
	struct baseline b = { 0 }, w = { 0 };
	const int64_t night = 3 * HOUR, noon = 12 * HOUR;
	struct baseline_view v;

	state = random_start(test_seed());
	day.buckets = BASELINE_DAY;
	week.buckets = BASELINE_WEEK;
	for (int64_t t = START; t < START + 12 * DAY; t += 5 * MINUTE) {
		double x = count_around(of_hour(t));

		v = baseline_at(&b, &day, t);
		CHECK_INT(v.seasonal, t >= START + 2 * DAY && t >= START + 2 * DAY + t % HOUR &&
					  b.season[t / HOUR % 24].days >= 3);
		baseline_add(&b, &day, t, x);
		baseline_add(&w, &week, t, x);
	}
	v = baseline_at(&b, &day, START + 12 * DAY + night);
	CHECK(v.seasonal && v.mean > 8 && v.mean < 12);
	CHECK(baseline_distance(&v, 30) > 3);
	v = baseline_at(&b, &day, START + 12 * DAY + noon);
	CHECK(v.seasonal && v.mean > 90 && v.mean < 110 && baseline_distance(&v, 30) < -3);
	/* 12 days are too few for hours of the week: the level of all hours serves. */
	v = baseline_at(&w, &week, START + 12 * DAY + night);
	CHECK(!v.seasonal && v.learnt && v.mean > 40 && v.mean < 70 &&
	      baseline_distance(&v, 30) < 3);
	baseline_fini(&b);
	baseline_fini(&w);
}

TEST(hours_of_the_week_begin_on_monday)
{
	struct baseline_shape week = open_shape;
	struct baseline b = { 0 };

	week.buckets = BASELINE_WEEK;
	baseline_add(&b, &week, START + DAY + HOUR / 2, 7);
	CHECK_DOUBLE(b.season[0].mean, 7, 0);
	baseline_add(&b, &week, START - 1, 9); /* the last hour of Saturday */
	CHECK_DOUBLE(b.season[6 * 24 - 1].mean, 9, 0);
	baseline_fini(&b);
}

TEST(one_sample_moves_it_little_however_large)
{
	static const double wild[] = { 1e12, (double)INFINITY, 1e308, -1e308, (double)NAN };

	for (size_t k = 0; k < sizeof(wild) / sizeof(wild[0]); k++) {
		struct baseline b = { 0 };
		struct baseline_view v;

		for (int i = 0; i < 50; i++)
			baseline_add(&b, &guarded, START + i * MINUTE, 100 + i % 3);
		baseline_add(&b, &guarded, START + 50 * MINUTE, wild[k]);
		v = baseline_at(&b, &guarded, START + HOUR);
		CHECK(v.mean > 97 && v.mean < 104);
		CHECK(v.deviation > 9 && v.deviation < 19);
	}
}

TEST(no_day_moves_it_by_more_than_its_drift)
{
	state = random_start(test_seed());
	for (unsigned round = 0; round < test_rounds(20); round++) {
		struct baseline b = { 0 };
		int64_t t = START;
		double before;

		for (; t <= START + 8 * DAY; t += 5 * MINUTE)
			baseline_add(&b, &guarded, t, count_around(100));
		before = baseline_at(&b, &guarded, t).mean;
		for (; t <= START + 13 * DAY; t += 5 * MINUTE)
			baseline_add(&b, &guarded, t, round % 2 == 0 ? 1e9 : uniform() * 300);
		/* 5 days, and the one sample of the next */
		CHECK(fabs(baseline_at(&b, &guarded, t).mean / before - 1) < 0.11);
		CHECK(baseline_at(&b, &guarded, t).deviation < 12);
	}
}

/* Rates that rise and fall with the day and the week, and are noisy. */
TEST(what_is_usual_stays_usual)
{
	unsigned far[10] = { 0 };
	struct baseline b = { 0 };

	state = random_start(1);
	for (int64_t t = START; t < START + 70 * DAY; t += 5 * MINUTE) {
		struct baseline_view v = baseline_at(&b, &guarded, t);
		double rate = 20 * (0.15 + fmax(0, sin((double)(t % DAY) / DAY * 2 * M_PI)));
		double x;

		rate *= t / DAY % 7 > 4 ? 0.4 : 1;
		x = count_around(rate * exp(0.3 * (count_around(36) - 36) / 6));
		far[(t - START) / (7 * DAY)] += baseline_distance(&v, x) > 3;
		baseline_add(&b, &guarded, t, x);
	}
	fprintf(stderr, "beyond 3 deviations in weeks 2 to 10:");
	for (int i = 1; i < 10; i++)
		fprintf(stderr, " %u", far[i]);
	fprintf(stderr, " of 2016\n");
	for (int i = 1; i < 10; i++)
		CHECK(far[i] > 0 && far[i] < 40);
}

/*
 * An attacker whose key is used 100 times in 5 minutes, and whose baseline is two weeks old,
 * raises his rate by `growth` an interval, and an interval that fires is not learnt.  The
 * multiple of the old rate at which he was first found, or had after `days` without.
 */
static double
poison(const struct baseline_shape *s, double growth, int days, int64_t *found_after)
{
	struct baseline b = { 0 };
	int64_t t = START, begin;
	double rate = 100;

	state = random_start(1);
	for (; t < START + 14 * DAY; t += 5 * MINUTE) {
		struct baseline_view v = baseline_at(&b, s, t);
		double x = count_around(rate);

		if (!v.learnt || baseline_distance(&v, x) <= 3)
			baseline_add(&b, s, t, x);
	}
	begin = t;
	*found_after = -1;
	for (; t < begin + days * DAY; t += 5 * MINUTE) {
		struct baseline_view v = baseline_at(&b, s, t);

		rate *= growth;
		/* His own mean rate, so that chance does not find him. */
		if (baseline_distance(&v, rate) > 3) {
			*found_after = t - begin;
			break;
		}
		baseline_add(&b, s, t, rate);
	}
	baseline_fini(&b);
	return rate / 100;
}

TEST(who_raises_his_rate_slowly_is_found_or_gains_little)
{
	static const struct {
		const char *what;
		double a_day; /* growth */
		int days;
		double at_most; /* multiple of the old rate */
		bool found;
	} cases[] = {
		{ "1% an interval", 17.57, 2, 1.5, true }, /* 1.01^288 */
		{ "20% a day", 1.2, 60, 1.5, true },
		{ "5% a day", 1.05, 60, 1.8, true },
		{ "2% a day", 1.02, 60, 3.5, false },
	};
	struct baseline_shape bare = guarded;

	bare.drift = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double growth = pow(cases[i].a_day, 1 / 288.0);
		int64_t found, found_bare;
		double multiple = poison(&guarded, growth, cases[i].days, &found);
		double without = poison(&bare, growth, cases[i].days, &found_bare);

		fprintf(stderr,
		    "%s: x%.2f after %.1f days%s; without a limit of the drift x%.2f after "
		    "%.1f days%s\n",
		    cases[i].what, multiple,
		    (double)(found < 0 ? cases[i].days * DAY : found) / DAY,
		    found < 0 ? ", not found" : "", without,
		    (double)(found_bare < 0 ? cases[i].days * DAY : found_bare) / DAY,
		    found_bare < 0 ? ", not found" : "");
		CHECK_INT(found >= 0, cases[i].found);
		CHECK(multiple <= cases[i].at_most);
		CHECK(multiple <= without * 1.001);
	}
}

static void
random_baseline(struct baseline *b, const struct baseline_shape *s)
{
	int64_t t = START;

	for (size_t i = random_below(&state, 300); i > 0; i--) {
		t += (int64_t)random_below(&state, 9) * HOUR;
		baseline_add(b, s, t, count_around(50));
	}
}

TEST(is_the_same_after_being_saved)
{
	static const unsigned buckets[] = { 0, BASELINE_DAY, BASELINE_WEEK };

	state = random_start(test_seed());
	for (unsigned round = 0; round < test_rounds(60); round++) {
		struct baseline a = { 0 }, b = { 0 };
		struct baseline_shape s = guarded;
		struct buf first = { 0 }, second = { 0 };
		struct str from;

		s.buckets = buckets[round % 3];
		random_baseline(&a, &s);
		baseline_save(&a, &s, &first);
		from = buf_view(&first);
		CHECK(baseline_load(&b, &s, &from));
		CHECK_INT(from.n, 0);
		for (int i = 0; i < 20; i++) {
			baseline_add(&a, &s, START + i * DAY, i);
			baseline_add(&b, &s, START + i * DAY, i);
		}
		buf_reset(&first);
		baseline_save(&a, &s, &first);
		baseline_save(&b, &s, &second);
		CHECK_BYTES(first.p, first.n, second.p, second.n);
		baseline_fini(&a);
		baseline_fini(&b);
		buf_fini(&first);
		buf_fini(&second);
	}
}

TEST(spoilt_bytes_are_refused_or_read_as_what_they_are)
{
	struct baseline_shape s = guarded;
	struct baseline a = { 0 };
	struct buf good = { 0 };

	state = random_start(test_seed());
	s.buckets = BASELINE_DAY;
	for (int i = 0; i < 100; i++)
		baseline_add(&a, &s, START + i * HOUR, i);
	baseline_save(&a, &s, &good);
	for (size_t n = 0; n < good.n; n++) {
		struct str from = { good.p, n };
		struct baseline b = { 0 };

		CHECK(!baseline_load(&b, &s, &from));
		CHECK(b.season == NULL);
	}
	for (unsigned round = 0; round < test_rounds(3000); round++) {
		size_t at = random_below(&state, good.n);
		const char was = good.p[at];
		struct baseline b = { 0 };
		struct buf again = { 0 };
		struct str from = buf_view(&good);

		good.p[at] = (char)random_next(&state);
		if (baseline_load(&b, &s, &from)) {
			baseline_save(&b, &s, &again);
			CHECK_BYTES(again.p, again.n, good.p, good.n - from.n);
			baseline_add(&b, &s, START, 5);
			CHECK(!isnan(baseline_at(&b, &s, START).mean));
		}
		baseline_fini(&b);
		buf_fini(&again);
		good.p[at] = was;
	}
	baseline_fini(&a);
	buf_fini(&good);
}
