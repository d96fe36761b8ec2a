/* SPDX-License-Identifier: Apache-2.0 */
/* Whom responses of a rule hit, and what becomes of the rule. */
#include "respond/budget.h"

#include <stdio.h>

#include "base/clock.h"
#include "respond/arming.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)
#define DAY (86400 * CLOCK_S)

static struct leases *
start(void)
{
	struct leases *l = NULL;
	struct diag why = { 0 };
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/respond.db", test_dir());
	CHECK_OK(leases_open(path, &l, &why), why);
	return l;
}

static void
hit(struct leases *l, const char *rule, enum budget_kind kind, const char *name, int64_t t)
{
	struct diag why = { 0 };

	CHECK_OK(budget_note(l,
		     &(struct budget_hit){ str_c(rule), str_c(name), STR("192.0.2.1"), kind, t, 1 },
		     &why),
	    why);
}

static struct budget_spent
spent(struct leases *l, const char *rule, int64_t since)
{
	struct budget_spent ret = { 99, 99 };
	struct diag why = { 0 };

	CHECK_OK(budget_spent(l, str_c(rule), since, &ret, &why), why);
	return ret;
}

TEST(somebody_counts_once_in_a_window)
{
	struct leases *l = start();
	char name[40];

	hit(l, "r", BUDGET_USER, "ann", NOW);
	hit(l, "r", BUDGET_USER, "ann", NOW + 5);
	hit(l, "r", BUDGET_USER, "ann", NOW - 5); /* older: the newer time stays */
	hit(l, "r", BUDGET_USER, "bob", NOW - 2 * DAY);
	hit(l, "r", BUDGET_ADDRESS, "192.0.2.1", NOW);
	hit(l, "other", BUDGET_USER, "ann", NOW);
	CHECK_INT(spent(l, "r", NOW - DAY).users, 1);
	CHECK_INT(spent(l, "r", NOW + 4).users, 1);
	CHECK_INT(spent(l, "r", NOW - 3 * DAY).users, 2);
	CHECK_INT(spent(l, "r", NOW - DAY).addresses, 1);
	CHECK_INT(spent(l, "none", 0).users, 0);
	for (int i = 0; i < 2 * BUDGET_HITS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "user%d", i);
		hit(l, "r", BUDGET_USER, name, NOW);
	}
	CHECK_INT(spent(l, "r", 0).users, BUDGET_HITS_MAX);
	hit(l, "r", BUDGET_USER, "ann", NOW + 9); /* who is there is renewed though it is full */
	CHECK_INT(spent(l, "r", NOW + 8).users, 1);
	leases_close(l);
}

static int64_t
lease(struct leases *l, const char *rule, const char *entity, enum lease_state state)
{
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(leases_add(l,
		     &(struct lease){ .deed = DEED_BLOCK_IP,
			 .state = state,
			 .entity = str_c(entity),
			 .end = NOW + DAY,
			 .rule = str_c(rule) },
		     NOW, &id, &why),
	    why);
	return id;
}

static enum err
keep_state(void *ctx, const struct lease *row)
{
	*(enum lease_state *)ctx = row->state;
	return OK;
}

static enum lease_state
state(struct leases *l, int64_t id)
{
	enum lease_state s = LEASE_STATES;

	CHECK_INT(leases_get(l, id, keep_state, &s, NULL), OK);
	return s;
}

static enum err
last_words(void *ctx, const struct arming_entry *e)
{
	char *to = ctx;

	(void)snprintf(to, 200, "%.*s %.*s %.*s %.*s", STR_ARG(e->what), STR_ARG(e->rule),
	    STR_ARG(e->by), STR_ARG(e->text));
	return FAIL_LIMIT;
}

TEST(a_trip_takes_back_and_is_reset_by_a_person)
{
	struct leases *l = start();
	struct diag why = { 0 };
	int64_t mine = lease(l, "r", "192.0.2.1", LEASE_ACTIVE);
	int64_t dry = lease(l, "r", "192.0.2.2", LEASE_DRY_RUN);
	int64_t other = lease(l, "o", "192.0.2.3", LEASE_ACTIVE);
	int64_t hand = lease(l, "", "192.0.2.4", LEASE_ACTIVE);
	char text[200] = "";
	uint64_t n = 99;
	bool is = true;

	hit(l, "r", BUDGET_USER, "ann", NOW);
	CHECK_INT(budget_tripped(l, STR("r"), &is, &why), OK);
	CHECK(!is);
	CHECK_INT(budget_reset(l, STR("r"), STR("ann"), STR("x"), NOW, &why), FAIL_NOT_FOUND);
	CHECK_OK(budget_trip(l, STR("r"), STR("too many"), NOW, &n, &why), why);
	CHECK_INT(n, 1);
	CHECK_INT(state(l, mine), LEASE_UNDONE);
	CHECK_INT(state(l, dry), LEASE_DRY_RUN);
	CHECK_INT(state(l, other), LEASE_ACTIVE);
	CHECK_INT(state(l, hand), LEASE_ACTIVE);
	mine = lease(l, "r", "192.0.2.1", LEASE_ACTIVE);
	CHECK_OK(budget_trip(l, STR("r"), STR("again"), NOW + 1, &n, &why), why);
	CHECK_INT(n, 0); /* it is tripped already */
	leases_close(l);
	l = start(); /* it stays so */
	CHECK_INT(budget_tripped(l, STR("r"), &is, &why), OK);
	CHECK(is);
	CHECK_INT(arming_log(l, 9, last_words, text, &why), FAIL_LIMIT);
	CHECK_STR(text, "tripped r  too many");
	CHECK_OK(budget_reset(l, STR("r"), STR("ann"), STR("mended"), NOW, &why), why);
	CHECK_INT(spent(l, "r", 0).users, 0);
	CHECK_INT(budget_tripped(l, STR("r"), &is, &why), OK);
	CHECK(!is);
	CHECK_INT(arming_log(l, 9, last_words, text, &why), FAIL_LIMIT);
	CHECK_STR(text, "reset r ann mended");
	leases_close(l);
}
