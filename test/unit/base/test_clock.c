/* Calendar, RFC 3339, spans. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

#include "random.h"
#include "test.h"

#define YEARS 10000

static bool
is_leap(int64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/* Walks the calendar day by day with rules of its own. */
TEST(every_day_of_twenty_thousand_years)
{
	static const unsigned lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t day = clock_days(-YEARS, 1, 1);

	for (int64_t y = -YEARS; y <= YEARS; y++)
		for (unsigned m = 1; m <= 12; m++) {
			unsigned n = lengths[m - 1] + (m == 2 && is_leap(y));

			for (unsigned d = 1; d <= n; d++, day++) {
				int64_t got_y;
				unsigned got_m, got_d;

				clock_civil(day, &got_y, &got_m, &got_d);
				if (got_y != y || got_m != m || got_d != d ||
				    clock_days(y, m, d) != day)
					CHECK_INT(got_y * 10000 + got_m * 100 + got_d,
					    y * 10000 + m * 100 + d);
			}
		}
	CHECK_INT(clock_days(1970, 1, 1), 0);
	CHECK_INT(clock_days(2000, 3, 1), 11017);
}

TEST(rfc3339)
{
	static const struct {
		int64_t ns;
		const char *want;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 1, "1970-01-01T00:00:00.000000001Z" },
		{ 500 * CLOCK_MS, "1970-01-01T00:00:00.500Z" },
		{ 1000, "1970-01-01T00:00:00.000001Z" },
		{ -1, "1969-12-31T23:59:59.999999999Z" },
		{ -CLOCK_S, "1969-12-31T23:59:59Z" },
		{ 951827696 * CLOCK_S, "2000-02-29T12:34:56Z" },
		{ 1795221275 * CLOCK_S + 659 * CLOCK_MS, "2026-11-21T00:34:35.659Z" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
		{ INT64_MIN, "1677-09-21T00:12:43.145224192Z" },
	};
	char text[40];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };

		CHECK_STR(clock_text(rows[i].ns, text), rows[i].want);
		clock_put(rows[i].ns, &b);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
}

TEST(agrees_with_the_c_library)
{
	uint64_t s = random_start(test_seed());

	for (unsigned i = 0; i < test_rounds(20000); i++) {
		int64_t ns = (int64_t)random_next(&s);
		time_t t = (time_t)(ns / CLOCK_S - (ns % CLOCK_S < 0));
		char got[40], want[40];
		struct tm tm;

		CHECK(gmtime_r(&t, &tm) != NULL);
		CHECK(strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S", &tm) == 19);
		(void)clock_text(ns, got);
		CHECK_BYTES(got, 19, want, 19);
	}
}

TEST(spans)
{
	static const struct {
		const char *s;
		int64_t want; /* -1: none */
	} rows[] = {
		{ "90s", 90 * CLOCK_S },
		{ "15m", 900 * CLOCK_S },
		{ "24h", 86400 * CLOCK_S },
		{ "7d", (int64_t)7 * 86400 * CLOCK_S },
		{ "250ms", 250 * CLOCK_MS },
		{ "30", 30 * CLOCK_S },
		{ "0", 0 },
		{ "", -1 },
		{ "s", -1 },
		{ "-1s", -1 },
		{ "1.5h", -1 },
		{ "1 s", -1 },
		{ "1w", -1 },
		{ "1S", -1 },
		{ "1ss", -1 },
		{ "106751d", (int64_t)106751 * 86400 * CLOCK_S },
		{ "106752d", -1 },
		{ "9223372036854775808ms", -1 },
		{ "99999999999999999999s", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t ns = -1;

		CHECK_INT(clock_span(str_c(rows[i].s), &ns), rows[i].want >= 0);
		CHECK_INT(ns, rows[i].want);
	}
}

TEST(clocks_run)
{
	int64_t wall = clock_wall(), mono = clock_mono();

	CHECK(wall > clock_days(2024, 1, 1) * 86400 * CLOCK_S);
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_mono();

		CHECK(now >= mono);
		mono = now;
	}
}
