/* The outbox: a row for each alert and channel, claimed fairly, tried again, dead in the end. */
#include "alert/outbox.h"

#include "alert/channels.h"
#include "alert/internal.h"
#include "fixture.h"

#define S ((int64_t)1000000000)

static const struct outbox_policy plain = { 1, 500001 }; /* jitter 1.0 */

static void
channel(struct alerts *a, const char *name, enum alerts_severity min, bool enabled)
{
	const struct channel c = { .name = str_c(name),
		.type = CHANNELS_WEBHOOK,
		.enabled = enabled,
		.min_severity = min,
		.origin = CHANNELS_PAGE,
		.url = STR("https://example.org/") };
	struct diag why = { 0 };

	CHECK_OK(channels_add(a, &c, 1, &why), why);
}

static size_t
claim(struct alerts *a, unsigned per_channel, int64_t now, struct outbox_job *jobs, size_t max)
{
	struct diag why = { 0 };
	size_t n = 99;

	CHECK_OK(outbox_claim(a, per_channel, now, jobs, max, &n, &why), why);
	return n;
}

static void
result(struct alerts *a, int64_t id, enum outbox_verdict verdict, int64_t after, int64_t now)
{
	const struct outbox_result r = { id, verdict, after, 7, STR("said") };
	struct diag why = { 0 };

	CHECK_OK(outbox_result(a, &r, &plain, now, &why), why);
}

struct look {
	struct outbox_row row;
	char error[64], key[OUTBOX_KEY_SIZE];
	unsigned n;
};

static enum err
on_row(void *ctx, const struct outbox_row *row)
{
	struct look *l = ctx;

	l->row = *row;
	(void)str_to_c(row->last_error, l->error, sizeof(l->error));
	(void)str_to_c(row->key, l->key, sizeof(l->key));
	l->n++;
	return OK;
}

static struct look
look(struct alerts *a, int64_t id)
{
	struct look l = { 0 };
	struct diag why = { 0 };

	CHECK_OK(outbox_get(a, id, on_row, &l, &why), why);
	return l;
}

static unsigned
count(struct alerts *a, enum outbox_state state)
{
	struct outbox_filter f = { .by_state = true, .state = state, .limit = 100000 };
	struct look l = { 0 };

	CHECK_INT(outbox_list(a, &f, on_row, &l, NULL), OK);
	return l.n;
}

TEST(an_alert_and_its_messages_are_one)
{
	struct alerts *a = open_new();
	struct outbox_filter f = { .alert_id = STR(ID_A) };
	struct alerts_finding one = finding(ID_A, 5), low = finding(ID_B, 6);
	struct look l = { 0 };

	channel(a, "all", ALERTS_INFO, true);
	channel(a, "high", ALERTS_HIGH, true);
	channel(a, "critical", ALERTS_CRITICAL, true);
	channel(a, "off", ALERTS_INFO, false);
	low.severity = STR("LOW");
	apply(a, &one, 1, 5, 1);
	apply(a, &low, 1, 6, 2);
	CHECK_INT(outbox_list(a, &f, on_row, &l, NULL), OK);
	CHECK_INT(l.n, 2); /* all, high */
	CHECK_INT(count(a, OUTBOX_PENDING), 3);
	apply(a, &one, 1, 7, 3); /* counting up says nothing */
	CHECK_INT(count(a, OUTBOX_PENDING), 3);
	f.channel = STR("high");
	CHECK_INT(outbox_list(a, &f, on_row, &l, NULL), OK);
	CHECK_STR(l.key, ID_A "-high");
	alerts_close(a);
}

TEST(a_demonstration_is_silent_until_it_is_real)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);

	channel(a, "all", ALERTS_INFO, true);
	f.demo = true;
	apply(a, &f, 1, 5, 1);
	apply(a, &f, 1, 6, 2);
	CHECK_INT(count(a, OUTBOX_PENDING), 0);
	f.demo = false;
	apply(a, &f, 1, 7, 3);
	CHECK_INT(count(a, OUTBOX_PENDING), 1);
	apply(a, &f, 1, 8, 4);
	CHECK_INT(count(a, OUTBOX_PENDING), 1);
	alerts_close(a);
}

