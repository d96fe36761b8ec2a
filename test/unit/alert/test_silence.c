/* SPDX-License-Identifier: Apache-2.0 */
/* Silences: what they hide, what breaks them, when they end, and that nothing is lost. */
#include "alert/silence.h"

#include "alert/affected.h"
#include "alert/channels.h"
#include "alert/outbox.h"
#include "fixture.h"
#include "random.h"

#define S ((int64_t)1000000000)
#define HOUR (3600 * S)
#define DAY (24 * HOUR)
#define T0 ((int64_t)1780000000 * S) /* Thursday, 28 May 2026, 20:26:40 UTC */

static struct alerts *
open_told(void)
{
	const struct channel c = { .name = STR("desk"),
		.type = CHANNELS_WEBHOOK,
		.enabled = true,
		.min_severity = ALERTS_INFO,
		.origin = CHANNELS_PAGE,
		.url = STR("https://example.org/") };
	struct alerts *a = open_new();
	struct diag why = { 0 };

	CHECK_OK(channels_add(a, &c, 1, &why), why);
	return a;
}

static const struct silence plain = { .match = { .rule_id = STR("rule-1") },
	.owner = STR("ann"),
	.reason = STR("known scanner"),
	.trips = SILENCE_ALL_TRIPS,
	.start = T0,
	.end = T0 + DAY };

static int64_t
add(struct alerts *a, const struct silence *s, int64_t now)
{
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(silence_add(a, s, STR("ann"), now, &id, &why), why);
	return id;
}

/* An alert of ann in Germany, by what the case changes of it. */
static struct alerts_finding
usual(unsigned n, int64_t last)
{
	static char ids[16][ALERTS_ID_SIZE];
	char *id = ids[n % ARRAY_LEN(ids)];
	struct alerts_finding f;

	(void)snprintf(id, ALERTS_ID_SIZE, "%08x000000000000000000000000", n);
	f = finding(id, 9);
	f.severity = STR("MEDIUM");
	f.user = STR("ann");
	f.address = STR("192.0.2.1");
	f.country = STR("DE");
	f.network = STR("AS64500");
	f.first = f.last = last;
	return f;
}

static void
raise(struct alerts *a, struct alerts_finding f, int64_t now)
{
	apply(a, &f, 1, 9, now);
}

struct quiet {
	char text[64], status[32];
};

static enum err
on_quiet(void *ctx, const struct alerts_row *row)
{
	(void)str_to_c(row->quiet, ((struct quiet *)ctx)->text,
	    sizeof(((struct quiet *)ctx)->text));
	return OK;
}

static struct quiet
quiet_of(struct alerts *a, unsigned n)
{
	struct quiet q = { 0 };
	struct diag why = { 0 };

	CHECK_OK(alerts_get(a, nth_id(n), on_quiet, &q, &why), why);
	return q;
}

static enum err
on_message(void *ctx, const struct outbox_row *row)
{
	(void)row;
	++*(unsigned *)ctx;
	return OK;
}

/* Messages about the n-th alert. */
static unsigned
told(struct alerts *a, unsigned n)
{
	struct outbox_filter f = { .alert_id = nth_id(n) };
	struct diag why = { 0 };
	unsigned count = 0;

	CHECK_OK(outbox_list(a, &f, on_message, &count, &why), why);
	return count;
}

struct copied {
	struct silence s;
	char broken_why[128], broken_alert[40], ended_why[32];
};

static enum err
on_silence(void *ctx, const struct silence *s)
{
	struct copied *c = ctx;

	c->s = *s;
	(void)str_to_c(s->broken_why, c->broken_why, sizeof(c->broken_why));
	(void)str_to_c(s->broken_alert, c->broken_alert, sizeof(c->broken_alert));
	(void)str_to_c(s->ended_why, c->ended_why, sizeof(c->ended_why));
	return OK;
}

static struct copied
get(struct alerts *a, int64_t id)
{
	struct copied c = { 0 };
	struct diag why = { 0 };

	CHECK_OK(silence_get(a, id, on_silence, &c, &why), why);
	return c;
}

