/* Clocks on the wall: every minute around the changes of several zones, and what is no time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "oncall/civil.h"

#include "base/clock.h"
#include "test.h"

/* Found the slow way: the first minute at which the clock shows that or later. */
static int64_t
slow_instant(const struct zone *z, int64_t wall)
{
	int64_t s = wall - 2 * CIVIL_DAY;

	s -= ((s % 60) + 60) % 60;
	while (s + zone_offset(z, s * CLOCK_S) < wall)
		s += 60;
	return s;
}

TEST(first_moment_around_changes)
{
	/* Days around which the clocks of that zone change, both ways. */
	static const struct {
		const char *zone;
		int64_t year;
		unsigned month, day;
	} rows[] = {
		{ "Europe/Berlin", 2026, 3, 29 },
		{ "Europe/Berlin", 2026, 10, 25 },
		{ "America/New_York", 2026, 3, 8 },
		{ "America/New_York", 2026, 11, 1 },
		{ "Australia/Lord_Howe", 2026, 4, 5 }, /* by half an hour */
		{ "Australia/Lord_Howe", 2026, 10, 4 },
		{ "America/St_Johns", 2027, 3, 14 },
		{ "Pacific/Chatham", 2026, 9, 27 },
		{ "Europe/Berlin", 2060, 10, 31 }, /* by the rule at the end of the file */
		{ "Asia/Kolkata", 2026, 3, 29 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 2026, 3, 29 },
	};
	unsigned seen = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const int64_t day = clock_days(rows[i].year, rows[i].month, rows[i].day);
		struct zone z;
		struct diag why = { 0 };

		if (zone_find(str_c(rows[i].zone), &z, &why) == FAIL_NOT_FOUND)
			continue;
		seen++;
		for (int64_t m = -90; m < 30 * 60; m += 3) {
			const int64_t wall = day * CIVIL_DAY + m * 60;
			const int64_t got = civil_instant(&z, day, m * 60);

			if (got != slow_instant(&z, wall) * CLOCK_S)
				test_fail(TEST_AT(first_moment), "%s minute %d: %lld, want %lld",
				    rows[i].zone, (int)m, (long long)(got / CLOCK_S),
				    (long long)slow_instant(&z, wall));
		}
	}
	if (seen < 2)
		TEST_SKIP("no tz database on this machine");
}

TEST(a_day_that_was_skipped)
{
	struct diag why = { 0 };
	struct zone z;

	if (zone_find(STR("Pacific/Apia"), &z, &why) == FAIL_NOT_FOUND)
		TEST_SKIP("no tz database on this machine");
	/* There was no 30 December 2011: all of it is its end. */
	CHECK_INT(civil_instant(&z, clock_days(2011, 12, 30), 12 * 3600),
	    civil_instant(&z, clock_days(2011, 12, 31), 0));
}

TEST(texts)
{
	static const struct zone utc;
	static const char *const no_times[] = { "", "9:00", "09:60", "24:01", "0900", "+9:00",
		"09:00:00", "aa:bb" };
	static const char *const no_days[] = { "", "2026-02-29", "2026-13-01", "26-01-01",
		"2026-1-01", "2026-01-00", "1969-12-31", "2026-01-01x" };
	int64_t ns, day;
	int32_t s;

	for (size_t i = 0; i < ARRAY_LEN(no_times); i++)
		CHECK(!civil_time(str_c(no_times[i]), &s));
	for (size_t i = 0; i < ARRAY_LEN(no_days); i++)
		CHECK(!civil_date(str_c(no_days[i]), &day));
	CHECK(civil_time(STR("24:00"), &s) && s == CIVIL_DAY);
	CHECK(civil_time(STR("09:30"), &s) && s == 34200);
	CHECK(civil_date(STR("2028-02-29"), &day) && day == clock_days(2028, 2, 29));
	CHECK(civil_moment(&utc, STR("1970-01-02T00:01"), &ns) && ns == 86460 * CLOCK_S);
	CHECK(civil_moment(&utc, STR("1970-01-02 00:01:00Z"), &ns) && ns == 86460 * CLOCK_S);
	CHECK(!civil_moment(&utc, STR("1970-01-02"), &ns));
	CHECK(!civil_moment(&utc, STR("1970-01-02T00:01+01"), &ns));
	CHECK_INT(civil_weekday(0), 4);
	CHECK_INT(civil_weekday(-5), 6);
	CHECK_INT(civil_weekday(clock_days(2026, 11, 21)), 6);
	CHECK_INT(civil_wall(&utc, -1), -1);
}
