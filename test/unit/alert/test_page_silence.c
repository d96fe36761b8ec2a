/* SPDX-License-Identifier: Apache-2.0 */
/* tested: a silence of now stops who is called already, and they are called when it is over. */
#include "alert/act.h"
#include "alert/internal.h"
#include "alert/page.h"
#include "silence_fixture.h"

struct seen {
	struct page p;
	char by[32], why[32], note[80];
};

static enum err
on_page(void *ctx, const struct page *p)
{
	struct seen *s = ctx;

	s->p = *p;
	(void)str_to_c(p->by, s->by, sizeof(s->by));
	(void)str_to_c(p->why, s->why, sizeof(s->why));
	(void)str_to_c(p->note, s->note, sizeof(s->note));
	return OK;
}

static struct seen
page_at(struct alerts *a, int64_t id)
{
	struct diag why = { 0 };
	struct seen s = { 0 };

	CHECK_OK(page_get(a, id, on_page, &s, &why), why);
	return s;
}

static size_t
due(struct alerts *a, int64_t now)
{
	struct page p[4];
	struct diag why = { 0 };
	size_t n = 9;

	CHECK_OK(page_due(a, now, p, 4, &n, &why), why);
	return n;
}

/* An alert at T0 - 1 min; its first step tells, at T0, and the next is in five minutes. */
static struct alerts *
called(void)
{
	struct alerts *a = open_told();
	struct page_order o = { .person = STR("lea"), .channel = STR("desk"), .due = T0 };
	const struct page_move m = { .id = 1,
		.orders = &o,
		.n = 1,
		.step = 1,
		.level = 1,
		.base = T0,
		.due = T0 + 300 * S };
	struct diag why = { 0 };

	raise(a, usual(1, T0 - 60 * S), T0 - 60 * S);
	CHECK_OK(page_start(a, nth_id(1), STR("high"), T0, &why), why);
	CHECK_OK(page_do(a, &m, T0, &why), why);
	return a;
}

static void
deliver(struct alerts *a, int64_t now)
{
	const struct outbox_policy exact = { 1, 500001 };
	struct outbox_job jobs[8];
	struct diag why = { 0 };
	size_t n = 0;

	CHECK_OK(outbox_claim(a, 8, now, jobs, 8, &n, &why), why);
	for (size_t i = 0; i < n; i++)
		CHECK_OK(outbox_result(a,
			     &(struct outbox_result){ jobs[i].id, OUTBOX_OK, 0, 7, STR("250") },
			     &exact, now, &why),
		    why);
}

TEST(it_stops_and_goes_on_where_it_was)
{
	struct alerts *a = called();
	struct diag why = { 0 };
	struct seen s;
	bool stopped = true;

	CHECK_OK(silence_stop(a, nth_id(1), T0, &stopped, &why), why);
	CHECK(!stopped); /* there is no silence */
	deliver(a, T0);
	(void)add(a, &plain, T0 + 60 * S);
	s = page_at(a, 1);
	CHECK_INT(s.p.state, PAGE_SILENCED);
	CHECK_STR(s.by, "ann");
	CHECK_STR(s.why, "silenced");
	CHECK_STR(s.note, "silence 1 of ann (known scanner)");
	CHECK_STR(quiet_of(a, 1).text, "silence:1");
	CHECK_INT(get(a, 1).s.alerts, 1);
	CHECK_INT(due(a, T0 + 900 * S), 0);
	/* Ended by a person: four minutes were left of the step, and are. */
	CHECK_OK(silence_end(a, 1, STR("ann"), T0 + HOUR, &why), why);
	CHECK(tick(a, T0 + HOUR) != 0);
	s = page_at(a, 1);
	CHECK_INT(s.p.state, PAGE_RUNNING);
	CHECK_STR(s.by, "");
	CHECK_STR(quiet_of(a, 1).text, "");
	CHECK_INT(s.p.step, 1);
	CHECK_INT(s.p.due, T0 + HOUR + 240 * S);
	CHECK_INT(s.p.base, T0 + HOUR - 60 * S);
	CHECK_INT(due(a, T0 + HOUR + 240 * S), 1);
	alerts_close(a);
}

