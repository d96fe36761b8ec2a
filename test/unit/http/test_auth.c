/* Token files and the Authorization header. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/auth.h"

#include "http/route.h"
#include "test.h"

#define A "aaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccc"

TEST(token_files)
{
	static const struct {
		const char *text;
		enum err e;
		uint32_t line;
	} cases[] = {
		{ "", OK, 0 },
		{ "# none\n\n", OK, 0 },
		{ A "\n" B " read\n", OK, 0 },
		{ A " read,ingest , admin", OK, 0 },
		{ A " root", FAIL_SYNTAX, 1 },
		{ "\nshort", FAIL_LIMIT, 2 },
		{ "sha256:12", FAIL_SYNTAX, 1 },
		{ "aaaaaaaaaaaaaaaaaaaaa\x01"
		  "aaaa",
		    FAIL_SYNTAX, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct auth *a = auth_new();
		struct diag why = { 0 };

		CHECK_INT(auth_parse(a, str_c(cases[i].text), &why), cases[i].e);
		CHECK_INT(why.line, cases[i].line);
		auth_free(a);
	}
}

TEST(scopes)
{
	static const struct {
		const char *header;
		unsigned scopes;
	} cases[] = {
		{ "Bearer " A, ROUTE_ALL },
		{ "BEARER " A, ROUTE_ALL },
		{ "Bearer  " A " ", ROUTE_ALL },
		{ "Bearer " B, ROUTE_READ | ROUTE_INGEST },
		{ "Bearer " C, ROUTE_ADMIN },
		{ "Bearer dddddddddddddddddddd", ROUTE_ADMIN }, /* by its digest */
		{ "Bearer " A "a", 0 },
		{ "Bearer ", 0 },
		{ "Bearer", 0 },
		{ "", 0 },
		{ A, 0 },
		{ "Basic dXNlcjphYWFhYWFhYWFhYWFhYWFhYWFhYQ==", ROUTE_ALL },
		{ "Basic OmFhYWFhYWFhYWFhYWFhYWFhYWFh", ROUTE_ALL },
		{ "Basic YWFhYWFhYWFhYWFhYWFhYWFhYWE=", 0 }, /* no colon: no password */
		{ "Basic ====", 0 },
		{ "Basic \x80", 0 },
		{ "Digest " A, 0 },
	};
	struct auth *a = auth_new();
	struct diag why = { 0 };

	CHECK_INT(auth_scopes(a, STR("Bearer " A)), 0);
	CHECK_OK(
	    auth_parse(a,
		STR(A "\n" B " read,ingest\nsha256:"
		      "76b7e4422b33017fd84578ba8ff45ac7864686aefcc40f695af6ad371e2ed5f0 admin\n"),
		&why),
	    why);
	CHECK_OK(auth_add(a, STR(C), ROUTE_ADMIN, &why), why);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fprintf(stderr, "%s\n", cases[i].header);
		CHECK_INT(auth_scopes(a, str_c(cases[i].header)), cases[i].scopes);
	}
	auth_free(a);
}

TEST(caps)
{
	struct auth *a = auth_new();
	char token[2048];

	memset(token, 'x', sizeof(token));
	CHECK_INT(auth_add(a, (struct str){ token, AUTH_TOKEN_MAX + 1 }, 1, NULL), FAIL_LIMIT);
	CHECK_INT(auth_scopes(a, (struct str){ token, sizeof(token) }), 0);
	for (int i = 0; i < AUTH_TOKENS_MAX; i++) {
		snprintf(token, sizeof(token), "token-number-%05d", i);
		CHECK_INT(auth_add(a, str_c(token), ROUTE_READ, NULL), OK);
	}
	CHECK_INT(auth_add(a, STR("one-token-too-many"), ROUTE_READ, NULL), FAIL_LIMIT);
	CHECK_INT(auth_scopes(a, STR("Bearer token-number-00099")), ROUTE_READ);
	auth_free(a);
}
