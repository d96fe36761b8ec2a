/* Alerts that nobody took on in time: found once, counted, and their page begins or goes on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/breach.h"

#include "alert/internal.h"
#include "fixture.h"

#define S ((int64_t)1000000000)

static size_t
late(struct alerts *a, enum alerts_severity severity, int64_t until)
{
	struct breach_alert found[4];
	struct diag why = { 0 };
	size_t n = 9;

	CHECK_OK(breach_find(a, severity, until, found, 4, &n, &why), why);
	return n;
}

static struct alerts *
raised(bool demo)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 2);
	struct diag why = { 0 };

	f.demo = demo;
	CHECK_OK(alerts_apply(a, &f, 1, 2, 10 * S, &why), why);
	return a;
}

static const struct breach what = { .alert_id = { ID_A, 32 },
	.note = { "late", 4 },
	.severity = ALERTS_HIGH,
	.created = 10 * S,
	.policy = { "high", 4 } };

TEST(once)
{
	struct alerts *a = raised(false);
	struct diag why = { 0 };
	uint64_t n[ALERTS_SEVERITIES];
	int64_t oldest = 0;

	CHECK_INT(late(a, ALERTS_HIGH, 9 * S), 0);
	CHECK_INT(late(a, ALERTS_HIGH, 10 * S), 1);
	CHECK_INT(late(a, ALERTS_CRITICAL, 10 * S), 0);
	CHECK_OK(breach_oldest(a, ALERTS_HIGH, &oldest, &why), why);
	CHECK_INT(oldest, 10 * S);
	CHECK_OK(breach_note(a, &what, 20 * S, &why), why);
	CHECK_INT(breach_note(a, &what, 20 * S, &why), FAIL_AGAIN);
	CHECK_INT(late(a, ALERTS_HIGH, 99 * S), 0);
	CHECK_OK(breach_oldest(a, ALERTS_HIGH, &oldest, &why), why);
	CHECK(oldest == INT64_MAX);
	CHECK_OK(breach_count(a, n, &why), why);
	CHECK_INT(n[ALERTS_HIGH], 1);
	CHECK_INT(n[ALERTS_CRITICAL], 0);
	CHECK_OK(page_next(a, &oldest, &why), why);
	CHECK_INT(oldest, 20 * S); /* its page began */
	alerts_close(a);
}

TEST(what_has_no_target)
{
	struct act_done done;
	struct diag why = { 0 };
	struct alerts *a = raised(true);

	CHECK_INT(late(a, ALERTS_HIGH, 99 * S), 0);
	alerts_close(a);
	a = raised(false);
	CHECK_OK(act_one(a, STR(ID_A), &(struct act){ .action = ACT_ACK, .by = STR("ana") }, 11 * S,
		     &done, &why),
	    why);
	CHECK_INT(late(a, ALERTS_HIGH, 99 * S), 0);
	CHECK_INT(breach_note(a, &what, 20 * S, &why), FAIL_AGAIN);
	CHECK_OK(act_undo(a, str_c(done.undo), STR("ana"), 12 * S, &(uint64_t){ 0 }, &why), why);
	CHECK_OK(db_exec(a->db, "UPDATE alerts SET quiet = 'silence:1', acked_ns = 0", &why), why);
	CHECK_INT(late(a, ALERTS_HIGH, 99 * S), 0);
	CHECK_OK(db_exec(a->db, "UPDATE alerts SET quiet = ''", &why), why);
	CHECK_INT(late(a, ALERTS_HIGH, 99 * S), 1);
	alerts_close(a);
}

/* The page that walks goes on to its next step at once, or nothing is noted. */
TEST(goes_on)
{
	struct alerts *a = raised(false);
	struct page_move m = { .id = 1, .was = PAGE_RUNNING, .state = PAGE_RUNNING, .due = 20 * S };
	struct breach b = what;
	struct diag why = { 0 };
	int64_t next = 0;

	CHECK_OK(page_start(a, STR(ID_A), STR("own"), 15 * S, &why), why);
	b.advance = &m;
	m.was_step = 3; /* it is not there */
	CHECK_INT(breach_note(a, &b, 20 * S, &why), FAIL_AGAIN);
	CHECK_INT(late(a, ALERTS_HIGH, 99 * S), 1);
	m.was_step = 0;
	CHECK_OK(breach_note(a, &b, 20 * S, &why), why);
	CHECK_OK(page_next(a, &next, &why), why);
	CHECK_INT(next, 20 * S);
	CHECK_OK(txn_number(a, "SELECT count(*) FROM pages", (struct str){ NULL, 0 }, &next, &why),
	    why);
	CHECK_INT(next, 1);
	alerts_close(a);
}
