/* Channels hear what becomes of an alert: in the transaction of the change, and in its order. */
#include "alert/tell.h"

#include "alert/channels.h"
#include "alert/internal.h"
#include "alert/outbox.h"
#include "fixture.h"

#define S ((int64_t)1000000000)

static const struct outbox_policy plain = { 1, 500001 };

static void
channel(struct alerts *a, const char *name, const char *kind)
{
	const struct channel c = { .name = str_c(name),
		.type = CHANNELS_KIND,
		.kind = str_c(kind),
		.settings = STR("{}"),
		.enabled = true,
		.min_severity = ALERTS_INFO,
		.origin = CHANNELS_PAGE };
	struct diag why = { 0 };

	CHECK_OK(channels_add(a, &c, 1, &why), why);
}

static struct alerts *
open_told(void)
{
	static const struct tell_kind kinds[] = { { { "pagerduty", 9 }, true, true },
		{ { "acks", 4 }, true, false } };
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);
	struct diag why = { 0 };

	CHECK_OK(tell_kinds(a, kinds, ARRAY_LEN(kinds), &why), why);
	channel(a, "pager", "pagerduty");
	channel(a, "chat", "slack");
	channel(a, "half", "acks");
	apply(a, &f, 1, 5, S);
	return a;
}

static enum err
put_row(void *ctx, const struct outbox_row *r)
{
	buf_printf(ctx, "%.*s:%s:%s ", STR_ARG(r->channel), outbox_event_word(r->event),
	    outbox_state_word(r->state));
	return OK;
}

/* "channel:event:state ", newest first; `skip` channels of which nobody asks. */
static void
rows_are(struct alerts *a, const char *channel, const char *want)
{
	const struct outbox_filter f = { .channel = str_c(channel) };
	auto_buf struct buf got = { 0 };
	struct diag why = { 0 };

	CHECK_OK(outbox_list(a, &f, put_row, &got, &why), why);
	CHECK_SLICE(str_trim(buf_view(&got)), want);
}

static struct act_done
act(struct alerts *a, enum act_action action, int64_t now)
{
	const struct act act = { .action = action,
		.by = STR("ann"),
		.note = STR("because"),
		.reason = action == ACT_RESOLVE ? STR("benign") : STR("") };
	struct act_done done;
	struct diag why = { 0 };

	CHECK_OK(act_one(a, STR(ID_A), &act, now, &done, &why), why);
	return done;
}

/* Claims all that is due and says how it went; returns how many of the channel there were. */
static unsigned
send(struct alerts *a, const char *channel, enum outbox_verdict verdict, int64_t now)
{
	struct outbox_job jobs[16];
	struct diag why = { 0 };
	unsigned found = 0;
	size_t n = 0;

	CHECK_OK(outbox_claim(a, 4, now, jobs, ARRAY_LEN(jobs), &n, &why), why);
	for (size_t i = 0; i < n; i++) {
		const bool this = str_eq(str_c(jobs[i].channel), str_c(channel));
		const struct outbox_result r = { jobs[i].id, this ? verdict : OUTBOX_OK, 0, 1,
			STR("said") };

		found += this;
		CHECK_OK(outbox_result(a, &r, &plain, now, &why), why);
	}
	return found;
}

TEST(what_a_kind_can_say_is_said_once)
{
	struct alerts *a = open_told();

	CHECK_INT(send(a, "pager", OUTBOX_OK, 2 * S), 1);
	(void)act(a, ACT_ACK, 3 * S);
	(void)act(a, ACT_START, 4 * S);
	rows_are(a, "pager", "pager:ack:pending pager:raise:sent");
	rows_are(a, "half", "half:ack:pending half:raise:sent");
	rows_are(a, "chat", "chat:raise:sent");
	CHECK_INT(send(a, "pager", OUTBOX_OK, 5 * S), 1);
	(void)act(a, ACT_RESOLVE, 6 * S);
	(void)act(a, ACT_FALSE_POSITIVE, 7 * S);
	rows_are(a, "pager", "pager:resolve:pending pager:ack:sent pager:raise:sent");
	rows_are(a, "half", "half:ack:sent half:raise:sent");
	alerts_close(a);
}

TEST(nobody_hears_of_the_end_of_what_he_never_heard_of)
{
	struct alerts *a = open_told();
	const struct channel off = { .name = STR("pager"),
		.type = CHANNELS_KIND,
		.kind = STR("pagerduty"),
		.settings = STR("{}"),
		.origin = CHANNELS_PAGE };

	channel(a, "later", "pagerduty");
	CHECK_INT(channels_set(a, &off, 1, NULL), OK);
	CHECK_INT(send(a, "half", OUTBOX_NEVER, 2 * S), 1);
	(void)act(a, ACT_ACK, 3 * S);
	rows_are(a, "later", "");
	rows_are(a, "half", "half:raise:dead");
	rows_are(a, "pager", "pager:raise:pending");
	alerts_close(a);
}

