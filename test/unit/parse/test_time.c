/* SPDX-License-Identifier: Apache-2.0 */
/* Times of every form: values, limits, and that nothing else is taken for one. */
#include "parse/time.h"

#include "base/clock.h"
#include "test.h"

#define AT ((int64_t)1795224000 * CLOCK_S) /* 2026-11-21T01:20:00Z */

struct row {
	const char *text, *want; /* want NULL: no time */
};

static void
check(const struct row *rows, size_t n, int offset_s)
{
	for (size_t i = 0; i < n; i++) {
		char text[40];
		int64_t ns;
		bool ok = time_any(str_c(rows[i].text), offset_s, AT, &ns);

		if (ok != (rows[i].want != NULL))
			test_fail(TEST_AT(time_any), "%s: %d", rows[i].text, ok);
		if (ok && strcmp(clock_text(ns, text), rows[i].want) != 0)
			test_fail(TEST_AT(time_any), "%s: %s", rows[i].text, text);
	}
}

TEST(every_form)
{
	static const struct row rows[] = {
		{ "2026-11-21T01:02:03Z", "2026-11-21T01:02:03Z" },
		{ "2026-11-21t01:02:03z", "2026-11-21T01:02:03Z" },
		{ "2026-11-21T01:02:03.5Z", "2026-11-21T01:02:03.500Z" },
		{ "2026-11-21T01:02:03.123456789Z", "2026-11-21T01:02:03.123456789Z" },
		{ "2026-11-21T01:02:03.1234567899999Z", "2026-11-21T01:02:03.123456789Z" },
		{ "2026-11-21T01:02:03+01:00", "2026-11-21T00:02:03Z" },
		{ "2026-11-21T01:02:03-0530", "2026-11-21T06:32:03Z" },
		{ "2026-11-21T01:02:03+02", "2026-11-20T23:02:03Z" },
		{ "2026-11-21 01:02:03", "2026-11-21T01:02:03Z" },
		{ "2026-11-21 01:02:03,456", "2026-11-21T01:02:03.456Z" },
		{ "2026-11-21 01:02:03.456 UTC", "2026-11-21T01:02:03.456Z" },
		{ "2026-11-21 01:02:03 +0100", "2026-11-21T00:02:03Z" },
		{ "2026/11/21 01:02:03", "2026-11-21T01:02:03Z" },
		{ "21/Nov/2026:01:02:03 +0100", "2026-11-21T00:02:03Z" },
		{ "Nov 21 01:02:03", "2026-11-21T01:02:03Z" },
		{ "Nov  1 01:02:03", "2026-11-01T01:02:03Z" },
		{ "Nov 1 01:02:03", "2026-11-01T01:02:03Z" },
		{ "Nov 01 01:02:03.25", "2026-11-01T01:02:03.250Z" },
		{ "Nov 21 2024 01:02:03", "2024-11-21T01:02:03Z" },
		{ "Sun Dec 04 04:47:44 2005", "2005-12-04T04:47:44Z" },
		{ "Sat Nov 21 01:02:03.123456 2026", "2026-11-21T01:02:03.123456Z" },
		{ "1795223000", "2026-11-21T01:03:20Z" },
		{ "1795223000.25", "2026-11-21T01:03:20.250Z" },
		{ "1795223000123", "2026-11-21T01:03:20.123Z" },
		{ "1795223000123456", "2026-11-21T01:03:20.123456Z" },
		{ "1795223000123456789", "2026-11-21T01:03:20.123456789Z" },
		{ "  1795223000 ", "2026-11-21T01:03:20Z" },
		{ "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z" },
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z" },
		{ "2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z" },
		{ "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z" },
	};

	check(rows, sizeof(rows) / sizeof(rows[0]), 0);
}

TEST(none)
{
	static const struct row rows[] = {
		{ "", NULL },
		{ "yesterday", NULL },
		{ "12", NULL },
		{ "0.123456789", NULL },
		{ "2025-02-29T00:00:00Z", NULL },
		{ "2026-13-01T00:00:00Z", NULL },
		{ "2026-00-01T00:00:00Z", NULL },
		{ "2026-11-00T00:00:00Z", NULL },
		{ "2026-11-31T00:00:00Z", NULL },
		{ "2026-11-21T24:00:00Z", NULL },
		{ "2026-11-21T00:60:00Z", NULL },
		{ "2026-11-21T00:00:61Z", NULL },
		{ "2026-11-21T12:00:60Z", NULL },
		{ "2026-11-21T01:02:03Zx", NULL },
		{ "2026-11-21T01:02:03.Z", NULL },
		{ "2026-11-21T01:02:03+24:00", NULL },
		{ "2026-11-21T01:02:03+01:60", NULL },
		{ "2026-11-21T01:02", NULL },
		{ "2026-1-21T01:02:03Z", NULL },
		{ "x026-11-21T01:02:03Z", NULL },
		{ "1600-11-21T01:02:03Z", NULL },
		{ "2262-11-21T01:02:03Z", NULL },
		{ "21/Foo/2026:01:02:03 +0100", NULL },
		{ "21/Nov/2026:01:02:03", NULL },
		{ "21/Nov/2026:01:02:03 0100", NULL },
		{ "32/Nov/2026:01:02:03 +0100", NULL },
		{ "nov 21 01:02:03", NULL },
		{ "Nov 31 01:02:03", NULL },
		{ "Nov 21 1:02:03", NULL },
		{ "Nov 21 01:02:03 x", NULL },
		{ "Sux Dec 04 04:47:44 2005", NULL },
		{ "Sun Dec 04 04:47:44", NULL },
		{ "99999999", NULL },
		{ "9999999999999999999", NULL },
		{ "-1795223000", NULL },
		{ "1795223000.", NULL },
		{ "1795223000x", NULL },
		{ "1795223000.1e5", NULL },
	};

	check(rows, sizeof(rows) / sizeof(rows[0]), 0);
}

