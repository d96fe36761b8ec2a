/* Sessions: how long they live, and what ends them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/sessions.h"

#include "base.h"
#include "user/internal.h"

#define MIN (60 * CLOCK_S)

static struct sessions_row
start(struct users *u, const char *name, int64_t now, char secret[SECRET_SIZE])
{
	struct sessions_row row;
	struct diag why = { 0 };

	CHECK_OK(sessions_new(u, name, HASH, "192.0.2.1", "192.0.2.1", STR("agent/1"), now, secret,
		     &row, &why),
	    why);
	return row;
}

static enum err
find(struct users *u, const char *secret, int64_t now)
{
	struct sessions_row row;

	return sessions_find(u, str_c(secret), now, &row, NULL);
}

TEST(a_session_is_found_by_its_secret_alone)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE], other[SECRET_SIZE];
	struct sessions_row made, found;

	base_add(u, "ann", ROLE_ANALYST);
	made = start(u, "ann", NOW, secret);
	CHECK_INT(sessions_find(u, str_c(secret), NOW, &found, NULL), OK);
	CHECK_STR(found.id, made.id);
	CHECK_STR(found.user, "ann");
	CHECK_INT(found.role, ROLE_ANALYST);
	CHECK_STR(found.ip, "192.0.2.1");
	CHECK_STR(found.agent, "agent/1");
	CHECK_STR(found.csrf, made.csrf);
	CHECK_INT(found.expires, NOW + SESSIONS_IDLE);
	CHECK_INT(strlen(found.csrf), 64);
	CHECK(strcmp(found.csrf, secret) != 0 && strcmp(found.id, secret) != 0);
	secret_new(other);
	CHECK_INT(find(u, other, NOW), FAIL_NOT_FOUND);
	CHECK_INT(find(u, "", NOW), FAIL_NOT_FOUND);
	CHECK_INT(find(u, made.id, NOW), FAIL_NOT_FOUND);
	CHECK_INT(find(u, made.csrf, NOW), FAIL_NOT_FOUND);
	users_close(u);
}

TEST(idle_and_absolute_ends)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE];
	int64_t t = NOW;

	base_add(u, "ann", ROLE_VIEWER);
	(void)start(u, "ann", NOW, secret);
	CHECK_INT(find(u, secret, NOW + SESSIONS_IDLE - 1), OK);
	t = NOW + SESSIONS_IDLE - 1;
	CHECK_INT(find(u, secret, t + SESSIONS_IDLE), FAIL_NOT_FOUND);
	/* Used every 20 minutes, it lasts to the end of the 12 hours and no longer. */
	for (; t < NOW + SESSIONS_LONGEST; t += 20 * MIN)
		CHECK_INT(find(u, secret, t), OK);
	CHECK_INT(find(u, secret, NOW + SESSIONS_LONGEST - 1), OK);
	CHECK_INT(find(u, secret, NOW + SESSIONS_LONGEST), FAIL_NOT_FOUND);
	users_close(u);
}

/* Being seen is noted once a minute: a poll each second is no write each second. */
TEST(requests_are_noted_once_a_minute)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE];
	struct sessions_row row;
	int64_t writes = 0, before = 0;

	base_add(u, "ann", ROLE_VIEWER);
	(void)start(u, "ann", NOW, secret);
	for (int i = 0; i <= 180; i++) {
		CHECK_INT(sessions_find(u, str_c(secret), NOW + i * CLOCK_S, &row, NULL), OK);
		writes += row.seen != before && before != 0;
		before = row.seen;
	}
	CHECK_INT(writes, 3);
	CHECK_INT(row.expires, NOW + 180 * CLOCK_S + SESSIONS_IDLE);
	users_close(u);
}

TEST(a_clock_set_back_makes_no_session_live_on)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE];

	base_add(u, "ann", ROLE_VIEWER);
	(void)start(u, "ann", NOW, secret);
	CHECK_INT(find(u, secret, NOW - 60 * MIN), OK);
	CHECK_INT(find(u, secret, NOW - 13 * 60 * MIN), FAIL_NOT_FOUND);
	CHECK_INT(find(u, secret, NOW - (int64_t)10 * 365 * 24 * 60 * MIN), FAIL_NOT_FOUND);
	users_close(u);
}

