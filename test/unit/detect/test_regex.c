/* What expressions must contain. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/regex.h"

#include <hs.h>

#include "random.h"
#include "test.h"

TEST(literals)
{
	static const struct row {
		const char *re, *literal;
	} rows[] = {
		{ "", "" },
		{ "abc", "abc" },
		{ "^Abc$", "abc" },
		{ "ab?cd", "cd" },
		{ "abc*", "ab" },
		{ "abc+de", "abc" },
		{ "a.b.cde", "cde" },
		{ "abc{2}d", "ab" },
		{ "abc{2,3}defg", "defg" },
		{ "abc|def", "" },
		{ "(abc|def)gh", "gh" },
		{ "(abc)?ghi", "ghi" },
		{ "x(?:a\\)b(c))yz", "yz" },
		{ "ab[cd]efg[^]h]i", "efg" },
		{ "[\\]a]bcd", "bcd" },
		{ "[[:alpha:]]bcd", "" },
		{ "a\\.b\\\\c", "a.b\\c" },
		{ "\\d{3}abc\\s+defg", "defg" },
		{ "\\x41bcdef", "" },
		{ "(?i)AbC", "abc" },
		{ "(?i-m)abc", "abc" },
		{ "(?x)a b c", "" },
		{ "(?=abc)d", "" },
		{ "b\xc3\xa4rger", "rger" },
		{ "ab\\", "" },
		{ "(abc", "" },
		{ "[abc", "" },
	};
	struct arena *a = arena_new((size_t)1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str got = regex_literal(str_c(rows[i].re), a);

		if (!str_eq(got, str_c(rows[i].literal)))
			test_fail(TEST_AT(regex_literal), "%s: '%.*s', not '%s'", rows[i].re,
			    STR_ARG(got), rows[i].literal);
	}
	arena_free(a);
}

static int
on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	(void)id, (void)from, (void)to, (void)flags;
	*(bool *)ctx = true;
	return 1;
}

/* A random expression, and a random text of the same letters. */
static size_t
put_random(uint64_t *r, char *to, size_t max, bool text)
{
	static const char *const parts[] = { "a", "B", "c", ".", "\\.", "a?", "b*", "c+", "[ab]",
		"(a|B)", "(?:bc)", "(ab)?", "a{2}", "\\w", "^", "$", "|", "\\b", "aB", "cab" };
	static const char letters[] = "abcABC.";
	size_t n = 0, count = 1 + random_below(r, 6);

	for (size_t i = 0; i < count * (text ? 3 : 1); i++) {
		const char *part = parts[random_below(r, ARRAY_LEN(parts))];

		if (n + 8 > max)
			break;
		if (text)
			to[n++] = letters[random_below(r, sizeof(letters) - 1)];
		else
			n += (size_t)snprintf(to + n, max - n, "%s", part);
	}
	to[n] = '\0';
	return n;
}

TEST(every_match_has_it)
{
	uint64_t r = random_start(test_seed());
	struct arena *a = arena_new((size_t)16 << 20);
	hs_scratch_t *scratch = NULL;
	unsigned matches = 0;

	for (unsigned i = 0; i < test_rounds(300); i++) {
		hs_database_t *db = NULL;
		hs_compile_error_t *e = NULL;
		char re[100], text[100];
		struct str literal;

		literal =
		    regex_literal((struct str){ re, put_random(&r, re, sizeof(re), false) }, a);
		if (hs_compile(re, HS_FLAG_ALLOWEMPTY, HS_MODE_BLOCK, NULL, &db, &e) !=
		    HS_SUCCESS) {
			hs_free_compile_error(e);
			continue;
		}
		CHECK_INT(hs_alloc_scratch(db, &scratch), HS_SUCCESS);
		for (unsigned k = 0; k < 50; k++) {
			size_t n = put_random(&r, text, sizeof(text), true);
			bool yes = false;

			(void)hs_scan(db, text, (unsigned)n, 0, scratch, on_match, &yes);
			matches += yes;
			if (yes && str_find_nocase((struct str){ text, n }, literal) < 0)
				test_fail(TEST_AT(regex_literal), "'%s' takes '%s' without '%.*s'",
				    re, text, STR_ARG(literal));
		}
		hs_free_database(db);
	}
	CHECK(matches > 100);
	hs_free_scratch(scratch);
	arena_free(a);
}
