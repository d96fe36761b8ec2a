/* SPDX-License-Identifier: Apache-2.0 */
/* Types by the words in a name that the registry does not know. */
#include "parse/synonym.h"

#include "base/attr.h"

#define NAME_MAX_N 64

/* The first row whose words are both there and whose end is not another decides. */
static const struct row {
	struct str category, word, other;
	enum synonym_end end;
	struct str type;
} rows[] = {
#define ROW(category, word, other, end, type)                                                      \
	{                                                                                          \
		{ category, sizeof(category) - 1 }, { word, sizeof(word) - 1 },                    \
		    { other, sizeof(other) - 1 }, end,                                             \
		{                                                                                  \
			type, sizeof(type) - 1                                                     \
		}                                                                                  \
	}
	ROW("authenti", "login", "fail", SYNONYM_BAD, "auth.login.failed"),
	ROW("authenti", "login", "denied", SYNONYM_BAD, "auth.login.failed"),
	ROW("authenti", "login", "refused", SYNONYM_BAD, "auth.login.failed"),
	ROW("authenti", "login", "invalid", SYNONYM_BAD, "auth.login.failed"),
	ROW("authenti", "login", "succe", SYNONYM_GOOD, "auth.login.success"),
	ROW("authoriz", "access", "denied", SYNONYM_BAD, "authz.denied"),
	ROW("authoriz", "permission", "denied", SYNONYM_BAD, "authz.denied"),
	ROW("authoriz", "unauthorized", "", SYNONYM_BAD, "authz.denied"),
	ROW("authoriz", "forbidden", "", SYNONYM_BAD, "authz.denied"),
#undef ROW
};

/* "login", "LOGIN" or "user_login" alone: then `success` tells. */
static struct str
plain_login(struct str category, struct str name, enum synonym_end end)
{
	static const struct str names[] = { { "login", 5 }, { "user_login", 10 },
		{ "user.login", 10 }, { "userlogin", 9 }, { "login_attempt", 13 },
		{ "login.attempt", 13 } };

	if (end == SYNONYM_UNSAID || str_find_nocase(category, STR("authenti")) != 0)
		return STR("");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_nocase(name, names[i]))
			return end == SYNONYM_GOOD ? STR("auth.login.success")
						   : STR("auth.login.failed");
	return STR("");
}

struct str
synonym_of(struct str category, struct str name, enum synonym_end end)
{
	if (name.n == 0 || name.n > NAME_MAX_N)
		return STR("");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];

		if (str_find_nocase(category, r->category) == 0 &&
		    str_find_nocase(name, r->word) >= 0 && str_find_nocase(name, r->other) >= 0 &&
		    (end == SYNONYM_UNSAID || end == r->end))
			return r->type;
	}
	return plain_login(category, name, end);
}
