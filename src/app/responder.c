/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/respond.py */
/* From alerts to leases, and from leases to the kernel. */
#include "app/responder.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/aim.h"
#include "app/collateral.h"
#include "app/gatelink.h"
#include "app/policyfile.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "respond/arming.h"
#include "user/sessions.h"

#define LOOK_EVERY (500 * CLOCK_MS)
#define BATCH 200
#define TELL_EVERY (60 * CLOCK_S)
#define HOUSE_EVERY (60 * CLOCK_S)

struct responder {
	struct responder_opts o;
	struct respond r;
	struct policy *policy; /* NULL: none */
	struct users *users;
	struct gatelink *link; /* NULL: none */
	struct collateral *collateral;
	bool said;          /* armed or disarmed at run time */
	uint64_t armed_rev; /* armed or not was looked at then */
	struct loop_timer *timer;
	int64_t told, housed; /* monotonic */
	uint64_t told_rev;
};

struct batch {
	struct responder *r;
	int64_t now;
	uint64_t rev;
	size_t n, begun;
	struct diag *why;
};

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct batch *b = ctx;
	struct str users[AIM_USERS];
	struct respond_case c;
	size_t begun = 0;
	enum err e;

	b->rev = row->rev;
	b->n++;
	if (!aim_case(b->r->o.conf, row, users, &c))
		return OK;
	e = respond_alert(&b->r->r, &c, b->now, &begun, b->why);
	b->begun += begun;
	return e;
}

/* Alerts that changed since the last time, some at a time. */
static enum err
follow(struct responder *r, bool *ret_more, struct diag *why)
{
	struct batch b = { .r = r, .now = clock_wall(), .why = why };
	enum err e;

	*ret_more = false;
	e = leases_through(r->r.leases, &b.rev, why);
	if (e != OK || alerts_rev(r->o.alerts) == b.rev)
		return e;
	e = leases_begin(r->r.leases, why);
	if (e != OK)
		return e;
	e = alerts_changes(r->o.alerts, b.rev, BATCH, on_alert, &b, why);
	if (e == OK && b.n != 0)
		e = leases_set_through(r->r.leases, b.rev, why);
	e = leases_finish(r->r.leases, e, why);
	*ret_more = b.n == BATCH;
	if (e == OK && b.begun != 0)
		log_info("respond", r->r.armed ? "responses" : "responses (dry run)",
		    LOG_INT("begun", b.begun));
	return e;
}

static enum err
on_session(void *ctx, const struct sessions_row *row)
{
	(void)!guard_add(ctx, GUARD_PEOPLE, str_c(row->ip), "somebody is logged in from it", NULL);
	return OK;
}

/* Who is protected, as of now. */
static void
protect(struct responder *r)
{
	const int64_t now = clock_wall();
	struct diag why = { 0 };
	enum err e = OK;

	if (r->housed == 0 || clock_mono() - r->housed >= HOUSE_EVERY) {
		guard_house(r->r.guard);
		r->housed = clock_mono();
	}
	guard_clear(r->r.guard, GUARD_PEOPLE);
	if (r->users != NULL)
		e = sessions_list(r->users, NULL, now, on_session, r->r.guard, &why);
	if (e == OK)
		e = aim_allowed(r->r.leases, now, r->r.guard, &why);
	if (e != OK)
		log_diag("respond", "not all who should be protected are known", &why);
}

struct gathering {
	struct wire_state s;
	int64_t now;
};

static enum err
on_active(void *ctx, const struct lease *row)
{
	struct gathering *g = ctx;
	struct kernel_item *item = &g->s.items[g->s.n];

	if (row->deed == DEED_REQUIRE_CAPTCHA || row->end <= g->now ||
	    !ip_net_parse(row->entity, &item->net, NULL))
		return OK;
	item->slow = row->deed == DEED_RATE_LIMIT_IP;
	item->left = (row->end - g->now + CLOCK_S - 1) / CLOCK_S;
	g->s.n++;
	return OK;
}