TEST(what_changes_a_user_ends_the_sessions)
{
	static const enum role admin = ROLE_ADMIN;
	static const bool off = true, on = false;
	char secret[SECRET_SIZE], kept[SECRET_SIZE];

	for (int i = 0; i < 5; i++) {
		char path[700];
		struct users *u;

		snprintf(path, sizeof(path), "%s.%d", base_path(), i);
		u = base_open(path);
		base_add(u, "ann", ROLE_VIEWER);
		base_add(u, "bob", ROLE_VIEWER);
		(void)start(u, "ann", NOW, secret);
		(void)start(u, "bob", NOW, kept);
		switch (i) {
		case 0:
			CHECK_INT(users_set(u, STR("ann"), &admin, NULL, NULL), OK);
			break;
		case 1:
			CHECK_INT(users_set(u, STR("ann"), NULL, &off, NULL), OK);
			CHECK_INT(find(u, secret, NOW), FAIL_NOT_FOUND);
			CHECK_INT(users_set(u, STR("ann"), NULL, &on, NULL), OK);
			break;
		case 2:
			CHECK_INT(users_delete(u, STR("ann"), NULL), OK);
			break;
		case 3:
			CHECK_INT(users_set_hash(u, "ann", HASH "2", NULL), OK);
			break;
		default:
			CHECK_INT(users_set(u, STR("ann"), NULL, &on, NULL), OK);
			CHECK_INT(find(u, secret, NOW), OK); /* nothing changed */
			users_close(u);
			continue;
		}
		CHECK_INT(find(u, secret, NOW), FAIL_NOT_FOUND);
		CHECK_INT(find(u, kept, NOW), OK);
		users_close(u);
	}
}

TEST(no_session_for_who_changed_meanwhile)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE];
	struct sessions_row row;
	bool off = true;

	base_add(u, "ann", ROLE_VIEWER);
	CHECK_INT(sessions_new(u, "ann", HASH "old", "", "", STR(""), NOW, secret, &row, NULL),
	    FAIL_DENIED);
	CHECK_INT(sessions_new(u, "bob", HASH, "", "", STR(""), NOW, secret, &row, NULL),
	    FAIL_DENIED);
	CHECK_INT(sessions_new(u, "ann", "", "", "", STR(""), NOW, secret, &row, NULL),
	    FAIL_DENIED);
	CHECK_INT(users_set(u, STR("ann"), NULL, &off, NULL), OK);
	CHECK_INT(sessions_new(u, "ann", HASH, "", "", STR(""), NOW, secret, &row, NULL),
	    FAIL_DENIED);
	users_close(u);
}

struct seen {
	char text[4096];
	size_t n;
};

static enum err
see(void *ctx, const struct sessions_row *row)
{
	struct seen *s = ctx;

	CHECK_STR(row->csrf, "");
	s->n++;
	snprintf(s->text + strlen(s->text), sizeof(s->text) - strlen(s->text), "%s ", row->user);
	return OK;
}

