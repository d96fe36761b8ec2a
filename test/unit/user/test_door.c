/* Logging in under attack: exact limits, nobody locked out, nothing known from outside. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/door.h"

#include "base.h"
#include "ev/loop.h"
#include "user/invites.h"

#define PASSWORD "correct horse battery"
#define MONO ((int64_t)1000 * CLOCK_S)

static struct {
	struct loop *loop;
	struct users *users;
	struct door *door;
	unsigned heard, left, by[DOOR_FAILED + 1], tried, first;
	struct door_answer last;
} w;

static void
hear(void *ctx, const struct door_answer *a)
{
	(void)ctx;
	w.heard++;
	w.by[a->verdict]++;
	w.tried += a->tried;
	w.first += a->first;
	w.last = *a;
	if (w.left != 0 && --w.left == 0)
		loop_stop(w.loop);
}

static void
wait_all(unsigned asked)
{
	struct diag why = { 0 };

	if (w.heard >= asked)
		return;
	w.left = asked - w.heard;
	CHECK_OK(loop_run(w.loop, &why), why);
}

static void
forget(void)
{
	w.heard = w.tried = w.first = 0;
	memset(w.by, 0, sizeof(w.by));
}

/* quick: hashes that cost little, for what is not about hashing. */
static void
set_up(bool quick)
{
	struct diag why = { 0 };
	struct door_opts o = { 0 };

	CHECK_OK(loop_new(&w.loop, &why), why);
	w.users = base_open(base_path());
	o.users = w.users;
	o.gate = (struct gate_opts){ .loop = w.loop,
		.queue = 1000,
		.passes = quick ? 1 : 0,
		.memory = quick ? (size_t)64 << 10 : 0 };
	w.door = door_new(&o);
}

static void
tear_down(void)
{
	door_free(w.door);
	loop_free(w.loop);
	users_close(w.users);
}

static struct door_from
from(const char *ip, int64_t mono)
{
	return (struct door_from){ .ip = ip, .agent = STR("t"), .now = NOW, .mono = mono };
}

static enum door_verdict
login(const char *ip, const char *name, const char *password, int64_t mono)
{
	struct door_from f = from(ip, mono);

	forget();
	door_login(w.door, &f, str_c(name), str_c(password), hear, NULL);
	wait_all(1);
	return w.last.verdict;
}

static enum door_verdict
accept(const char *invite, const char *name, const char *password)
{
	struct door_from f = from("192.0.2.99", MONO);

	forget();
	door_accept(w.door, &f, str_c(invite), str_c(name), str_c(password), hear, NULL);
	wait_all(1);
	return w.last.verdict;
}

/* A user with PASSWORD, who has logged in from 192.0.2.99. */
static void
add(const char *name, enum role role)
{
	char secret[SECRET_SIZE];
	int64_t expires;

	CHECK_INT(users_add(w.users, str_c(name), role, NOW, NULL), OK);
	CHECK_INT(invites_new(w.users, str_c(name), NOW, secret, &expires, NULL), OK);
	CHECK_INT(accept(secret, name, PASSWORD), DOOR_IN);
}

TEST(in_by_the_right_password_only)
{
	struct sessions_row row;

	set_up(false);
	add("ann", ROLE_ANALYST);
	CHECK_INT(login("192.0.2.1", "ann", PASSWORD, MONO), DOOR_IN);
	CHECK_STR(w.last.name, "ann");
	CHECK_STR(w.last.session.user, "ann");
	CHECK_INT(w.last.session.role, ROLE_ANALYST);
	CHECK_INT(sessions_find(w.users, str_c(w.last.secret), NOW, &row, NULL), OK);
	CHECK_STR(row.ip, "192.0.2.1");
	CHECK_INT(login("192.0.2.1", "ANN", PASSWORD, MONO), DOOR_IN);
	CHECK_INT(login("192.0.2.1", "ann", PASSWORD " ", MONO), DOOR_WRONG);
	CHECK_INT(w.tried, 1);
	CHECK_STR(w.last.secret, "");
	CHECK_INT(login("192.0.2.1", "bob", PASSWORD, MONO), DOOR_WRONG);
	CHECK_INT(w.tried, 1);
	CHECK_STR(w.last.name, "bob");
	CHECK_INT(login("192.0.2.1", "a b; c", PASSWORD, MONO), DOOR_WRONG);
	CHECK_INT(w.tried, 1);
	CHECK_STR(w.last.name, ""); /* perhaps a password in the wrong box: not told on */
	CHECK_INT(login("192.0.2.1", "ann", "", MONO), DOOR_WRONG);
	tear_down();
}

