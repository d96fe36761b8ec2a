/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts: counted exactly whatever people do; hints say what the false ones have in common. */
#include "alert/verdict.h"

#include "fixture.h"
#include "random.h"

#define T VERDICT_TRUE
#define F VERDICT_FALSE
#define B VERDICT_BENIGN

struct one {
	enum verdict verdict;
	const char *group;
	uint64_t count;
};

static const struct {
	struct one all[12];
	const char *hint;
} rows[] = {
	{ { { F, "client_ip=10.1.2.3", 11 }, { F, "client_ip=10.9.2.3", 12 },
	      { F, "client_ip=10.200.2.3", 13 }, { F, "client_ip=10.77.2.3", 10 },
	      { F, "client_ip=10.4.2.3", 10 }, { F, "client_ip=10.5.2.3", 10 },
	      { B, "client_ip=10.6.2.3", 10 }, { T, "client_ip=198.51.100.1", 40 },
	      { T, "client_ip=198.51.100.2", 14 } },
	    "7 of 9 verdicts are false or benign, all from 10.0.0.0/8: add a filter; or a "
	    "threshold "
	    "of 14 events would have kept both true ones and left out 7 of the others" },
	{ { { F, "client_ip=10.1.2.3", 10 }, { F, "client_ip=10.1.2.3", 99 },
	      { F, "client_ip=10.1.2.3", 10 }, { F, "client_ip=10.1.2.3", 10 },
	      { T, "client_ip=10.1.2.4", 20 } },
	    "4 of 5 verdicts are false or benign, all from 10.1.2.3: add a filter; or a threshold "
	    "of "
	    "20 events would have kept the true one and left out 3 of the others" },
	{ { { F, "user_name=backup", 10 }, { F, "user_name=backup", 99 },
	      { B, "user_name=backup", 9 }, { F, "user_name=ann", 5 }, { T, "user_name=eve", 5 } },
	    "4 of 5 verdicts are false or benign, 3 of them of user_name=backup: add a filter" },
	{ { { F, "a=1", 5 }, { F, "a=2", 5 }, { F, "a=3", 5 }, { F, "a=4", 5 }, { B, "a=5", 5 } },
	    "5 of 5 verdicts are false or benign: switch the rule off, or lower its level" },
	{ { { F, "client_ip=2001:db8::1", 5 }, { F, "client_ip=2001:db8::2", 5 },
	      { F, "client_ip=2001:db8::ff", 5 }, { F, "client_ip=2001:db8::9", 5 },
	      { F, "client_ip=2001:db8::3", 5 } },
	    "5 of 5 verdicts are false or benign, all from 2001:db8::/120: add a filter" },
	/* precise enough, too few, nothing in common */
	{ { { T, "a=1", 5 }, { T, "a=2", 5 }, { T, "a=3", 5 }, { F, "a=4", 5 }, { F, "a=5", 5 } },
	    "" },
	{ { { F, "a=1", 5 }, { F, "a=1", 5 } }, "" },
	{ { { F, "a=1", 5 }, { F, "a=2", 5 }, { F, "a=3", 5 }, { F, "a=4", 5 }, { T, "a=5", 5 } },
	    "4 of 5 verdicts are false or benign" },
};

TEST(hints)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct verdict_alert all[12];
		auto_buf struct buf b = { 0 };
		size_t n = 0;

		for (; n < 12 && rows[i].all[n].group != NULL; n++)
			all[n] = (struct verdict_alert){ rows[i].all[n].verdict,
				str_c(rows[i].all[n].group), rows[i].all[n].count };
		verdict_hint(all, n, &b);
		buf_byte(&b, '\0');
		CHECK_STR(b.p, rows[i].hint);
	}
}

static enum err
put_tally(void *ctx, const struct verdict_tally *t)
{
	buf_printf(ctx, "%.*s %d/%d/%d %.2f|", STR_ARG(t->rule_id), (int)t->n[T], (int)t->n[F],
	    (int)t->n[B], verdict_precision(t));
	return OK;
}

static void
check_tallies(struct alerts *a, const char *want)
{
	auto_buf struct buf b = { 0 };

	CHECK_INT(verdict_each(a, put_tally, &b, NULL), OK);
	buf_byte(&b, '\0');
	CHECK_STR(b.p, want);
}

static void
act(struct alerts *a, unsigned n, enum act_action action, const char *reason)
{
	const struct act what = {
		.action = action, .by = STR("ann"), .note = STR("because"), .reason = str_c(reason)
	};
	struct act_done done;
	struct diag why = { 0 };

	CHECK_OK(act_one(a, nth_id(n), &what, 5, &done, &why), why);
}

