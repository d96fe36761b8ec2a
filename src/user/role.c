/* SPDX-License-Identifier: Apache-2.0 */
/* Roles, scopes and their words. */
#include "user/role.h"

static const struct {
	const char *word;
	unsigned scopes;
} roles[] = {
	[ROLE_VIEWER] = { "viewer", ROLE_READ },
	[ROLE_ANALYST] = { "analyst", ROLE_READ | ROLE_WRITE },
	[ROLE_RESPONDER] = { "responder", ROLE_READ | ROLE_WRITE },
	[ROLE_ADMIN] = { "admin", ROLE_ALL },
};

static const struct {
	const char *word;
	unsigned scope;
} scopes_of[] = {
	{ "read", ROLE_READ },
	{ "ingest", ROLE_INGEST },
	{ "write", ROLE_WRITE },
	{ "admin", ROLE_MANAGE },
};

const char *
role_word(enum role role)
{
	return roles[role].word;
}

bool
role_find(struct str word, enum role *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (str_eq(word, str_c(roles[i].word))) {
			*ret = (enum role)i;
			return true;
		}
	return false;
}

unsigned
role_scopes(enum role role)
{
	return roles[role].scopes;
}

bool
role_scope_at(unsigned scopes, size_t i, const char **ret)
{
	for (size_t k = 0; k < ARRAY_LEN(scopes_of); k++)
		if ((scopes & scopes_of[k].scope) != 0 && i-- == 0) {
			*ret = scopes_of[k].word;
			return true;
		}
	return false;
}

bool
role_scope_find(struct str word, unsigned *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(scopes_of); i++)
		if (str_eq(word, str_c(scopes_of[i].word))) {
			*ret = scopes_of[i].scope;
			return true;
		}
	return false;
}
