/* Names and passwords. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/name.h"

#include "test.h"

TEST(names)
{
	static const struct {
		struct str in;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ STR("ann"), "ann" },
		{ STR("Ann.Lee"), "ann.lee" },
		{ STR("a"), "a" },
		{ STR("7of9"), "7of9" },
		{ STR("ann@example.org"), "ann@example.org" },
		{ STR("a_b-c"), "a_b-c" },
		{ STR(""), NULL },
		{ STR(".ann"), NULL },
		{ STR("-rf"), NULL },
		{ STR("an n"), NULL },
		{ STR("ann\n"), NULL },
		{ STR("ann\0x"), NULL },
		{ STR("ann/../x"), NULL },
		{ STR("\xd0\xb0nn"), NULL }, /* Cyrillic a */
		{ STR("\xef\xbd\x81nn"), NULL },
		{ STR("ann\xff"), NULL },
		{ STR("<b>"), NULL },
		{ STR("0123456789012345678901234567890123456789012345678901234567890123"),
		    "0123456789012345678901234567890123456789012345678901234567890123" },
		{ STR("01234567890123456789012345678901234567890123456789012345678901234"), NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char got[NAME_SIZE] = "untouched";
		struct diag why = { 0 };
		enum err e = name_read(cases[i].in, got, &why);

		CHECK_INT(e, cases[i].want != NULL ? OK : FAIL_SYNTAX);
		CHECK_STR(got, cases[i].want != NULL ? cases[i].want : "untouched");
		CHECK((why.text[0] != '\0') == (e != OK));
	}
}

/* Of all two-byte sequences only those of allowed ASCII are names. */
TEST(every_two_bytes)
{
	unsigned good = 0;

	for (unsigned i = 0; i < 65536; i++) {
		const char two[2] = { (char)(i >> 8), (char)i };
		char got[NAME_SIZE];

		good += name_read((struct str){ two, 2 }, got, NULL) == OK;
	}
	CHECK_INT(good, (26 + 26 + 10) * (26 + 26 + 10 + 4));
}

TEST(passwords)
{
	static const struct {
		struct str in;
		enum err want;
	} cases[] = {
		{ STR("correct horse battery"), OK },
		{ STR("twelve chars"), OK },
		{ STR("p\xc3\xa4sswort-lang"), OK },
		{ STR("eleven char"), FAIL_LIMIT },
		{ STR(""), FAIL_LIMIT },
		/* Eleven characters, though more bytes. */
		{ STR("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa9\xc3\xa8"
		      "\xc3\xaa\xc3\xab"),
		    FAIL_LIMIT },
		{ STR("aaaaaaaaaaaaaaaa"), FAIL_SYNTAX },
		{ STR("abababababababab"), FAIL_SYNTAX },
		{ STR("Password1234"), FAIL_SYNTAX },
		{ STR("CorrectHorseBatteryStaple"), FAIL_SYNTAX },
		{ STR("Ann.Elisabeth"), FAIL_SYNTAX },
		{ STR("with\x01"
		      "control chars"),
		    FAIL_SYNTAX },
		{ STR("with a\0nul in it"), FAIL_SYNTAX },
		{ STR("bad utf \xff\xfe bytes"), FAIL_SYNTAX },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct diag why = { 0 };

		CHECK_INT(name_password(cases[i].in, "ann.elisabeth", &why), cases[i].want);
		if (cases[i].want != OK && cases[i].in.n > 4)
			CHECK(strstr(why.text, cases[i].in.p) == NULL);
	}
}

TEST(passwords_have_an_end)
{
	char text[NAME_PASSWORD_MAX + 1];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 20);
	CHECK_INT(name_password((struct str){ text, NAME_PASSWORD_MAX }, "ann", NULL), OK);
	CHECK_INT(name_password((struct str){ text, NAME_PASSWORD_MAX + 1 }, "ann", NULL),
	    FAIL_LIMIT);
}
