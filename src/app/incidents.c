/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/incidents.py */
/* From alerts to incidents. */
#include "app/incidents.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/injoin.h"
#include "app/guideload.h"
#include "app/incidents_in.h"
#include "app/records.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "incident/evidence.h"
#include "incident/position.h"
#include "incident/story.h"

#define LOOK_EVERY (500 * CLOCK_MS)
#define SLOW_EVERY (2 * CLOCK_S) /* messages and targets */
#define BATCH 100
#define SLICE (5 * CLOCK_MS) /* of the loop at a time; others have as much before the next */
#define GATHER_MAX 50        /* earlier alerts of an entity */
#define STORM_MOST 10        /* incidents of a type that open by themselves in STORM_TIME */
#define STORM_TIME (3600 * CLOCK_S)

static enum err
read_record(void *ctx, uint64_t seq, struct buf *to, struct diag *why)
{
	const struct incidents_desk *d = ctx;

	return records_json(d->o.dir->log, seq, to, why);
}

/* The first records behind an alert; those that are gone are left out. */
static enum err
pin(struct incidents_look *b, int64_t n, const struct alerts_row *row)
{
	enum err e = OK;

	for (size_t i = 0; i < row->n_evidence && i < EVIDENCE_AUTO && e == OK; i++) {
		auto_buf struct buf text = { 0 };
		struct evidence ev = { .seq = row->evidence[i] };
		struct diag why = { 0 };

		buf_init(&text, EVIDENCE_RECORD);
		if (read_record(b->d, ev.seq, &text, &why) != OK || buf_overflow(&text))
			continue;
		ev.record = buf_view(&text);
		e = evidence_pin(b->d->all, n, &ev, b->now, b->why);
	}
	return e == FAIL_LIMIT ? OK : e;
}

static struct str
cut(struct str s, size_t max)
{
	return (struct str){ s.p, s.n < max ? s.n : max };
}

/* "client_ip=192.0.2.7" is 192.0.2.7 to people. */
static struct str
short_group(struct str group)
{
	struct str rest = group;

	(void)str_until(&rest, '=');
	return cut(rest.n == 0 || str_find(rest, STR("=")) >= 0 ? group : rest, 70);
}

/* What was done about the alert before it joined. */
static enum err
on_lease(void *ctx, const struct lease *l)
{
	struct incidents_look *b = ctx;
	char text[400], ref[60];
	struct story_entry entry = {
		.at = l->ended != 0 ? l->ended : l->begin, .kind = STORY_ACTION, .who = l->by
	};
	const struct str whom = str_eq(l->entity, l->alert) ? STR("") : cut(l->entity, 100);
	int64_t n = 0;
	enum err e = join_of(b->d->all, l->alert, &n, b->why);

	b->rev = l->rev > b->rev ? l->rev : b->rev;
	if (e != OK || n == 0)
		return e;
	(void)snprintf(ref, sizeof(ref), "lease:%lld:%s", (long long)l->id, leases_word(l->state));
	(void)snprintf(text, sizeof(text), "%s%s%.*s: %s%s%.*s", deed_word(l->deed),
	    whom.n != 0 ? " " : "", STR_ARG(whom), leases_word(l->state),
	    l->result.n != 0 ? ", " : "", (int)(l->result.n < 200 ? l->result.n : 200),
	    l->result.n != 0 ? l->result.p : "");
	entry.incident = n;
	entry.text = str_c(text);
	entry.ref = str_c(ref);
	entry.noise = l->state == LEASE_DRY_RUN;
	e = story_add(b->d->all, &entry, b->now, NULL, b->why);
	if (e == OK && l->state == LEASE_ACTIVE)
		e = incident_mark(b->d->all, n, INCIDENT_WHEN_RESPONDED, l->begin, b->why);
	return e;
}

static enum err
past_leases(struct incidents_look *b, struct str alert)
{
	const struct leases_filter of = { .alert = alert };
	struct incidents_look own = *b;

	if (b->d->o.leases == NULL)
		return OK;
	return leases_list(b->d->o.leases, &of, on_lease, &own, b->why);
}

