/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/playbooks.py */
/* exports: playbooks_ */
/* Tickets of incidents: sent by the notify process, past the outbox, which knows alerts only. */
#include <stdio.h>

#include "alert/channels.h"
#include "app/delivery.h"
#include "app/letter.h"
#include "app/playbooks_in.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/jsonr.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "notify/job.h"

#define SAID_BUDGET ((size_t)1 << 16)

struct search {
	const struct conf_list *only; /* names; empty: of the kinds below */
	char *to;
};

static bool
makes_tickets(struct str kind)
{
	return str_eq(kind, STR("jira")) || str_eq(kind, STR("linear")) ||
	       str_eq(kind, STR("github"));
}

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	struct search *s = ctx;
	bool meant = s->only->n == 0 && makes_tickets(row->kind);

	for (size_t i = 0; i < s->only->n; i++)
		meant |= str_eq(row->name, str_c(s->only->p[i])) && makes_tickets(row->kind);
	if (meant && row->enabled && s->to[0] == '\0')
		(void)str_to_c(row->name, s->to, TICKET_CHANNEL + 1);
	return OK;
}

enum err
playbooks_tracker(struct playbooks *p, char to[TICKET_CHANNEL + 1], struct diag *why)
{
	struct search s = { &p->o.conf->respond_trackers, to };

	to[0] = '\0';
	return channels_list(p->o.alerts, on_channel, &s, why);
}

static enum err
put_channel(void *ctx, const struct channels_row *row)
{
	if (row->enabled && makes_tickets(row->kind))
		letter_channel(row, ctx);
	return OK;
}

/* The incident in the clothes of an alert, which channel files know how to tell of. */
static void
put_alert(const struct ticket_job *j, struct buf *to)
{
	char name[INCIDENT_NAME_SIZE];
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "id", str_c(incident_name(j->incident, name)));
	jsonw_kstr(&w, "rule_id", STR("incident"));
	jsonw_kstr(&w, "title", str_c(j->title));
	jsonw_kstr(&w, "severity", str_c(incident_severity_word(j->severity)));
	jsonw_kstr(&w, "group", str_c(name));
	jsonw_kstr(&w, "summary", j->words[0] != '\0' ? str_c(j->words) : str_c(j->title));
	jsonw_kstr(&w, "ticket", str_c(j->ref));
	jsonw_kint(&w, "count", 1);
	jsonw_ktime(&w, "first", j->created);
	jsonw_ktime(&w, "last", j->created);
	jsonw_end(&w);
}

/* The step that waited for it goes on. */
static void
settle_effect(struct playbooks_ticket *t, const struct ticket_result *r)
{
	const struct runs_outcome o = { .ok = r->ok, .ref = r->ref, .result = r->words };
	struct diag why = { 0 };
	enum err e;

	if (t->job.what != TICKET_MAKE || t->job.effect == 0)
		return;
	e = runs_settle(t->p->o.incidents, t->job.effect, &o, clock_wall(), &why);
	if (e != OK && e != FAIL_NOT_FOUND)
		log_diag("playbook", "that a ticket was made was not noted", &why);
}

static void
finish(struct playbooks_ticket *t, const struct ticket_result *r)
{
	struct diag why = { 0 };
	bool over = false;
	enum err e;

	t->busy = false;
	e = ticket_done(t->p->o.incidents, &t->job, r, clock_wall(), &over, &why);
	if (e != OK)
		log_diag("playbook", "what became of a ticket was not noted", &why);
	else if (over)
		settle_effect(t, r);
	playbooks_wake(t->p);
}

static void
on_called(void *ctx, const struct job_result *res)
{
	struct playbooks_ticket *t = ctx;
	struct arena *a = arena_new(SAID_BUDGET);
	const struct jsonr *top = NULL;
	struct ticket_result r = { .ok = res->verdict == JOB_OK,
		.never = res->verdict == JOB_NEVER,
		.after = res->after_ms * CLOCK_MS,
		.words = str_c(res->detail) };

	if (r.ok && jsonr_parse(a, str_c(res->said), &top, NULL) == OK) {
		r.ref = jsonr_text(top, "id", STR(""));
		r.url = jsonr_text(top, "url", STR(""));
		if (r.url.n != 0)
			r.words = r.url;
	}
	finish(t, &r);
	arena_free(a);
}

static void
send(struct playbooks_ticket *t)
{
	static const char *const events[] = { "raise", "comment", "close" };
	struct playbooks *p = t->p;
	auto_buf struct buf channel = { 0 }, alert = { 0 };
	struct diag why = { 0 };
	char created[40];
	const struct str url = playbooks_url(p, t->job.incident);
	enum err e = channels_get(p->o.alerts, str_c(t->job.channel), put_channel, &channel, &why);
	struct job_order o = { .key = str_c(t->job.key),
		.created = str_c(clock_text(t->job.created, created)),
		.url = url,
		.event = str_c(events[t->job.what]) };

	if (channel.n == 0) {
		finish(t, &(struct ticket_result){ .never = e == OK || e == FAIL_NOT_FOUND,
			      .words = STR("there is no such channel that makes tickets") });
		return;
	}
	put_alert(&t->job, &alert);
	o.channel = buf_view(&channel);
	o.alert = buf_view(&alert);
	t->busy = delivery_call(p->o.delivery, &o, on_called, t);
	if (!t->busy)
		finish(t, &(struct ticket_result){ .words = STR("the notify process is busy") });
}

void
playbooks_tickets(struct playbooks *p)
{
	struct diag why = { 0 };

	for (size_t i = 0; i < PLAYBOOKS_TICKETS; i++) {
		struct playbooks_ticket *t = &p->tickets[i];
		size_t n = 0;

		if (t->busy)
			continue;
		if (ticket_due(p->o.incidents, clock_wall(), &t->job, 1, &n, &why) != OK)
			log_diag("playbook", "tickets cannot be read", &why);
		if (n == 0)
			return;
		send(t);
	}
}