/* How the kernel should be. */
static void
tell(struct responder *r)
{
	const struct leases_filter active = { .states = 1U << LEASE_ACTIVE,
		.deeds = 1U << DEED_BLOCK_IP | 1U << DEED_RATE_LIMIT_IP };
	auto_free struct kernel_item *items =
	    mem_alloc((LEASES_LIVE_MAX + 1) * sizeof(struct kernel_item));
	auto_free struct ip_net *never = mem_alloc(GUARD_MAX * sizeof(struct ip_net));
	struct gathering g = { { .items = items, .never = never }, clock_wall() };
	const struct ip_net *net;
	struct diag why = { 0 };

	r->told = clock_mono();
	r->told_rev = leases_rev(r->r.leases);
	while ((net = guard_at(r->r.guard, g.s.n_never)) != NULL)
		never[g.s.n_never++] = *net;
	if (leases_list(r->r.leases, &active, on_active, &g, &why) == OK)
		gatelink_say(r->link, &g.s);
	else
		log_diag("respond", "what is blocked cannot be read", &why);
}

static void
on_up(void *ctx)
{
	tell(ctx);
}

static enum err
on_refused(void *ctx, const struct lease *row)
{
	*(int64_t *)ctx = row->id;
	return FAIL_LIMIT; /* one is enough */
}

/* What the kernel would not take has failed, and says so. */
static void
on_answered(void *ctx, const struct wire_answer *a)
{
	struct responder *r = ctx;
	struct diag why = { 0 };

	if (!a->ok)
		log_error("respond", "the kernel was not changed", LOG_C("why", a->why));
	for (size_t i = 0; i < a->n_refused; i++) {
		const struct leases_filter f = { .states = 1U << LEASE_ACTIVE,
			.deeds = 1U << DEED_BLOCK_IP | 1U << DEED_RATE_LIMIT_IP,
			.entity = str_c(a->refused[i]) };
		int64_t id = 0;

		(void)!leases_list(r->r.leases, &f, on_refused, &id, &why);
		if (id != 0 && leases_change(r->r.leases, id, LEASE_FAILED, STR(""),
				   STR("the helper refused it: protected, or not to be had"),
				   clock_wall(), &why) != OK)
			log_diag("respond", "a refusal was not noted", &why);
	}
}

/* Armed at run time counts, else the configuration. */
static enum err
follow_arming(struct responder *r, struct diag *why)
{
	const uint64_t rev = leases_rev(r->r.leases);
	const bool before = r->r.armed;
	struct arming a = { 0 };
	enum err e = OK;

	if (rev == r->armed_rev && rev != 0)
		return OK;
	e = arming_get(r->r.leases, &a, why);
	if (e != OK)
		return e;
	r->r.armed = a.said ? a.armed : r->o.conf->respond_armed;
	r->armed_rev = rev;
	r->said = a.said;
	if (r->r.armed != before)
		log_warn("respond", r->r.armed ? "responses are armed" : "responses are disarmed",
		    LOG_C("by", a.said ? a.by : "respond.armed"));
	return OK;
}

/* A rule spent its budget: that is an alert itself. */
static void
on_trip(void *ctx, const struct budget_trip *t)
{
	struct responder *r = ctx;
	struct alerts_finding f = { .rule_id = STR("response-budget"),
		.title = STR("A rule's responses hit people who did nothing"),
		.severity = STR("HIGH"),
		.advice = STR("Look at whom it hit on the page Blocked, change the rule or its "
			      "policy, then reset it there."),
		.tags = STR(""),
		.action = STR(""),
		.details = STR(""),
		.n_first = 1,
		.first = t->time,
		.last = t->time };
	auto_buf struct buf group = { 0 };
	uint8_t sum[DIGEST_SIZE];
	char id[ALERTS_ID_SIZE];
	struct diag why = { 0 };

	buf_printf(&group, "rule=%.*s", STR_ARG(t->rule));
	f.group = buf_view(&group);
	f.summary = t->reason;
	buf_printf(&group, " %lld", (long long)t->time);
	digest_sha256(buf_view(&group), sum);
	group.n = f.group.n;
	f.group = buf_view(&group);
	f.id = str_c(digest_hex(sum, sizeof(id) / 2, id));
	log_warn("respond", "a rule spent its budget: from now on it only alerts",
	    LOG_STR("rule", t->rule), LOG_STR("why", t->reason),
	    LOG_INT("taken_back", (int64_t)t->undone));
	if (alerts_apply(r->o.alerts, &f, 1, ALERTS_STAY, t->time, &why) != OK)
		log_diag("respond", "a spent budget raised no alert", &why);
}