TEST(who_is_disabled_or_invited_is_wrong)
{
	bool off = true;

	set_up(true);
	add("ann", ROLE_VIEWER);
	CHECK_INT(users_add(w.users, STR("new"), ROLE_VIEWER, NOW, NULL), OK);
	CHECK_INT(login("192.0.2.1", "new", "", MONO), DOOR_WRONG);
	CHECK_INT(users_set(w.users, STR("ann"), NULL, &off, NULL), OK);
	CHECK_INT(login("192.0.2.1", "ann", PASSWORD, MONO), DOOR_WRONG);
	tear_down();
}

/* 500 at once, all wrong: exactly as many are compared as the limit says. */
TEST(five_hundred_at_once_on_one_account)
{
	struct door_from f = from("198.51.100.7", MONO);
	struct gate_stats s;

	set_up(false);
	add("ann", ROLE_VIEWER);
	door_gate_stats(w.door, &s);
	CHECK_INT(s.done, 1);
	forget();
	for (int i = 0; i < 500; i++)
		door_login(w.door, &f, STR("ann"), STR("wrong"), hear, NULL);
	wait_all(500);
	CHECK_INT(w.by[DOOR_WRONG], DOOR_ACCOUNT_BURST);
	CHECK_INT(w.tried, DOOR_ACCOUNT_BURST);
	CHECK_INT(w.by[DOOR_LIMITED], 500 - DOOR_ACCOUNT_BURST);
	CHECK_INT(w.first, 1);
	door_gate_stats(w.door, &s);
	CHECK_INT(s.done, 1 + DOOR_ACCOUNT_BURST);
	CHECK(s.most <= 2);
	tear_down();
}

TEST(five_hundred_at_once_from_as_many_addresses)
{
	set_up(true);
	add("ann", ROLE_VIEWER);
	forget();
	for (int i = 0; i < 500; i++) {
		char ip[32];
		struct door_from f;

		snprintf(ip, sizeof(ip), "198.51.%d.%d", i / 200, i % 200);
		f = from(ip, MONO);
		door_login(w.door, &f, STR("ann"), STR("wrong"), hear, NULL);
	}
	wait_all(500);
	CHECK_INT(w.tried, DOOR_ACCOUNT_BURST);
	CHECK_INT(w.by[DOOR_LIMITED], 500 - DOOR_ACCOUNT_BURST);
	tear_down();
}

TEST(five_hundred_accounts_from_one_address)
{
	static const char *const ips[] = { "198.51.100.7", "2001:db8:1:2::" };

	set_up(true);
	for (size_t k = 0; k < ARRAY_LEN(ips); k++) {
		forget();
		for (int i = 0; i < 500; i++) {
			char name[32], ip[64];
			struct door_from f;

			/* Any address of a /64 is the same customer. */
			if (k == 0)
				snprintf(ip, sizeof(ip), "%s", ips[k]);
			else
				snprintf(ip, sizeof(ip), "%s%x", ips[k], (unsigned)i + 1);
			snprintf(name, sizeof(name), "user%d", i);
			f = from(ip, MONO);
			door_login(w.door, &f, str_c(name), STR("wrong"), hear, NULL);
		}
		wait_all(500);
		CHECK_INT(w.tried, DOOR_ADDRESS_BURST);
		CHECK_INT(w.by[DOOR_LIMITED], 500 - DOOR_ADDRESS_BURST);
	}
	tear_down();
}

/* The right one among the first five gives back what it took; the sixth is not even looked at. */
TEST(no_guess_slips_in_behind_the_limit)
{
	struct door_from f = from("198.51.100.7", MONO);

	set_up(true);
	add("ann", ROLE_VIEWER);
	forget();
	for (int i = 0; i < 500; i++)
		door_login(w.door, &f, STR("ann"), i == 250 ? STR(PASSWORD) : STR("wrong"), hear,
		    NULL);
	wait_all(500);
	CHECK_INT(w.by[DOOR_IN], 0);
	CHECK_INT(w.tried, DOOR_ACCOUNT_BURST);
	tear_down();
}

