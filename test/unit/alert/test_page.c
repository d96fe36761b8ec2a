/* Pages: steps with their messages and receipts, moved by the state of their alert. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/page.h"

#include "alert/channels.h"
#include "alert/internal.h"
#include "fixture.h"

#define S ((int64_t)1000000000)
#define MESSAGES "SELECT count(*) FROM outbox WHERE key LIKE '%-p%'"

static void
channel(struct alerts *a, const char *name, bool enabled)
{
	const struct channel c = { .name = str_c(name),
		.type = CHANNELS_WEBHOOK,
		.enabled = enabled,
		.min_severity = ALERTS_CRITICAL, /* the alert itself is not sent there */
		.origin = CHANNELS_PAGE,
		.url = STR("https://example.org/") };
	struct diag why = { 0 };

	CHECK_OK(channels_add(a, &c, 1, &why), why);
}

static enum err
on_page(void *ctx, const struct page *p)
{
	*(struct page *)ctx = *p;
	return OK;
}

static struct page
the_page(struct alerts *a)
{
	struct diag why = { 0 };
	struct page p = { 0 };

	CHECK_OK(page_get(a, 1, on_page, &p, &why), why);
	return p;
}

static int64_t
number(struct alerts *a, const char *sql)
{
	struct diag why = { 0 };
	int64_t n = -1;

	CHECK_OK(txn_number(a, sql, (struct str){ NULL, 0 }, &n, &why), why);
	return n;
}

/* An alert whose page is at its first step. */
static struct alerts *
begun(void)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 2);
	struct diag why = { 0 };

	channel(a, "sms", true);
	channel(a, "mail", true);
	channel(a, "off", false);
	CHECK_OK(alerts_apply(a, &f, 1, 2, 10 * S, &why), why);
	CHECK_OK(page_start(a, STR(ID_A), STR("high"), 10 * S, &why), why);
	return a;
}

static struct page_order
order(const char *person, const char *on, const char *code)
{
	struct page_order o = {
		.person = str_c(person), .channel = str_c(on), .address = STR("+491"), .due = 10 * S
	};

	(void)snprintf(o.code, sizeof(o.code), "%s", code);
	return o;
}

static enum err
step(struct alerts *a, struct page_order *orders, size_t n, unsigned next, int64_t failed)
{
	const struct page was = the_page(a);
	const struct page_move m = { .id = was.id,
		.was = was.state,
		.was_step = was.step,
		.was_round = was.round,
		.failed = failed,
		.orders = orders,
		.n = n,
		.state = PAGE_RUNNING,
		.step = next,
		.level = next,
		.base = was.base,
		.due = was.due + 300 * S };

	return page_do(a, &m, 11 * S, NULL);
}

static void
act(struct alerts *a, enum act_action action, const char *by)
{
	const struct act what = { .action = action,
		.by = str_c(by),
		.note = STR("by a link"),
		.reason = action == ACT_RESOLVE ? STR("benign") : STR("") };
	struct act_done done;
	struct diag why = { 0 };

	CHECK_OK(act_one(a, STR(ID_A), &what, 20 * S, &done, &why), why);
}

TEST(begun_once)
{
	struct alerts *a = begun();
	struct page due[4];
	struct diag why = { 0 };
	int64_t next = 0;
	size_t n = 9;

	CHECK_OK(page_start(a, STR(ID_A), STR("high"), 12 * S, &why), why);
	CHECK_OK(page_due(a, 9 * S, due, 4, &n, &why), why);
	CHECK_INT(n, 0);
	CHECK_OK(page_due(a, 10 * S, due, 4, &n, &why), why);
	CHECK_INT(n, 1);
	CHECK_STR(due[0].policy, "high");
	CHECK_INT(due[0].severity, ALERTS_HIGH);
	CHECK_OK(page_next(a, &next, &why), why);
	CHECK_INT(next, 10 * S);
	CHECK_INT(page_start(a, STR(ID_A), STR(""), 12 * S, &why), FAIL_LIMIT);
	CHECK_OK(page_start(a, STR(ID_A), STR("other"), 12 * S, &why), why);
	CHECK_INT(number(a, "SELECT count(*) FROM pages"), 2);
	alerts_close(a);
}

