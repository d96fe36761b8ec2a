/* Invitations: once, for a day, for one name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/invites.h"

#include "base.h"
#include "user/sessions.h"

static void
invite(struct users *u, const char *name, char secret[SECRET_SIZE])
{
	struct diag why = { 0 };
	int64_t expires;

	CHECK_OK(invites_new(u, str_c(name), NOW, secret, &expires, &why), why);
	CHECK_INT(expires, NOW + INVITES_LIFE);
}

static enum err
accept(struct users *u, const char *secret, const char *name, int64_t now)
{
	return invites_accept(u, str_c(secret), name, HASH "new", now, NULL);
}

TEST(the_first_admin)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE], name[NAME_SIZE] = "?";
	struct users_row row;

	invite(u, "", secret);
	CHECK_INT(invites_find(u, str_c(secret), NOW, name, NULL), OK);
	CHECK_STR(name, "");
	CHECK_INT(accept(u, secret, "ann", NOW), OK);
	CHECK_INT(users_get(u, STR("ann"), NOW, &row, NULL), OK);
	CHECK_INT(row.role, ROLE_ADMIN);
	CHECK(row.ready);
	CHECK(!users_need_admin(u));
	CHECK_INT(accept(u, secret, "bob", NOW), FAIL_NOT_FOUND); /* used */
	CHECK_INT(invites_find(u, str_c(secret), NOW, name, NULL), FAIL_NOT_FOUND);
	/* Once there is an admin, no link makes another "first" one. */
	invite(u, "", secret);
	CHECK_INT(accept(u, secret, "bob", NOW), FAIL_DENIED);
	users_close(u);
}

TEST(a_first_admin_takes_nobodys_name)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE];

	base_add(u, "ann", ROLE_VIEWER);
	invite(u, "", secret);
	CHECK_INT(accept(u, secret, "ann", NOW), FAIL_EXISTS);
	CHECK_INT(accept(u, secret, "bob", NOW), OK); /* what failed used nothing up */
	users_close(u);
}

TEST(a_password_by_invitation)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE], session[SECRET_SIZE], hash[GATE_HASH_SIZE];
	struct sessions_row row;
	struct users_row user;

	base_add(u, "ann", ROLE_ANALYST);
	CHECK_INT(sessions_new(u, "ann", HASH, "", "", STR(""), NOW, session, &row, NULL), OK);
	invite(u, "Ann", secret);
	CHECK_INT(sessions_find(u, str_c(session), NOW, &row, NULL), OK);
	CHECK_INT(accept(u, secret, "bob", NOW), FAIL_DENIED);
	CHECK_INT(accept(u, secret, "ann", NOW), OK);
	CHECK_INT(users_hash(u, "ann", hash, NULL), OK);
	CHECK_STR(hash, HASH "new");
	CHECK_INT(sessions_find(u, str_c(session), NOW, &row, NULL), FAIL_NOT_FOUND);
	CHECK_INT(users_get(u, STR("ann"), NOW, &user, NULL), OK);
	CHECK_INT(user.role, ROLE_ANALYST);
	CHECK_INT(accept(u, secret, "ann", NOW), FAIL_NOT_FOUND);
	users_close(u);
}

TEST(invitations_end)
{
	struct users *u = base_open(base_path());
	char first[SECRET_SIZE], second[SECRET_SIZE], name[NAME_SIZE];
	bool off = true;

	base_add(u, "ann", ROLE_VIEWER);
	invite(u, "ann", first);
	invite(u, "ann", second); /* takes the first back */
	CHECK_INT(invites_find(u, str_c(first), NOW, name, NULL), FAIL_NOT_FOUND);
	CHECK_INT(invites_find(u, str_c(second), NOW + INVITES_LIFE - 1, name, NULL), OK);
	CHECK_INT(invites_find(u, str_c(second), NOW + INVITES_LIFE, name, NULL), FAIL_NOT_FOUND);
	CHECK_INT(invites_find(u, str_c(second), NOW - 1, name, NULL), FAIL_NOT_FOUND);
	CHECK_INT(accept(u, second, "ann", NOW + INVITES_LIFE), FAIL_NOT_FOUND);
	CHECK_INT(users_set(u, STR("ann"), NULL, &off, NULL), OK);
	CHECK_INT(accept(u, second, "ann", NOW), FAIL_DENIED);
	CHECK_INT(users_delete(u, STR("ann"), NULL), OK);
	base_add(u, "ann", ROLE_ADMIN); /* another of that name */
	CHECK_INT(accept(u, second, "ann", NOW), FAIL_NOT_FOUND);
	invite(u, "ann", first);
	CHECK_INT(users_set_hash(u, "ann", HASH, NULL), OK);
	CHECK_INT(accept(u, first, "ann", NOW), FAIL_NOT_FOUND);
	users_close(u);
}

TEST(only_for_people_there_are)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE];
	int64_t expires;

	CHECK_INT(invites_new(u, STR("bob"), NOW, secret, &expires, NULL), FAIL_NOT_FOUND);
	CHECK_INT(invites_new(u, STR("b b"), NOW, secret, &expires, NULL), FAIL_SYNTAX);
	CHECK_INT(accept(u, "", "bob", NOW), FAIL_NOT_FOUND);
	users_close(u);
}