TEST(lists_and_ends)
{
	struct users *u = base_open(base_path());
	char a[SECRET_SIZE], b[SECRET_SIZE], c[SECRET_SIZE];
	struct sessions_row first, other;
	struct seen s = { 0 };
	uint64_t n;

	base_add(u, "ann", ROLE_VIEWER);
	base_add(u, "bob", ROLE_VIEWER);
	first = start(u, "ann", NOW, a);
	other = start(u, "bob", NOW + 1, b);
	(void)start(u, "ann", NOW + 2, c);
	CHECK_INT(sessions_list(u, NULL, NOW + 3, see, &s, NULL), OK);
	CHECK_STR(s.text, "ann bob ann ");
	s = (struct seen){ 0 };
	CHECK_INT(sessions_list(u, "bob", NOW + 3, see, &s, NULL), OK);
	CHECK_STR(s.text, "bob ");
	s = (struct seen){ 0 };
	CHECK_INT(sessions_list(u, NULL, NOW + SESSIONS_IDLE, see, &s, NULL), OK);
	CHECK_INT(s.n, 2); /* the first has ended */
	CHECK_INT(sessions_end(u, str_c(other.id), "ann", NULL), FAIL_NOT_FOUND); /* not hers */
	CHECK_INT(find(u, b, NOW + 3), OK);
	CHECK_INT(sessions_end(u, str_c(other.id), NULL, NULL), OK);
	CHECK_INT(sessions_end(u, str_c(other.id), NULL, NULL), FAIL_NOT_FOUND);
	CHECK_INT(find(u, b, NOW + 3), FAIL_NOT_FOUND);
	CHECK_INT(sessions_revoke(u, STR("ann"), str_c(first.id), &n, NULL), OK);
	CHECK_INT(n, 1);
	CHECK_INT(find(u, a, NOW + 3), OK);
	CHECK_INT(sessions_revoke(u, STR("Ann"), STR(""), &n, NULL), OK);
	CHECK_INT(n, 1);
	CHECK_INT(sessions_revoke(u, STR("nobody"), STR(""), &n, NULL), OK);
	CHECK_INT(n, 0);
	users_close(u);
}

TEST(the_oldest_makes_room)
{
	struct users *u = base_open(base_path());
	char secrets[SESSIONS_MAX + 3][SECRET_SIZE];
	struct users_row row;

	base_add(u, "ann", ROLE_VIEWER);
	for (int i = 0; i < SESSIONS_MAX + 3; i++)
		(void)start(u, "ann", NOW + i, secrets[i]);
	for (int i = 0; i < SESSIONS_MAX + 3; i++)
		CHECK_INT(find(u, secrets[i], NOW + 60), i < 3 ? FAIL_NOT_FOUND : OK);
	CHECK_INT(users_get(u, STR("ann"), NOW + 60, &row, NULL), OK);
	CHECK_INT(row.sessions, SESSIONS_MAX);
	CHECK_INT(row.last_login, NOW + SESSIONS_MAX + 2);
	users_close(u);
}

TEST(agents_are_cut_and_mended)
{
	struct users *u = base_open(base_path());

	char secret[SECRET_SIZE], big[1000];
	struct sessions_row row;

	base_add(u, "ann", ROLE_VIEWER);
	memset(big, 'x', sizeof(big));
	CHECK_INT(sessions_new(u, "ann", HASH, "", "", (struct str){ big, sizeof(big) }, NOW,
		      secret, &row, NULL),
	    OK);
	CHECK_INT(strlen(row.agent), SESSIONS_AGENT_SIZE - 1);
	CHECK_INT(sessions_new(u, "ann", HASH, "", "",
		      STR("a\xff\xfe"
			  "b"),
		      NOW, secret, &row, NULL),
	    OK);
	CHECK_STR(row.agent, "a\xef\xbf\xbd\xef\xbf\xbd"
			     "b");
	users_close(u);
}

/* Whoever reads the file gets in by nothing in it. */
TEST(the_database_holds_no_secret)
{
	struct users *u = base_open(base_path());
	char secret[SECRET_SIZE], path[700];
	struct sessions_row row;
	const char *const files[] = { "", "-wal" };

	base_add(u, "ann", ROLE_VIEWER);
	row = start(u, "ann", NOW, secret);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct buf text = { 0 };

		snprintf(path, sizeof(path), "%s%s", base_path(), files[i]);
		CHECK_INT(fs_read(path, 10 << 20, &text, NULL), OK);
		CHECK(str_find(buf_view(&text), str_c(secret)) < 0);
		CHECK(str_find(buf_view(&text), str_c(row.csrf)) < 0);
		if (i == 1) /* it was looked at where it is */
			CHECK(str_find(buf_view(&text), str_c(row.id)) >= 0);
		buf_fini(&text);
	}
	users_close(u);
}
