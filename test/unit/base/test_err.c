/* Errors in words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>

#include "test.h"

TEST(every_code_has_its_own_name)
{
	for (int a = 0; a < FAIL_COUNT_; a++) {
		CHECK(err_name((enum err)a)[0] != '\0');
		for (int b = 0; b < a; b++)
			CHECK(strcmp(err_name((enum err)a), err_name((enum err)b)) != 0);
	}
	CHECK_STR(err_name((enum err)FAIL_COUNT_), "unknown");
	CHECK_STR(err_name((enum err) - 1), "unknown");
}

TEST(words_are_optional)
{
	CHECK_INT(err_set(NULL, FAIL_LIMIT, "%d", 1), FAIL_LIMIT);
	CHECK_INT(err_sys(NULL, "x"), FAIL_IO);
	CHECK_INT(err_at(NULL, FAIL_SYNTAX, "f", 1, 2), FAIL_SYNTAX);
}

TEST(system_errors_keep_errno)
{
	struct diag why;

	errno = ENOENT;
	CHECK_INT(err_sys(&why, "open %s", "x"), FAIL_IO);
	CHECK_STR(why.text, "open x: No such file or directory");
	CHECK_INT(errno, ENOENT);
}

TEST(text_with_whatever_place_is_known)
{
	static const struct {
		const char *file;
		uint32_t line, column;
		const char *want;
	} rows[] = {
		{ "", 0, 0, "bad" },
		{ "a.conf", 0, 0, "a.conf: bad" },
		{ "a.conf", 3, 0, "a.conf:3: bad" },
		{ "a.conf", 3, 7, "a.conf:3:7: bad" },
		{ "", 3, 7, "3:7: bad" },
		{ "", 3, 0, "3: bad" },
	};
	char text[100];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct diag why;

		CHECK_INT(err_set(&why, FAIL_SYNTAX, "bad"), FAIL_SYNTAX);
		CHECK_INT(err_at(&why, FAIL_SYNTAX, rows[i].file, rows[i].line, rows[i].column),
		    FAIL_SYNTAX);
		CHECK_STR(err_text(&why, text, sizeof(text)), rows[i].want);
	}
}

TEST(place_without_a_file_keeps_the_file)
{
	struct diag why;

	CHECK_INT(err_set(&why, FAIL_SYNTAX, "bad"), FAIL_SYNTAX);
	CHECK_INT(err_at(&why, FAIL_SYNTAX, "f", 1, 0), FAIL_SYNTAX);
	CHECK_INT(err_at(&why, FAIL_SYNTAX, NULL, 2, 3), FAIL_SYNTAX);
	CHECK_STR(why.file, "f");
	CHECK_INT(why.line, 2);
}

TEST(long_words_are_cut)
{
	struct diag why;
	char word[1000];

	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	CHECK_INT(err_set(&why, FAIL_SYNTAX, "%s", word), FAIL_SYNTAX);
	CHECK_INT(strlen(why.text), sizeof(why.text) - 1);
	CHECK_INT(err_sys(&why, "%s", word), FAIL_IO);
	CHECK_INT(strlen(why.text), sizeof(why.text) - 1);
	CHECK_INT(err_at(&why, FAIL_IO, word, 0, 0), FAIL_IO);
	CHECK_INT(strlen(why.file), sizeof(why.file) - 1);
}
