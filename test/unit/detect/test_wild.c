/* Escaping, wildcards, folding, and the literals that are looked for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/wild.h"

#include "test.h"

static bool
match(const char *value, unsigned flags, struct str text)
{
	struct arena *a = arena_new((size_t)1 << 20);
	bool yes = wild_match(wild_parse(str_c(value), flags, a), text);

	arena_free(a);
	return yes;
}

TEST(escaping)
{
	static const struct row {
		const char *value, *text;
		bool yes;
	} rows[] = {
		{ "a\\b", "a\\b", true },
		{ "a\\\\b", "a\\b", true },
		{ "a\\\\b", "a\\\\b", false },
		{ "a\\*b", "a*b", true },
		{ "a\\*b", "axb", false },
		{ "a\\*b", "a\\xb", false },
		{ "a\\", "a\\", true },
		{ "\\??\\C:", "?x\\C:", true },
		{ "\\??\\C:", "?\\C:", false },
		{ "\\??\\C:", "yx\\C:", false },
		{ "a\\\\*b", "a\\b", true },
		{ "a\\\\*b", "a\\xyzb", true },
		{ "a\\\\*b", "a*b", false },
		{ "a\\\\\\*b", "a\\*b", true },
		{ "a\\\\\\*b", "a\\xb", false },
		{ "a\\\\\\\\b", "a\\\\b", true },
		{ "\\\\\\\\host", "\\\\host", true },
		{ "%x%", "%x%", true },
		{ "\\%x", "\\%x", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool got = match(rows[i].value, 0, str_c(rows[i].text));

		if (got != rows[i].yes)
			test_fail(TEST_AT(wild_match), "'%s' on '%s'", rows[i].value, rows[i].text);
	}
}

TEST(wildcards)
{
	static const struct row {
		const char *value;
		unsigned flags;
		const char *text;
		bool yes;
	} rows[] = {
		{ "", 0, "", true },
		{ "", 0, "x", false },
		{ "*", 0, "", true },
		{ "*", 0, "a\nb", true },
		{ "?", 0, "", false },
		{ "?", 0, "\xc3\xa9", true },
		{ "??", 0, "\xc3\xa9", false },
		{ "?", 0, "\n", true },
		{ "a*c", 0, "abc", true },
		{ "a*c", 0, "ac", true },
		{ "a*c", 0, "acb", false },
		{ "a*a", 0, "a", false },
		{ "a*a", 0, "aa", true },
		{ "a*b*a", 0, "aba", true },
		{ "a*b*b*a", 0, "aba", false },
		{ "*ab", 0, "aab", true },
		{ "ab*", 0, "abb", true },
		{ "ABC", 0, "abc", true },
		{ "ABC", WILD_CASED, "abc", false },
		{ "abc", WILD_CASED, "abc", true },
		{ "b", WILD_HEAD | WILD_TAIL, "abc", true },
		{ "a", WILD_HEAD, "ba", true },
		{ "a", WILD_HEAD, "ab", false },
		{ "a", WILD_TAIL, "ab", true },
		{ "a", WILD_TAIL, "ba", false },
		{ "", WILD_HEAD | WILD_TAIL, "", true },
		{ "*?b", 0, "aab", true },
		{ "*b?", 0, "abbc", true },
		{ "?a", WILD_HEAD, "bbca", true },
		{ "\xc3\x89t\xc3\xa9", 0, "\xc3\xa9T\xc3\x89", true },
		{ "\xc3\x89", WILD_CASED, "\xc3\xa9", false },
		{ "\xd0\x96", WILD_HEAD | WILD_TAIL, "x\xd0\xb6y", true },
		{ "a*", WILD_LITERAL, "a*", true },
		{ "a*", WILD_LITERAL, "ab", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool got = match(rows[i].value, rows[i].flags, str_c(rows[i].text));

		if (got != rows[i].yes)
			test_fail(TEST_AT(wild_match), "row %zu: '%s' on '%s'", i, rows[i].value,
			    rows[i].text);
	}
}

TEST(literals_to_look_for)
{
	static const struct row {
		const char *value;
		unsigned flags;
		const char *literal;
		bool sure;
	} rows[] = {
		{ "AbC", WILD_HEAD | WILD_TAIL, "abc", true },
		{ "AbC", WILD_HEAD, "abc", false },
		{ "abc", 0, "abc", false },
		{ "abc", WILD_HEAD | WILD_TAIL | WILD_CASED, "abc", false },
		{ "ab*cde*f", 0, "cde", false },
		{ "ab?cde", WILD_HEAD | WILD_TAIL, "cde", false },
		{ "x\xc3\xa9yz", WILD_HEAD | WILD_TAIL, "yz", false },
		{ "*", 0, "", false },
		{ "\\*ab\\?", WILD_HEAD | WILD_TAIL, "*ab?", true },
	};
	struct arena *a = arena_new((size_t)1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool sure;
		struct wild *w = wild_parse(str_c(rows[i].value), rows[i].flags, a);

		CHECK_SLICE(wild_literal(w, &sure), rows[i].literal);
		CHECK_INT(sure, rows[i].sure);
	}
	CHECK(wild_is_exact(wild_parse(STR("a\\*"), 0, a)));
	CHECK(wild_is_exact(wild_parse(STR(""), 0, a)));
	CHECK(!wild_is_exact(wild_parse(STR("a?"), 0, a)));
	CHECK(!wild_is_exact(wild_parse(STR("a*"), 0, a)));
	arena_free(a);
}

/* The obvious way, by trying every length of "*". */
static bool
slow(struct str v, struct str t)
{
	if (v.n == 0)
		return t.n == 0;
	if (v.p[0] == '*')
		return slow(str_from(v, 1), t) || (t.n > 0 && slow(v, str_from(t, 1)));
	if (t.n == 0)
		return false;
	return (v.p[0] == '?' || (v.p[0] | 0x20) == (t.p[0] | 0x20)) &&
	       slow(str_from(v, 1), str_from(t, 1));
}

TEST(random_against_the_obvious)
{
	static const char letters[] = "aAb*?*ab";
	uint64_t s = test_seed() | 1;

	for (unsigned round = 0; round < test_rounds(20000); round++) {
		struct arena *a = arena_new((size_t)1 << 16);
		char v[9] = "", t[13] = "";
		bool want;

		for (size_t i = 0;
		     i < 8 && (s = s * 6364136223846793005U + 1442695040888963407U) >> 61; i++)
			v[i] = letters[(s >> 40) % 8];
		for (size_t i = 0;
		     i < 12 && (s = s * 6364136223846793005U + 1442695040888963407U) >> 60; i++)
			t[i] = letters[(s >> 40) % 3];
		want = slow(str_c(v), str_c(t));
		if (wild_match(wild_parse(str_c(v), 0, a), str_c(t)) != want)
			test_fail(TEST_AT(wild_match), "'%s' on '%s'", v, t);
		arena_free(a);
	}
}