TEST(it_waits_for_the_alert_itself)
{
	struct alerts *a = open_told();
	int64_t now = 2 * S, next = 0;

	CHECK_INT(send(a, "pager", OUTBOX_RETRY, now), 1);
	(void)act(a, ACT_ACK, 3 * S);
	for (int i = 0; i < 3; i++) { /* the raise is tried for long; nothing goes before it */
		now += 3600 * S;
		CHECK_INT(send(a, "pager", OUTBOX_RETRY, now), 1);
		CHECK_INT(send(a, "pager", OUTBOX_RETRY, now + 2 * S), 0);
		CHECK_INT(outbox_next(a, &next, NULL), OK);
		CHECK(next > now + 2 * S); /* nobody looks in vain */
	}
	rows_are(a, "pager", "pager:ack:pending pager:raise:pending");
	now += 24 * 3600 * S;
	CHECK_INT(send(a, "pager", OUTBOX_OK, now), 1);
	rows_are(a, "pager", "pager:ack:pending pager:raise:sent");
	CHECK_INT(send(a, "pager", OUTBOX_OK, now + 2 * S), 1);
	rows_are(a, "pager", "pager:ack:sent pager:raise:sent");
	alerts_close(a);
}

TEST(it_waits_while_the_alert_is_on_its_way)
{
	struct alerts *a = open_told();
	struct outbox_job jobs[16];
	size_t n = 0;

	CHECK_INT(outbox_claim(a, 4, 2 * S, jobs, ARRAY_LEN(jobs), &n, NULL), OK);
	CHECK_INT(n, 3);
	(void)act(a, ACT_RESOLVE, 3 * S);
	CHECK_INT(outbox_claim(a, 4, 4 * S, jobs, ARRAY_LEN(jobs), &n, NULL), OK);
	CHECK_INT(n, 0);
	CHECK_INT(outbox_recover(a, NULL), OK); /* a kill between the two changes nothing of it */
	CHECK_INT(send(a, "pager", OUTBOX_OK, 5 * S), 1);
	CHECK_INT(send(a, "pager", OUTBOX_OK, 9 * S), 1);
	rows_are(a, "pager", "pager:resolve:sent pager:raise:sent");
	alerts_close(a);
}

TEST(what_is_over_before_it_was_said_is_not_said)
{
	struct alerts *a = open_told();
	struct act_done done;
	uint64_t changed = 0;

	CHECK_INT(send(a, "pager", OUTBOX_OK, 2 * S), 1);
	(void)act(a, ACT_ACK, 3 * S);
	done = act(a, ACT_RESOLVE, 4 * S);
	rows_are(a, "pager", "pager:resolve:pending pager:raise:sent");
	CHECK_INT(act_undo(a, str_c(done.undo), STR("ann"), 5 * S, &changed, NULL), OK);
	rows_are(a, "pager", "pager:ack:pending pager:raise:sent");
	(void)act(a, ACT_REOPEN, 6 * S);
	rows_are(a, "pager", "pager:raise:sent");
	alerts_close(a);
}

TEST(what_comes_back_is_raised_where_it_was_closed)
{
	struct alerts *a = open_told();
	struct alerts_finding f = finding(ID_A, 6);
	struct outbox_job jobs[16];
	struct diag why = { 0 };
	size_t n = 0;

	CHECK_INT(send(a, "pager", OUTBOX_OK, 2 * S), 1);
	(void)act(a, ACT_RESOLVE, 3 * S);
	CHECK_INT(send(a, "pager", OUTBOX_OK, 4 * S), 1);
	(void)act(a, ACT_REOPEN, 5 * S);
	rows_are(a, "pager", "pager:raise:pending pager:resolve:sent pager:raise:sent");
	rows_are(a, "chat", "chat:raise:sent");
	CHECK_OK(outbox_claim(a, 4, 6 * S, jobs, ARRAY_LEN(jobs), &n, &why), why);
	CHECK_INT(n, 1);
	CHECK(strstr(jobs[0].key, ID_A "-pager-raise") == jobs[0].key);
	CHECK_INT(outbox_recover(a, NULL), OK);
	CHECK_INT(send(a, "pager", OUTBOX_OK, 6 * S), 1);
	(void)act(a, ACT_RESOLVE, 7 * S);
	CHECK_INT(send(a, "pager", OUTBOX_OK, 8 * S), 1);
	apply(a, &f, 1, 6, 9 * S); /* the same again: once, by the routes */
	CHECK_INT(copy_of(a, STR(ID_A)).row.status, ALERTS_OPEN);
	CHECK_INT(send(a, "pager", OUTBOX_OK, 10 * S), 1);
	alerts_close(a);
}

TEST(kinds_are_replaced_and_have_a_limit)
{
	struct alerts *a = open_told();
	static struct tell_kind many[TELL_KINDS_MAX + 1];

	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i].type = STR("x");
	CHECK_INT(tell_kinds(a, many, ARRAY_LEN(many), NULL), FAIL_LIMIT);
	CHECK_INT(tell_kinds(a, NULL, 0, NULL), OK);
	CHECK_INT(send(a, "pager", OUTBOX_OK, 2 * S), 1);
	(void)act(a, ACT_ACK, 3 * S);
	rows_are(a, "pager", "pager:raise:sent");
	alerts_close(a);
}
