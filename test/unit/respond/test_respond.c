/* SPDX-License-Identifier: Apache-2.0 */
/* From an alert to what is done about it. */
#include "respond/respond.h"

#include "base/clock.h"
#include "respond/budget.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)

static const char text[] = "policy: p\nrows:\n"
			   "    - threat: BRUTE\n"
			   "      wish: [BLOCK_IP]\n"
			   "      do:\n"
			   "          - {action: BLOCK_IP, for: 1h}\n"
			   "          - {action: LOCK_ACCOUNT}\n"
			   "          - {action: NOTIFY}\n"
			   "    - threat: SLOW\n"
			   "      wish: [RATE_LIMIT_IP]\n"
			   "      do: [{action: RATE_LIMIT_IP, approve: true}]\n"
			   "    - threat: TICKET\n"
			   "      wish: [CREATE_TICKET]\n"
			   "      do: [{action: CREATE_TICKET}]\n";

static struct respond
start(bool armed)
{
	struct respond r = { .guard = guard_new(3), .armed = armed };
	struct policy *p = NULL;
	struct diag why = { 0 };
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/respond.db", test_dir());
	CHECK_OK(leases_open(path, &r.leases, &why), why);
	CHECK_OK(policy_read(str_c(text), "f", &p, &why), why);
	r.policy = p;
	guard_private(r.guard);
	return r;
}

static void
stop(struct respond *r)
{
	leases_close(r->leases);
	guard_free(r->guard);
	policy_free((struct policy *)(uintptr_t)r->policy);
}

static size_t
alert(struct respond *r, const char *id, const char *wish, const char *ip, const char *user,
    int64_t last)
{
	const struct respond_case c = { .what = { STR("rule"), STR(""), str_c(wish), 1 },
		.alert = str_c(id),
		.address = str_c(ip),
		.user = str_c(user),
		.last = last };
	struct diag why = { 0 };
	size_t n = 99;

	CHECK_OK(leases_begin(r->leases, &why), why);
	CHECK_OK(leases_finish(r->leases, respond_alert(r, &c, NOW + last, &n, &why), &why), why);
	return n;
}

static enum err
show(void *ctx, const struct lease *row)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 2000 - n, "%s %.*s %s: %.*s\n", deed_word(row->deed),
	    STR_ARG(row->entity), leases_word(row->state), STR_ARG(row->result));
	return OK;
}

static const char *
list(struct respond *r)
{
	static char all[2000];
	const struct leases_filter f = { 0 };
	struct diag why = { 0 };

	all[0] = '\0';
	CHECK_OK(leases_list(r->leases, &f, show, all, &why), why);
	return all;
}

TEST(each_action_has_its_own_result)
{
	struct respond r = start(true);

	CHECK_INT(alert(&r, "a1", "BLOCK_IP", "203.0.113.7", "eve", 1), 3);
	CHECK_STR(list(&r),
	    "NOTIFY a1 expired: the channels of the alert send it\n"
	    "LOCK_ACCOUNT eve proposed: nothing here carries it out: somebody has to\n"
	    "BLOCK_IP 203.0.113.7 active: \n");
	CHECK_INT(alert(&r, "a1", "BLOCK_IP", "203.0.113.7", "eve", 1), 0);
	CHECK_INT(alert(&r, "a2", "NOTIFY", "203.0.113.7", "eve", 1), 0);
	stop(&r);
}

TEST(one_that_fails_does_not_stop_the_rest)
{
	struct respond r = start(true);

	CHECK_INT(alert(&r, "a1", "BLOCK_IP", "192.168.1.1", "", 1), 1);
	CHECK_STR(list(&r),
	    "NOTIFY a1 expired: the channels of the alert send it\n"
	    "BLOCK_IP 192.168.1.1 failed: never blocked: a private address (192.168.0.0/16)\n");
	/* Said once, however often the alert comes back. */
	CHECK_INT(alert(&r, "a1", "BLOCK_IP", "192.168.1.1", "", 2), 1);
	CHECK(strstr(strstr(list(&r), "192.168.1.1") + 1, "192.168.1.1") == NULL);
	stop(&r);
}