TEST(the_most_urgent_first_and_no_channel_starves)
{
	static const char *const severities[] = { "LOW", "CRITICAL", "INFO", "HIGH", "LOW" };
	struct alerts *a = open_new();
	static struct outbox_job jobs[20];

	channel(a, "slow", ALERTS_INFO, true);
	channel(a, "swift", ALERTS_INFO, true);
	for (unsigned i = 0; i < 5; i++)
		raise_nth(a, i, severities[i], 5);
	CHECK_INT(claim(a, 2, 10, jobs, 20), 4);
	CHECK_STR(jobs[0].channel, "slow");
	CHECK(strncmp(jobs[0].alert_id, "00000001", 8) == 0);
	CHECK(strncmp(jobs[1].alert_id, "00000003", 8) == 0);
	CHECK_STR(jobs[2].channel, "swift");
	CHECK_INT(jobs[2].attempt, 1);
	CHECK_INT(claim(a, 2, 10, jobs + 4, 16), 0); /* both have two on their way */
	result(a, jobs[2].id, OUTBOX_OK, 0, 11);
	result(a, jobs[3].id, OUTBOX_OK, 0, 11);
	CHECK_INT(claim(a, 2, 12, jobs + 4, 16), 2);
	CHECK_STR(jobs[4].channel, "swift");
	CHECK(strncmp(jobs[4].alert_id, "00000000", 8) == 0); /* LOW, the older */
	CHECK_INT(claim(a, 3, 12, jobs + 6, 1), 1);           /* never more than asked for */
	alerts_close(a);
}

TEST(waits_grow_and_end)
{
	static const int64_t want[] = { 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 };
	struct alerts *a = open_new();
	struct outbox_job job;
	int64_t now = 100 * S, next;

	channel(a, "hook", ALERTS_INFO, true);
	raise_nth(a, 1, "LOW", now);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		CHECK_INT(claim(a, 5, now, &job, 1), 1);
		CHECK_INT(job.attempt, i + 1);
		result(a, job.id, OUTBOX_RETRY, 0, now);
		CHECK_INT(look(a, job.id).row.next, now + want[i] * S);
		CHECK_INT(outbox_next(a, &next, NULL), OK);
		CHECK(next >= now + want[i] * S);
		CHECK_INT(claim(a, 5, now + want[i] * S - 1, &job, 1), 0);
		now = next;
	}
	CHECK_INT(claim(a, 5, now, &job, 1), 1);
	CHECK_INT(job.attempt, OUTBOX_ATTEMPTS_MAX);
	result(a, job.id, OUTBOX_RETRY, 0, now);
	CHECK_INT(look(a, job.id).row.state, OUTBOX_DEAD);
	CHECK_STR(look(a, job.id).error, "said");
	CHECK_INT(outbox_next(a, &next, NULL), OK);
	CHECK_INT(next, INT64_MAX);
	alerts_close(a);
}

TEST(jitter_and_scale)
{
	for (unsigned i = 0; i < test_rounds(1000); i++) {
		struct outbox_policy p = { 0.01, i * 2654435761U };
		int64_t wait = outbox_wait(2, &p);

		CHECK(wait >= 3 * S * 8 / 10 - 1 && wait <= 3 * S * 12 / 10 + 1);
	}
	CHECK(outbox_wait(99, &plain) == 86400 * S);
	CHECK(outbox_wait(0, &plain) == 5 * S);
}

TEST(what_the_receiver_asks_counts)
{
	struct alerts *a = open_new();
	struct outbox_job job;

	channel(a, "hook", ALERTS_INFO, true);
	raise_nth(a, 1, "LOW", 5);
	CHECK_INT(claim(a, 5, 10 * S, &job, 1), 1);
	result(a, job.id, OUTBOX_RETRY, 60 * S, 10 * S);
	CHECK_INT(look(a, job.id).row.next, 70 * S);
	CHECK_INT(claim(a, 5, 70 * S, &job, 1), 1);
	result(a, job.id, OUTBOX_RETRY, 1 * S, 70 * S); /* sooner than our own wait */
	CHECK_INT(look(a, job.id).row.next, 370 * S);
	CHECK_INT(claim(a, 5, 370 * S, &job, 1), 1);
	result(a, job.id, OUTBOX_RETRY, 1000000 * S, 370 * S); /* not for ever */
	CHECK_INT(look(a, job.id).row.next, (370 + 86400) * S);
	alerts_close(a);
}

TEST(refused_for_good_is_dead_at_once)
{
	struct alerts *a = open_new();
	struct outbox_job job;

	channel(a, "hook", ALERTS_INFO, true);
	raise_nth(a, 1, "LOW", 5);
	CHECK_INT(claim(a, 5, 10, &job, 1), 1);
	result(a, job.id, OUTBOX_NEVER, 0, 10);
	CHECK_INT(look(a, job.id).row.state, OUTBOX_DEAD);
	CHECK_INT(look(a, job.id).row.ms, 7);
	alerts_close(a);
}

