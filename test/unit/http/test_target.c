/* Percent-encoding and query strings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/target.h"

#include "test.h"

TEST(decoding)
{
	static const struct {
		const char *raw;
		bool plus;
		enum err e;
		const char *out;
	} cases[] = {
		{ "", false, OK, "" },
		{ "a%20b+c", false, OK, "a b+c" },
		{ "a%20b+c", true, OK, "a b c" },
		{ "%e2%82%AC", false, OK, "\xe2\x82\xac" },
		{ "%25%2f", false, OK, "%/" },
		{ "%", false, FAIL_SYNTAX, "" },
		{ "%2", false, FAIL_SYNTAX, "" },
		{ "a%2gb", false, FAIL_SYNTAX, "" },
		{ "%%20", false, FAIL_SYNTAX, "" },
		{ "%00", false, FAIL_SYNTAX, "" },
		{ "%c0%80", false, FAIL_SYNTAX, "" },
		{ "%ed%a0%80", false, FAIL_SYNTAX, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out = { "", 0 };
		char to[64];

		CHECK_INT(target_decode(str_c(cases[i].raw), cases[i].plus, to, &out, NULL),
		    cases[i].e);
		CHECK_SLICE(out, cases[i].out);
	}
}

TEST(queries)
{
	static const struct {
		const char *raw;
		enum err e;
		size_t n;
		const char *a; /* value of "a", NULL for none */
	} cases[] = {
		{ "", OK, 0, NULL },
		{ "&&", OK, 0, NULL },
		{ "a", OK, 1, "" },
		{ "a=", OK, 1, "" },
		{ "b=1&a=2=3&", OK, 2, "2=3" },
		{ "%61=x%26y", OK, 1, "x&y" },
		{ "=x", OK, 1, NULL },
		{ "a=1&%61=2", FAIL_EXISTS, 0, NULL },
		{ "a=%x", FAIL_SYNTAX, 0, NULL },
		{ "0&1&2&3&4&5&6&7&8&9&A&B&C&D&E&F&G&H&I&J&K&L&M&N&O&P&Q&R&S&T&U&V", OK, 32, NULL },
		{ "0&1&2&3&4&5&6&7&8&9&A&B&C&D&E&F&G&H&I&J&K&L&M&N&O&P&Q&R&S&T&U&V&W", FAIL_LIMIT,
		    0, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct target_query q;
		struct str a = { "", 0 };
		char to[256];

		CHECK_INT(target_query(str_c(cases[i].raw), to, &q, NULL), cases[i].e);
		if (cases[i].e != OK)
			continue;
		CHECK_INT(q.n, cases[i].n);
		CHECK_INT(target_find(&q, STR("a"), &a), cases[i].a != NULL);
		if (cases[i].a != NULL)
			CHECK_SLICE(a, cases[i].a);
	}
}
