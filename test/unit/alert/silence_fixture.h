/* Alerts of one kind, silences for them, and who was told. */
#ifndef SILENCE_FIXTURE_H
#define SILENCE_FIXTURE_H

#include <stdio.h>

#include "alert/affected.h"
#include "alert/channels.h"
#include "alert/outbox.h"
#include "alert/silence.h"
#include "fixture.h"

#define S ((int64_t)1000000000)
#define HOUR (3600 * S)
#define DAY (24 * HOUR)
#define T0 ((int64_t)1780000000 * S) /* Thursday, 28 May 2026, 20:26:40 UTC */

static inline struct alerts *
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

static const struct silence plain __attribute__((unused)) = { .match = { .rule_id = STR("rule-1") },
	.owner = STR("ann"),
	.reason = STR("known scanner"),
	.trips = SILENCE_ALL_TRIPS,
	.start = T0,
	.end = T0 + DAY };

static inline int64_t
add(struct alerts *a, const struct silence *s, int64_t now)
{
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(silence_add(a, s, STR("ann"), now, &id, &why), why);
	return id;
}

/* An alert of ann in Germany, by what the case changes of it. */
static inline struct alerts_finding
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

static inline void
raise(struct alerts *a, struct alerts_finding f, int64_t now)
{
	apply(a, &f, 1, 9, now);
}

struct quiet {
	char text[64], status[32];
};

static inline enum err
on_quiet(void *ctx, const struct alerts_row *row)
{
	(void)str_to_c(row->quiet, ((struct quiet *)ctx)->text,
	    sizeof(((struct quiet *)ctx)->text));
	return OK;
}

static inline struct quiet
quiet_of(struct alerts *a, unsigned n)
{
	struct quiet q = { 0 };
	struct diag why = { 0 };

	CHECK_OK(alerts_get(a, nth_id(n), on_quiet, &q, &why), why);
	return q;
}

static inline enum err
on_message(void *ctx, const struct outbox_row *row)
{
	(void)row;
	++*(unsigned *)ctx;
	return OK;
}

/* Messages about the n-th alert. */
static inline unsigned
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

static inline enum err
on_silence(void *ctx, const struct silence *s)
{
	struct copied *c = ctx;

	c->s = *s;
	(void)str_to_c(s->broken_why, c->broken_why, sizeof(c->broken_why));
	(void)str_to_c(s->broken_alert, c->broken_alert, sizeof(c->broken_alert));
	(void)str_to_c(s->ended_why, c->ended_why, sizeof(c->ended_why));
	return OK;
}

static inline struct copied
get(struct alerts *a, int64_t id)
{
	struct copied c = { 0 };
	struct diag why = { 0 };

	CHECK_OK(silence_get(a, id, on_silence, &c, &why), why);
	return c;
}

static inline enum silence_state
state_at(struct alerts *a, int64_t id, int64_t at)
{
	const struct copied c = get(a, id);

	return silence_state(&c.s, at);
}

static inline size_t
tick(struct alerts *a, int64_t now)
{
	struct diag why = { 0 };
	size_t n = 0;

	CHECK_OK(silence_tick(a, now, &n, &why), why);
	return n;
}

#endif
