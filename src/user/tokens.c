/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens: made, found by what was sent, revoked. */
#include "user/tokens.h"

#include <stdio.h>

#include "base/utf8.h"
#include "user/internal.h"

static void
read_row(struct db_stmt *st, struct tokens_row *row)
{
	*row = (struct tokens_row){ .scopes = (unsigned)db_int(st, 3) & ROLE_ALL,
		.created = db_int(st, 4),
		.expires = db_int(st, 5),
		.last_used = db_int(st, 6) };
	(void)str_to_c(db_str(st, 0), row->id, sizeof(row->id));
	(void)str_to_c(db_str(st, 1), row->name, sizeof(row->name));
	(void)str_to_c(db_str(st, 2), row->by, sizeof(row->by));
}

static enum err
check(const struct tokens_new *want, int64_t now, struct diag *why)
{
	struct str rest = want->name;

	if (rest.n == 0 || rest.n > TOKENS_NAME_MAX || !utf8_valid(rest))
		return err_set(why, FAIL_SYNTAX, "the name of a token has 1 to %d bytes of UTF-8",
		    TOKENS_NAME_MAX);
	while (rest.n != 0) {
		uint32_t c;

		rest = str_from(rest, utf8_next(rest, &c));
		if (utf8_unsafe(c))
			return err_set(why, FAIL_SYNTAX, "the name has control characters");
	}
	if (want->scopes == 0 || (want->scopes & ~ROLE_ALL) != 0)
		return err_set(why, FAIL_SYNTAX,
		    "a token needs at least one of the scopes read, ingest, write and admin");
	if (want->expires != 0 && want->expires <= now)
		return err_set(why, FAIL_SYNTAX, "the token would be over already");
	return OK;
}

static enum err
insert(struct users *u, const struct tokens_row *row, struct str token, struct diag *why)
{
	uint8_t sum[DIGEST_SIZE];
	int64_t n = 0;
	enum err e = users_number(u, "SELECT count(*) FROM tokens", NULL, 0, &n, why);

	if (e == OK && n >= TOKENS_MAX)
		e = err_set(why, FAIL_LIMIT, "there are %d tokens already", TOKENS_MAX);
	if (e != OK)
		return e;
	secret_digest("token", token, sum);
	e = users_run(u, "INSERT INTO tokens VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
	    USERS_ARGS(ARG_DIGEST(sum), ARG_C(row->id), ARG_C(row->name), ARG_C(row->by),
		ARG_INT(row->scopes), ARG_INT(row->created), ARG_INT(row->expires)),
	    NULL, why);
	if (e == FAIL_EXISTS)
		e = err_set(why, FAIL_EXISTS, "there is a token of this name already");
	return e;
}

enum err
tokens_new(struct users *u, const struct tokens_new *want, int64_t now,
    char token[SECRET_TOKEN_SIZE], struct tokens_row *ret, struct diag *why)
{
	struct tokens_row row = {
		.scopes = want->scopes, .created = now, .expires = want->expires
	};
	uint8_t id[8];
	enum err e = check(want, now, why);

	if (e == OK)
		e = users_begin(u, why);
	if (e != OK)
		return e;
	digest_random(id, sizeof(id));
	(void)digest_hex(id, sizeof(id), row.id);
	(void)str_to_c(want->name, row.name, sizeof(row.name));
	(void)snprintf(row.by, sizeof(row.by), "%s", want->by);
	secret_token(token);
	e = users_end(u, insert(u, &row, str_c(token), why), why);
	if (e == OK)
		*ret = row;
	return e;
}

enum err
tokens_find(struct users *u, struct str token, int64_t now, struct tokens_row *ret,
    struct diag *why)
{
	struct tokens_row row;
	uint8_t sum[DIGEST_SIZE];
	bool found = false;
	enum err e;

	secret_digest("token", token, sum);
	users_bind(u->token, USERS_ARGS(ARG_DIGEST(sum)));
	e = db_step(u->token, &found, why);
	if (e == OK && found)
		read_row(u->token, &row);
	db_reset(u->token);
	if (e == OK && (!found || (row.expires != 0 && row.expires <= now)))
		e = err_set(why, FAIL_NOT_FOUND, "the token is unknown, or its time is over");
	if (e != OK)
		return e;
	/* Also when the clock went back; failing to note it does no harm. */
	if ((now < row.last_used || now - row.last_used >= TOKENS_USED_EVERY) &&
	    users_run(u, "UPDATE tokens SET last_used = ?2 WHERE digest = ?1",
		USERS_ARGS(ARG_DIGEST(sum), ARG_INT(now)), NULL, NULL) == OK)
		row.last_used = now;
	*ret = row;
	return OK;
}

struct walk {
	tokens_fn fn;
	void *ctx;
};

static enum err
each(void *ctx, struct db_stmt *st)
{
	const struct walk *w = ctx;
	struct tokens_row row;

	read_row(st, &row);
	return w->fn(w->ctx, &row);
}

enum err
tokens_list(struct users *u, tokens_fn fn, void *ctx, struct diag *why)
{
	return users_query(u,
	    "SELECT id, name, by, scopes, created, expires, last_used FROM tokens"
	    " ORDER BY created DESC, id",
	    NULL, 0, each, &(struct walk){ fn, ctx }, why);
}

enum err
tokens_revoke(struct users *u, struct str id, struct diag *why)
{
	int64_t changed = 0;
	enum err e = users_run(u, "DELETE FROM tokens WHERE id = ?1", USERS_ARGS(ARG_STR(id)),
	    &changed, why);

	if (e == OK && changed == 0)
		e = users_run(u, "DELETE FROM tokens WHERE name = ?1", USERS_ARGS(ARG_STR(id)),
		    &changed, why);
	if (e == OK && changed == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no such token");
	return e;
}