TEST(nothing_happens_until_it_is_armed)
{
	struct respond r = start(false);
	struct diag why = { 0 };

	CHECK_INT(alert(&r, "a1", "BLOCK_IP", "203.0.113.7", "", 1), 2);
	CHECK_STR(list(&r), "NOTIFY a1 dry-run: a dry run: responses are not armed\n"
			    "BLOCK_IP 203.0.113.7 dry-run: a dry run: responses are not armed\n");
	CHECK_OK(respond_approve(&r, 1, STR("ann"), NOW, &why), why);
	CHECK_STR(list(&r), "NOTIFY a1 dry-run: a dry run: responses are not armed\n"
			    "BLOCK_IP 203.0.113.7 active: approved\n");
	CHECK_INT(respond_approve(&r, 1, STR("ann"), NOW, NULL), FAIL_DENIED);
	CHECK_INT(respond_approve(&r, 2, STR("ann"), NOW, NULL), FAIL_DENIED);
	stop(&r);
}

TEST(approval)
{
	struct respond r = start(true);
	struct diag why = { 0 };
	uint64_t n;

	CHECK_INT(alert(&r, "a1", "RATE_LIMIT_IP", "203.0.113.7", "", 1), 1);
	CHECK_STR(list(&r), "RATE_LIMIT_IP 203.0.113.7 proposed: waits for approval\n");
	CHECK_OK(respond_approve(&r, 1, STR("ann"), NOW + 1800 * CLOCK_S, &why), why);
	CHECK_OK(leases_expire(r.leases, NOW + 3601 * CLOCK_S, &n, &why), why);
	CHECK_INT(n, 0); /* it lasts as long as it was meant to, from now on */
	stop(&r);
}

TEST(too_many_in_a_minute)
{
	struct respond r = start(true);
	unsigned active = 0;

	for (int i = 0; i < 50; i++) {
		char ip[40], id[8];

		(void)snprintf(ip, sizeof(ip), "203.0.113.%d", i + 1);
		(void)snprintf(id, sizeof(id), "a%d", i);
		active += alert(&r, id, "BLOCK_IP", ip, "", 1) == 2;
	}
	CHECK_INT(active, 3);
	CHECK(strstr(list(&r), "failed: too many responses in this minute") != NULL);
	stop(&r);
}

/* What is done to nobody has no limit, and is done once for an alert. */
TEST(tickets_are_not_counted_as_blocks)
{
	struct respond r = start(true);
	size_t made = 0;

	r.carried = 1U << DEED_BY_TRACKER;
	for (int i = 0; i < 50; i++) {
		char id[8];

		(void)snprintf(id, sizeof(id), "a%d", i);
		made += alert(&r, id, "CREATE_TICKET", "203.0.113.7", "", 1);
		made += alert(&r, id, "CREATE_TICKET", "203.0.113.7", "", 2);
	}
	CHECK_INT(made, 50);
	stop(&r);
}

TEST(by_hand)
{
	struct respond r = start(false);
	struct respond_wish w = { DEED_BLOCK_IP, STR("203.0.113.0/24"), 60 * CLOCK_S, STR("ann"),
		STR("scanner") };
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(respond_by_hand(&r, &w, NOW, &id, &why), why);
	CHECK_STR(list(&r), "BLOCK_IP 203.0.113.0/24 active: \n");
	w.entity = STR("10.1.1.1");
	CHECK_INT(respond_by_hand(&r, &w, NOW, &id, NULL), FAIL_DENIED);
	w.entity = STR("203.0.0.0/16");
	CHECK_INT(respond_by_hand(&r, &w, NOW, &id, NULL), FAIL_LIMIT);
	w.entity = STR("203.0.113.1");
	w.deed = DEED_LOCK_ACCOUNT;
	CHECK_INT(respond_by_hand(&r, &w, NOW, &id, NULL), FAIL_DENIED); /* nobody does it */
	r.carried = 1U << DEED_BY_APP;
	CHECK_INT(respond_by_hand(&r, &w, NOW, &id, NULL), FAIL_SYNTAX); /* no name */
	w.entity = STR("eve");
	CHECK_OK(respond_by_hand(&r, &w, NOW, &id, &why), why);
	w.deed = DEED_BLOCK_ALL_TRAFFIC;
	CHECK_INT(respond_by_hand(&r, &w, NOW, &id, NULL), FAIL_SYNTAX);
	w.entity = STR("*");
	CHECK_OK(respond_by_hand(&r, &w, NOW, &id, &why), why);
	w.deed = DEED_CREATE_TICKET;
	CHECK_INT(respond_by_hand(&r, &w, NOW, &id, NULL), FAIL_SYNTAX); /* without an alert */
	stop(&r);
}