TEST(a_result_counts_once)
{
	const struct outbox_result r = { 1, OUTBOX_OK, 0, 7, STR("") };
	struct alerts *a = open_new();
	struct outbox_job job;

	channel(a, "hook", ALERTS_INFO, true);
	raise_nth(a, 1, "LOW", 5);
	CHECK_INT(outbox_result(a, &r, &plain, 6, NULL), FAIL_NOT_FOUND);
	CHECK_INT(claim(a, 5, 10, &job, 1), 1);
	result(a, job.id, OUTBOX_OK, 0, 11);
	CHECK_INT(outbox_result(a, &r, &plain, 12, NULL), FAIL_NOT_FOUND);
	CHECK_INT(look(a, job.id).row.state, OUTBOX_SENT);
	CHECK_INT(look(a, job.id).row.sent, 11);
	CHECK_STR(look(a, job.id).error, "");
	alerts_close(a);
}

TEST(what_was_on_its_way_at_the_end_is_due_at_the_start)
{
	struct alerts *a = open_new();
	struct outbox_job jobs[3];
	struct outbox_counts c;

	channel(a, "hook", ALERTS_INFO, true);
	for (unsigned i = 0; i < 3; i++)
		raise_nth(a, i, "LOW", 5);
	CHECK_INT(claim(a, 5, 10, jobs, 2), 2);
	CHECK_INT(outbox_counts(a, &c, NULL), OK);
	CHECK_INT(c.sending, 2);
	alerts_close(a);
	a = open_again();
	CHECK_INT(outbox_recover(a, NULL), OK);
	CHECK_INT(outbox_counts(a, &c, NULL), OK);
	CHECK_INT(c.sending, 0);
	CHECK_INT(c.pending, 3);
	CHECK_INT(claim(a, 5, 10, jobs, 3), 3);
	CHECK_INT(jobs[0].attempt, 2);
	CHECK_INT(jobs[2].attempt, 1);
	alerts_close(a);
}

TEST(a_channel_that_is_down_is_tried_by_one_and_recovers)
{
	struct alerts *a = open_new();
	static struct outbox_job jobs[50];
	int64_t now = 10 * S, next;
	unsigned tries = 0;

	channel(a, "hook", ALERTS_INFO, true);
	for (unsigned i = 0; i < 40; i++)
		raise_nth(a, i, "LOW", 5);
	CHECK_INT(claim(a, OUTBOX_DOWN, now, jobs, 50), OUTBOX_DOWN);
	for (unsigned i = 0; i < OUTBOX_DOWN; i++)
		result(a, jobs[i].id, OUTBOX_RETRY, 0, now);
	/* Down for ten minutes: nobody dies of it, and the attempts are few. */
	while (now < 610 * S) {
		size_t n;

		CHECK_INT(outbox_next(a, &next, NULL), OK);
		CHECK(next > now && next < now + 73 * S);
		CHECK_INT(claim(a, OUTBOX_DOWN, next - 1, jobs, 50), 0);
		now = next;
		n = claim(a, OUTBOX_DOWN, now, jobs, 50);
		CHECK_INT(n, 1);
		result(a, jobs[0].id, OUTBOX_RETRY, 0, now);
		tries++;
	}
	CHECK(tries < 25);
	CHECK_INT(count(a, OUTBOX_DEAD), 0);
	CHECK_INT(outbox_next(a, &next, NULL), OK);
	CHECK_INT(claim(a, OUTBOX_DOWN, next, jobs, 50), 1);
	result(a, jobs[0].id, OUTBOX_OK, 0, next);
	CHECK_INT(claim(a, OUTBOX_DOWN, next, jobs, 50), OUTBOX_DOWN); /* all hands again */
	alerts_close(a);
}

TEST(dead_letters_can_be_sent_again)
{
	struct alerts *a = open_new();
	struct outbox_job job;
	uint64_t n;

	channel(a, "hook", ALERTS_INFO, true);
	channel(a, "mail", ALERTS_INFO, true);
	raise_nth(a, 1, "LOW", 5);
	while (claim(a, 5, 10, &job, 1) == 1)
		result(a, job.id, OUTBOX_NEVER, 0, 10);
	CHECK_INT(count(a, OUTBOX_DEAD), 2);
	CHECK_INT(outbox_resend(a, 1, 20, NULL), OK);
	CHECK_INT(look(a, 1).row.state, OUTBOX_PENDING);
	CHECK_INT(look(a, 1).row.attempts, 0);
	CHECK_INT(outbox_resend(a, 99, 20, NULL), FAIL_NOT_FOUND);
	CHECK_INT(outbox_resend_all(a, STR("hook"), 21, &n, NULL), OK);
	CHECK_INT(n, 0);
	CHECK_INT(outbox_resend_all(a, (struct str){ NULL, 0 }, 21, &n, NULL), OK);
	CHECK_INT(n, 1);
	CHECK_INT(claim(a, 5, 30, &job, 1), 1);
	CHECK_INT(outbox_resend(a, job.id, 31, NULL), FAIL_DENIED); /* on its way */
	result(a, job.id, OUTBOX_RETRY, 0, 31);
	CHECK_INT(outbox_resend(a, job.id, 32, NULL), OK); /* now, not later */
	CHECK_INT(look(a, job.id).row.next, 32);
	CHECK_INT(look(a, job.id).row.attempts, 1);
	CHECK_INT(claim(a, 1, 33, &job, 1), 1);
	result(a, job.id, OUTBOX_OK, 0, 33);
	CHECK_INT(outbox_resend(a, job.id, 34, NULL), FAIL_DENIED);
	alerts_close(a);
}

