/* SPDX-License-Identifier: Apache-2.0 */
/* Leases: how they begin, live and end. */
#include "respond/leases.h"

#include "base/clock.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)

static const char *
path(void)
{
	static char text[600];

	(void)snprintf(text, sizeof(text), "%s/respond.db", test_dir());
	return text;
}

static struct leases *
open_it(void)
{
	struct leases *l = NULL;
	struct diag why = { 0 };

	CHECK_OK(leases_open(path(), &l, &why), why);
	return l;
}

static int64_t
add(struct leases *l, const char *entity, enum lease_state state, int64_t span)
{
	const struct lease want = { .deed = DEED_BLOCK_IP,
		.state = state,
		.entity = str_c(entity),
		.end = NOW + span,
		.alert = STR("a1"),
		.rule = STR("r1"),
		.reason = STR("BRUTE_FORCE"),
		.cause_last = 5 };
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(leases_add(l, &want, NOW, &id, &why), why);
	return id;
}

static enum err
show(void *ctx, const struct lease *row)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 1000 - n, "%lld %s %.*s %s %lld %.*s; ", (long long)row->id,
	    deed_word(row->deed), STR_ARG(row->entity), leases_word(row->state),
	    (long long)((row->end - NOW) / CLOCK_S), STR_ARG(row->result));
	return OK;
}

static const char *
list(struct leases *l, unsigned states)
{
	static char text[1000];
	const struct leases_filter f = { .states = states };
	struct diag why = { 0 };

	text[0] = '\0';
	CHECK_OK(leases_list(l, &f, show, text, &why), why);
	return text;
}

static enum err
show_change(void *ctx, const struct lease_change *c)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 1000 - n, "%s>%s by %.*s; ", leases_word(c->from),
	    leases_word(c->to), STR_ARG(c->by));
	return OK;
}

TEST(it_ends_by_itself_and_all_is_written_down)
{
	struct leases *l = open_it();
	struct diag why = { 0 };
	char audit[1000] = "";
	uint64_t n = 9;
	int64_t id = add(l, "203.0.113.7", LEASE_ACTIVE, 60 * CLOCK_S);

	CHECK_STR(list(l, 0), "1 BLOCK_IP 203.0.113.7 active 60 ; ");
	CHECK_OK(leases_expire(l, NOW + 59 * CLOCK_S, &n, &why), why);
	CHECK_INT(n, 0);
	leases_close(l);
	l = open_it();
	CHECK_OK(leases_expire(l, NOW + 60 * CLOCK_S, &n, &why), why);
	CHECK_INT(n, 1);
	CHECK_STR(list(l, 0), "1 BLOCK_IP 203.0.113.7 expired 60 its time was over; ");
	CHECK_OK(leases_audit(l, id, show_change, audit, &why), why);
	CHECK_STR(audit, "active>active by ; active>expired by ; ");
	CHECK_INT(leases_change(l, id, LEASE_UNDONE, STR("ann"), STR(""), NOW, NULL), FAIL_DENIED);
	leases_close(l);
}

TEST(the_same_again_makes_it_longer)
{
	struct leases *l = open_it();
	int64_t id = add(l, "203.0.113.7", LEASE_DRY_RUN, 60 * CLOCK_S);
	uint64_t rev = leases_rev(l);

	CHECK_INT(add(l, "203.0.113.7", LEASE_DRY_RUN, 30 * CLOCK_S), id);
	CHECK_INT(leases_rev(l), rev);
	CHECK_INT(add(l, "203.0.113.7", LEASE_DRY_RUN, 90 * CLOCK_S), id);
	CHECK(leases_rev(l) > rev);
	CHECK_STR(list(l, 0), "1 BLOCK_IP 203.0.113.7 dry-run 90 ; ");
	CHECK_INT(add(l, "203.0.113.7", LEASE_ACTIVE, 10 * CLOCK_S), id);
	CHECK_STR(list(l, 0), "1 BLOCK_IP 203.0.113.7 active 90 ; ");
	CHECK(add(l, "203.0.113.7", LEASE_FAILED, 10 * CLOCK_S) != id);
	CHECK_STR(list(l, 1U << LEASE_FAILED), "2 BLOCK_IP 203.0.113.7 failed 10 ; ");
	leases_close(l);
}