static enum silence_state
state_at(struct alerts *a, int64_t id, int64_t at)
{
	const struct copied c = get(a, id);

	return silence_state(&c.s, at);
}

static size_t
tick(struct alerts *a, int64_t now)
{
	struct diag why = { 0 };
	size_t n = 0;

	CHECK_OK(silence_tick(a, now, &n, &why), why);
	return n;
}

TEST(hides_and_counts)
{
	struct alerts *a = open_told();
	int64_t id = add(a, &plain, T0);
	struct alerts_finding f = usual(1, T0 + S);
	struct copied c;

	raise(a, f, T0 + S);
	CHECK_STR(quiet_of(a, 1).text, "silence:1");
	CHECK_INT(told(a, 1), 0);
	f.last = T0 + 2 * S;
	f.n_more = 3;
	raise(a, f, T0 + 2 * S);
	raise(a, usual(2, T0 + 3 * S), T0 + 3 * S);
	c = get(a, id);
	CHECK_INT(c.s.alerts, 2);
	CHECK_INT(c.s.events, 10 + 3 + 10);
	CHECK_INT(c.s.newest, T0 + 3 * S);
	CHECK_INT(told(a, 1) + told(a, 2), 0);
	f = usual(3, T0 + 4 * S);
	f.rule_id = STR("rule-2");
	raise(a, f, T0 + 4 * S);
	CHECK_STR(quiet_of(a, 3).text, "");
	CHECK_INT(told(a, 3), 1);
	CHECK_INT(get(a, id).s.alerts, 2);
	alerts_close(a);
}