static enum err
put(struct incidents_look *b, int64_t n, const struct alerts_row *row, bool *ret_new)
{
	struct injoin in;
	bool is_new = false;
	enum err e;

	injoin_of(row, &in);
	e = join_add(b->d->all, n, &in.a, STR(""), b->now, &is_new, b->why);
	if (e == OK && is_new)
		e = pin(b, n, row);
	if (e == OK && is_new)
		e = past_leases(b, str_c(row->id));
	b->joined += e == OK && is_new;
	*ret_new = is_new;
	if (e == OK && is_new)
		crash_point(CRASH_INCIDENT_JOIN);
	return e;
}

/* An attack that got further. */
static enum err
raise_type(struct incidents_look *b, int64_t n, const struct guide_answer *a,
    enum incident_type *type)
{
	if ((guide_related(b->d->guide, a->type) & 1U << *type) == 0 || a->type <= *type)
		return OK;
	*type = a->type;
	return join_raise(b->d->all, n, a->type, b->now, b->why);
}

struct gathering {
	struct incidents_look *b;
	int64_t n;
	unsigned types; /* bits; 0: all */
	enum incident_type type;
	bool correlation; /* one of them tells that all belong together */
};

static enum err
on_earlier(void *ctx, const struct alerts_row *row)
{
	struct gathering *g = ctx;
	struct guide_case c = { row->rule_id, row->tags, INCIDENT_INFO };
	struct guide_answer a = { .type = g->type };
	bool is_new, found;
	enum err e;

	(void)incident_severity_find(row->severity, &c.severity);
	found = guide_find(g->b->d->guide, &c, &a);
	if (g->types != 0 && (!found || (g->types & 1U << a.type) == 0))
		return OK;
	e = put(g->b, g->n, row, &is_new);
	g->correlation = g->correlation || (e == OK && found && a.correlation);
	if (e == OK && is_new)
		e = raise_type(g->b, g->n, &a, &g->type);
	return e == FAIL_EXISTS || e == FAIL_LIMIT ? OK : e;
}

/* Alerts of whom this one is about that came before it and are not dealt with. */
static enum err
gather(struct incidents_look *b, int64_t n, const struct injoin *in, unsigned types,
    enum incident_type type)
{
	struct gathering g = { b, n, types, type, false };
	enum err e = OK;

	for (size_t i = 0; i < in->a.n_names && e == OK; i++) {
		const struct join_name *name = &in->names[i];
		char whom[JOIN_NAME + 2];
		struct alerts_filter f = { .statuses = 1U << ALERTS_OPEN |
						       1U << ALERTS_ACKNOWLEDGED |
						       1U << ALERTS_IN_PROGRESS,
			.demo = ALERTS_DEMO_NONE,
			.from = in->a.last - guide_window(b->d->guide),
			.limit = GATHER_MAX };

		if (!name->alone || name->kind == JOIN_RULE)
			continue;
		(void)snprintf(whom, sizeof(whom), "%c%.*s", name->kind == JOIN_USER ? 'u' : 'a',
		    (int)(name->name.n < JOIN_NAME ? name->name.n : JOIN_NAME), name->name.p);
		f.whom = str_c(whom);
		e = alerts_list(b->d->o.alerts, &f, on_earlier, &g, b->why);
	}
	if (e == OK && g.correlation && types != 0)
		return gather(b, n, in, 0, g.type);
	return e == FAIL_LIMIT ? OK : e; /* looking took too long: what joins later joins */
}

static enum err
open_one(struct incidents_look *b, const struct alerts_row *row, const struct injoin *in,
    const struct guide_answer *a, enum incident_origin origin, int64_t *ret_n)
{
	const struct str group = short_group(row->group);
	char title[INCIDENT_TITLE + 1];
	struct incident_new want = { .type = a->type,
		.severity = in->a.severity,
		.origin = origin,
		.first = row->first,
		.detected = row->created };
	bool is_new;
	enum err e;

	(void)snprintf(title, sizeof(title), "%.*s%s%.*s", STR_ARG(cut(row->title, 120)),
	    group.n != 0 ? ": " : "", STR_ARG(group));
	want.title = str_c(title);
	e = incident_add(b->d->all, &want, b->now, ret_n, b->why);
	if (e == OK)
		e = put(b, *ret_n, row, &is_new);
	if (e == OK)
		e = gather(b, *ret_n, in, a->correlation ? 0 : guide_related(b->d->guide, a->type),
		    a->type);
	b->opened += e == OK;
	return e;
}

