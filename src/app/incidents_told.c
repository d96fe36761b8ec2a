/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/incidents.py */
/* exports: incidents_ */
/* Who was told of alerts of incidents; who is told that a target was missed. */
#include <stdio.h>

#include "alert/notice.h"
#include "alert/outbox.h"
#include "app/incidents_in.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/digest.h"
#include "incident/figures.h"
#include "incident/join.h"
#include "incident/story.h"

#define MESSAGES_AT_ONCE 50

static enum err
on_message(void *ctx, const struct outbox_row *row)
{
	struct incidents_look *b = ctx;
	char text[300], ref[60];
	struct story_entry entry = { .at = row->sent != 0 ? row->sent : b->now,
		.kind = STORY_MESSAGE,
		.noise = row->state == OUTBOX_SENT };
	int64_t n = 0;
	enum err e = OK;

	if (row->state == OUTBOX_SENT || row->state == OUTBOX_DEAD)
		e = join_of(b->d->all, row->alert_id, &n, b->why);
	if (e != OK || n == 0)
		return e;
	(void)snprintf(ref, sizeof(ref), "message:%lld:%s", (long long)row->id,
	    outbox_state_word(row->state));
	(void)snprintf(text, sizeof(text), "%s %.*s%s%.*s (%s)",
	    row->state == OUTBOX_SENT ? "told by" : "nobody was told by", STR_ARG(row->channel),
	    row->person.n != 0 ? ": " : "", STR_ARG(row->person), outbox_event_word(row->event));
	entry.incident = n;
	entry.text = str_c(text);
	entry.ref = str_c(ref);
	return story_add(b->d->all, &entry, b->now, NULL, b->why);
}

struct ids {
	char p[MESSAGES_AT_ONCE][ALERTS_ID_SIZE];
	size_t n;
};

static enum err
keep_id(void *ctx, struct str id)
{
	struct ids *ids = ctx;

	(void)str_to_c(id, ids->p[ids->n++], ALERTS_ID_SIZE);
	return OK;
}

/* The messages of some alerts of open incidents, in turn. */
static enum err
follow_messages(struct incidents_desk *d, struct diag *why)
{
	struct incidents_look b = { .d = d, .now = clock_wall(), .why = why };
	struct ids ids = { .n = 0 };
	enum err e = join_of_open(d->all, str_c(d->told_of), MESSAGES_AT_ONCE, keep_id, &ids, why);

	if (e != OK)
		return e;
	d->told_of[0] = '\0';
	if (ids.n == MESSAGES_AT_ONCE)
		memcpy(d->told_of, ids.p[ids.n - 1], sizeof(d->told_of));
	if (ids.n == 0)
		return OK;
	e = incident_begin(d->all, why);
	if (e != OK)
		return e;
	for (size_t i = 0; i < ids.n && e == OK; i++)
		e = outbox_list(d->o.alerts, &(struct outbox_filter){ .alert_id = str_c(ids.p[i]) },
		    on_message, &b, why);
	return incident_finish(d->all, e, why);
}

/* Whoever is to know hears it: once, whatever happens in between. */
static enum err
on_breach(void *ctx, const struct figures_breach *br)
{
	static const char *const what[GUIDE_MEASURES] = { "detected", "acknowledged",
		"responded to", "contained", "resolved" };
	struct incidents_look *b = ctx;
	char title[120], summary[200], seed[80], id[2 * DIGEST_SIZE + 1], name[INCIDENT_NAME_SIZE],
	    span[40];
	uint8_t sum[DIGEST_SIZE];
	struct notice n = { .severity = (enum alerts_severity)br->severity };

	(void)incident_name(br->n, name);
	(void)snprintf(seed, sizeof(seed), "%s breach %s", name, guide_measure_word(br->m));
	digest_sha256(str_c(seed), sum);
	(void)digest_hex(sum, sizeof(sum), id);
	(void)snprintf(title, sizeof(title), "%s missed a target: not %s in time", name,
	    what[br->m]);
	(void)snprintf(summary, sizeof(summary),
	    "%s (%s) was not %s within %s. Somebody has to look at it now.", name,
	    incident_severity_word(br->severity), what[br->m], figures_span(br->target, span));
	n.id = (struct str){ id, ALERTS_ID_SIZE - 1 };
	n.title = str_c(title);
	n.summary = str_c(summary);
	b->n++;
	crash_point(CRASH_INCIDENT_BREACH);
	return notice_add(b->d->o.alerts, &n, b->now, b->why);
}

enum err
incidents_told(struct incidents_desk *d, struct diag *why)
{
	struct incidents_look b = { .d = d, .now = clock_wall(), .why = why };
	enum err e = follow_messages(d, why);

	if (e == OK)
		e = figures_breaches(d->all, d->guide, b.now, on_breach, &b, why);
	if (b.n != 0 && d->o.told != NULL)
		d->o.told(d->o.ctx);
	return e;
}
