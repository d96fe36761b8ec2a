/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/actions.py */
/* Tickets: the message of an alert to the channels that make tickets of it. */
#include <stdio.h>

#include "alert/channels.h"
#include "alert/outbox.h"
#include "app/carriers_in.h"
#include "app/delivery.h"
#include "base/clock.h"

#define NAMES_MAX 20

struct trackers {
	const struct conf_list *only; /* names; empty: all of the kinds below */
	char names[NAMES_MAX][CHANNELS_NAME_MAX + 1];
	size_t n;
};

static bool
makes_tickets(struct str kind)
{
	static const char *const kinds[] = { "jira", "linear", "github" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(kind, str_c(kinds[i])))
			return true;
	return false;
}

static bool
is_meant(const struct trackers *t, const struct channels_row *row)
{
	for (size_t i = 0; i < t->only->n; i++)
		if (str_eq(row->name, str_c(t->only->p[i])))
			return true;
	return t->only->n == 0 && makes_tickets(row->kind);
}

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	struct trackers *t = ctx;

	if (row->enabled && is_meant(t, row) && t->n < NAMES_MAX)
		(void)str_to_c(row->name, t->names[t->n++], sizeof(t->names[0]));
	return OK;
}

/* Channels come and go with the page: whether there is one is seen when it is needed. */
static enum err
ready(const struct carriers *c, struct diag *why)
{
	(void)c;
	(void)why;
	return OK;
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	(void)alerts_severity_find(row->severity, ctx);
	return OK;
}

/* By the key of the alert's one message, so that nobody gets two tickets of one alert. */
static enum err
order_all(struct carriers *c, const struct trackers *t, const char *alert, struct diag *why)
{
	enum alerts_severity severity = ALERTS_INFO;
	const int64_t now = clock_wall();
	enum err e = alerts_get(c->o.alerts, str_c(alert), on_alert, &severity, why);

	for (size_t i = 0; i < t->n && e == OK; i++)
		e = outbox_add(c->o.alerts,
		    &(struct outbox_order){ .alert_id = str_c(alert),
			.channel = str_c(t->names[i]),
			.severity = severity },
		    now, now, why);
	return e;
}

static void
run(struct carriers *c, struct flight *f)
{
	struct trackers t = { .only = &c->o.conf->respond_trackers };
	char words[LEASES_TEXT + 1] = "ordered by";
	struct diag why = { 0 };
	enum err e = channels_list(c->o.alerts, on_channel, &t, &why);

	if (f->job.what != CARRY_BEGIN) {
		carriers_say(f, CARRY_DONE, "a ticket stays");
		return;
	}
	if (e == OK && t.n == 0) {
		carriers_say(f, CARRY_NEVER, "there is no channel that makes tickets");
		return;
	}
	if (e == OK)
		e = order_all(c, &t, f->job.alert, &why);
	if (e != OK) {
		carriers_say(f, e == FAIL_NOT_FOUND ? CARRY_NEVER : CARRY_RETRY, "%s", why.text);
		return;
	}
	for (size_t i = 0; i < t.n; i++) {
		const size_t n = strlen(words);

		(void)snprintf(words + n, sizeof(words) - n, " %s", t.names[i]);
	}
	delivery_wake(c->o.delivery);
	carriers_done(f,
	    &(struct carry_result){ .verdict = CARRY_DONE, .once = true, .words = str_c(words) });
}

const struct carrier carry_ticket = { DEED_BY_TRACKER, ready, run, NULL };
