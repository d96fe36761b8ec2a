/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/playbooks.py */
/* exports: playbooks_ */
/* What steps of playbooks ask for, handed to whoever carries it out. */
#include <stdio.h>

#include "alert/notice.h"
#include "app/delivery.h"
#include "app/playbooks_in.h"
#include "base/clock.h"
#include "base/digest.h"
#include "incident/join.h"
#include "respond/respond.h"

#define EVIDENCE_ALERTS 5 /* whose events are kept as files */

struct doing {
	struct playbooks *p;
	const struct runs_effect *e;
	struct runs_outcome *ret;
	enum deed deed;
	struct diag why;
	int64_t id; /* of the lease that was begun for this key, or 0 */
	bool there; /* one of somebody else lives */
	size_t n;
};

struct str
playbooks_url(void *ctx, int64_t incident)
{
	struct playbooks *p = ctx;
	struct str base = str_c(delivery_url(p->o.delivery));
	char name[INCIDENT_NAME_SIZE];

	while (base.n != 0 && base.p[base.n - 1] == '/')
		base.n--;
	if (base.n == 0)
		return STR("");
	(void)snprintf(p->url, sizeof(p->url), "%.*s/incidents/%s", STR_ARG(base),
	    incident_name(incident, name));
	return str_c(p->url);
}

static void
say(struct doing *d, bool ok, const char *words)
{
	d->ret->ok = ok;
	(void)snprintf(d->p->said, sizeof(d->p->said), "%s", words);
	d->ret->result = str_c(d->p->said);
}

/* "KEY ..." is ours. */
static enum err
on_lease(void *ctx, const struct lease *row)
{
	struct doing *d = ctx;
	const struct str key = d->e->key;

	if (str_starts(row->reason, key) && row->reason.n > key.n && row->reason.p[key.n] == ' ')
		d->id = row->id;
	else if (row->state == LEASE_ACTIVE)
		d->there = true;
	return OK;
}

static enum err
find_lease(struct doing *d, struct str entity)
{
	const struct leases_filter f = { .deeds = 1U << d->deed, .entity = entity, .limit = 50 };

	return leases_list(d->p->o.respond->leases, &f, on_lease, d, &d->why);
}

static void
begun(struct doing *d, int64_t id)
{
	const bool dry = !d->e->by_person && !d->p->o.respond->armed;

	d->ret->dry = dry;
	(void)snprintf(d->p->ref, sizeof(d->p->ref), "lease:%lld", (long long)id);
	if (!d->there)
		d->ret->ref = str_c(d->p->ref);
	say(d, true,
	    d->there ? "it was there already and lasts longer now"
	    : dry    ? "would be done: responses are not armed"
		     : "done");
}

/* A response to an address, a user or everybody: a lease, begun once for its key. */
static void
respond_to(struct doing *d)
{
	const struct runs_effect *e = d->e;
	auto_buf struct buf reason = { 0 };
	struct respond_wish w = { .deed = d->deed,
		.entity = e->target.n != 0 ? e->target : STR(DEED_ALL),
		.span = e->what->span != 0 ? e->what->span : POLICY_SPAN,
		.by = e->who,
		.unasked = !e->by_person };
	int64_t id = 0;
	enum err err = find_lease(d, w.entity);

	if (err == OK && d->id != 0) { /* it was, before a crash */
		begun(d, d->id);
		return;
	}
	buf_printf(&reason, "%.*s %.*s: %.*s", STR_ARG(e->key), STR_ARG(e->values->incident),
	    STR_ARG(e->title));
	w.reason = buf_view(&reason);
	if (err == OK)
		err = respond_by_hand(d->p->o.respond, &w, clock_wall(), &id, &d->why);
	if (err == OK)
		begun(d, id);
	else
		say(d, false, d->why.text);
}

static void
undo_lease(struct doing *d)
{
	struct str ref = d->e->ref;
	int64_t id = 0;
	enum err e;

	(void)str_until(&ref, ':');
	if (!str_i64(ref, &id)) {
		say(d, true, "nothing of ours is left to undo");
		return;
	}
	e = leases_change(d->p->o.respond->leases, id, LEASE_UNDONE, d->e->who,
	    STR("the playbook was rolled back"), clock_wall(), &d->why);
	if (e == FAIL_DENIED || e == FAIL_NOT_FOUND)
		say(d, true, "it had ended already");
	else
		say(d, e == OK, e == OK ? "undone" : d->why.text);
}

static enum err
on_alert(void *ctx, const struct join_row *row)
{
	struct doing *d = ctx;
	const int64_t now = clock_wall();
	const struct lease want = { .deed = DEED_CAPTURE_EVIDENCE,
		.state = LEASE_ACTIVE,
		.entity = row->id,
		.end = now + RESPOND_EVIDENCE_SPAN,
		.alert = row->id,
		.by = d->e->who,
		.reason = d->e->values->incident };

	if (d->n == EVIDENCE_ALERTS)
		return OK;
	d->n++;
	return leases_add(d->p->o.respond->leases, &want, now, NULL, &d->why);
}