/* Into an open one of the same entity; *ret_n 0: there is none. */
static enum err
join_open(struct incidents_look *b, const struct alerts_row *row, const struct injoin *in,
    const struct guide_answer *a, unsigned types, int64_t *ret_n)
{
	struct join_found found;
	bool is_new = false;
	enum err e = join_find(b->d->all, &in->a, types, guide_window(b->d->guide), &found, b->why);

	*ret_n = found.n;
	if (e != OK || found.n == 0)
		return e;
	e = put(b, found.n, row, &is_new);
	if (e == OK && is_new)
		e = raise_type(b, found.n, a, &found.type);
	return e;
}

/* Many attackers at once: one incident more for each of them would help nobody. */
static enum err
join_many(struct incidents_look *b, const struct alerts_row *row, const struct guide_answer *a,
    int64_t *ret_n)
{
	bool is_new = false;
	enum err e = join_storm(b->d->all, a->type, b->now - STORM_TIME, STORM_MOST, ret_n, b->why);

	return e == OK && *ret_n != 0 ? put(b, *ret_n, row, &is_new) : e;
}

/* Rules say so by the action they ask for. */
static bool
asks(const struct alerts_row *row)
{
	return str_eq(row->action, STR("CREATE_INCIDENT")) ||
	       str_eq(row->action, STR("TRIGGER_INCIDENT_RESPONSE"));
}

static enum err
decide(struct incidents_look *b, const struct alerts_row *row, enum incident_origin origin,
    bool must, int64_t *ret_n)
{
	struct guide_case c = { row->rule_id, row->tags, INCIDENT_INFO };
	struct guide_answer a = { .type = INCIDENT_CUSTOM };
	/* Of no type: it joins what correlation opened, and nothing else. */
	unsigned types = 1U << INCIDENT_TYPES;
	struct injoin in;
	enum err e;

	injoin_of(row, &in);
	c.severity = in.a.severity;
	if (guide_find(b->d->guide, &c, &a))
		types = a.correlation ? 0 : guide_related(b->d->guide, a.type);
	e = join_open(b, row, &in, &a, types, ret_n);
	if (e == OK && *ret_n != 0 && a.correlation)
		return gather(b, *ret_n, &in, 0, a.type);
	if (e != OK || *ret_n != 0 || (!a.open && !must))
		return e;
	if (!must) {
		e = join_many(b, row, &a, ret_n);
		if (e != OK || *ret_n != 0)
			return e;
	}
	return open_one(b, row, &in, &a, a.correlation ? INCIDENT_BY_CORRELATION : origin, ret_n);
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct incidents_look *b = ctx;
	struct injoin in;
	int64_t n = 0;
	enum err e;

	if (b->n != 0 && clock_mono() >= b->until) {
		b->more = true;
		return FAIL_AGAIN; /* the next time goes on with this one */
	}
	e = join_of(b->d->all, str_c(row->id), &n, b->why);
	b->rev = row->rev;
	b->n++;
	if (e != OK)
		return e;
	if (n != 0) {
		injoin_of(row, &in);
		return join_update(b->d->all, &in.a, b->now, b->why);
	}
	if (row->demo || row->status == ALERTS_RESOLVED || row->status == ALERTS_FALSE_POSITIVE)
		return OK;
	e = decide(b, row, INCIDENT_BY_RULE, asks(row), &n);
	if (e ==
	    FAIL_LIMIT) { /* too many are open, or one is full: the alert is there all the same */
		log_diag("incident", "an alert is in no incident", b->why);
		return OK;
	}
	return e;
}

/* Alerts that changed since the last time, some at a time. */
static enum err
follow(struct incidents_desk *d, bool *ret_more, struct diag *why)
{
	struct incidents_look b = {
		.d = d, .now = clock_wall(), .until = clock_mono() + SLICE, .why = why
	};
	enum err e = position_get(d->all, POSITION_ALERTS, &b.rev, why);

	*ret_more = false;
	if (e != OK || alerts_rev(d->o.alerts) == b.rev)
		return e;
	crash_point(CRASH_INCIDENT_BEFORE);
	e = incident_begin(d->all, why);
	if (e != OK)
		return e;
	e = alerts_changes(d->o.alerts, b.rev, BATCH, on_alert, &b, why);
	if (b.more)
		e = OK;
	if (e == OK && b.n != 0)
		e = position_set(d->all, POSITION_ALERTS, b.rev, why);
	if (e == OK)
		crash_point(CRASH_INCIDENT_INSIDE);
	e = incident_finish(d->all, e, why);
	if (e == OK)
		crash_point(CRASH_INCIDENT_COMMITTED);
	*ret_more = e == OK && (b.more || b.n == BATCH);
	if (e == OK && b.opened + b.joined != 0)
		log_info("incident", "alerts joined incidents", LOG_INT("opened", b.opened),
		    LOG_INT("joined", b.joined));
	return e;
}

