/* Slices. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "random.h"
#include "test.h"

TEST(comparison)
{
	const struct str none = { NULL, 0 };

	CHECK(str_eq(none, STR("")));
	CHECK(str_eq(STR("ab"), STR("ab")));
	CHECK(!str_eq(STR("ab"), STR("aB")));
	CHECK(str_eq_nocase(STR("ab@[`{"), STR("AB@[`{")));
	CHECK(!str_eq_nocase(STR("@"), STR("`")));
	CHECK(!str_eq_nocase(STR("["), STR("{")));
	CHECK(!str_eq_nocase(STR("\xc3\x84"), STR("\xc3\xa4")));
	CHECK(str_starts(STR("abc"), STR("ab")));
	CHECK(!str_starts(STR("a"), STR("ab")));
	CHECK(str_ends(STR("abc"), STR("bc")));
	CHECK(!str_ends(STR("c"), STR("bc")));
	CHECK(str_starts(none, none) && str_ends(none, none));
	CHECK(str_cmp(STR("a"), STR("b")) < 0);
	CHECK(str_cmp(STR("ab"), STR("a")) > 0);
	CHECK(str_cmp(STR("\xff"), STR("a")) > 0);
	CHECK_INT(str_cmp(none, STR("")), 0);
	CHECK_SLICE(str_c("xy"), "xy");
	CHECK_INT(str_c(NULL).n, 0);
}

TEST(find)
{
	static const struct {
		const char *s, *needle;
		ptrdiff_t want, want_nocase;
	} rows[] = {
		{ "", "", 0, 0 },
		{ "abc", "", 0, 0 },
		{ "", "a", -1, -1 },
		{ "abcabc", "c", 2, 2 },
		{ "abcABC", "BC", 4, 1 },
		{ "aab", "ab", 1, 1 },
		{ "abc", "abcd", -1, -1 },
		{ "xxAb", "aB", -1, 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK_INT(str_find(str_c(rows[i].s), str_c(rows[i].needle)), rows[i].want);
		CHECK_INT(str_find_nocase(str_c(rows[i].s), str_c(rows[i].needle)),
		    rows[i].want_nocase);
	}
}

TEST(from)
{
	const struct str none = { NULL, 0 };

	CHECK_SLICE(str_from(STR("abc"), 0), "abc");
	CHECK_SLICE(str_from(STR("abc"), 2), "c");
	CHECK_INT(str_from(STR("abc"), 3).n, 0);
	CHECK_INT(str_from(STR("abc"), 100).n, 0);
	CHECK(str_from(none, 0).p == NULL && str_from(none, 5).n == 0);
}

TEST(trim)
{
	CHECK_SLICE(str_trim(STR(" \t\r\na b\n ")), "a b");
	CHECK_SLICE(str_trim(STR("\n\n")), "");
	CHECK_INT(str_trim((struct str){ NULL, 0 }).n, 0);
}

TEST(until_eats_the_separator)
{
	struct str s = STR("a,,b");

	CHECK_SLICE(str_until(&s, ','), "a");
	CHECK_SLICE(str_until(&s, ','), "");
	CHECK_SLICE(str_until(&s, ','), "b");
	CHECK_INT(s.n, 0);
	CHECK_SLICE(str_until(&s, ','), "");
}

TEST(lines)
{
	struct str s = STR("a\r\n\nb\rc\n\r\nlast"), line;
	static const char *const want[] = { "a", "", "b\rc", "", "last" };

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		CHECK(str_line(&s, &line));
		CHECK_SLICE(line, want[i]);
	}
	CHECK(!str_line(&s, &line));
}

TEST(unsigned_numbers)
{
	static const struct {
		const char *s;
		bool good;
		uint64_t v;
	} rows[] = {
		{ "0", true, 0 },
		{ "007", true, 7 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "000000000000000000001", false, 0 },
		{ "", false, 0 },
		{ "+1", false, 0 },
		{ "-1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "0x1", false, 0 },
		{ "1e3", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t v = 42;

		CHECK_INT(str_u64(str_c(rows[i].s), &v), rows[i].good);
		CHECK_INT(v, rows[i].good ? rows[i].v : 42);
	}
}

TEST(signed_numbers)
{
	static const struct {
		const char *s;
		bool good;
		int64_t v;
	} rows[] = {
		{ "-0", true, 0 },
		{ "-1", true, -1 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "-9223372036854775809", false, 0 },
		{ "-", false, 0 },
		{ "--1", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t v = 42;

		CHECK_INT(str_i64(str_c(rows[i].s), &v), rows[i].good);
		CHECK_INT(v, rows[i].good ? rows[i].v : 42);
	}
}

TEST(decimals)
{
	static const struct {
		const char *s;
		bool good;
		double v;
	} rows[] = {
		{ "0.5", true, 0.5 },
		{ "-1.25e2", true, -125 },
		{ "3", true, 3 },
		{ "1e400", false, 0 },
		{ "inf", false, 0 },
		{ "nan", false, 0 },
		{ "0x10", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "1.2.3", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		double v = 42;

		CHECK_INT(str_f64(str_c(rows[i].s), &v), rows[i].good);
		CHECK_DOUBLE(v, rows[i].good ? rows[i].v : 42, 0);
	}
}

TEST(to_c_cuts)
{
	char text[4];

	CHECK_STR(str_to_c(STR("ab"), text, sizeof(text)), "ab");
	CHECK_STR(str_to_c(STR("abcdef"), text, sizeof(text)), "abc");
	CHECK_STR(str_to_c((struct str){ NULL, 0 }, text, sizeof(text)), "");
}

/* Putting what str_until() split off together again gives the text. */
TEST(splitting_loses_nothing)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(2000); round++) {
		char text[64], again[64];
		struct str left = { text, random_below(&s, sizeof(text)) };
		size_t n = left.n, at = 0;

		random_bytes(&s, text, n);
		while (left.n != 0) {
			struct str part = str_until(&left, '.');

			memcpy(again + at, part.p, part.n);
			at += part.n;
			if (at < n)
				again[at++] = '.';
		}
		CHECK_BYTES(again, at, text, n);
	}
}
