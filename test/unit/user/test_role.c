/* Roles and scopes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/role.h"

#include "test.h"

TEST(each_role_has_its_scopes)
{
	static const struct {
		const char *word;
		const char *scopes;
	} cases[] = {
		{ "viewer", "read" },
		{ "analyst", "read write" },
		{ "responder", "read write" },
		{ "admin", "read ingest write admin" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char got[64] = "";
		const char *word;
		enum role role;

		CHECK(role_find(str_c(cases[i].word), &role));
		CHECK_STR(role_word(role), cases[i].word);
		for (size_t k = 0; role_scope_at(role_scopes(role), k, &word); k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
			    k != 0 ? " " : "", word);
		CHECK_STR(got, cases[i].scopes);
	}
}

TEST(words_that_are_none)
{
	static const char *const words[] = { "", "Admin", "admin ", "root", "viewe" };
	enum role role;
	unsigned scope;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		CHECK(!role_find(str_c(words[i]), &role));
		CHECK(!role_scope_find(str_c(words[i]), &scope));
	}
	CHECK(role_scope_find(STR("write"), &scope));
	CHECK_INT(scope, ROLE_WRITE);
}
