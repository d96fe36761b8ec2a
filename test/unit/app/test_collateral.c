/* SPDX-License-Identifier: Apache-2.0 */
/* Logins against blocks: the same as a plain count of who was hit, in any order of things. */
#include "app/collateral.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/mem.h"
#include "random.h"
#include "test.h"

#define T ((int64_t)1800000000 * CLOCK_S)
#define HOUR (3600 * CLOCK_S)
#define USERS 6
#define ADDRESSES 4

static const char text[] = "policy: p\nrows:\n"
			   "    - threat: A\n"
			   "      do: [{action: BLOCK_IP}]\n"
			   "      budget: {users: 2, shared: 9, window: 1d}\n";

struct kit {
	struct conf *conf;
	struct collateral *c;
	struct leases *l;
	struct policy *policy;
	struct arena *arena;
	struct rec rec;
	char tripped[200]; /* reason of the last one */
	unsigned trips, known, strangers;
};

static void
on_trip(void *ctx, const struct budget_trip *t)
{
	struct kit *k = ctx;

	k->trips++;
	(void)str_to_c((struct str){ t->reason.p, t->reason.n < 199 ? t->reason.n : 199 },
	    k->tripped, sizeof(k->tripped));
}

static void
on_login(void *ctx, const struct collateral_login *l)
{
	struct kit *k = ctx;

	k->known += l->known;
	k->strangers += !l->known;
}

static struct kit *
start(void)
{
	struct kit *k = MEM_NEW(struct kit);
	struct diag why = { 0 };

	CHECK_OK(conf_load(NULL, environ, &k->conf, NULL, &why), why);
	CHECK_OK(leases_open(DB_MEMORY, &k->l, &why), why);
	CHECK_OK(policy_read(str_c(text), "f", &k->policy, &why), why);
	k->arena = arena_new(1 << 20);
	k->c = collateral_new(k->conf,
	    &(struct collateral_ears){ .trip = on_trip, .login = on_login, .ctx = k });
	return k;
}

static void
stop(struct kit *k)
{
	collateral_free(k->c);
	leases_close(k->l);
	policy_free(k->policy);
	conf_free(k->conf);
	arena_free(k->arena);
	free(k);
}

static void
login(struct kit *k, const char *type, const char *source, const char *ip, const char *user,
    int64_t t)
{
	arena_reset(k->arena);
	rec_init(&k->rec, k->arena);
	rec_set_str(&k->rec, F_EVENT_TYPE, str_c(type));
	rec_set_str(&k->rec, F_SOURCE, str_c(source));
	rec_set_str(&k->rec, F_CLIENT_IP, str_c(ip));
	rec_set_str(&k->rec, F_USER_NAME, str_c(user));
	rec_set_int(&k->rec, F_TIMESTAMP, t);
	collateral_seen(k->c, &k->rec);
}

static void
good(struct kit *k, const char *ip, const char *user, int64_t t)
{
	login(k, "auth.login.success", "app", ip, user, t);
}

static int64_t
block(struct kit *k, const char *ip, const char *rule, int64_t t)
{
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(leases_add(k->l,
		     &(struct lease){ .deed = DEED_BLOCK_IP,
			 .state = LEASE_ACTIVE,
			 .entity = str_c(ip),
			 .end = t + 100 * HOUR,
			 .rule = str_c(rule),
			 .reason = STR("A") },
		     t, &id, &why),
	    why);
	return id;
}

static void
look(struct kit *k, int64_t t)
{
	struct diag why = { 0 };

	CHECK_OK(collateral_look(k->c, k->l, k->policy, t, &why), why);
}

static uint64_t
users(struct kit *k, const char *rule)
{
	struct budget_spent s = { 99, 99 };

	CHECK_INT(budget_spent(k->l, str_c(rule), 0, &s, NULL), OK);
	return s.users;
}

TEST(who_counts_and_who_does_not)
{
	struct kit *k = start();

	good(k, "192.0.2.1", "ann", T - 50 * HOUR); /* known, but long gone when it begins */
	good(k, "192.0.2.1", "bob", T - 2 * HOUR);  /* locked out by its beginning */
	good(k, "192.0.2.1", "cleo", T - HOUR / 2); /* not known yet */
	login(k, "auth.login.failed", "app", "192.0.2.1", "dan", T - 5 * HOUR);
	login(k, "auth.login.success", "demo", "192.0.2.1", "dan", T - 5 * HOUR);
	login(k, "auth.login.success", "syslog_udp:514", "192.0.2.1", "dan", T - 5 * HOUR);
	good(k, "192.0.2.1", "", T - 5 * HOUR);
	good(k, "nowhere", "dan", T - 5 * HOUR);
	(void)block(k, "192.0.2.1", "r", T);
	look(k, T);
	CHECK_INT(users(k, "r"), 1);
	good(k, "192.0.2.1", "ann", T + 1);
	good(k, "192.0.2.1", "dan", T + 1);
	good(k, "192.0.2.1", "cleo", T + 1);
	good(k, "192.0.2.2", "ann", T + 1);
	good(k, "192.0.2.1", "bob", T - 1); /* before it began, come late */
	login(k, "auth.login.success", "syslog_udp:514", "192.0.2.1", "ann", T + 1);
	look(k, T + 2);
	CHECK_INT(users(k, "r"), 2);
	CHECK_INT(k->known, 1);
	CHECK_INT(k->strangers, 2);
	CHECK_INT(k->trips, 0);
	stop(k);
}

