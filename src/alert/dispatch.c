/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/alert/test_routing.c */
/* From an alert to its messages: hidden by another, else told of as the routes say. */
#include "alert/dispatch.h"

#include <stdio.h>

#include "alert/brake.h"
#include "alert/bundle.h"
#include "alert/inhibit.h"
#include "alert/internal.h"
#include "alert/outbox.h"
#include "alert/page.h"
#include "alert/routing.h"
#include "alert/silence.h"

#define APART_SIZE 32

struct sending {
	struct alerts *a;
	const struct dispatch *d;
	const struct routing_rules *rules;
	struct plan_channel channels[CHANNELS_MAX];
	struct plan_world world;
	struct plan plan;
	char apart[APART_SIZE]; /* of an alert that is back: which time */
	int64_t now;
	struct diag *why;
};

/* What is back is told anew, each time by a key of its own. */
static enum err
name_return(struct sending *s)
{
	int64_t n = 0;
	enum err e;

	if (s->d->why == DISPATCH_NEW)
		return OK;
	e = txn_number(s->a,
	    "SELECT count(*) FROM alert_history WHERE alert_id = ?1 AND action = 'again'", s->d->id,
	    &n, s->why);
	if (n != 0)
		(void)snprintf(s->apart, sizeof(s->apart), "again%lld", (long long)n);
	return e;
}

static enum err
hold(struct sending *s, struct str channel, int64_t until)
{
	return bundle_collect(s->a,
	    &(struct bundle_place){ channel, STR("storm"), BUNDLE_STORM, until }, s->d->id,
	    s->d->severity, s->now, s->why);
}

static enum err
ask_brake(struct sending *s, struct str name, int64_t *ret_until)
{
	const struct brake b = { s->rules->storm_limit, s->rules->storm_window };

	return brake_ask(s->a, &b, name, s->d->severity, s->now, ret_until, s->why);
}

static enum err
tell(struct sending *s, struct str channel)
{
	int64_t until = 0;
	enum err e = ask_brake(s, channel, &until);

	if (e != OK)
		return e;
	if (until != 0)
		return hold(s, channel, until);
	return outbox_add(s->a,
	    &(struct outbox_order){ .alert_id = s->d->id,
		.channel = channel,
		.event = OUTBOX_RAISE,
		.severity = s->d->severity,
		.apart = str_c(s->apart) },
	    s->now, s->now, s->why);
}

static enum err
collect(struct sending *s, const struct plan_item *item)
{
	static const enum bundle_form forms[] = {
		[ROUTE_NOW] = BUNDLE_BATCH, /* never asked for */
		[ROUTE_BATCH] = BUNDLE_BATCH,
		[ROUTE_DAILY] = BUNDLE_DAILY,
		[ROUTE_WEEKLY] = BUNDLE_WEEKLY,
	};
	const struct bundle_place place = { str_c(item->channel->name), item->target->slot,
		forms[item->target->form], plan_due(item, s->now) };

	return bundle_collect(s->a, &place, s->d->id, s->d->severity, s->now, s->why);
}

/* In a storm nobody's pager rings for each alert: channels get them in a summary. */
static enum err
page(struct sending *s, struct str policy)
{
	char name[PAGE_POLICY_SIZE + 8];
	int64_t until = 0;
	bool held = false;
	enum err e;

	(void)snprintf(name, sizeof(name), "policy:%.*s", STR_ARG(policy));
	e = ask_brake(s, str_c(name), &until);
	for (size_t i = 0; i < s->world.n && e == OK && until != 0; i++) {
		if (s->d->severity > s->channels[i].min_severity)
			continue;
		held = true;
		e = hold(s, str_c(s->channels[i].name), until);
	}
	if (e != OK || held)
		return e;
	return page_begin(s->a, s->d->id, policy, s->now, s->why);
}

static enum err
follow(struct sending *s, const struct plan_item *item)
{
	if (item->channel == NULL)
		return page(s, item->target->policy);
	if (plan_form(item) == ROUTE_NOW)
		return tell(s, str_c(item->channel->name));
	return collect(s, item);
}

static enum err
send(struct sending *s)
{
	const struct dispatch *d = s->d;
	const struct matcher_case c = { d->rule_id, d->title, d->tags, d->group, d->affected,
		d->severity, s->now };
	enum err e = routing_channels(s->a, s->channels, CHANNELS_MAX, &s->world.n, s->why);

	if (e == OK)
		e = name_return(s);
	if (e != OK)
		return e;
	s->world.channels = s->channels;
	s->world.policies = s->rules->policies;
	s->world.n_policies = s->rules->n_policies;
	plan_make(s->rules->tree, &c, &s->world, &s->plan);
	for (size_t i = 0; i < s->plan.n && e == OK; i++)
		e = follow(s, &s->plan.items[i]);
	return e;
}

/* "" as quiet: people are told of it, so it may explain others. */
static enum err
set_quiet(struct alerts *a, struct str id, const char *quiet, struct diag *why)
{
	return txn_run(a, "UPDATE alerts SET quiet = ?2 WHERE id = ?1 AND quiet <> ?2", id,
	    str_c(quiet), why);
}

static enum err
decide(struct alerts *a, const struct dispatch *d, const struct routing_rules *rules, int64_t now,
    struct diag *why)
{
	struct sending s = { .a = a, .d = d, .rules = rules, .now = now, .why = why };
	char by[ALERTS_ID_SIZE] = "", quiet[ALERTS_ID_SIZE + 16];
	enum err e = OK;

	if (rules->tree != NULL)
		e = inhibit_hides(a, rules->tree, d, now, by, why);
	if (e == OK && by[0] != '\0') {
		(void)snprintf(quiet, sizeof(quiet), "inhibited:%s", by);
		return set_quiet(a, d->id, quiet, why);
	}
	if (e == OK)
		e = set_quiet(a, d->id, "", why);
	if (e == OK && rules->tree != NULL)
		e = inhibit_note(a, rules->tree, d, now, why);
	return e == OK ? send(&s) : e;
}

enum err
dispatch_alert(struct alerts *a, const struct dispatch *d, int64_t now, struct diag *why)
{
	static const struct routing_rules none;
	const struct routing_rules *rules;
	char quiet[SILENCE_QUIET_SIZE];
	enum err e = silence_hides(a, d, now, quiet, why);

	if (e != OK || quiet[0] != '\0')
		return e;
	if (a->routing == NULL)
		return decide(a, d, &none, now, why);
	rules = routing_take(a->routing);
	e = decide(a, d, rules, now, why);
	routing_drop(a->routing, rules);
	return e;
}
