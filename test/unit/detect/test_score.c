/* SPDX-License-Identifier: Apache-2.0 */
/* Scores: what adds up to 75, what one rule cannot do, fading, bounds, bytes. */
#include "detect/score.h"

#include <math.h>

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define HOUR (3600 * CLOCK_S)
#define HALF (6 * HOUR)

static double
add(struct score *s, int64_t t, const char *id, const char *severity, unsigned confidence)
{
	static uint64_t seq;
	const struct score_event ev = { t, ++seq, str_c(id), str_c("Title"), severity, confidence };

	return score_add(s, &ev, HALF);
}

struct firing {
	int64_t hour;
	const char *id, *severity;
	unsigned confidence;
};

static const struct {
	const char *name;
	struct firing f[8];
	double score; /* after the last */
} rows[] = {
	{ "one low", { { 0, "a", "LOW", 100 } }, 10 },
	{ "one high", { { 0, "a", "HIGH", 100 } }, 45 },
	{ "half sure", { { 0, "a", "HIGH", 50 } }, 22.5 },
	{ "nobody says how sure", { { 0, "a", "HIGH", 0 } }, 45 },
	{ "two high", { { 0, "a", "HIGH", 100 }, { 0, "b", "HIGH", 100 } }, 69.75 },
	{ "three high",
	    { { 0, "a", "HIGH", 100 }, { 0, "b", "HIGH", 100 }, { 0, "c", "HIGH", 100 } },
	    83.3625 },
	{ "critical and medium", { { 0, "a", "CRITICAL", 100 }, { 0, "b", "MEDIUM", 100 } }, 77.5 },
	{ "faded by half", { { 0, "a", "HIGH", 100 }, { 6, "b", "INFO", 100 } }, 23.275 },
	{ "late counts as faded", { { 6, "b", "INFO", 100 }, { 0, "a", "HIGH", 100 } }, 23.275 },
	{ "again", { { 0, "a", "HIGH", 100 }, { 0, "a", "HIGH", 100 } }, 56.25 },
	{ "a severity nobody knows", { { 0, "a", "?", 100 } }, 1 },
};

TEST(sums)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct score s = { 0 };
		double got = 0;

		fprintf(stderr, "%s\n", rows[i].name);
		for (size_t k = 0; rows[i].f[k].id != NULL; k++)
			got = add(&s, rows[i].f[k].hour * HOUR, rows[i].f[k].id,
			    rows[i].f[k].severity, rows[i].f[k].confidence);
		CHECK_DOUBLE(got, rows[i].score, 0.001);
		CHECK_DOUBLE(score_at(&s, s.t, HALF), got, 1e-9);
		score_fini(&s);
	}
}

TEST(one_rule_stays_below_its_ceiling)
{
	static const struct {
		const char *severity;
		double ceiling;
	} ceilings[] = { { "INFO", 2 }, { "LOW", 15 }, { "MEDIUM", 35 }, { "HIGH", 60 },
		{ "CRITICAL", 90 } };

	for (size_t i = 0; i < ARRAY_LEN(ceilings); i++) {
		struct score s = { 0 };
		double got = 0, before;

		for (unsigned k = 0; k < 10000; k++) {
			before = got;
			got = add(&s, 0, "a", ceilings[i].severity, 100);
			CHECK(got >= before && got <= ceilings[i].ceiling + 1e-9);
		}
		CHECK(got > 0.95 * ceilings[i].ceiling);
		score_fini(&s);
	}
}

TEST(fades)
{
	struct score s = { 0 };

	(void)add(&s, 0, "a", "CRITICAL", 100);
	CHECK_DOUBLE(score_at(&s, HALF, HALF), 35, 0.001);
	CHECK_DOUBLE(score_at(&s, 2 * HALF, HALF), 17.5, 0.001);
	CHECK(score_at(&s, 400 * HALF, HALF) < 1e-6);
	CHECK_DOUBLE(score_at(&s, -HALF, HALF), 70, 0.001);
	score_fini(&s);
}

TEST(any_input_stays_between_0_and_100)
{
	static const char *const severities[] = { "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL", "" };
	uint64_t r = random_start(test_seed());
	auto_buf struct buf one = { 0 }, two = { 0 };

	for (unsigned round = 0; round < test_rounds(100); round++) {
		struct score s = { 0 }, copy = { 0 };
		struct str from;

		for (unsigned i = 0; i < 200; i++) {
			char id[60];
			double got;

			(void)snprintf(id, sizeof(id),
			    "a rule with a long name, so that it is cut %d",
			    (int)random_below(&r, 40));
			got = add(&s, (int64_t)random_below(&r, 100) * HOUR,
			    id + random_below(&r, 40), severities[random_below(&r, 6)],
			    (unsigned)random_below(&r, 120));
			CHECK(got >= 0 && got <= 100 && s.n <= SCORE_PARTS);
		}
		buf_reset(&one);
		buf_reset(&two);
		score_save(&s, &one);
		from = buf_view(&one);
		CHECK(score_load(&copy, &from) && from.n == 0);
		score_save(&copy, &two);
		CHECK_BYTES(two.p, two.n, one.p, one.n);
		CHECK_DOUBLE(add(&copy, 50 * HOUR, "x", "HIGH", 80),
		    add(&s, 50 * HOUR, "x", "HIGH", 80), 0);
		score_fini(&copy);
		from = (struct str){ one.p, random_below(&r, one.n) };
		CHECK(!score_load(&copy, &from) && copy.parts == NULL);
		score_fini(&s);
	}
}

TEST(details)
{
	struct score s = { 0 };
	auto_buf struct buf b = { 0 };

	(void)add(&s, 0, "low", "LOW", 100);
	score_put_details(&s, add(&s, HOUR, "high", "HIGH", 100), HALF, &b);
	buf_byte(&b, '\0');
	CHECK(strstr(b.p,
		  ",\"score\":50,\"half_life_s\":21600,\"detections\":[{\"rule_id\":\"high\",") ==
	      b.p);
	CHECK(strstr(b.p, "{\"rule_id\":\"low\",\"title\":\"Title\",\"count\":1,\"points\":9,"
			  "\"first\":\"1970-01-01T00:00:00Z\"") != NULL);
	score_fini(&s);
}