TEST(the_lift_ends_it_and_a_trip_lifts)
{
	struct kit *k = start();
	struct diag why = { 0 };
	uint64_t counts[LEASE_STATES];
	int64_t first;

	for (unsigned i = 0; i < 4; i++)
		good(k, "192.0.2.1", (const char *[]){ "ann", "bob", "cleo", "dan" }[i],
		    T - 50 * HOUR);
	first = block(k, "192.0.2.1", "r", T);
	(void)block(k, "192.0.2.2", "r", T);
	(void)block(k, "192.0.2.3", "", T); /* by hand: nobody's budget */
	look(k, T);
	good(k, "192.0.2.1", "ann", T + 1);
	CHECK_OK(leases_change(k->l, first, LEASE_UNDONE, STR("x"), STR(""), T + 2, &why), why);
	look(k, T + 2);
	good(k, "192.0.2.1", "bob", T + 3); /* it is lifted */
	look(k, T + 3);
	CHECK(users(k, "r") <= 1);
	(void)block(k, "192.0.2.1", "r", T + 4);
	look(k, T + 4);
	for (unsigned i = 0; i < 3; i++)
		good(k, "192.0.2.1", (const char *[]){ "ann", "bob", "cleo" }[i], T + 5);
	look(k, T + 5);
	CHECK_INT(k->trips, 1);
	CHECK(strstr(k->tripped, "3 known people") != NULL && strstr(k->tripped, "cleo") != NULL);
	CHECK_OK(leases_counts(k->l, counts, &why), why);
	CHECK_INT(counts[LEASE_ACTIVE], 1); /* that by hand */
	good(k, "192.0.2.1", "dan", T + 6);
	look(k, T + 6);
	CHECK_INT(k->trips, 1);
	stop(k);
}

TEST(more_logins_than_may_wait_are_counted)
{
	struct kit *k = start();

	good(k, "192.0.2.1", "ann", T - 50 * HOUR);
	(void)block(k, "192.0.2.1", "r", T);
	look(k, T);
	for (int i = 0; i < COLLATERAL_WAITING + 7; i++)
		good(k, "192.0.2.1", "ann", T + 1);
	CHECK_INT(collateral_lost(k->c), 7);
	look(k, T + 1);
	CHECK_INT(users(k, "r"), 1);
	CHECK_INT(k->known, COLLATERAL_WAITING);
	stop(k);
}

TEST(what_was_learned_is_kept)
{
	struct kit *k = start(), *other = start();
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/people.state", test_dir());
	collateral_load(k->c, path); /* there is none */
	good(k, "192.0.2.1", "ann", T - 50 * HOUR);
	collateral_save(k->c, path);
	collateral_load(other->c, path);
	(void)block(other, "192.0.2.1", "r", T);
	look(other, T);
	good(other, "192.0.2.1", "ann", T + 1);
	look(other, T + 1);
	CHECK_INT(users(other, "r"), 1);
	stop(k);
	stop(other);
}

/* Of any row of logins and blocks: exactly those whom a plain list of what happened says. */
TEST(the_same_as_a_plain_count)
{
	uint64_t s = random_start(test_seed());

	for (int round = 0; round < (int)test_rounds(40); round++) {
		struct kit *k = start();
		int64_t first[ADDRESSES][USERS] = { 0 }, last[ADDRESSES][USERS] = { 0 };
		int64_t begun[ADDRESSES] = { 0 };
		bool hit[USERS] = { false };
		uint64_t want = 0;
		int64_t t = T;

		for (int step = 0; step < 40; step++) {
			size_t a = random_below(&s, ADDRESSES), u = random_below(&s, USERS);
			char ip[40], user[20];

			t += (int64_t)random_below(&s, 3) * HOUR / 2 + 1;
			(void)snprintf(ip, sizeof(ip), "192.0.2.%zu", a);
			(void)snprintf(user, sizeof(user), "u%zu", u);
			if (random_below(&s, 8) == 0 && begun[a] == 0) {
				(void)block(k, ip, "r", t);
				look(k, t);
				begun[a] = t;
				for (size_t i = 0; i < USERS; i++)
					hit[i] |= first[a][i] != 0 && first[a][i] <= t - HOUR &&
						  last[a][i] > t - 24 * HOUR;
				continue;
			}
			good(k, ip, user, t);
			look(k, t);
			first[a][u] = first[a][u] == 0 ? t : first[a][u];
			last[a][u] = t;
			hit[u] |= begun[a] != 0 && first[a][u] <= begun[a] - HOUR;
			want = 0;
			for (size_t i = 0; i < USERS; i++)
				want += hit[i];
			if (want > 2) {
				CHECK_INT(k->trips, 1);
				break;
			}
			CHECK_INT(users(k, "r"), want);
			CHECK_INT(k->trips, 0);
		}
		stop(k);
	}
}
