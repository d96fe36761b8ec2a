/* tested: hours, days of the week, and when a digest is due over changes of day and clock. */
#include "alert/daytime.h"

#include "base/clock.h"
#include "test.h"

#define MINUTE (60 * CLOCK_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static struct zone
zone(const char *name)
{
	struct diag why = { 0 };
	struct zone z;

	CHECK_OK(zone_find(str_c(name), &z, &why), why);
	return z;
}

/* 2026-03-02 is a Monday. */
static int64_t
at(unsigned month, unsigned day, unsigned hour, unsigned minute)
{
	return clock_days(2026, month, day) * DAY + hour * HOUR + minute * MINUTE;
}

TEST(times_of_day_are_two_digits_each)
{
	static const struct {
		const char *text;
		bool good;
		unsigned minute;
	} rows[] = {
		{ "00:00", true, 0 },
		{ "08:05", true, 485 },
		{ "23:59", true, 1439 },
		{ "24:00", false, 0 },
		{ "12:60", false, 0 },
		{ "8:00", false, 0 },
		{ "08:0", false, 0 },
		{ "08-00", false, 0 },
		{ "+8:00", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned minute = 0;

		CHECK_INT(daytime_clock(str_c(rows[i].text), &minute), rows[i].good);
		if (rows[i].good)
			CHECK_INT(minute, rows[i].minute);
	}
}

TEST(a_night_begins_on_its_day_and_ends_on_the_next)
{
	const struct zone utc = zone("UTC"), east = zone("+02:00");
	unsigned mon;
	struct daytime night;

	CHECK(daytime_days(STR("mon"), &mon));
	CHECK(daytime_named(STR("night"), &night));
	night.days = mon;
	CHECK(!daytime_holds(&night, &utc, at(3, 2, 21, 59)));
	CHECK(daytime_holds(&night, &utc, at(3, 2, 22, 0)));
	CHECK(daytime_holds(&night, &utc, at(3, 3, 5, 59)));
	CHECK(!daytime_holds(&night, &utc, at(3, 3, 6, 0)));
	CHECK(!daytime_holds(&night, &utc, at(3, 2, 3, 0))); /* that night began on Sunday */
	CHECK(!daytime_holds(&night, &utc, at(3, 3, 23, 0)));
	CHECK(daytime_holds(&night, &east, at(3, 2, 20, 0)));
	CHECK(!daytime_holds(&night, &east, at(3, 3, 4, 0)));
}

TEST(business_hours_and_weekends)
{
	const struct zone utc = zone("UTC");
	struct daytime business, weekend;

	CHECK(daytime_named(STR("business"), &business));
	CHECK(daytime_named(STR("weekend"), &weekend));
	CHECK(!daytime_named(STR("lunch"), &weekend));
	CHECK(daytime_holds(&business, &utc, at(3, 2, 8, 0)));
	CHECK(!daytime_holds(&business, &utc, at(3, 2, 7, 59)));
	CHECK(!daytime_holds(&business, &utc, at(3, 2, 18, 0)));
	CHECK(!daytime_holds(&business, &utc, at(3, 1, 12, 0)));
	CHECK(daytime_holds(&weekend, &utc, at(3, 1, 0, 0)));
	CHECK(!daytime_holds(&weekend, &utc, at(3, 2, 0, 0)));
	CHECK(daytime_holds(&weekend, &utc, at(2, 28, 23, 59)));
}

TEST(a_digest_is_due_at_the_next_such_time)
{
	const struct zone utc = zone("UTC"), east = zone("+05:30");
	unsigned mon;

	CHECK(daytime_days(STR("mon"), &mon));
	CHECK_INT(daytime_next(480, DAYTIME_DAYS, &utc, at(3, 2, 7, 59)), at(3, 2, 8, 0));
	CHECK_INT(daytime_next(480, DAYTIME_DAYS, &utc, at(3, 2, 8, 0)), at(3, 3, 8, 0));
	CHECK_INT(daytime_next(480, DAYTIME_DAYS, &utc, at(3, 2, 8, 0) - 1), at(3, 2, 8, 0));
	CHECK_INT(daytime_next(0, DAYTIME_DAYS, &utc, at(2, 28, 23, 59)), at(3, 1, 0, 0));
	CHECK_INT(daytime_next(480, mon, &utc, at(3, 2, 8, 0)), at(3, 9, 8, 0));
	CHECK_INT(daytime_next(480, mon, &utc, at(3, 1, 8, 0)), at(3, 2, 8, 0));
	CHECK_INT(daytime_next(480, DAYTIME_DAYS, &east, at(3, 2, 2, 29)), at(3, 2, 2, 30));
	CHECK_INT(daytime_next(480, DAYTIME_DAYS, &east, at(3, 2, 2, 30)), at(3, 3, 2, 30));
}

/* Central Europe changes its clocks on 2026-03-29 and 2026-10-25. */
TEST(eight_is_eight_over_summer_time)
{
	const struct zone z = zone("CET-1CEST,M3.5.0,M10.5.0/3");

	CHECK_INT(daytime_next(480, DAYTIME_DAYS, &z, at(3, 28, 12, 0)), at(3, 29, 6, 0));
	CHECK_INT(daytime_next(480, DAYTIME_DAYS, &z, at(3, 28, 0, 0)), at(3, 28, 7, 0));
	CHECK_INT(daytime_next(480, DAYTIME_DAYS, &z, at(10, 24, 12, 0)), at(10, 25, 7, 0));
}

/* From any moment: it is later, by less than 25 hours, and clocks show it then. */
TEST(the_next_time_is_the_next_for_any_moment)
{
	static const char *const zones[] = { "UTC", "-03:30", "+14:00",
		"CET-1CEST,M3.5.0,M10.5.0/3", "NZST-12NZDT,M9.5.0,M4.1.0/3" };
	uint64_t seed = test_seed();

	for (unsigned i = 0; i < test_rounds(20000); i++) {
		const struct zone z = zone(zones[i % ARRAY_LEN(zones)]);
		unsigned minute = (unsigned)(seed >> 20) % 1440;
		int64_t now = at(1, 1, 0, 0) + (int64_t)(seed % (400ULL * 86400)) * CLOCK_S, next;
		struct zone_time t;

		seed = seed * 6364136223846793005U + 1442695040888963407U;
		if (minute >= 60 && minute < 240)
			minute += 240; /* hours that changes of clocks leave out or double */
		next = daytime_next(minute, DAYTIME_DAYS, &z, now);
		zone_local(&z, next, &t);
		CHECK(next > now);
		CHECK(next - now <= 25 * HOUR);
		CHECK_INT(t.hour * 60 + t.minute, minute);
		CHECK_INT(t.second, 0);
		CHECK_INT(daytime_next(minute, DAYTIME_DAYS, &z, next - 1), next);
	}
}