/* Each thing that is new: what it is, and how the break is called. */
TEST(breaks_by_what_is_new)
{
	static const struct {
		const char *what, *why;
	} cases[] = {
		{ "country", "new country RU" },
		{ "network", "new network AS64999" },
		{ "user", "new user bob" },
		{ "tag", "new tag attack.t1078" },
		{ "severity", "severity HIGH, higher than any before" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct alerts *a = open_told();
		int64_t id = add(a, &plain, T0);
		struct alerts_finding f = usual(2, T0 + 2 * S);
		struct copied c;

		raise(a, usual(1, T0 + S), T0 + S);
		if (i == 0)
			f.country = STR("RU");
		else if (i == 1)
			f.network = STR("AS64999");
		else if (i == 2)
			f.user = STR("bob");
		else if (i == 3)
			f.tags = STR("attack.t1110, attack.t1078");
		else
			f.severity = STR("HIGH");
		raise(a, f, T0 + 2 * S);
		c = get(a, id);
		CHECK_STR(c.broken_why, cases[i].why);
		CHECK_SLICE(nth_id(2), c.broken_alert);
		CHECK_INT(silence_state(&c.s, T0 + 3 * S), SILENCE_BROKEN);
		CHECK_INT(told(a, 2), 1);
		CHECK_STR(quiet_of(a, 2).text, "");
		/* Broken, it hides nothing any more. */
		raise(a, usual(3, T0 + 4 * S), T0 + 4 * S);
		CHECK_INT(told(a, 3), 1);
		alerts_close(a);
		CHECK_INT(remove(fx_path), 0);
	}
}

TEST(an_end_tells_what_is_urgent)
{
	struct alerts *a = open_told();
	struct alerts_finding f = usual(1, T0 + S);
	int64_t id;

	f.severity = STR("HIGH");
	id = add(a, &plain, T0);
	raise(a, f, T0 + S);
	raise(a, usual(2, T0 + S), T0 + S); /* MEDIUM */
	CHECK_INT(tick(a, T0 + DAY - S), 0);
	CHECK_INT(told(a, 1) + told(a, 2), 0);
	CHECK(tick(a, T0 + DAY) != 0);
	CHECK_STR(get(a, id).ended_why, "expired");
	CHECK_INT(told(a, 1), 1);
	CHECK_STR(quiet_of(a, 1).text, "");
	CHECK_INT(told(a, 2), 0);
	CHECK_STR(quiet_of(a, 2).text, "silence:1");
	CHECK_INT(tick(a, T0 + DAY + S), 0);
	CHECK_INT(told(a, 1), 1);
	/* It goes on: now somebody has to know. */
	raise(a, usual(2, T0 + DAY + 2 * S), T0 + DAY + 2 * S);
	CHECK_INT(told(a, 2), 1);
	CHECK_STR(quiet_of(a, 2).text, "");
	alerts_close(a);
}

TEST(used_up_and_begun_again)
{
	struct alerts *a = open_told();
	struct silence s = plain;
	struct copied c;
	int64_t id;

	s.max_hits = 2;
	id = add(a, &s, T0);
	for (unsigned n = 1; n <= 2; n++)
		raise(a, usual(n, T0 + n * S), T0 + n * S);
	alerts_close(a);
	a = open_again();
	raise(a, usual(1, T0 + 3 * S), T0 + 3 * S); /* counts up, is hidden already */
	CHECK_INT(get(a, id).s.alerts, 2);
	CHECK_INT(get(a, id).s.events, 21);
	CHECK_INT(told(a, 1) + told(a, 2), 0);
	raise(a, usual(3, T0 + 4 * S), T0 + 4 * S);
	CHECK_INT(told(a, 3), 1);
	c = get(a, id);
	CHECK_STR(c.ended_why, "used up");
	CHECK_INT(c.s.alerts, 2);
	alerts_close(a);
}

/* Closed, back again under a silence, and told anew when that ends. */
TEST(what_comes_back_is_not_lost)
{
	const struct act act = { .action = ACT_RESOLVE, .by = STR("ann"), .reason = STR("benign") };
	struct alerts *a = open_told();
	struct alerts_finding f = usual(1, T0);
	struct act_done done;
	struct diag why = { 0 };

	f.severity = STR("HIGH");
	raise(a, f, T0);
	CHECK_INT(told(a, 1), 1);
	CHECK_OK(act_one(a, nth_id(1), &act, T0 + S, &done, &why), why);
	(void)add(a, &plain, T0 + 2 * S);
	raise(a, f, T0 + 3 * S);
	CHECK_STR(quiet_of(a, 1).text, "silence:1");
	CHECK_INT(told(a, 1), 1);
	(void)tick(a, T0 + DAY);
	CHECK_STR(quiet_of(a, 1).text, "");
	CHECK_INT(told(a, 1), 2);
	alerts_close(a);
}

TEST(who_took_it_on_need_not_be_told)
{
	const struct act act = { .action = ACT_ACK, .by = STR("ann") };
	struct alerts *a = open_told();
	struct alerts_finding f = usual(1, T0);
	struct act_done done;
	struct diag why = { 0 };

	f.severity = STR("CRITICAL");
	(void)add(a, &plain, T0);
	raise(a, f, T0);
	CHECK_OK(act_one(a, nth_id(1), &act, T0 + S, &done, &why), why);
	CHECK_OK(silence_end(a, 1, STR("bob"), T0 + 2 * S, &why), why);
	(void)tick(a, T0 + 3 * S);
	CHECK_INT(told(a, 1), 0);
	CHECK_STR(quiet_of(a, 1).text, "silence:1");
	alerts_close(a);
}

TEST(why_it_is_told)
{
	struct alerts *a = open_told();
	struct alerts_finding f = usual(2, T0 + 2 * S);
	auto_buf struct buf said = { 0 };
	struct diag why = { 0 };

	(void)add(a, &plain, T0);
	raise(a, usual(1, T0 + S), T0 + S);
	f.country = STR("RU");
	raise(a, f, T0 + 2 * S);
	CHECK_OK(silence_news(a, nth_id(2), &said, &why), why);
	CHECK_SLICE(buf_view(&said),
	    "Told although silenced: silence 1 of ann (known scanner) broke: new country RU.");
	buf_reset(&said);
	CHECK_OK(silence_news(a, nth_id(1), &said, &why), why);
	CHECK_INT(said.n, 0);
	alerts_close(a);
}

/* More users than an alert keeps: nobody knows who they are. */
TEST(names_past_the_cap_are_new)
{
	struct alerts *a = open_told();
	struct silence s = plain;
	char user[16];

	(void)add(a, &s, T0);
	for (unsigned i = 0; i < AFFECTED_MAX; i++) {
		struct alerts_finding f = usual(1, T0 + S);

		(void)snprintf(user, sizeof(user), "user%u", i);
		f.user = str_c(user);
		raise(a, f, T0 + S);
	}
	CHECK_INT(told(a, 1), 1); /* user1 was new */
	s.match.rule_id = STR("rule-1");
	s.trips = 1U << SILENCE_USER;
	CHECK_INT(add(a, &s, T0 + 2 * S), 2);
	for (unsigned n = 2; n <= 3; n++) {
		struct alerts_finding f = usual(2, T0 + 3 * S);

		(void)snprintf(user, sizeof(user), "user%u", n);
		f.user = str_c(user);
		raise(a, f, T0 + 3 * S);
		CHECK_STR(quiet_of(a, 2).text, "silence:2"); /* known of the first alert */
	}
	for (unsigned i = 0; i < AFFECTED_MAX; i++) {
		struct alerts_finding f = usual(2, T0 + 4 * S);

		(void)snprintf(user, sizeof(user), "user%u", i);
		f.user = str_c(user);
		raise(a, f, T0 + 4 * S);
	}
	CHECK_STR(quiet_of(a, 2).text, "silence:2");
	{
		struct alerts_finding f = usual(2, T0 + 5 * S);

		f.user = STR("mallory");
		raise(a, f, T0 + 5 * S);
	}
	CHECK_STR(quiet_of(a, 2).text, "");
	CHECK_STR(get(a, 2).broken_why, "new user (more than are kept)");
	alerts_close(a);
}

TEST(only_one_user_and_only_that_network)
{
	static const struct {
		const char *affected;
		bool user, net;
	} cases[] = {
		{ "uann\na192.0.2.1\n", true, true },
		{ "uann\nubob\na192.0.2.1\n", false, true },
		{ "uann\na192.0.2.1\na198.51.100.1\n", true, false },
		{ "a192.0.2.1\n", false, true },
		{ "uann\n", true, false },
		{ "", false, false },
		{ "uann\nU\na192.0.2.9\nA\n", false, false },
		{ "uANN\na::ffff:192.0.2.1\n", false, true },
		{ "ua\na2001:db8::1\n", false, false },
		{ "ua\nanonsense\n", false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct silence_about x = { .rule_id = STR("r"),
			.group = STR("g"),
			.tags = STR("a, b"),
			.affected = str_c(cases[i].affected) };

		CHECK_INT(silence_matches(&(struct silence_match){ .user = STR("ann") }, &x),
		    cases[i].user);
		CHECK_INT(silence_matches(&(struct silence_match){ .net = STR("192.0.2.0/24") },
			      &x),
		    cases[i].net);
		CHECK(silence_matches(&(struct silence_match){ .tag = STR("b") }, &x));
		CHECK(!silence_matches(&(struct silence_match){ .tag = STR("a, b") }, &x));
	}
}

TEST(true_positives_want_a_note)
{
	const struct act act = {
		.action = ACT_RESOLVE, .by = STR("ann"), .reason = STR("true_positive")
	};
	struct alerts *a = open_told();
	struct silence s = plain;
	struct silence_preview p;
	struct act_done done;
	struct diag why = { 0 };
	int64_t id;

	raise(a, usual(1, T0), T0);
	raise(a, usual(2, T0), T0);
	raise(a, usual(3, T0 - 31 * DAY), T0);
	CHECK_OK(act_one(a, nth_id(1), &act, T0, &done, &why), why);
	CHECK_OK(silence_preview(a, &s, T0 + S, &p, NULL, NULL, &why), why);
	CHECK_INT(p.alerts, 2);
	CHECK_INT(p.events, 20);
	CHECK_INT(p.true_positives, 1);
	CHECK_INT(p.by_severity[ALERTS_MEDIUM], 2);
	CHECK(p.complete);
	CHECK_INT(silence_add(a, &s, STR("ann"), T0, &id, &why), FAIL_DENIED);
	CHECK_INT(silence_list(a, 0, 0, 10, T0, on_silence, &(struct copied){ 0 }, &why), OK);
	CHECK_INT(silence_get(a, 1, on_silence, &(struct copied){ 0 }, &why), FAIL_NOT_FOUND);
	s.note = STR("a drill");
	CHECK_INT(get(a, add(a, &s, T0)).s.seen, 2);
	alerts_close(a);
}

TEST(what_is_refused)
{
	static const struct silence_match none = { .by_severity = false };
	struct alerts *a = open_told();
	struct diag why = { 0 };
	struct silence bad[12];
	int64_t id;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = plain;
	bad[n++].match = none;
	bad[n++].reason = STR(" ");
	bad[n++].owner = STR("");
	bad[n++].end = T0 + 91 * DAY;
	bad[n++].end = T0;
	bad[n++].trips = SILENCE_ALL_TRIPS + 1;
	bad[n++].match.net = STR("10.0.0.1/8");
	bad[n++].match.user = STR("a\nb");
	bad[n++].weekly.days = 1; /* and no window */
	bad[n].window = true;
	bad[n++].weekly = (struct silence_weekly){ 1, 0, 1440, 0 };
	bad[n].window = true;
	bad[n++].weekly = (struct silence_weekly){ 1, 0, 60, 15 * 60 };
	bad[n++].start = 0;
	for (size_t i = 0; i < n; i++)
		CHECK_INT(silence_add(a, &bad[i], STR("ann"), T0, &id, &why), FAIL_SYNTAX);
	for (unsigned i = 0; i < SILENCE_HELD_MAX; i++)
		(void)add(a, &plain, T0);
	CHECK_INT(silence_add(a, &plain, STR("ann"), T0, &id, &why), FAIL_LIMIT);
	CHECK_OK(silence_end(a, 7, STR("ann"), T0, &why), why);
	(void)add(a, &plain, T0);
	alerts_close(a);
}

TEST(broken_and_renewed)
{
	struct alerts *a = open_told();
	struct diag why = { 0 };
	struct alerts_finding f = usual(2, T0 + 2 * S);

	(void)add(a, &plain, T0);
	raise(a, usual(1, T0 + S), T0 + S);
	f.user = STR("bob");
	raise(a, f, T0 + 2 * S);
	CHECK_INT(told(a, 2), 1);
	CHECK_OK(silence_set(a, 1, &(struct silence_change){ .renew = true, .end = T0 + 9 * DAY },
		     STR("ann"), T0 + 3 * S, &why),
	    why);
	f = usual(3, T0 + 4 * S);
	f.user = STR("bob");
	raise(a, f, T0 + 4 * S);
	CHECK_STR(quiet_of(a, 3).text, "silence:1");
	CHECK_INT(get(a, 1).s.end, T0 + 9 * DAY);
	CHECK_INT(silence_set(a, 1, &(struct silence_change){ .end = T0 + 99 * DAY }, STR("ann"),
		      T0 + 5 * S, &why),
	    FAIL_SYNTAX);
	CHECK_OK(silence_end(a, 1, STR("ann"), T0 + 5 * S, &why), why);
	CHECK_INT(silence_set(a, 1, &(struct silence_change){ .end = T0 + 10 * DAY }, STR("ann"),
		      T0 + 6 * S, &why),
	    FAIL_DENIED);
	alerts_close(a);
}

/* T0 is Thursday, 20:26:40 UTC; midnight before: */
#define DAY0 (T0 - (20 * 3600 + 26 * 60 + 40) * S)
#define AT(day, hour, minute) (DAY0 + (day)*DAY + (hour)*HOUR + (minute)*60 * S)

TEST(weekly_times)
{
	/* Thursday and Sunday, 22:30 to 04:00 of UTC+1. */
	const struct silence s = { .start = T0,
		.end = T0 + 30 * DAY,
		.weekly = { 1U << 4 | 1U, 22 * 60 + 30, 4 * 60, 60 } };
	static const struct {
		int64_t at, from, to, next;
	} cases[] = {
		{ AT(0, 21, 29), 0, 0, AT(0, 21, 30) },
		{ AT(0, 21, 30), AT(0, 21, 30), AT(1, 3, 0), AT(3, 21, 30) },
		{ AT(1, 2, 59), AT(0, 21, 30), AT(1, 3, 0), AT(3, 21, 30) },
		{ AT(1, 3, 0), 0, 0, AT(3, 21, 30) },
		{ AT(1, 22, 0), 0, 0, AT(3, 21, 30) },
		{ AT(4, 0, 0), AT(3, 21, 30), AT(4, 3, 0), AT(7, 21, 30) },
		{ AT(-7, 22, 0), 0, 0, AT(0, 21, 30) },
		{ AT(30, 0, 0), 0, 0, 0 },
	};
	int64_t from, to;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_INT(silence_covers(&s, cases[i].at, &from, &to), cases[i].to != 0);
		if (cases[i].to != 0)
			CHECK(from == cases[i].from && to == cases[i].to);
		CHECK_INT(silence_next(&s, cases[i].at), cases[i].next);
	}
	CHECK(silence_before(&s, AT(1, 3, 0), &from, &to) && to == AT(1, 3, 0));
	CHECK(silence_before(&s, AT(3, 22, 0), &from, &to) && to == AT(1, 3, 0));
	CHECK(!silence_before(&s, AT(0, 22, 0), &from, &to));
}

static enum err
last_note(void *ctx, const struct silence_entry *e)
{
	(void)snprintf(ctx, 128, "%.*s: %.*s", STR_ARG(e->action), STR_ARG(e->note));
	return OK;
}

TEST(a_window_says_what_it_hid)
{
	struct alerts *a = open_told();
	struct silence s = plain;
	struct diag why = { 0 };
	char said[128] = "";
	int64_t id;

	s.window = true;
	s.end = T0 + 60 * DAY;
	s.weekly = (struct silence_weekly){ 1U << 4, 21 * 60, 23 * 60, 0 };
	id = add(a, &s, T0);
	raise(a, usual(1, AT(0, 20, 59)), AT(0, 20, 59));
	CHECK_INT(told(a, 1), 1);
	raise(a, usual(2, AT(0, 21, 0)), AT(0, 21, 0));
	raise(a, usual(3, AT(0, 22, 59)), AT(0, 22, 59));
	CHECK_INT(told(a, 2) + told(a, 3), 0);
	CHECK_INT(tick(a, AT(0, 22, 59)), 0);
	CHECK(tick(a, AT(0, 23, 0)) != 0);
	CHECK_OK(silence_history(a, id, last_note, said, &why), why);
	CHECK_STR(said, "summary: hid 2 alerts (20 events)");
	CHECK_INT(tick(a, AT(0, 23, 1)), 0);
	/* It breaks for this week only. */
	raise(a, usual(4, AT(7, 21, 0)), AT(7, 21, 0));
	CHECK_STR(quiet_of(a, 4).text, "silence:1");
	{
		struct alerts_finding f = usual(5, AT(7, 21, 1));

		f.country = STR("RU");
		raise(a, f, AT(7, 21, 1));
	}
	CHECK_INT(told(a, 5), 1);
	CHECK_INT(state_at(a, id, AT(7, 21, 2)), SILENCE_BROKEN);
	CHECK_INT(state_at(a, id, AT(14, 21, 2)), SILENCE_HOLDS);
	(void)tick(a, AT(7, 23, 0));
	CHECK_OK(silence_history(a, id, last_note, said, &why), why);
	CHECK_STR(said, "summary: hid 1 alert (10 events)");
	CHECK_OK(silence_end(a, id, STR("ann"), AT(14, 21, 30), &why), why);
	(void)tick(a, AT(14, 21, 31));
	CHECK_OK(silence_history(a, id, last_note, said, &why), why);
	CHECK_STR(said, "summary: hid 0 alerts (0 events)");
	CHECK_INT(tick(a, AT(21, 23, 0)), 0);
	alerts_close(a);
}

TEST(demonstration_is_nobody_to_hide_from)
{
	struct alerts *a = open_told();
	struct alerts_finding f = usual(1, T0);
	uint64_t n;

	(void)add(a, &plain, T0);
	f.demo = true;
	raise(a, f, T0);
	CHECK_STR(quiet_of(a, 1).text, "");
	CHECK_INT(get(a, 1).s.alerts, 0);
	CHECK_INT(alerts_erase_demo(a, &n, NULL), OK);
	alerts_close(a);
}
