/* SPDX-License-Identifier: Apache-2.0 */
/* Silences: what they hide, what breaks them, when they end, and that nothing is lost. */
#include "alert/silence.h"

#include <stdlib.h>

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
