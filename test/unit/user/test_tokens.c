/* Access tokens. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/tokens.h"

#include "base.h"
#include "user/internal.h"

static enum err
make(struct users *u, const char *name, unsigned scopes, int64_t expires,
    char token[SECRET_TOKEN_SIZE], struct tokens_row *row)
{
	return tokens_new(u,
	    &(struct tokens_new){
		.name = str_c(name), .scopes = scopes, .by = "ann", .expires = expires },
	    NOW, token, row, NULL);
}

TEST(a_token_is_found_until_its_end)
{
	struct users *u = base_open(base_path());
	char token[SECRET_TOKEN_SIZE];
	struct tokens_row row, found;

	CHECK_INT(make(u, "ci", ROLE_INGEST, NOW + 100, token, &row), OK);
	CHECK_INT(tokens_find(u, str_c(token), NOW, &found, NULL), OK);
	CHECK_STR(found.id, row.id);
	CHECK_STR(found.name, "ci");
	CHECK_STR(found.by, "ann");
	CHECK_INT(found.scopes, ROLE_INGEST);
	CHECK_INT(tokens_find(u, str_c(token), NOW + 99, &found, NULL), OK);
	CHECK_INT(tokens_find(u, str_c(token), NOW + 100, &found, NULL), FAIL_NOT_FOUND);
	CHECK_INT(tokens_find(u, str_c(token + 4), NOW, &found, NULL), FAIL_NOT_FOUND);
	CHECK_INT(tokens_find(u, STR("toc_"), NOW, &found, NULL), FAIL_NOT_FOUND);
	CHECK_INT(tokens_find(u, STR(""), NOW, &found, NULL), FAIL_NOT_FOUND);
	token[10] = token[10] == 'a' ? 'b' : 'a';
	CHECK_INT(tokens_find(u, str_c(token), NOW, &found, NULL), FAIL_NOT_FOUND);
	users_close(u);
}

TEST(uses_are_noted_once_a_minute)
{
	struct users *u = base_open(base_path());
	char token[SECRET_TOKEN_SIZE];
	struct tokens_row row;
	int64_t noted = 0, changes = 0;

	CHECK_INT(make(u, "ci", ROLE_READ, 0, token, &row), OK);
	CHECK_INT(row.last_used, 0);
	for (int i = 0; i < 180; i++) {
		CHECK_INT(tokens_find(u, str_c(token), NOW + i * CLOCK_S, &row, NULL), OK);
		changes += row.last_used != noted;
		noted = row.last_used;
	}
	CHECK_INT(changes, 3);
	CHECK_INT(noted, NOW + 120 * CLOCK_S);
	users_close(u);
}

TEST(what_is_refused)
{
	static const struct {
		const char *name;
		unsigned scopes;
		int64_t expires;
		enum err want;
	} cases[] = {
		{ "good", ROLE_READ, 0, OK },
		{ "all of them", ROLE_ALL, NOW + 1, OK },
		{ "gr\xc3\xbc\xc3\x9f"
		  "e",
		    ROLE_READ, 0, OK },
		{ "good", ROLE_READ, 0, FAIL_EXISTS },
		{ "", ROLE_READ, 0, FAIL_SYNTAX },
		{ "none", 0, 0, FAIL_SYNTAX },
		{ "unknown", 1, 0, FAIL_SYNTAX },
		{ "unknown", 64, 0, FAIL_SYNTAX },
		{ "over", ROLE_READ, NOW, FAIL_SYNTAX },
		{ "line\nbreak", ROLE_READ, 0, FAIL_SYNTAX },
		{ "\xff", ROLE_READ, 0, FAIL_SYNTAX },
		{ "0123456789012345678901234567890123456789012345678901234567890123", ROLE_READ, 0,
		    OK },
		{ "01234567890123456789012345678901234567890123456789012345678901234", ROLE_READ, 0,
		    FAIL_SYNTAX },
	};
	struct users *u = base_open(base_path());
	char token[SECRET_TOKEN_SIZE];
	struct tokens_row row;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_INT(make(u, cases[i].name, cases[i].scopes, cases[i].expires, token, &row),
		    cases[i].want);
	users_close(u);
}

TEST(tokens_are_capped)
{
	struct users *u = base_open(base_path());
	char token[SECRET_TOKEN_SIZE], name[16];
	struct tokens_row row;

	CHECK_INT(db_exec(u->db, "PRAGMA synchronous=OFF", NULL), OK);
	for (int i = 0; i < TOKENS_MAX; i++) {
		snprintf(name, sizeof(name), "t%d", i);
		CHECK_INT(make(u, name, ROLE_READ, 0, token, &row), OK);
	}
	CHECK_INT(make(u, "one more", ROLE_READ, 0, token, &row), FAIL_LIMIT);
	CHECK_INT(tokens_revoke(u, STR("t5"), NULL), OK);
	CHECK_INT(make(u, "one more", ROLE_READ, 0, token, &row), OK);
	users_close(u);
}

struct seen {
	char text[256];
};

static enum err
see(void *ctx, const struct tokens_row *row)
{
	struct seen *s = ctx;

	snprintf(s->text + strlen(s->text), sizeof(s->text) - strlen(s->text), "%s ", row->name);
	return OK;
}

TEST(revoked_by_id_or_name)
{
	struct users *u = base_open(base_path());
	char a[SECRET_TOKEN_SIZE], b[SECRET_TOKEN_SIZE], c[SECRET_TOKEN_SIZE];
	struct tokens_row first, row;
	struct seen s = { 0 };

	CHECK_INT(make(u, "a", ROLE_READ, 0, a, &first), OK);
	CHECK_INT(make(u, first.id, ROLE_READ, 0, b, &row), OK); /* named like an id */
	CHECK_INT(make(u, "c", ROLE_READ, 0, c, &row), OK);
	CHECK_INT(tokens_revoke(u, str_c(first.id), NULL), OK); /* the id goes first */
	CHECK_INT(tokens_find(u, str_c(a), NOW, &row, NULL), FAIL_NOT_FOUND);
	CHECK_INT(tokens_find(u, str_c(b), NOW, &row, NULL), OK);
	CHECK_INT(tokens_revoke(u, STR("c"), NULL), OK);
	CHECK_INT(tokens_revoke(u, STR("c"), NULL), FAIL_NOT_FOUND);
	CHECK_INT(tokens_list(u, see, &s, NULL), OK);
	CHECK(strstr(s.text, first.id) != NULL && strlen(s.text) == 17);
	users_close(u);
}