TEST(offset_of_times_without_zone)
{
	static const struct row rows[] = {
		{ "2026-11-21 01:02:03", "2026-11-20T19:32:03Z" },
		{ "2026-11-21T01:02:03Z", "2026-11-21T01:02:03Z" },
		{ "Nov 21 01:02:03", "2026-11-20T19:32:03Z" },
		{ "Sun Dec 04 04:47:44 2005", "2005-12-03T23:17:44Z" },
		{ "21/Nov/2026:01:02:03 +0100", "2026-11-21T00:02:03Z" },
	};

	check(rows, sizeof(rows) / sizeof(rows[0]), 19800);
}

TEST(year_is_the_latest_not_after_tomorrow)
{
	static const struct {
		const char *received, *text, *want;
	} rows[] = {
		{ "2026-11-21T01:20:00Z", "Nov 22 01:19:00", "2026-11-22T01:19:00Z" },
		{ "2026-11-21T01:20:00Z", "Nov 22 01:21:00", "2025-11-22T01:21:00Z" },
		{ "2026-01-01T00:00:10Z", "Dec 31 23:59:59", "2025-12-31T23:59:59Z" },
		{ "2025-12-31T23:59:50Z", "Jan  1 00:00:01", "2026-01-01T00:00:01Z" },
		{ "2026-03-01T00:00:00Z", "Feb 29 12:00:00", "2024-02-29T12:00:00Z" },
		{ "2103-03-01T00:00:00Z", "Feb 29 12:00:00", "2096-02-29T12:00:00Z" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t received, ns;
		char text[40];

		CHECK(time_any(str_c(rows[i].received), 0, 0, &received));
		CHECK_INT(time_bsd(str_c(rows[i].text), 0, received, &ns), strlen(rows[i].text));
		CHECK_STR(clock_text(ns, text), rows[i].want);
	}
}

TEST(reals)
{
	int64_t ns;

	CHECK(time_epoch_real(1795216475.659, &ns));
	CHECK_INT(ns, 1795216475659000000);
	CHECK(time_epoch_real(1795216475659.5, &ns));
	CHECK_INT(ns, 1795216475659500000);
	CHECK(!time_epoch_real(0.25, &ns));
	CHECK(!time_epoch_real(-1795216475.0, &ns));
	CHECK(!time_epoch_real(1e300, &ns));
	CHECK(!time_epoch_real(1e10, &ns));
	CHECK(!time_epoch(INT64_MIN, &ns));
	CHECK(time_epoch(INT64_MAX - 100000000000000000, &ns));
}

/* What is written by clock_text is read back, whatever the moment. */
TEST(reads_what_clock_writes)
{
	uint64_t state = test_seed();

	for (unsigned i = test_rounds(100000); i > 0; i--) {
		int64_t ns, want;
		char text[40];

		state = state * 6364136223846793005U + 1442695040888963407U;
		want = (int64_t)(state >> 1) - INT64_MAX / 3;
		if (i % 3 == 0)
			want -= want % CLOCK_S;
		if (want < -9200000000 * CLOCK_S)
			continue;
		CHECK(time_any(str_c(clock_text(want, text)), 3600, 0, &ns));
		CHECK_INT(ns, want);
	}
}

TEST(any_prefix_is_bounded)
{
	static const char *const texts[] = { "2026-11-21T01:02:03.123456+01:00",
		"21/Nov/2026:01:02:03 +0100", "Nov 21 2026 01:02:03.123",
		"Sat Nov 21 01:02:03.123456 2026", "1795223000.123" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t n = 0; n <= strlen(texts[i]); n++) {
			char *exact = malloc(n + 1);
			struct str s = { exact, n };
			int64_t ns;

			memcpy(exact, texts[i], n);
			CHECK(time_iso(s, 0, &ns) <= n);
			CHECK(time_clf(s, &ns) <= n);
			CHECK(time_bsd(s, 0, AT, &ns) <= n);
			CHECK(time_ctime(s, 0, &ns) <= n);
			(void)time_any(s, 0, AT, &ns);
			free(exact);
		}
	}
}
