/* SPDX-License-Identifier: Apache-2.0 */
/* Arming needs a preview that is new and of the policy in force. */
#include "respond/arming.h"

#include <stdio.h>

#include "base/clock.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)

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
look(struct leases *l, const char *digest, int64_t t, char id[ARMING_ID])
{
	struct diag why = { 0 };

	CHECK_OK(arming_keep(l,
		     &(struct arming_preview){ .policy = STR("p"),
			 .digest = str_c(digest),
			 .verdict = STR("blocks nobody"),
			 .by = STR("ann"),
			 .time = t,
			 .body = STR("{\"id\":\"\"}") },
		     id, &why),
	    why);
	CHECK_INT(strlen(id), ARMING_ID - 1);
}

static enum err
arm(struct leases *l, const char *id, const char *digest, int64_t now)
{
	struct diag why;

	return arming_arm(l,
	    &(struct arming_wish){ str_c(id), str_c(digest), STR("ann"), STR("looked") }, now,
	    &why);
}

TEST(only_after_a_look)
{
	struct leases *l = start();
	struct arming a = { .said = true };
	struct diag why = { 0 };
	char id[ARMING_ID], old[ARMING_ID];
	uint64_t rev = leases_rev(l), n = 99;

	CHECK_OK(arming_get(l, &a, &why), why);
	CHECK(!a.said);
	look(l, "d1", NOW, id);
	look(l, "d1", NOW - ARMING_FRESH, old);
	CHECK_INT(arm(l, "0123456789abcdef", "d1", NOW), FAIL_NOT_FOUND);
	CHECK_INT(arm(l, "", "d1", NOW), FAIL_NOT_FOUND);
	CHECK_INT(arm(l, old, "d1", NOW), FAIL_DENIED);
	CHECK_INT(arm(l, id, "d2", NOW), FAIL_DENIED);
	CHECK_OK(arming_get(l, &a, &why), why);
	CHECK(!a.said);
	CHECK_INT(arm(l, id, "d1", NOW + ARMING_FRESH - 1), OK);
	CHECK(leases_rev(l) > rev); /* who follows it sees it */
	leases_close(l);
	l = start();
	CHECK_OK(arming_get(l, &a, &why), why);
	CHECK(a.said && a.armed);
	CHECK_STR(a.by, "ann");
	CHECK_STR(a.preview, id);
	CHECK_OK(arming_disarm(l, false, STR("bob"), STR("enough"), NOW, &n, &why), why);
	CHECK_INT(n, 0);
	CHECK_OK(arming_get(l, &a, &why), why);
	CHECK(a.said && !a.armed);
	leases_close(l);
}

TEST(disarming_takes_back_what_nobody_did_by_hand)
{
	struct leases *l = start();
	struct diag why = { 0 };
	struct lease w = { .deed = DEED_BLOCK_IP, .state = LEASE_ACTIVE, .end = NOW + CLOCK_S };
	uint64_t n = 0, counts[LEASE_STATES];
	char name[40];

	for (int i = 0; i < 600; i++) {
		(void)snprintf(name, sizeof(name), "10.0.%d.%d", i / 250, i % 250);
		w.entity = str_c(name);
		w.rule = i % 2 == 0 ? STR("r") : STR("");
		CHECK_OK(leases_add(l, &w, NOW, NULL, &why), why);
	}
	CHECK_OK(arming_disarm(l, true, STR("bob"), STR(""), NOW, &n, &why), why);
	CHECK_INT(n, 300);
	CHECK_OK(leases_counts(l, counts, &why), why);
	CHECK_INT(counts[LEASE_ACTIVE], 300);
	CHECK_INT(counts[LEASE_UNDONE], 300);
	leases_close(l);
}

static enum err
count(void *ctx, const struct arming_preview *p)
{
	CHECK_INT(p->body.n, 0);
	++*(int *)ctx;
	return OK;
}

static enum err
count_log(void *ctx, const struct arming_entry *e)
{
	(void)e;
	++*(int *)ctx;
	return OK;
}

TEST(previews_and_log_are_bounded)
{
	struct leases *l = start();
	struct diag why = { 0 };
	char id[ARMING_ID];
	int n = 0;

	for (int i = 0; i < ARMING_PREVIEWS + 5; i++)
		look(l, "d", NOW + i, id);
	CHECK_OK(arming_previews(l, count, &n, &why), why);
	CHECK_INT(n, ARMING_PREVIEWS);
	n = 0;
	for (int i = 0; i < ARMING_LOG_MAX + 20; i++)
		CHECK_INT(arming_enter(l,
			      &(struct arming_entry){
				  NOW, STR("armed"), STR(""), STR("a"), STR("") },
			      &why),
		    OK);
	CHECK_OK(arming_log(l, 2 * ARMING_LOG_MAX, count_log, &n, &why), why);
	CHECK_INT(n, ARMING_LOG_MAX);
	leases_close(l);
}