struct receipts {
	unsigned n;
	enum page_told told[8];
	char note[8][64], answer[8][64];
};

static enum err
on_call(void *ctx, const struct page_call *c)
{
	struct receipts *r = ctx;

	CHECK(r->n < 8);
	r->told[r->n] = c->told;
	(void)str_to_c(c->note, r->note[r->n], sizeof(r->note[0]));
	(void)str_to_c(c->answer, r->answer[r->n++], sizeof(r->answer[0]));
	return OK;
}

TEST(a_step_is_one_transaction)
{
	struct alerts *a = begun();
	struct page_order two[] = { order("ana", "sms", "code0000001"),
		order("ben", "off", "code0000002") };
	struct page_order same[] = { order("ana", "sms", "x"), order("ben", "sms", "x") };
	struct receipts r = { 0 };
	struct page_link link;
	struct diag why = { 0 };
	char code[PAGE_CODE_SIZE];

	CHECK_INT(step(a, two, 2, 1, 0), OK);
	CHECK_INT(number(a, MESSAGES), 1); /* the other channel is off: a receipt says so */
	CHECK_OK(page_calls(a, 1, on_call, &r, &why), why);
	CHECK_INT(r.n, 2);
	CHECK_INT(r.told[0], PAGE_TOLD);
	CHECK_INT(r.told[1], PAGE_SKIPPED);
	CHECK_STR(r.note[1], "the channel is off");
	CHECK_OK(page_link(a, STR("code0000001"), &link, &why), why);
	CHECK_STR(link.person, "ana");
	CHECK_STR(link.alert_id, ID_A);
	CHECK_INT(page_link(a, STR("code"), &link, &why), FAIL_NOT_FOUND);
	CHECK_OK(page_code(a, STR(ID_A "-sms-p1"), code, &why), why);
	CHECK_STR(code, "code0000001");
	CHECK_OK(page_code(a, STR(ID_A "-sms"), code, &why), why);
	CHECK_STR(code, "");
	/* The same code twice: nothing of the step is left. */
	CHECK(step(a, same, 2, 2, 0) != OK);
	CHECK_INT(number(a, MESSAGES), 1);
	CHECK_INT(the_page(a).step, 1);
	/* Read before it moved on: nothing happens. */
	CHECK_INT(page_do(a, &(struct page_move){ .id = 1, .state = PAGE_RUNNING, .step = 5 },
		      12 * S, &why),
	    FAIL_AGAIN);
	CHECK_INT(the_page(a).step, 1);
	alerts_close(a);
}

TEST(whoever_takes_it_on_holds_it)
{
	struct alerts *a = begun();
	struct page_order one = order("ana", "sms", "c1");
	struct receipts r = { 0 };
	struct diag why = { 0 };
	struct page p;

	CHECK_INT(step(a, &one, 1, 1, 0), OK);
	act(a, ACT_ACK, "ben");
	p = the_page(a);
	CHECK_INT(p.state, PAGE_HELD);
	CHECK_INT(p.due, 20 * S);
	/* Her message still waited: it is not sent any more. */
	CHECK_INT(number(a, MESSAGES), 0);
	CHECK_OK(page_calls(a, 1, on_call, &r, &why), why);
	CHECK_INT(r.told[0], PAGE_BACK);
	act(a, ACT_REOPEN, "ben");
	CHECK_INT(the_page(a).state, PAGE_RUNNING);
	act(a, ACT_RESOLVE, "ben");
	p = the_page(a);
	CHECK_INT(p.state, PAGE_ENDED);
	CHECK_INT(p.ended, 20 * S);
	/* A person opens it again: that page is over. */
	act(a, ACT_REOPEN, "ben");
	CHECK_INT(the_page(a).state, PAGE_ENDED);
	CHECK_OK(page_start(a, STR(ID_A), STR("high"), 30 * S, &why), why);
	CHECK_INT(number(a, "SELECT count(*) FROM pages WHERE state = 'running'"), 1);
	alerts_close(a);
}

