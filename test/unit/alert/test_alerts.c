/* Alerts: counted once, evidence caps, changes by number, figures, erasing the demonstration. */
#include "alert/outbox.h"
#include "fixture.h"

TEST(the_first_finding_makes_it_later_ones_count)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 50);
	struct copy c;

	apply(a, &f, 1, 60, 5);
	CHECK(f.is_new);
	f.seq = 70;
	f.last = 3000;
	apply(a, &f, 1, 80, 6);
	CHECK(!f.is_new);
	c = copy_of(a, STR(ID_A));
	CHECK_INT(c.row.count, 11);
	CHECK_INT(c.row.last, 3000);
	CHECK_INT(c.row.created, 5);
	CHECK_INT(c.row.updated, 6);
	CHECK_INT(c.row.rev, 2);
	CHECK_INT(c.row.n_evidence, 3);
	CHECK_INT(c.row.evidence[0], 49);
	CHECK_INT(c.row.evidence[2], 70);
	CHECK_INT(alerts_position(a), 80);
	alerts_close(a);
}

TEST(position_survives_and_moves_without_findings)
{
	struct alerts *a = open_new();

	CHECK_INT(alerts_position(a), 0);
	apply(a, NULL, 0, 123, 1);
	alerts_close(a);
	a = open_again();
	CHECK_INT(alerts_position(a), 123);
	CHECK_INT(alerts_rev(a), 0);
	alerts_close(a);
}

TEST(evidence_is_capped_and_counting_goes_on)
{
	struct alerts *a = open_new();
	struct copy c;

	for (uint64_t i = 0; i < 2 * ALERTS_EVIDENCE_MAX; i++) {
		struct alerts_finding f = finding(ID_A, 10 + i);

		apply(a, &f, 1, 10 + i, (int64_t)i);
	}
	c = copy_of(a, STR(ID_A));
	CHECK_INT(c.row.n_evidence, ALERTS_EVIDENCE_MAX);
	CHECK_INT(c.row.count, 10 + 2 * ALERTS_EVIDENCE_MAX - 1);
	alerts_close(a);
}

TEST(a_prefix_must_be_unique)
{
	struct alerts *a = open_new();
	struct alerts_finding both[] = { finding(ID_A, 9), finding(ID_B, 9) };
	struct copy c;

	apply(a, both, 2, 9, 1);
	CHECK_INT(alerts_get(a, STR("00112233"), copy_row, &c, NULL), FAIL_EXISTS);
	CHECK_INT(alerts_get(a, STR("00112233f"), copy_row, &c, NULL), OK);
	CHECK_INT(alerts_get(a, STR("001"), copy_row, &c, NULL), FAIL_NOT_FOUND);
	CHECK_INT(alerts_get(a, STR("deadbeef"), copy_row, &c, NULL), FAIL_NOT_FOUND);
	CHECK_INT(alerts_get(a, STR("0011' OR 1=1"), copy_row, &c, NULL), FAIL_NOT_FOUND);
	alerts_close(a);
}

TEST(an_unknown_severity_is_the_least)
{
	struct alerts *a = open_new();
	struct alerts_tally t;

	raise_nth(a, 1, "odd", 5);
	CHECK_STR(copy_of(a, nth_id(1)).severity, "INFO");
	CHECK_INT(alerts_tally(a, &t, NULL), OK);
	CHECK_INT(t.n[ALERTS_OPEN][ALERTS_INFO], 1);
	alerts_close(a);
}

TEST(what_comes_back_after_it_was_resolved_is_open_again)
{
	struct act resolve = { .action = ACT_RESOLVE, .by = STR("ann"), .reason = STR("benign") };
	struct act wrong = { .action = ACT_FALSE_POSITIVE, .by = STR("ann"), .note = STR("ours") };
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);
	struct act_done done;

	apply(a, &f, 1, 5, 1);
	CHECK_INT(act_one(a, STR(ID_A), &resolve, 2, &done, NULL), OK);
	CHECK_STR(copy_of(a, STR(ID_A)).reason, "benign");
	apply(a, &f, 1, 6, 3);
	CHECK_INT(copy_of(a, STR(ID_A)).row.status, ALERTS_OPEN);
	CHECK_STR(copy_of(a, STR(ID_A)).reason, "");
	CHECK_INT(act_one(a, STR(ID_A), &wrong, 4, &done, NULL), OK);
	apply(a, &f, 1, 7, 5);
	CHECK_INT(copy_of(a, STR(ID_A)).row.status, ALERTS_FALSE_POSITIVE);
	alerts_close(a);
}

struct feed {
	uint64_t last;
	unsigned n;
};

static enum err
on_change(void *ctx, const struct alerts_row *row)
{
	struct feed *f = ctx;

	CHECK(row->rev > f->last);
	f->last = row->rev;
	f->n++;
	return OK;
}