static enum err
follow_leases(struct incidents_desk *d, struct diag *why)
{
	struct incidents_look b = { .d = d, .now = clock_wall(), .why = why };
	struct leases_filter f = { 0 };
	enum err e;

	if (d->o.leases == NULL)
		return OK;
	e = position_get(d->all, POSITION_LEASES, &b.rev, why);
	if (e != OK || leases_rev(d->o.leases) == b.rev)
		return e;
	f.since = b.rev;
	e = incident_begin(d->all, why);
	if (e != OK)
		return e;
	e = leases_list(d->o.leases, &f, on_lease, &b, why);
	if (e == OK)
		e = position_set(d->all, POSITION_LEASES, b.rev, why);
	return incident_finish(d->all, e, why);
}

static void
look(void *ctx)
{
	struct incidents_desk *d = ctx;
	const int64_t began = clock_mono();
	struct diag why = { 0 };
	bool more = false;
	enum err e = follow(d, &more, &why);

	if (e == OK)
		e = follow_leases(d, &why);
	if (e == OK && (d->slow == 0 || clock_mono() - d->slow >= SLOW_EVERY)) {
		d->slow = clock_mono();
		e = incidents_told(d, &why);
	}
	if (e != OK)
		log_diag("incident", "alerts were not looked at; it is tried again", &why);
	loop_timer_after(d->timer, more ? clock_mono() - began : LOOK_EVERY);
}

struct response {
	struct incidents_look b;
	int64_t n;
};

static enum err
on_response(void *ctx, const struct alerts_row *row)
{
	struct response *r = ctx;
	enum err e = join_of(r->b.d->all, str_c(row->id), &r->n, r->b.why);

	return e != OK || r->n != 0 ? e : decide(&r->b, row, INCIDENT_BY_RESPONSE, true, &r->n);
}

enum err
incidents_for_alert(void *ctx, const char *alert_id, char words[LEASES_TEXT], struct diag *why)
{
	struct incidents_desk *d = ctx;
	struct response r = { .b = { .d = d, .now = clock_wall(), .why = why } };
	enum err e = incident_begin(d->all, why);

	if (e != OK)
		return e;
	e = alerts_get(d->o.alerts, str_c(alert_id), on_response, &r, why);
	e = incident_finish(d->all, e, why);
	if (e == OK)
		(void)snprintf(words, LEASES_TEXT, "INC-%lld", (long long)r.n);
	return e;
}

enum err
incidents_new(const struct incidents_opts *o, struct incidents_desk **ret, struct diag *why)
{
	struct incidents_desk *d = MEM_NEW(struct incidents_desk);
	uint64_t through = 0;
	enum err e;

	d->o = *o;
	e = guideload_read(o->conf, &d->guide, why);
	if (e == OK)
		e = incident_open_file(o->dir->incidents, &d->all, why);
	/* The first time: what was raised before opens nothing now. */
	if (e == OK)
		e = position_get(d->all, POSITION_ALERTS, &through, why);
	if (e == OK && through == POSITION_NEVER)
		e = position_set(d->all, POSITION_ALERTS, alerts_rev(o->alerts), why);
	if (e != OK) {
		incidents_free(d);
		return e;
	}
	incident_guide(d->all, d->guide);
	d->host = (struct api_incidents){ d->all, d->guide, read_record, d };
	d->timer = loop_timer_new(o->loop, look, d);
	loop_timer_after(d->timer, 0);
	*ret = d;
	return OK;
}

void
incidents_free(struct incidents_desk *d)
{
	if (d == NULL)
		return;
	loop_timer_free(d->timer);
	incident_close_file(d->all);
	guide_free(d->guide);
	free(d);
}

const struct api_incidents *
incidents_host(const struct incidents_desk *d)
{
	return &d->host;
}