TEST(verdicts_are_counted)
{
	struct alerts *a = open_new();
	struct alerts_finding demo = finding(ID_A, 8);
	auto_buf struct buf hint = { 0 };
	uint64_t erased;
	struct act_done done;
	const struct act all = { .action = ACT_FALSE_POSITIVE, .by = STR("ann"), .note = STR("n") };

	for (unsigned i = 1; i <= 6; i++)
		raise_nth(a, i, "HIGH", 1000 + i);
	check_tallies(a, "");
	act(a, 1, ACT_RESOLVE, "true_positive");
	act(a, 2, ACT_RESOLVE, "benign");
	act(a, 3, ACT_FALSE_POSITIVE, "");
	act(a, 4, ACT_RESOLVE, "duplicate");
	act(a, 5, ACT_RESOLVE, "other");
	check_tallies(a, "rule-1 1/1/1 0.33|");
	act(a, 2, ACT_REOPEN, "");
	check_tallies(a, "rule-1 1/1/0 0.50|");
	act(a, 1, ACT_FALSE_POSITIVE, ""); /* after all */
	check_tallies(a, "rule-1 0/2/0 0.00|");
	raise_nth(a, 3, "HIGH", 5000); /* a false one stays one */
	act(a, 2, ACT_RESOLVE, "true_positive");
	raise_nth(a, 2, "HIGH", 5000); /* it came back: open, and nobody has judged that */
	check_tallies(a, "rule-1 0/2/0 0.00|");
	demo.demo = true;
	apply(a, &demo, 1, 10, 1);
	CHECK_INT(act_one(a, STR(ID_A), &all, 5, &done, NULL), OK);
	check_tallies(a, "rule-1 0/2/0 0.00|");
	CHECK_INT(act_undo(a, str_c(done.undo), STR("ann"), 6, &erased, NULL), OK);
	check_tallies(a, "rule-1 0/2/0 0.00|");
	CHECK_INT(alerts_erase_demo(a, &erased, NULL), OK);
	check_tallies(a, "rule-1 0/2/0 0.00|");
	CHECK_INT(verdict_rule_hint(a, STR("rule-1"), &hint, NULL), OK);
	CHECK_INT(hint.n, 0); /* too few */
	for (unsigned i = 10; i < 14; i++) {
		raise_nth(a, i, "HIGH", 9000 + i);
		act(a, i, ACT_FALSE_POSITIVE, "");
	}
	CHECK_INT(verdict_rule_hint(a, STR("rule-1"), &hint, NULL), OK);
	CHECK_SLICE(buf_view(&hint),
	    "6 of 6 verdicts are false or benign, all from 203.0.113.7: add a filter");
	alerts_close(a);
}

/* Whatever is done in whatever order, the figures are those of counting. */
TEST(figures_are_those_of_counting)
{
	static const char *const reasons[] = { "true_positive", "benign", "duplicate", "other" };
	uint64_t s = random_start(test_seed());
	struct alerts *a = open_new();
	enum { MANY = 20 };
	int verdict[MANY];

	for (unsigned i = 0; i < MANY; i++) {
		raise_nth(a, i, "LOW", 1000 + i);
		verdict[i] = -1;
	}
	for (unsigned step = 0; step < test_rounds(200); step++) {
		unsigned i = (unsigned)random_below(&s, MANY), r = (unsigned)random_below(&s, 4);
		enum act_action action = random_below(&s, 3) == 0   ? ACT_REOPEN
					 : random_below(&s, 2) == 0 ? ACT_RESOLVE
								    : ACT_FALSE_POSITIVE;
		const struct act what = { .action = action,
			.by = STR("ann"),
			.note = STR("n"),
			.reason = action == ACT_RESOLVE ? str_c(reasons[r]) : STR("") };
		struct act_done done;
		uint64_t changed, n[VERDICT_COUNT] = { 0 };
		auto_buf struct buf want = { 0 };
		int was = verdict[i];

		if (act_one(a, nth_id(i), &what, (int64_t)step, &done, NULL) == OK) {
			verdict[i] = action == ACT_REOPEN           ? -1
				     : action == ACT_FALSE_POSITIVE ? (int)F
				     : r == 0                       ? (int)T
				     : r == 1                       ? (int)B
								    : -1;
			if (random_below(&s, 4) == 0) {
				CHECK_INT(act_undo(a, str_c(done.undo), STR("bob"), (int64_t)step,
					      &changed, NULL),
				    OK);
				verdict[i] = was;
			}
		}
		for (unsigned k = 0; k < MANY; k++)
			if (verdict[k] >= 0)
				n[verdict[k]]++;
		if (n[0] + n[1] + n[2] > 0)
			buf_printf(&want, "rule-1 %d/%d/%d %.2f|", (int)n[T], (int)n[F], (int)n[B],
			    (double)n[T] / (double)(n[0] + n[1] + n[2]));
		buf_byte(&want, '\0');
		check_tallies(a, want.p);
	}
	alerts_close(a);
}