TEST(what_nobody_says_is_a_dry_run_until_it_is_armed)
{
	struct respond r = start(false);
	struct respond_wish w = { .deed = DEED_BLOCK_IP,
		.entity = STR("203.0.113.1"),
		.span = 60 * CLOCK_S,
		.unasked = true };
	static const char *const more[] = { "203.0.113.2", "203.0.113.3", "203.0.113.4" };
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(respond_by_hand(&r, &w, NOW, &id, &why), why);
	CHECK_STR(list(&r), "BLOCK_IP 203.0.113.1 dry-run: \n");
	r.armed = true;
	CHECK_OK(respond_by_hand(&r, &w, NOW, &id, &why), why);
	CHECK_STR(list(&r), "BLOCK_IP 203.0.113.1 active: \n");
	for (size_t i = 0; i < ARRAY_LEN(more); i++) { /* three in a minute */
		w.entity = str_c(more[i]);
		CHECK_INT(respond_by_hand(&r, &w, NOW, &id, NULL), i < 2 ? OK : FAIL_AGAIN);
	}
	w.unasked = false;
	CHECK_OK(respond_by_hand(&r, &w, NOW, &id, &why), why);
	stop(&r);
}

static size_t
about(struct respond *r, const char *address, const struct str *users, size_t n,
    const char *distrusted)
{
	const struct respond_case c = { .what = { STR("rule"), STR(""), STR("BLOCK_IP"), 1 },
		.alert = STR("a1"),
		.address = str_c(address),
		.users = users,
		.n_users = n,
		.last = 1,
		.distrusted = distrusted };
	struct diag why = { 0 };
	size_t begun = 99;

	CHECK_OK(leases_begin(r->leases, &why), why);
	CHECK_OK(leases_finish(r->leases, respond_alert(r, &c, NOW, &begun, &why), &why), why);
	return begun;
}

TEST(each_user_it_is_about)
{
	const struct str users[RESPOND_USERS_MAX + 1] = { STR("ann"), STR("203.0.113.9"),
		STR("bob"), STR("*") };
	struct respond r = start(true);

	r.carried = 1U << DEED_BY_APP;
	/* A name that reads as an address, or as everybody, is nobody's. */
	CHECK_INT(about(&r, "", users, 4, NULL), 3);
	CHECK_STR(list(&r), "NOTIFY a1 expired: the channels of the alert send it\n"
			    "LOCK_ACCOUNT bob active: \n"
			    "LOCK_ACCOUNT ann active: \n");
	stop(&r);
	r = start(true);
	r.carried = 1U << DEED_BY_APP;
	CHECK_INT(about(&r, "", users, RESPOND_USERS_MAX + 1, NULL), 0);
	CHECK(strstr(list(&r), "LOCK_ACCOUNT a1 failed: the alert is about more than 20") != NULL);
	stop(&r);
}

TEST(a_user_named_like_a_protected_address_opens_no_door)
{
	const struct str users[] = { STR("127.0.0.1") };
	struct respond r = start(true);

	CHECK_INT(about(&r, "127.0.0.1", users, 1, NULL), 1);
	CHECK(strstr(list(&r), "BLOCK_IP 127.0.0.1 failed: never blocked") != NULL);
	stop(&r);
}