/* Nobody was reached yet: that step is told when the silence is over. */
TEST(what_still_waited_is_taken_back_and_told_later)
{
	struct alerts *a = called();
	struct diag why = { 0 };
	int64_t n = 0;
	struct seen s;

	(void)add(a, &plain, T0 + S);
	CHECK_OK(txn_number(a, "SELECT count(*) FROM outbox WHERE key LIKE '%-p%'",
		     (struct str){ NULL, 0 }, &n, &why),
	    why);
	CHECK_INT(n, 0);
	CHECK_OK(txn_number(a, "SELECT count(*) FROM page_calls WHERE state = 'back'",
		     (struct str){ NULL, 0 }, &n, &why),
	    why);
	CHECK_INT(n, 1);
	CHECK_OK(silence_end(a, 1, STR("ann"), T0 + 60 * S, &why), why);
	CHECK(tick(a, T0 + 60 * S) != 0);
	s = page_at(a, 1);
	CHECK_INT(s.p.state, PAGE_RUNNING);
	CHECK_INT(s.p.step, 0);
	CHECK_INT(due(a, T0 + 60 * S), 1);
	alerts_close(a);
}

/* Something new about the n-th alert. */
static void
break_by(unsigned n)
{
	struct alerts *a = called();
	struct alerts_finding f = usual(n, T0 + 20 * S);

	deliver(a, T0);
	(void)add(a, &plain, T0 + S);
	CHECK_INT(page_at(a, 1).p.state, PAGE_SILENCED);
	raise(a, usual(1, T0 + 10 * S), T0 + 10 * S); /* nothing new */
	CHECK_INT(page_at(a, 1).p.state, PAGE_SILENCED);
	f.user = STR("bob");
	raise(a, f, T0 + 20 * S);
	CHECK_STR(get(a, 1).broken_why, "new user bob");
	(void)tick(a, T0 + 20 * S);
	CHECK_INT(page_at(a, 1).p.state, PAGE_RUNNING);
	CHECK_INT(page_at(a, 1).p.due, T0 + 319 * S);
	alerts_close(a);
}

TEST(what_breaks_the_silence_lets_it_go_on)
{
	break_by(1);
}

TEST(another_alert_breaks_the_silence)
{
	break_by(2);
}

/* Who takes it on has it, and when it is given back the silence counts again. */
TEST(taken_on_while_it_is_silenced)
{
	const struct act ack = { .action = ACT_ACK, .by = STR("ben"), .note = STR("") };
	const struct act reopen = { .action = ACT_REOPEN, .by = STR("ben"), .note = STR("") };
	struct alerts *a = called();
	struct act_done done;
	struct diag why = { 0 };
	bool stopped = false;
	struct seen s;

	deliver(a, T0);
	(void)add(a, &plain, T0 + 60 * S);
	CHECK_OK(act_one(a, nth_id(1), &ack, T0 + 90 * S, &done, &why), why);
	s = page_at(a, 1);
	CHECK_INT(s.p.state, PAGE_HELD);
	CHECK_STR(s.by, "ben");
	CHECK_INT(s.p.base, T0 + 30 * S);
	CHECK_OK(act_one(a, nth_id(1), &reopen, T0 + 100 * S, &done, &why), why);
	CHECK_INT(page_at(a, 1).p.state, PAGE_RUNNING);
	CHECK_OK(silence_stop(a, nth_id(1), T0 + 100 * S, &stopped, &why), why);
	CHECK(stopped);
	CHECK_INT(page_at(a, 1).p.state, PAGE_SILENCED);
	alerts_close(a);
}

/* A window that begins later stops the next call; another kind of alert goes on. */
TEST(a_window_begins_while_people_are_called)
{
	struct silence window = plain, else_ = plain;
	struct alerts *a = called();
	struct diag why = { 0 };
	bool stopped = true;

	deliver(a, T0);
	window.start = T0 + 200 * S;
	else_.match.rule_id = STR("rule-2");
	(void)add(a, &else_, T0 + S);
	(void)add(a, &window, T0 + S);
	CHECK_INT(page_at(a, 1).p.state, PAGE_RUNNING);
	CHECK_OK(silence_stop(a, nth_id(1), T0 + 100 * S, &stopped, &why), why);
	CHECK(!stopped);
	CHECK_OK(silence_stop(a, nth_id(1), T0 + 300 * S, &stopped, &why), why);
	CHECK(stopped);
	CHECK_STR(page_at(a, 1).note, "silence 2 of ann (known scanner)");
	alerts_close(a);
}
