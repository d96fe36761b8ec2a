/* Which key stands for a text atom, and that every match has it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/find.h"

#include "test.h"

TEST(keys)
{
	static const struct row {
		const char *value;
		unsigned flags;
		enum atom_find find;
		bool sure;
		const char *key, *other;
	} rows[] = {
		{ "", 0, FIND_EXACT, true, "", "" },
		{ "Abc", 0, FIND_EXACT, true, "abc", "" },
		{ "Abc", WILD_CASED, FIND_EXACT, false, "abc", "" },
		{ "*", 0, FIND_NONE, false, "", "" },
		{ "??", 0, FIND_NONE, false, "", "" },
		{ "\\Tool.exe", WILD_HEAD, FIND_TAIL, true, "\\tool.exe", "" },
		{ "*\\tool.exe", 0, FIND_TAIL, true, "\\tool.exe", "" },
		{ "C:\\", WILD_TAIL, FIND_HEAD, true, "c:\\", "" },
		{ "abcd", WILD_HEAD | WILD_TAIL, FIND_LITERAL, true, "abcd", "" },
		{ "abcd", WILD_HEAD | WILD_TAIL | WILD_CASED, FIND_LITERAL, false, "abcd", "" },
		{ "ABC*defgh*i", 0, FIND_LITERAL, false, "defgh", "" },
		{ "abc?defgh", WILD_HEAD, FIND_LITERAL, false, "defgh", "" },
		{ "\xf0\x9f\x98\x80", WILD_HEAD | WILD_TAIL, FIND_LITERAL, true, "\xf0\x9f\x98\x80",
		    "" },
		{ "x\xe2\x82\xac", 0, FIND_EXACT, true, "x\xe2\x82\xac", "" },
		{ "\xc3\xa4", WILD_HEAD | WILD_TAIL, FIND_LITERAL, true, "\xc3\xa4", "\xc3\x84" },
		{ "a\xc3\x84", WILD_HEAD | WILD_TAIL, FIND_LITERAL, false, "\xc3\x84", "\xc3\xa4" },
		{ "b\xc3\xa4rger", WILD_HEAD | WILD_TAIL, FIND_LITERAL, false, "rger", "" },
		{ "\xc3\xa4", WILD_CASED, FIND_EXACT, false, "\xc3\xa4", "" },
		{ "\xff\xff\xff\xff", WILD_HEAD | WILD_TAIL, FIND_NONE, false, "", "" },
	};
	struct arena *arena = arena_new((size_t)1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct atom a = { .kind = ATOM_TEXT };

		a.wild = wild_parse(str_c(rows[i].value), rows[i].flags, arena);
		find_text(&a, arena);
		if (a.find != rows[i].find || a.sure != rows[i].sure ||
		    !str_eq(a.key, str_c(rows[i].key)) || !str_eq(a.other, str_c(rows[i].other)))
			test_fail(TEST_AT(find_text), "row %zu: %d %d '%.*s' '%.*s'", i,
			    (int)a.find, a.sure, STR_ARG(a.key), STR_ARG(a.other));
	}
	arena_free(arena);
}

TEST(short_ones)
{
	struct atom a = { .find = FIND_LITERAL, .key = STR("abc") };

	CHECK(!find_is_rare(&a));
	a.key = STR("abcd");
	CHECK(find_is_rare(&a));
	a.key = STR("\xc3\xa4");
	CHECK(find_is_rare(&a));
	a.key = STR(".ps");
	a.find = FIND_TAIL;
	CHECK(find_is_rare(&a));
}