TEST(undoing)
{
	struct leases *l = open_it();
	struct diag why = { 0 };
	uint64_t n = 0, counts[LEASE_STATES];
	int64_t id = add(l, "203.0.113.7", LEASE_ACTIVE, 60 * CLOCK_S);

	(void)add(l, "203.0.113.8", LEASE_ACTIVE, 60 * CLOCK_S);
	CHECK_OK(leases_undo_entity(l, STR("203.0.113.7"), STR("ann"), NOW, &n, &why), why);
	CHECK_INT(n, 1);
	CHECK_OK(leases_undo_entity(l, STR("203.0.113.7"), STR("ann"), NOW, &n, &why), why);
	CHECK_INT(n, 0);
	CHECK_OK(leases_counts(l, counts, &why), why);
	CHECK_INT(counts[LEASE_UNDONE], 1);
	CHECK_INT(counts[LEASE_ACTIVE], 1);
	CHECK(add(l, "203.0.113.7", LEASE_ACTIVE, 60 * CLOCK_S) != id);
	CHECK_INT(leases_change(l, 99, LEASE_UNDONE, STR(""), STR(""), NOW, NULL), FAIL_NOT_FOUND);
	leases_close(l);
}

TEST(a_transaction_that_fails_leaves_nothing)
{
	struct leases *l = open_it();
	struct diag why = { 0 };
	uint64_t through = 9;

	CHECK_OK(leases_begin(l, &why), why);
	(void)add(l, "203.0.113.7", LEASE_ACTIVE, 60 * CLOCK_S);
	CHECK_OK(leases_set_through(l, 7, &why), why);
	CHECK_INT(leases_finish(l, FAIL_IO, NULL), FAIL_IO);
	CHECK_STR(list(l, 0), "");
	CHECK_INT(leases_rev(l), 0);
	CHECK_OK(leases_through(l, &through, &why), why);
	CHECK(through == LEASES_NEVER);
	leases_close(l);
}

TEST(there_is_a_most)
{
	struct leases *l = open_it();
	struct diag why = { 0 };
	uint64_t n;

	test_timeout(60);
	CHECK_OK(leases_begin(l, &why), why);
	for (int i = 0; i < LEASES_LIVE_MAX; i++) {
		char ip[40];

		(void)snprintf(ip, sizeof(ip), "198.18.%d.%d", i / 250, i % 250 + 1);
		(void)add(l, ip, LEASE_ACTIVE, 60 * CLOCK_S);
	}
	CHECK_INT(leases_add(l,
		      &(struct lease){ .deed = DEED_BLOCK_IP,
			  .state = LEASE_ACTIVE,
			  .entity = STR("203.0.113.7"),
			  .end = NOW + 1 },
		      NOW, NULL, NULL),
	    FAIL_LIMIT);
	CHECK_OK(leases_expire(l, NOW + 61 * CLOCK_S, &n, &why), why);
	CHECK_INT(n, LEASES_LIVE_MAX);
	CHECK_OK(leases_finish(l, OK, &why), why);
	(void)add(l, "203.0.113.7", LEASE_ACTIVE, 60 * CLOCK_S);
	leases_close(l);
}

static enum err
show_allow(void *ctx, const struct lease_allow *row)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 1000 - n, "%.*s by %.*s; ", STR_ARG(row->net), STR_ARG(row->by));
	return OK;
}

TEST(the_allow_list)
{
	struct leases *l = open_it();
	struct diag why = { 0 };
	char text[1000] = "";
	struct lease_allow row = { .net = STR("198.51.100.0/24"),
		.by = STR("ann"),
		.reason = STR("office"),
		.created = NOW };

	CHECK_OK(leases_allow(l, &row, &why), why);
	CHECK_INT(leases_rev(l), 1);
	row = (struct lease_allow){ STR("203.0.113.7"), STR("bob"), STR(""), NOW, NOW + 5 };
	CHECK_OK(leases_allow(l, &row, &why), why);
	CHECK_OK(leases_allowed(l, NOW, show_allow, text, &why), why);
	CHECK_STR(text, "198.51.100.0/24 by ann; 203.0.113.7 by bob; ");
	text[0] = '\0';
	CHECK_OK(leases_allowed(l, NOW + 5, show_allow, text, &why), why);
	CHECK_STR(text, "198.51.100.0/24 by ann; ");
	CHECK_OK(leases_disallow(l, STR("198.51.100.0/24"), &why), why);
	CHECK_INT(leases_disallow(l, STR("198.51.100.0/24"), NULL), FAIL_NOT_FOUND);
	leases_close(l);
}