TEST(what_anybody_could_have_written_waits_for_a_person)
{
	const struct str users[] = { STR("ann") };
	struct respond r = start(true);

	r.carried = 1U << DEED_BY_APP;
	CHECK_INT(about(&r, "203.0.113.7", users, 1, "not to be trusted"), 3);
	CHECK_STR(list(&r), "NOTIFY a1 expired: the channels of the alert send it\n"
			    "LOCK_ACCOUNT ann proposed: not to be trusted\n"
			    "BLOCK_IP 203.0.113.7 proposed: not to be trusted\n");
	stop(&r);
}

TEST(a_rule_that_spent_its_budget_only_proposes)
{
	struct respond r = start(true);
	struct diag why = { 0 };
	uint64_t n = 0;

	CHECK_OK(budget_trip(r.leases, STR("rule"), STR("x"), NOW, &n, &why), why);
	CHECK_INT(alert(&r, "a1", "BLOCK_IP", "203.0.113.7", "", 1), 2);
	CHECK(strstr(list(&r), "BLOCK_IP 203.0.113.7 proposed: its rule spent its budget") != NULL);
	CHECK(strstr(list(&r), "NOTIFY a1 expired") != NULL); /* it alerts */
	CHECK_OK(budget_reset(r.leases, STR("rule"), STR("ann"), STR("x"), NOW, &why), why);
	CHECK_INT(alert(&r, "a2", "BLOCK_IP", "203.0.113.8", "", 1), 2);
	CHECK(strstr(list(&r), "BLOCK_IP 203.0.113.8 active") != NULL);
	stop(&r);
}

static enum err
keep_end(void *ctx, const struct lease *row)
{
	*(int64_t *)ctx = row->end;
	CHECK_SLICE(row->rule, "rule"); /* it keeps its cause */
	return OK;
}

TEST(a_living_one_is_made_longer)
{
	struct respond r = start(true);
	struct diag why = { 0 };
	int64_t end = 0;

	(void)alert(&r, "a1", "BLOCK_IP", "203.0.113.7", "", 1);
	CHECK_OK(respond_extend(&r, 1, 5 * POLICY_SPAN, STR("ann"), STR(""), NOW, &why), why);
	CHECK_OK(leases_get(r.leases, 1, keep_end, &end, &why), why);
	CHECK_INT(end, NOW + 5 * POLICY_SPAN);
	CHECK_OK(respond_extend(&r, 1, POLICY_SPAN, STR("ann"), STR(""), NOW, &why), why);
	CHECK_OK(leases_get(r.leases, 1, keep_end, &end, &why), why);
	CHECK_INT(end, NOW + 5 * POLICY_SPAN); /* never shorter */
	CHECK_INT(respond_extend(&r, 1, POLICY_SPAN_MAX + 1, STR("ann"), STR(""), NOW, &why),
	    FAIL_SYNTAX);
	CHECK_INT(respond_extend(&r, 99, POLICY_SPAN, STR("ann"), STR(""), NOW, &why),
	    FAIL_NOT_FOUND);
	CHECK_OK(leases_change(r.leases, 1, LEASE_UNDONE, STR("ann"), STR(""), NOW, &why), why);
	CHECK_INT(respond_extend(&r, 1, POLICY_SPAN, STR("ann"), STR(""), NOW, &why), FAIL_DENIED);
	stop(&r);
}

TEST(what_is_approved_keeps_its_cause)
{
	struct respond r = start(false);
	struct diag why = { 0 };
	int64_t end = 0;

	(void)alert(&r, "a1", "BLOCK_IP", "203.0.113.7", "", 1);
	CHECK_OK(respond_approve(&r, 1, STR("ann"), NOW + 9, &why), why);
	CHECK_OK(leases_get(r.leases, 1, keep_end, &end, &why), why);
	CHECK_INT(end, NOW + 9 + POLICY_SPAN);
	stop(&r);
}
