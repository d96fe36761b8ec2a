/* SPDX-License-Identifier: Apache-2.0 */
/* Silences: how they are made, changed and ended, and what windows say. */
#include "alert/silence.h"

#include "alert/bundle.h"
#include "silence_fixture.h"

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

static enum err
keep_title(void *ctx, const struct bundle *b)
{
	(void)str_to_c(b->title, ctx, 128);
	return OK;
}

static enum err
find_bundle(void *ctx, const struct outbox_row *row)
{
	if (row->event == OUTBOX_BUNDLE)
		(void)str_to_c(row->alert_id, ctx, ALERTS_ID_SIZE);
	return OK;
}

/* The title of the newest bundle that goes out. */
static void
sent(struct alerts *a, int64_t now, char title[128])
{
	char id[ALERTS_ID_SIZE] = "";
	struct diag why = { 0 };
	bool any = false;

	CHECK_OK(bundle_close(a, now, &any, &why), why);
	CHECK(any);
	CHECK_OK(outbox_list(a, &(struct outbox_filter){ .limit = 1 }, find_bundle, id, &why), why);
	CHECK_OK(bundle_get(a, str_c(id), keep_title, title, &why), why);
}

static enum err
find_line(void *ctx, const struct bundle *b)
{
	*(bool *)ctx = str_find(b->summary, STR("Hidden by silences: 1 of ann 2\n")) >= 0;
	return OK;
}

TEST(the_report_says_what_is_hidden)
{
	const struct bundle_place week = { STR("desk"), STR("weekly"), BUNDLE_WEEKLY, T0 + HOUR };
	struct alerts *a = open_told();
	char id[ALERTS_ID_SIZE] = "";
	struct diag why = { 0 };
	bool any = false, said = false;

	(void)add(a, &plain, T0);
	raise(a, usual(1, T0 + S), T0 + S);
	raise(a, usual(2, T0 + S), T0 + S);
	CHECK_OK(bundle_begin(a, &week, T0, &why), why);
	CHECK_OK(bundle_close(a, T0 + HOUR, &any, &why), why);
	CHECK_OK(outbox_list(a, &(struct outbox_filter){ .limit = 1 }, find_bundle, id, &why), why);
	CHECK_OK(bundle_get(a, str_c(id), find_line, &said, &why), why);
	CHECK(said);
	alerts_close(a);
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
	sent(a, AT(0, 23, 0), said);
	CHECK_STR(said, "Window 1 is over: it hid 2 alerts");
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