void
responder_seen(void *ctx, const struct rec *rec)
{
	collateral_seen(((struct responder *)ctx)->collateral, rec);
}

void
responder_saving(void *ctx)
{
	struct responder *r = ctx;

	collateral_save(r->collateral, r->o.people);
}

static void
look(void *ctx)
{
	struct responder *r = ctx;
	struct diag why = { 0 };
	bool more = false;
	uint64_t n = 0;
	enum err e;

	protect(r);
	e = follow_arming(r, &why);
	if (e == OK)
		e = leases_expire(r->r.leases, clock_wall(), &n, &why);
	if (e == OK && r->policy != NULL)
		e = follow(r, &more, &why);
	if (e == OK)
		e = collateral_look(r->collateral, r->r.leases, r->policy, clock_wall(), &why);
	if (e != OK)
		log_diag("respond", "alerts were not answered; it is tried again", &why);
	r->r.helper_up = r->link != NULL && gatelink_up(r->link);
	if (r->link != NULL && gatelink_up(r->link) &&
	    (leases_rev(r->r.leases) != r->told_rev || clock_mono() - r->told >= TELL_EVERY))
		tell(r);
	loop_timer_after(r->timer, more ? 0 : LOOK_EVERY);
}

enum err
responder_new(const struct responder_opts *o, struct responder **ret, struct diag *why)
{
	struct responder *r = MEM_NEW(struct responder);
	uint64_t through = 0;
	enum err e;

	r->o = *o;
	r->r.armed = r->r.conf_armed = o->conf->respond_armed;
	r->r.helper = o->conf->respond_socket[0] != '\0';
	r->collateral =
	    collateral_new(o->conf, &(struct collateral_ears){ .trip = on_trip, .ctx = r });
	collateral_load(r->collateral, o->people);
	e = aim_guard(o->conf, &r->r.guard, why);
	if (e == OK)
		e = policyfile_read(o->conf, &r->policy, why);
	if (e == OK)
		e = leases_open(o->path, &r->r.leases, why);
	/* The first time: what was raised before is not answered now. */
	if (e == OK)
		e = leases_through(r->r.leases, &through, why);
	if (e == OK && through == LEASES_NEVER)
		e = leases_set_through(r->r.leases, alerts_rev(o->alerts), why);
	if (e == OK)
		e = follow_arming(r, why);
	if (e == OK && r->r.armed && !r->said)
		log_warn("respond", "armed by respond.armed: no preview was looked at");
	if (e == OK) /* what is blocked is watched before the first record comes */
		e = collateral_look(r->collateral, r->r.leases, r->policy, clock_wall(), why);
	if (e != OK) {
		responder_free(r);
		return e;
	}
	r->r.policy = r->policy;
	r->timer = loop_timer_new(o->loop, look, r);
	loop_timer_after(r->timer, 0);
	if (o->conf->respond_socket[0] != '\0')
		r->link = gatelink_new(&(struct gatelink_opts){
		    o->loop, o->conf->respond_socket, on_up, on_answered, r });
	*ret = r;
	return OK;
}

void
responder_free(struct responder *r)
{
	if (r == NULL)
		return;
	gatelink_free(r->link);
	collateral_free(r->collateral);
	loop_timer_free(r->timer);
	leases_close(r->r.leases);
	guard_free(r->r.guard);
	policy_free(r->policy);
	free(r);
}

void
responder_users(struct responder *r, struct users *u)
{
	r->users = u;
}

struct respond *
responder_parts(struct responder *r)
{
	return &r->r;
}