static size_t
failures(struct alerts *a)
{
	struct page_failed f[8];
	struct diag why = { 0 };
	size_t n = 9;

	CHECK_OK(page_failures(a, f, 8, &n, &why), why);
	return n;
}

static void
deliver(struct alerts *a, enum outbox_verdict verdict, int64_t now)
{
	const struct outbox_policy plain = { 1, 500001 };
	struct outbox_job jobs[8];
	struct diag why = { 0 };
	size_t n = 0;

	CHECK_OK(outbox_claim(a, 4, now, jobs, 8, &n, &why), why);
	for (size_t i = 0; i < n; i++) {
		const struct outbox_result r = { jobs[i].id, verdict, 0, 7, STR("said") };

		CHECK_OK(outbox_result(a, &r, &plain, now, &why), why);
	}
}

TEST(two_failures_are_enough)
{
	struct alerts *a = begun();
	struct page_order one = order("ana", "sms", "c1");
	struct page_order then = order("ana", "mail", "c2");
	struct receipts r = { 0 };
	struct diag why = { 0 };
	enum page_channel is = PAGE_CHANNEL_OFF;
	uint64_t alive = 9;

	CHECK_INT(step(a, &one, 1, 1, 0), OK);
	CHECK_INT(failures(a), 0);
	deliver(a, OUTBOX_RETRY, 11 * S);
	CHECK_INT(failures(a), 0);
	deliver(a, OUTBOX_RETRY, 100 * S);
	CHECK_INT(failures(a), 1);
	CHECK_INT(step(a, &then, 1, 1, 1), OK);
	CHECK_INT(step(a, &then, 1, 1, 1), FAIL_AGAIN); /* it failed already */
	CHECK_INT(failures(a), 0);
	deliver(a, OUTBOX_OK, 101 * S);
	CHECK_OK(page_calls(a, 1, on_call, &r, &why), why);
	CHECK_INT(r.n, 2);
	CHECK_INT(r.told[0], PAGE_FAILED);
	CHECK_STR(r.note[0], "said");
	CHECK_STR(r.answer[1], "said");
	CHECK_OK(page_alive(a, 1, 0, 0, &alive, &why), why);
	CHECK_INT(alive, 1);
	for (unsigned i = 0; i < OUTBOX_DOWN; i++)
		deliver(a, OUTBOX_RETRY, (1000 + i * 100000) * S);
	CHECK_OK(page_channel(a, STR("sms"), &is, &why), why);
	CHECK_INT(is, PAGE_CHANNEL_DOWN);
	CHECK_OK(page_channel(a, STR("off"), &is, &why), why);
	CHECK_INT(is, PAGE_CHANNEL_OFF);
	CHECK_OK(page_channel(a, STR("mail"), &is, &why), why);
	CHECK_INT(is, PAGE_CHANNEL_OK);
	alerts_close(a);
}

static enum err
on_load(void *ctx, const struct page_load *l)
{
	buf_printf(ctx, "%.*s %d %d|", STR_ARG(l->person), (int)l->n, (int)l->night);
	return OK;
}

/* Two messages of one step are one time that somebody was called. */
TEST(how_often_people_are_called)
{
	struct alerts *a = begun();
	struct page_order four[] = { order("ana", "sms", "1"), order("ana", "mail", "2"),
		order("ben", "sms", "3"), order("ben", "off", "4") };
	auto_buf struct buf got = { 0 };
	struct page_counts counts;
	struct diag why = { 0 };

	four[0].night = four[1].night = true;
	CHECK_INT(step(a, four, 4, 1, 0), OK);
	CHECK_OK(page_loads(a, 11 * S, on_load, &got, &why), why);
	CHECK_OK(page_loads(a, 12 * S, on_load, &got, &why), why);
	buf_byte(&got, '\0');
	CHECK_STR(got.p, "ana 1 1|ben 1 0|");
	CHECK_OK(page_counts(a, &counts, &why), why);
	CHECK_INT(counts.running, 1);
	CHECK_INT(counts.calls, 4);
	alerts_close(a);
}