TEST(each_change_has_a_number_that_rises)
{
	struct act ack = { .action = ACT_ACK, .by = STR("ann") };
	struct alerts *a = open_new(), *other;
	struct act_done done;
	struct feed feed = { 0 };
	uint64_t seen;

	for (unsigned i = 0; i < 10; i++)
		raise_nth(a, i, "LOW", i + 1);
	other = open_again();
	CHECK_INT(alerts_rev(other), 10);
	CHECK_INT(alerts_changes(other, 0, 100, on_change, &feed, NULL), OK);
	CHECK_INT(feed.n, 10);
	seen = feed.last;
	CHECK_INT(act_one(a, nth_id(3), &ack, 20, &done, NULL), OK);
	raise_nth(a, 4, "LOW", 30);
	CHECK_INT(alerts_rev(other), seen + 2);
	feed = (struct feed){ 0 };
	CHECK_INT(alerts_changes(other, seen, 100, on_change, &feed, NULL), OK);
	CHECK_INT(feed.n, 2);
	CHECK_INT(feed.last, alerts_rev(other));
	feed = (struct feed){ 0 };
	CHECK_INT(alerts_changes(other, 0, 3, on_change, &feed, NULL), OK);
	CHECK_INT(feed.n, 3);
	CHECK_INT(alerts_gap(other), 0);
	alerts_close(other);
	alerts_close(a);
}

TEST(figures_follow_every_change)
{
	struct act ack = { .action = ACT_ACK, .by = STR("ann") };
	struct alerts *a = open_new();
	struct alerts_tally t;
	struct act_done done;

	for (unsigned i = 0; i < 9; i++)
		raise_nth(a, i, i % 3 != 0 ? "CRITICAL" : "LOW", 5);
	CHECK_INT(act_one(a, nth_id(0), &ack, 6, &done, NULL), OK);
	CHECK_INT(alerts_tally(a, &t, NULL), OK);
	CHECK_INT(t.n[ALERTS_OPEN][ALERTS_CRITICAL], 6);
	CHECK_INT(t.n[ALERTS_OPEN][ALERTS_LOW], 2);
	CHECK_INT(t.n[ALERTS_ACKNOWLEDGED][ALERTS_LOW], 1);
	CHECK_INT(alerts_count(a, STR("")), 9);
	CHECK_INT(alerts_count(a, STR("open")), 8);
	CHECK_INT(alerts_count(a, STR("resolved")), 0);
	alerts_close(a);
}

static enum err
copy_rule(void *ctx, const struct alerts_rule_stat *s)
{
	*(struct alerts_rule_stat *)ctx = *s;
	return OK;
}

TEST(what_a_rule_made_day_by_day)
{
	const int64_t day = (int64_t)86400 * 1000000000, now = 100 * day + 5;
	struct alerts *a = open_new();
	struct alerts_rule_stat s = { 0 };

	raise_nth(a, 1, "LOW", now);
	raise_nth(a, 2, "LOW", now - 3 * day);
	raise_nth(a, 3, "LOW", now - 3 * day);
	raise_nth(a, 4, "LOW", now - 29 * day);
	raise_nth(a, 5, "LOW", now - 30 * day);
	CHECK_INT(alerts_rules(a, now, copy_rule, &s, NULL), OK);
	CHECK_INT(s.alerts, 5);
	CHECK_INT(s.open, 5);
	CHECK_INT(s.last, now);
	CHECK_INT(s.day[29], 1);
	CHECK_INT(s.day[26], 2);
	CHECK_INT(s.day[0], 1);
	alerts_close(a);
}

TEST(a_demonstration_is_marked_and_goes_without_a_trace)
{
	struct act ack = { .action = ACT_ACK, .by = STR("ann") };
	struct alerts *a = open_new();
	struct alerts_finding demo = finding(ID_A, 5), real = finding(ID_B, 6);
	struct alerts_filter f = { .demo = ALERTS_DEMO_ONLY };
	struct act_done done;
	uint64_t n = 0, rev;

	demo.demo = true;
	apply(a, &demo, 1, 5, 1);
	apply(a, &real, 1, 6, 2);
	CHECK_INT(act_one(a, STR(ID_A), &ack, 3, &done, NULL), OK);
	CHECK(copy_of(a, STR(ID_A)).row.demo);
	CHECK(!copy_of(a, STR(ID_B)).row.demo);
	CHECK_INT(total_of(a, &f), 1);
	CHECK_INT(count_list(a, &f), 1);
	rev = alerts_rev(a);
	CHECK_INT(alerts_erase_demo(a, &n, NULL), OK);
	CHECK_INT(n, 1);
	CHECK_INT(alerts_get(a, STR(ID_A), copy_row, &(struct copy){ 0 }, NULL), FAIL_NOT_FOUND);
	CHECK_INT(copy_of(a, STR(ID_B)).row.count, 10);
	CHECK_INT(alerts_count(a, STR("")), 1);
	CHECK_INT(alerts_rev(a), rev + 1);
	CHECK_INT(alerts_gap(a), rev + 1);
	CHECK_INT(alerts_erase_demo(a, &n, NULL), OK);
	CHECK_INT(n, 0);
	CHECK_INT(alerts_rev(a), rev + 1);
	alerts_close(a);
}

TEST(one_real_event_makes_it_real)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);

	f.demo = true;
	apply(a, &f, 1, 5, 1);
	f.demo = false;
	apply(a, &f, 1, 6, 2);
	CHECK(!copy_of(a, STR(ID_A)).row.demo);
	f.demo = true;
	apply(a, &f, 1, 7, 3);
	CHECK(!copy_of(a, STR(ID_A)).row.demo);
	alerts_close(a);
}