TEST(the_limit_lets_go_again)
{
	set_up(true);
	add("ann", ROLE_VIEWER);
	for (int i = 0; i < 5; i++)
		CHECK_INT(login("198.51.100.7", "ann", "wrong", MONO), DOOR_WRONG);
	CHECK_INT(login("198.51.100.7", "ann", PASSWORD, MONO), DOOR_LIMITED);
	CHECK_INT(w.last.wait, DOOR_ACCOUNT_REFILL);
	CHECK_INT(login("198.51.100.7", "ann", PASSWORD, MONO + DOOR_ACCOUNT_REFILL - 1),
	    DOOR_LIMITED);
	CHECK_INT(login("198.51.100.7", "ann", PASSWORD, MONO + DOOR_ACCOUNT_REFILL), DOOR_IN);
	/* A day later as at first: nothing is ever locked. */
	for (int i = 0; i < 5; i++)
		CHECK_INT(login("198.51.100.9", "ann", "wrong", MONO + 86400 * CLOCK_S),
		    DOOR_WRONG);
	CHECK_INT(login("198.51.100.9", "ann", "wrong", MONO + 86400 * CLOCK_S), DOOR_LIMITED);
	tear_down();
}

/* A thousand strangers guess without end; the owner comes in from where he was before. */
TEST(strangers_lock_nobody_out)
{
	unsigned asked = 0;

	set_up(true);
	add("ann", ROLE_VIEWER); /* from 192.0.2.99 */
	forget();
	for (int i = 0; i < 1000; i++) {
		char ip[32];
		struct door_from f;

		snprintf(ip, sizeof(ip), "203.0.%d.%d", i / 200, i % 200);
		f = from(ip, MONO + i * CLOCK_MS);
		door_login(w.door, &f, STR("ann"), STR("wrong"), hear, NULL);
		asked++;
	}
	wait_all(asked);
	CHECK_INT(w.tried, DOOR_ACCOUNT_BURST);
	CHECK_INT(login("192.0.2.99", "ann", PASSWORD, MONO + CLOCK_S), DOOR_IN);
	/* From a new place he waits like anybody, for a moment at a time. */
	CHECK_INT(login("192.0.2.50", "ann", PASSWORD, MONO + CLOCK_S), DOOR_LIMITED);
	CHECK(w.last.wait <= DOOR_ACCOUNT_REFILL);
	/* A familiar place has a limit, too. */
	for (int i = 0; i < 5; i++)
		CHECK_INT(login("192.0.2.99", "ann", "wrong", MONO + 2 * CLOCK_S), DOOR_WRONG);
	CHECK_INT(login("192.0.2.99", "ann", PASSWORD, MONO + 2 * CLOCK_S), DOOR_LIMITED);
	tear_down();
}

TEST(right_passwords_cost_nothing)
{
	set_up(true);
	add("ann", ROLE_VIEWER);
	for (int i = 0; i < 100; i++)
		CHECK_INT(login("192.0.2.1", "ann", PASSWORD, MONO), DOOR_IN);
	tear_down();
}

TEST(a_full_gate_charges_nobody)
{
	struct door_from f = from("192.0.2.1", MONO);
	struct diag why = { 0 };
	unsigned busy;

	CHECK_OK(loop_new(&w.loop, &why), why);
	w.users = base_open(base_path());
	w.door = door_new(&(struct door_opts){
	    .users = w.users, .gate = { .loop = w.loop, .workers = 1, .queue = 1 } });
	for (int i = 0; i < 60; i++)
		door_login(w.door, &f, STR("nobody"), STR("wrong"), hear, NULL);
	wait_all(60);
	busy = w.by[DOOR_BUSY];
	/* One is at work, one waits; those turned away keep their attempts. */
	CHECK(busy >= 40);
	CHECK_INT(w.by[DOOR_WRONG] + busy + w.by[DOOR_LIMITED], 60);
	CHECK(w.by[DOOR_WRONG] <= DOOR_ACCOUNT_BURST);
	tear_down();
}

