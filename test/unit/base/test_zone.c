/* Local times against the C library's, for every zone of the system that there is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone.h"

#include <time.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "random.h"
#include "test.h"

static void
compare(const char *name, const struct zone *z, int64_t s)
{
	struct zone_time got;
	time_t t = (time_t)s;
	struct tm want;

	(void)localtime_r(&t, &want);
	zone_local(z, s * CLOCK_S, &got);
	if (want.tm_gmtoff != zone_offset(z, s * CLOCK_S) || want.tm_hour != (int)got.hour ||
	    want.tm_min != (int)got.minute || want.tm_sec != (int)got.second ||
	    want.tm_wday != (int)got.weekday)
		test_fail(TEST_AT(compare), "%s at %" PRId64 ": offset %d, want %ld", name, s,
		    zone_offset(z, s * CLOCK_S), want.tm_gmtoff);
}

TEST(like_the_c_library)
{
	static const char *const names[] = { "Europe/Berlin", "America/New_York", "Asia/Kolkata",
		"Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran",
		"Pacific/Apia", "Europe/Dublin", "America/Nuuk", "Antarctica/Troll", "UTC",
		"Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham" };
	uint64_t rnd = random_start(test_seed());
	unsigned seen = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct zone z;
		struct diag why;

		if (zone_find(str_c(names[i]), &z, &why) == FAIL_NOT_FOUND)
			continue;
		seen++;
		setenv("TZ", names[i], 1);
		tzset();
		for (unsigned k = 0; k < 3000; k++) /* 1970 to 2065 */
			compare(names[i], &z, (int64_t)random_below(&rnd, 3000000000U));
		for (size_t k = 0; k < z.n; k++)
			for (int64_t d = -1; d <= 1 && z.at[k] > 0; d++)
				compare(names[i], &z, z.at[k] + d);
		for (int64_t t = 2145916800; t < 2145916800 + 1098 * (int64_t)86400; t += 1800)
			compare(names[i], &z, t); /* 2038 to 2040: by the rule at the end */
	}
	if (seen < 2)
		TEST_SKIP("no tz database on this machine");
}

TEST(rules_and_offsets)
{
	static const struct {
		const char *name;
		int64_t s;
		int offset;
	} rows[] = {
		{ "+02:00", 0, 7200 },
		{ "-0330", 0, 99 },
		{ "-03:30", 0, -12600 },
		{ "Z", 5, 0 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 1711846799, 3600 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 1711846800, 7200 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 1729990799, 7200 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 1729990800, 3600 },
		{ "EST5EDT,M3.2.0,M11.1.0", 1710054000, -14400 },
		{ "EST5EDT,M3.2.0,M11.1.0", 1710053999, -18000 },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", 1704067200, 39600 }, /* summer in January */
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", 1719792000, 36000 },
		{ "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", 1719792000, -7200 },
		{ "AAA-1BBB,J60,J300", 1709247600 - 86400, 3600 }, /* 60 is the 1st of March */
		{ "AAA-1BBB,J60,J300", 1709247600 + 7200, 7200 },
		{ "AAA-1BBB,59,300", 1709247600 - 86400 + 7200, 7200 }, /* and 59 the 29th */
		{ "A-1B,M3.5.0,M10.5.0", 0, 99 },
		{ "CET-1CEST,M3.6.0,M10.5.0", 0, 99 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3x", 0, 99 },
		{ "CET-1CEST,M3.5.0", 0, 99 },
		{ "../../etc/passwd", 0, 99 },
		{ "/etc/localtime", 0, 99 },
		{ "No/Such_Zone", 0, 99 },
		{ "Europe", 0, 99 },
		{ "", 0, 99 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct zone z;
		struct diag why = { 0 };
		enum err e = zone_find(str_c(rows[i].name), &z, &why);
		int got = e == OK ? zone_offset(&z, rows[i].s * CLOCK_S) : 99;

		if (got != rows[i].offset || (e != OK && why.text[0] == '\0'))
			test_fail(TEST_AT(rows), "%s at %" PRId64 ": %d, want %d (%s)",
			    rows[i].name, rows[i].s, got, rows[i].offset, why.text);
	}
}

TEST(before_1970)
{
	static const struct zone utc;
	struct zone_time t;

	zone_local(&utc, -1, &t);
	CHECK_INT(t.day, -1);
	CHECK_INT(t.weekday, 3); /* a Wednesday */
	CHECK_INT(t.hour * 10000 + t.minute * 100 + t.second, 235959);
}

/* Every file cut at every place, and bytes of it changed: refused or read, never worse. */
TEST(hostile_files)
{
	uint64_t rnd = random_start(test_seed());
	struct buf bytes = { 0 };
	struct diag why;
	struct zone z;

	if (fs_read("/usr/share/zoneinfo/Europe/Berlin", 1U << 20, &bytes, &why) != OK)
		TEST_SKIP("no tz database on this machine");
	CHECK_OK(zone_read(buf_view(&bytes), &z, &why), why);
	for (size_t n = 0; n < bytes.n; n++) {
		char *copy = mem_dup(bytes.p, n);

		(void)!zone_read((struct str){ copy, n }, &z, &why);
		free(copy);
	}
	for (unsigned i = test_rounds(20000); i > 0; i--) {
		size_t at = random_below(&rnd, bytes.n);
		char was = bytes.p[at];

		bytes.p[at] = (char)random_next(&rnd);
		if (zone_read(buf_view(&bytes), &z, &why) == OK)
			(void)zone_offset(&z, (int64_t)random_next(&rnd));
		bytes.p[at] = was;
	}
	buf_fini(&bytes);
}