TEST(pages_and_filters)
{
	struct alerts *a = open_new();
	struct outbox_filter f = { .limit = 4 };
	struct look l = { 0 };
	unsigned total = 0;

	channel(a, "hook", ALERTS_INFO, true);
	channel(a, "mail", ALERTS_HIGH, true);
	for (unsigned i = 0; i < 10; i++)
		raise_nth(a, i, i % 2 != 0 ? "HIGH" : "LOW", 5);
	do {
		l.n = 0;
		CHECK_INT(outbox_list(a, &f, on_row, &l, NULL), OK);
		f.before = l.row.id;
		total += l.n;
	} while (l.n == 4);
	CHECK_INT(total, 15);
	f = (struct outbox_filter){ .channel = STR("mail") };
	l.n = 0;
	CHECK_INT(outbox_list(a, &f, on_row, &l, NULL), OK);
	CHECK_INT(l.n, 5);
	alerts_close(a);
}

static enum err
order(struct alerts *a, const struct outbox_order *o, struct diag *why)
{
	enum err e = txn_begin(a, why);

	return e != OK ? e : txn_end(a, outbox_add(a, o, 7, 5, why), why);
}

TEST(one_message_for_one_person)
{
	struct alerts *a = open_new();
	struct outbox_order o = { .alert_id = STR("0123456789abcdef0123456789abcdef"),
		.channel = STR("mail"),
		.event = OUTBOX_ACK,
		.severity = ALERTS_HIGH,
		.person = STR("ana"),
		.address = STR("ana@example.org"),
		.apart = STR("ack-1") };
	struct outbox_job jobs[4];
	struct diag why = { 0 };
	struct look l = { 0 };

	channel(a, "mail", ALERTS_CRITICAL, true);
	channel(a, "off", ALERTS_INFO, false);
	CHECK_OK(order(a, &o, &why), why);
	CHECK_OK(order(a, &o, &why), why); /* the same key: no second one */
	CHECK_INT(claim(a, 4, 6, jobs, 4), 0);
	CHECK_INT(claim(a, 4, 7, jobs, 4), 1);
	CHECK_INT(jobs[0].event, OUTBOX_ACK);
	CHECK_STR(jobs[0].key, "0123456789abcdef0123456789abcdef-mail-ack-1");
	CHECK_STR(jobs[0].person, "ana");
	CHECK_STR(jobs[0].address, "ana@example.org");
	CHECK_INT(outbox_get(a, jobs[0].id, on_row, &l, NULL), OK);
	CHECK_INT(l.row.event, OUTBOX_ACK);
	o.channel = STR("off");
	CHECK_INT(order(a, &o, &why), FAIL_NOT_FOUND);
	o.channel = STR("nowhere");
	CHECK_INT(order(a, &o, &why), FAIL_NOT_FOUND);
	CHECK_STR(why.text, "there is no channel 'nowhere' that is on");
	alerts_close(a);
}

TEST(long_words_of_a_receiver_are_cut_between_characters)
{
	static char words[2000];
	struct alerts *a = open_new();
	struct outbox_result r = { .verdict = OUTBOX_NEVER };
	struct outbox_job job;
	struct diag why = { 0 };
	struct outbox_filter f = { 0 };
	struct look l = { 0 };

	for (size_t i = 0; i + 1 < sizeof(words); i += 2)
		memcpy(words + i, "\xc3\xa9", 2);
	memmove(words + 1, words, sizeof(words) - 1);
	words[0] = 'x';
	channel(a, "hook", ALERTS_INFO, true);
	raise_nth(a, 1, "LOW", 5);
	CHECK_INT(claim(a, 5, 10, &job, 1), 1);
	r.id = job.id;
	r.detail = (struct str){ words, sizeof(words) };
	CHECK_OK(outbox_result(a, &r, &plain, 11, &why), why);
	CHECK_INT(outbox_list(a, &f, on_row, &l, NULL), OK);
	CHECK_INT(l.row.last_error.n, 499);
	alerts_close(a);
}
