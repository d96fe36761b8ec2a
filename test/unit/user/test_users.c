/* People in users.db. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/users.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base.h"
#include "user/internal.h"
#include "user/sessions.h"

struct seen {
	size_t n;
	char text[4096];
};

static enum err
see(void *ctx, const struct users_row *row)
{
	struct seen *s = ctx;

	s->n++;
	snprintf(s->text + strlen(s->text), sizeof(s->text) - strlen(s->text), "%s/%s%s%s ",
	    row->name, role_word(row->role), row->disabled ? "/off" : "", row->ready ? "" : "/new");
	return OK;
}

static const char *
everybody(struct users *u)
{
	static struct seen s;

	s = (struct seen){ 0 };
	CHECK_INT(users_list(u, NOW, see, &s, NULL), OK);
	return s.text;
}

TEST(users_come_change_and_go)
{
	struct users *u = base_open(base_path());
	struct users_row row;
	enum role role = ROLE_RESPONDER;
	bool off = true, on = false;
	struct stat st;

	CHECK_INT(stat(base_path(), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK(users_need_admin(u));
	CHECK_STR(everybody(u), "");
	CHECK_INT(users_add(u, STR("Root"), ROLE_ADMIN, NOW, NULL), OK);
	CHECK_INT(users_add(u, STR("ann"), ROLE_VIEWER, NOW, NULL), OK);
	CHECK_STR(everybody(u), "ann/viewer/new root/admin/new ");
	CHECK(users_need_admin(u)); /* cannot log in yet */
	CHECK_INT(users_set_hash(u, "root", HASH, NULL), OK);
	CHECK(!users_need_admin(u));
	CHECK_INT(users_set(u, STR("ANN"), &role, &off, NULL), OK);
	CHECK_STR(everybody(u), "ann/responder/off/new root/admin ");
	CHECK_INT(users_set(u, STR("ann"), NULL, &on, NULL), OK);
	CHECK_INT(users_get(u, STR("Ann"), NOW, &row, NULL), OK);
	CHECK_STR(row.name, "ann");
	CHECK_INT(row.role, ROLE_RESPONDER);
	CHECK_INT(row.created, NOW);
	CHECK_INT(row.last_login, 0);
	CHECK_INT(users_delete(u, STR("ann"), NULL), OK);
	CHECK_STR(everybody(u), "root/admin ");
	users_close(u);
	u = base_open(base_path()); /* kept */
	CHECK_STR(everybody(u), "root/admin ");
	users_close(u);
}

TEST(what_is_refused)
{
	struct users *u = base_open(base_path());
	enum role role = ROLE_ADMIN;
	struct users_row row;
	struct diag why = { 0 };

	CHECK_INT(users_add(u, STR("ann"), ROLE_VIEWER, NOW, NULL), OK);
	CHECK_INT(users_add(u, STR("ANN"), ROLE_ADMIN, NOW, &why), FAIL_EXISTS);
	CHECK_STR(why.text, "there is a user ann already");
	CHECK_INT(users_add(u, STR("a b"), ROLE_ADMIN, NOW, NULL), FAIL_SYNTAX);
	CHECK_INT(users_add(u, STR(""), ROLE_ADMIN, NOW, NULL), FAIL_SYNTAX);
	CHECK_INT(users_get(u, STR("bob"), NOW, &row, NULL), FAIL_NOT_FOUND);
	CHECK_INT(users_set(u, STR("bob"), &role, NULL, NULL), FAIL_NOT_FOUND);
	CHECK_INT(users_delete(u, STR("bob"), NULL), FAIL_NOT_FOUND);
	CHECK_INT(users_delete(u, STR("'; DROP TABLE users"), NULL), FAIL_SYNTAX);
	CHECK_INT(users_set_hash(u, "bob", HASH, NULL), FAIL_NOT_FOUND);
	CHECK_STR(everybody(u), "ann/viewer/new ");
	users_close(u);
}

TEST(the_last_admin_stays)
{
	struct users *u = base_open(base_path());
	enum role viewer = ROLE_VIEWER, admin = ROLE_ADMIN;
	bool off = true;

	base_add(u, "ann", ROLE_ADMIN);
	CHECK_INT(users_add(u, STR("bob"), ROLE_ADMIN, NOW, NULL), OK); /* cannot log in */
	base_add(u, "eve", ROLE_VIEWER);
	CHECK_INT(users_delete(u, STR("ann"), NULL), FAIL_DENIED);
	CHECK_INT(users_set(u, STR("ann"), &viewer, NULL, NULL), FAIL_DENIED);
	CHECK_INT(users_set(u, STR("ann"), NULL, &off, NULL), FAIL_DENIED);
	CHECK_INT(users_set(u, STR("ann"), &admin, NULL, NULL), OK); /* changes nothing */
	CHECK_STR(everybody(u), "ann/admin bob/admin/new eve/viewer ");
	CHECK_INT(users_set_hash(u, "bob", HASH, NULL), OK);
	CHECK_INT(users_set(u, STR("ann"), NULL, &off, NULL), OK);
	CHECK_INT(users_delete(u, STR("bob"), NULL), FAIL_DENIED);
	CHECK_INT(users_delete(u, STR("ann"), NULL), OK); /* no admin any more */
	users_close(u);
}