static void
keep_evidence(struct doing *d)
{
	char words[100];
	enum err e;

	if ((d->p->o.respond->carried & 1U << DEED_BY_EVIDENCE) == 0) {
		say(d, false, "nothing here keeps files of events");
		return;
	}
	e = join_alerts(d->p->o.incidents, d->e->incident, on_alert, d, &d->why);
	(void)snprintf(words, sizeof(words), "files of the events of %zu alerts are kept", d->n);
	say(d, e == OK && d->n != 0,
	    e != OK     ? d->why.text
	    : d->n == 0 ? "the incident has no alerts"
			: words);
}

static enum alerts_severity
severity_of(const struct runs_effect *e)
{
	enum incident_severity s = INCIDENT_HIGH;

	(void)incident_severity_find(e->values->severity, &s);
	return (enum alerts_severity)s; /* the same ranks */
}

/* A message by all channels, or one. */
static void
notify(struct doing *d, const char *title, struct str channel)
{
	auto_buf struct buf head = { 0 }, text = { 0 };
	uint8_t digest[DIGEST_SIZE];
	char id[ALERTS_ID_SIZE];
	struct notice n = { .severity = severity_of(d->e), .channel = channel };
	enum err e;

	digest_sha256(d->e->key, digest);
	n.id = str_c(digest_hex(digest, sizeof(id) / 2, id));
	buf_printf(&head, "%.*s: %s", STR_ARG(d->e->values->incident), title);
	if (d->e->kind != RUNS_LATE)
		playword_put(d->e->what->say, d->e->values, &text);
	if (text.n == 0)
		playword_put(STR("{{incident}} {{title}} ({{severity}}). {{url}}"), d->e->values,
		    &text);
	n.title = buf_view(&head);
	n.summary = buf_view(&text);
	e = notice_add(d->p->o.alerts, &n, clock_wall(), &d->why);
	if (e == OK)
		delivery_wake(d->p->o.delivery);
	say(d, e == OK,
	    e != OK          ? d->why.text
	    : channel.n != 0 ? "handed to the channel"
			     : "handed to the channels that take this severity");
}

static void
make_ticket(struct doing *d)
{
	auto_buf struct buf words = { 0 };
	char channel[TICKET_CHANNEL + 1] = "";
	bool there = false;
	enum err e = OK;

	playword_put(d->e->what->say, d->e->values, &words);
	(void)str_to_c(d->e->what->channel, channel, sizeof(channel));
	if (channel[0] == '\0')
		e = playbooks_tracker(d->p, channel, &d->why);
	if (e == OK && channel[0] == '\0') {
		say(d, false, "there is no channel that makes tickets");
		return;
	}
	if (e == OK)
		e = ticket_add(d->p->o.incidents,
		    &(struct ticket_want){
			d->e->incident, d->e->id, str_c(channel), buf_view(&words) },
		    clock_wall(), &there, &d->why);
	d->ret->later = e == OK && !there;
	say(d, e == OK, e == OK ? "the incident has one already" : d->why.text);
}

static void
ask(struct doing *d)
{
	auto_buf struct buf sql = { 0 };
	enum err e;

	playword_put_sql(d->e->what->sql, d->e->values, &sql);
	e = playquery_run(d->p->queries, d->e->id, buf_view(&sql), &d->why);
	d->ret->later = e == OK;
	d->ret->again = e == FAIL_AGAIN;
	say(d, false, d->why.text);
}

void
playbooks_carry_out(void *ctx, const struct runs_effect *e, struct runs_outcome *ret)
{
	struct doing d = { .p = ctx, .e = e, .ret = ret };
	enum playbook_act act = e->what->act;
	char title[200];

	(void)snprintf(title, sizeof(title), "%s%.*s", e->kind == RUNS_LATE ? "late: " : "",
	    STR_ARG(e->title));
	if (e->kind == RUNS_LATE) {
		notify(&d, title, STR(""));
		return;
	}
	if (e->kind == RUNS_UNDO && act == PLAYBOOK_UNDO) {
		undo_lease(&d);
		return;
	}
	if (act < PLAYBOOK_DEEDS && deed_find(playword_at(PLAYWORD_ACT, act), &d.deed))
		respond_to(&d);
	else if (act == PLAYBOOK_CAPTURE_EVIDENCE)
		keep_evidence(&d);
	else if (act == PLAYBOOK_NOTIFY)
		notify(&d, title, e->what->channel);
	else if (act == PLAYBOOK_CREATE_TICKET)
		make_ticket(&d);
	else
		ask(&d);
}
