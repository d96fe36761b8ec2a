/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations: one for each user at a time, good once. */
#include "user/invites.h"

#include "user/internal.h"

enum err
invites_new(struct users *u, struct str user, int64_t now, char secret[SECRET_SIZE],
    int64_t *ret_expires, struct diag *why)
{
	struct users_row row;
	uint8_t sum[DIGEST_SIZE];
	char name[NAME_SIZE] = "";
	enum err e = users_begin(u, why);

	if (e != OK)
		return e;
	if (user.n != 0)
		e = users_get(u, user, now, &row, why);
	if (e == OK && user.n != 0)
		e = name_read(user, name, why);
	if (e == OK)
		e = users_run(u, "DELETE FROM invites WHERE user = ?1 OR expires <= ?2",
		    USERS_ARGS(ARG_C(name), ARG_INT(now)), NULL, why);
	if (e == OK) {
		secret_new(secret);
		secret_digest("invite", str_c(secret), sum);
		e = users_run(u, "INSERT INTO invites VALUES(?1, ?2, ?3)",
		    USERS_ARGS(ARG_DIGEST(sum), ARG_C(name), ARG_INT(now + INVITES_LIFE)), NULL,
		    why);
	}
	e = users_end(u, e, why);
	if (e == OK)
		*ret_expires = now + INVITES_LIFE;
	return e;
}

struct found {
	char *user;
	bool any;
};

static enum err
take(void *ctx, struct db_stmt *st)
{
	struct found *f = ctx;

	(void)str_to_c(db_str(st, 0), f->user, NAME_SIZE);
	f->any = true;
	return OK;
}

enum err
invites_find(struct users *u, struct str secret, int64_t now, char user[NAME_SIZE],
    struct diag *why)
{
	char name[NAME_SIZE];
	struct found f = { name, false };
	uint8_t sum[DIGEST_SIZE];
	enum err e;

	secret_digest("invite", secret, sum);
	/* The end of one made before the clock was set back is too far ahead. */
	e = users_query(u,
	    "SELECT user FROM invites WHERE digest = ?1 AND expires > ?2 AND expires <= ?3",
	    USERS_ARGS(ARG_DIGEST(sum), ARG_INT(now), ARG_INT(now + INVITES_LIFE)), take, &f, why);
	if (e == OK && !f.any)
		e = err_set(why, FAIL_NOT_FOUND,
		    "the invitation is unknown, was used already or is too old");
	if (e == OK)
		memcpy(user, name, NAME_SIZE);
	return e;
}

/* The first admin; while there is one who can log in, no first one is needed. */
static enum err
add_first(struct users *u, const char *name, const char *hash, int64_t now, struct diag *why)
{
	enum err e;

	if (!users_need_admin(u))
		return err_set(why, FAIL_DENIED, "there is an admin already");
	e = users_run(u, "INSERT INTO users(name, role, hash, created) VALUES(?1, ?2, ?3, ?4)",
	    USERS_ARGS(ARG_C(name), ARG_C(role_word(ROLE_ADMIN)), ARG_C(hash), ARG_INT(now)), NULL,
	    why);
	if (e == FAIL_EXISTS)
		e = err_set(why, FAIL_EXISTS, "there is a user %s already: take another name",
		    name);
	return e;
}

static enum err
set_password(struct users *u, const char *name, const char *hash, struct diag *why)
{
	int64_t changed = 0;
	enum err e = users_run(u, "UPDATE users SET hash = ?2 WHERE name = ?1 AND disabled = 0",
	    USERS_ARGS(ARG_C(name), ARG_C(hash)), &changed, why);

	if (e == OK && changed == 0)
		e = err_set(why, FAIL_DENIED, "%s may not log in", name);
	if (e == OK)
		e = users_run(u, "DELETE FROM sessions WHERE user = ?1", USERS_ARGS(ARG_C(name)),
		    NULL, why);
	return e;
}

enum err
invites_accept(struct users *u, struct str secret, const char *name, const char *hash, int64_t now,
    struct diag *why)
{
	uint8_t sum[DIGEST_SIZE];
	char user[NAME_SIZE];
	enum err e = users_begin(u, why);

	if (e != OK)
		return e;
	secret_digest("invite", secret, sum);
	e = invites_find(u, secret, now, user, why);
	if (e == OK && user[0] != '\0' && strcmp(user, name) != 0)
		e = err_set(why, FAIL_DENIED, "the invitation is for another name");
	if (e == OK)
		e = users_run(u, "DELETE FROM invites WHERE digest = ?1",
		    USERS_ARGS(ARG_DIGEST(sum)), NULL, why);
	if (e == OK)
		e = user[0] == '\0' ? add_first(u, name, hash, now, why)
				    : set_password(u, name, hash, why);
	return users_end(u, e, why);
}
