/* The grammar of conditions: what they mean and how they are refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/cond.h"

#include "test.h"

static const char *const names[] = { "a", "b", "c", "notable", "sel_1", "sel_2", "_hid", "all_x",
	"of", "x-y" };

static bool
holds(void *ctx, uint32_t atom)
{
	return (*(const unsigned *)ctx >> atom) & 1;
}

static enum err
parse(const char *text, struct arena *a, const struct expr **ret, struct diag *why)
{
	struct cond_name n[ARRAY_LEN(names)] = { 0 };

	for (uint32_t i = 0; i < ARRAY_LEN(names); i++) {
		n[i].name = str_c(names[i]);
		n[i].expr = expr_atom(a, i);
	}
	return cond_parse(str_c(text), n, ARRAY_LEN(names), a, ret, why);
}

#define A 1U
#define B 2U
#define C 4U
#define NOTABLE 8U
#define S1 16U
#define S2 32U
#define HID 64U
#define XY 512U

TEST(meaning)
{
	static const struct row {
		const char *text;
		unsigned holds;
		bool yes;
	} rows[] = {
		{ "a", A, true },
		{ "a", B, false },
		{ "a or b and c", A, true },
		{ "a or b and c", B, false },
		{ "(a or b) and c", A, false },
		{ "(a or b) and c", B | C, true },
		{ "not a and b", B, true },
		{ "not a and b", A | B, false },
		{ "not (a and b)", A, true },
		{ "not not a", A, true },
		{ "not a or b", 0, true },
		{ "a and not b or c", C, true },
		{ "notable", NOTABLE, true },
		{ "not notable", NOTABLE, false },
		{ "1 of sel_*", S2, true },
		{ "any of sel_*", S1, true },
		{ "all of sel_*", S1, false },
		{ "all of sel_*", S1 | S2, true },
		{ "1 of *_1", S1, true },
		{ "1 of s*l*2", S2, true },
		{ "1 of them", HID, false },
		{ "1 of them", A, true },
		{ "1 of _*", HID, true },
		{ "not 1 of sel_*", 0, true },
		{ "not 1 of sel_* and a", S1 | A, false },
		{ "1 of sel_1", S1, true },
		{ "all_x", 128, true },
		{ "of", 256, true },
		{ "x-y and a", XY | A, true },
		{ " ( a )\n or\tb ", B, true },
	};
	struct arena *a = arena_new((size_t)1 << 22);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct expr *e = NULL;
		unsigned now = rows[i].holds;
		struct diag why;

		CHECK_OK(parse(rows[i].text, a, &e, &why), why);
		if (expr_eval(e, holds, &now) != rows[i].yes)
			test_fail(TEST_AT(expr_eval), "'%s' with %u", rows[i].text, now);
	}
	arena_free(a);
}

TEST(refusals)
{
	static const struct row {
		const char *text;
		uint32_t column;
		const char *says;
	} rows[] = {
		{ "", 1, "expected the name of a selection" },
		{ "a and", 6, "expected the name of a selection" },
		{ "a b", 3, "expected 'and' or 'or'" },
		{ "(a or b", 8, "expected 'and', 'or' or ')'" },
		{ "a or )", 6, "expected the name" },
		{ "nobody", 1, "there is no selection of this name" },
		{ "sel_*", 1, "a pattern needs" },
		{ "1 of none_*", 6, "no selection has a name that fits" },
		{ "2 of sel_*", 1, "a quantifier is" },
		{ "1 of", 5, "after 'of'" },
		{ "a AND b", 3, "expected 'and' or 'or'" },
		{ "NOT a", 1, "lower case" },
		{ "a | count() by b > 3", 3, "event_count" },
		{ "a and or b", 7, "expected the name" },
		{ "all of (a)", 8, "after 'of'" },
	};
	struct arena *a = arena_new((size_t)1 << 22);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct expr *e = NULL;
		struct diag why = { 0 };

		CHECK_INT(parse(rows[i].text, a, &e, &why), FAIL_SYNTAX);
		CHECK_INT(why.column, rows[i].column);
		if (strstr(why.text, rows[i].says) == NULL)
			test_fail(TEST_AT(why.text), "'%s': %s", rows[i].text, why.text);
	}
	arena_free(a);
}

TEST(depth_is_capped)
{
	struct arena *a = arena_new((size_t)1 << 22);
	const struct expr *e;
	char text[400];
	struct diag why;

	memset(text, '(', sizeof(text));
	text[399] = '\0';
	CHECK_INT(parse(text, a, &e, &why), FAIL_SYNTAX);
	CHECK(strstr(why.text, "too deeply") != NULL);
	arena_free(a);
}