TEST(an_invitation_is_taken_up_once)
{
	char secret[SECRET_SIZE];
	int64_t expires;
	struct door_from f = from("192.0.2.1", MONO);

	set_up(true);
	CHECK_INT(invites_new(w.users, STR(""), NOW, secret, &expires, NULL), OK);
	CHECK_INT(accept(secret, "", PASSWORD), DOOR_REFUSED); /* who? */
	CHECK_INT(accept(secret, "ann", "short"), DOOR_REFUSED);
	CHECK(strstr(w.last.why.text, "at least 12") != NULL);
	CHECK_INT(accept("wrong", "ann", PASSWORD), DOOR_NO_INVITE);
	/* Ten at the same time: one of them is it. */
	forget();
	for (int i = 0; i < 10; i++)
		door_accept(w.door, &f, str_c(secret), STR("ann"), STR(PASSWORD), hear, NULL);
	wait_all(10);
	CHECK_INT(w.by[DOOR_IN], 1);
	CHECK_INT(w.by[DOOR_NO_INVITE], 9);
	CHECK(!users_need_admin(w.users));
	tear_down();
}

TEST(guessing_invitations_is_limited)
{
	struct door_from f = from("198.51.100.7", MONO);

	set_up(true);
	for (int i = 0; i < 500; i++)
		door_accept(w.door, &f, STR("guess"), STR("ann"), STR(PASSWORD), hear, NULL);
	wait_all(500);
	CHECK_INT(w.by[DOOR_NO_INVITE], DOOR_ADDRESS_BURST);
	CHECK_INT(w.by[DOOR_LIMITED], 500 - DOOR_ADDRESS_BURST);
	tear_down();
}

static enum door_verdict
change(const char *old, const char *fresh)
{
	struct door_from f = from("192.0.2.1", MONO);

	forget();
	door_change(w.door, &f, "ann", str_c(old), str_c(fresh), hear, NULL);
	wait_all(1);
	return w.last.verdict;
}

TEST(a_changed_password)
{
	char before[SECRET_SIZE];
	struct sessions_row row;

	set_up(true);
	add("ann", ROLE_VIEWER);
	memcpy(before, w.last.secret, sizeof(before));
	CHECK_INT(change(PASSWORD, "short"), DOOR_REFUSED);
	CHECK_INT(change("wrong", "another horse battery"), DOOR_WRONG);
	CHECK_INT(sessions_find(w.users, str_c(before), NOW, &row, NULL), OK);
	CHECK_INT(change(PASSWORD, "another horse battery"), DOOR_IN);
	CHECK_INT(sessions_find(w.users, str_c(before), NOW, &row, NULL), FAIL_NOT_FOUND);
	CHECK_INT(sessions_find(w.users, str_c(w.last.secret), NOW, &row, NULL), OK);
	CHECK_INT(login("192.0.2.1", "ann", PASSWORD, MONO), DOOR_WRONG);
	CHECK_INT(login("192.0.2.1", "ann", "another horse battery", MONO), DOOR_IN);
	for (int i = 0; i < 3; i++)
		CHECK_INT(change("wrong", PASSWORD), DOOR_WRONG);
	CHECK_INT(change("wrong", PASSWORD), DOOR_LIMITED);
	tear_down();
}

/* A password that changes while an old one is being compared lets nobody in. */
TEST(a_change_beats_a_login_under_way)
{
	struct door_from f = from("192.0.2.1", MONO);

	set_up(false);
	add("ann", ROLE_VIEWER);
	forget();
	door_login(w.door, &f, STR("ann"), STR(PASSWORD), hear, NULL);
	CHECK_INT(users_set_hash(w.users, "ann", HASH, NULL), OK);
	wait_all(1);
	CHECK_INT(w.last.verdict, DOOR_WRONG);
	tear_down();
}

TEST(closing_with_people_at_the_door)
{
	struct door_from f = from("192.0.2.1", MONO);

	set_up(false);
	add("ann", ROLE_VIEWER);
	forget();
	for (int i = 0; i < 5; i++)
		door_login(w.door, &f, STR("ann"), STR(PASSWORD), hear, NULL);
	door_free(w.door);
	users_close(w.users); /* nobody asks it any more */
	loop_free(w.loop);
	CHECK_INT(w.heard, 5);
	CHECK_INT(w.by[DOOR_BUSY], 5);
}
