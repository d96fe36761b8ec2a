/* Names that applications make up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/synonym.h"

#include "base/attr.h"
#include "test.h"

TEST(words_tell_the_type)
{
	static const struct {
		const char *category, *name;
		enum synonym_end end;
		const char *type;
	} cases[] = {
		{ "authentication", "LOGIN_FAILED", SYNONYM_UNSAID, "auth.login.failed" },
		{ "authentication", "failed login", SYNONYM_BAD, "auth.login.failed" },
		{ "Authentication", "LoginFailure", SYNONYM_UNSAID, "auth.login.failed" },
		{ "authentication", "login_success", SYNONYM_UNSAID, "auth.login.success" },
		{ "authentication", "login", SYNONYM_BAD, "auth.login.failed" },
		{ "authentication", "USER_LOGIN", SYNONYM_GOOD, "auth.login.success" },
		{ "authentication", "login", SYNONYM_UNSAID, "" },
		{ "authentication", "login_failed", SYNONYM_GOOD, "" }, /* it contradicts itself */
		{ "authentication", "login_page_seen", SYNONYM_BAD, "" },
		{ "authentication", "", SYNONYM_BAD, "" },
		{ "audit", "login_failed", SYNONYM_BAD, "" },
		{ "authorization", "ACCESS_DENIED", SYNONYM_UNSAID, "authz.denied" },
		{ "authorization", "unauthorized_access", SYNONYM_UNSAID, "authz.denied" },
		{ "authorization", "access_granted", SYNONYM_UNSAID, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str got =
		    synonym_of(str_c(cases[i].category), str_c(cases[i].name), cases[i].end);

		if (!str_eq(got, str_c(cases[i].type)))
			test_fail(TEST_AT(type), "%s %s: got '%.*s', want '%s'", cases[i].category,
			    cases[i].name, STR_ARG(got), cases[i].type);
	}
}