TEST(users_are_capped)
{
	struct users *u = base_open(base_path());
	struct diag why = { 0 };
	char name[16];

	CHECK_INT(db_exec(u->db, "PRAGMA synchronous=OFF", NULL), OK);
	for (int i = 0; i < USERS_MAX; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		CHECK_OK(users_add(u, str_c(name), ROLE_VIEWER, NOW, &why), why);
	}
	CHECK_INT(users_add(u, STR("one-more"), ROLE_VIEWER, NOW, &why), FAIL_LIMIT);
	CHECK_INT(users_delete(u, STR("u7"), NULL), OK);
	CHECK_INT(users_add(u, STR("one-more"), ROLE_VIEWER, NOW, &why), OK);
	users_close(u);
}

TEST(hashes_are_of_who_may_log_in)
{
	struct users *u = base_open(base_path());
	char hash[GATE_HASH_SIZE];
	bool off = true;

	CHECK_INT(users_add(u, STR("ann"), ROLE_VIEWER, NOW, NULL), OK);
	CHECK_INT(users_hash(u, "ann", hash, NULL), OK);
	CHECK_STR(hash, "");
	CHECK_INT(users_set_hash(u, "ann", HASH, NULL), OK);
	CHECK_INT(users_hash(u, "ann", hash, NULL), OK);
	CHECK_STR(hash, HASH);
	CHECK_INT(users_hash(u, "bob", hash, NULL), OK);
	CHECK_STR(hash, "");
	CHECK_INT(users_set(u, STR("ann"), NULL, &off, NULL), OK);
	CHECK_INT(users_hash(u, "ann", hash, NULL), OK);
	CHECK_STR(hash, "");
	users_close(u);
}

TEST(two_processes_see_each_other)
{
	struct users *daemon = base_open(base_path()), *shell = base_open(base_path());
	bool off = true;
	char hash[GATE_HASH_SIZE];

	base_add(daemon, "ann", ROLE_VIEWER);
	CHECK_STR(everybody(shell), "ann/viewer ");
	CHECK_INT(users_set(shell, STR("ann"), NULL, &off, NULL), OK);
	CHECK_INT(users_hash(daemon, "ann", hash, NULL), OK);
	CHECK_STR(hash, "");
	users_close(shell);
	CHECK_STR(everybody(daemon), "ann/viewer/off ");
	users_close(daemon);
}

TEST(facts_are_kept)
{
	struct users *u = base_open(base_path());
	char got[8];

	users_fact(u, "url", got, sizeof(got));
	CHECK_STR(got, "");
	CHECK_INT(users_fact_set(u, "url", STR("a"), NULL), OK);
	CHECK_INT(users_fact_set(u, "url", STR("0123456789"), NULL), OK);
	users_fact(u, "url", got, sizeof(got));
	CHECK_STR(got, "0123456"); /* cut to fit */
	users_close(u);
}

TEST(familiar_places_are_capped)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE], place[32];
	struct sessions_row row;

	base_add(u, "ann", ROLE_VIEWER);
	base_add(u, "bob", ROLE_VIEWER);
	for (int i = 0; i < USERS_PLACES_MAX + 5; i++) {
		snprintf(place, sizeof(place), "192.0.2.%d", i);
		CHECK_INT(sessions_new(u, "ann", HASH, place, place, STR(""), NOW + i, secret, &row,
			      NULL),
		    OK);
	}
	CHECK(!users_familiar(u, "ann", "192.0.2.4"));
	CHECK(users_familiar(u, "ann", "192.0.2.5"));
	CHECK(users_familiar(u, "ann", "192.0.2.24"));
	CHECK(!users_familiar(u, "bob", "192.0.2.24"));
	CHECK(!users_familiar(u, "", ""));
	users_close(u);
}

TEST(no_database)
{
	struct users *u;
	struct diag why = { 0 };

	CHECK(users_open("/proc/none/users.db", &u, &why) != OK);
	CHECK(why.text[0] != '\0');
	users_close(NULL);
}
