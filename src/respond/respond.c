/* SPDX-License-Identifier: Apache-2.0 */
/* What is done about an alert. */
#include "respond/respond.h"

#include <stdio.h>

#include "respond/budget.h"

#define BY_CHANNEL "the channels of the alert send it"
#define BY_PERSON "nothing here carries it out: somebody has to"

struct doing { /* one action of a row that fits */
	struct respond *r;
	const struct respond_case *c;
	const struct policy_row *row;
	const struct policy_deed *d;
	int64_t now;
	size_t n; /* begun */
	struct diag *why;
};

static bool
is_carried(const struct respond *r, enum deed d)
{
	const enum deed_by by = deed_by(d);

	return by == DEED_BY_GATE || (r->carried & 1U << (unsigned)by) != 0;
}

/* What is done to somebody needs to know for sure who it is. */
static bool
is_about_somebody(enum deed d)
{
	return deed_to(d) != DEED_TO_ALERT && deed_to(d) != DEED_TO_BOTH;
}

/* The state it begins in, by what it needs. */
static void
settle(const struct doing *x, struct lease *w)
{
	const struct policy_deed *d = x->d;

	if (!x->r->armed) {
		w->state = LEASE_DRY_RUN;
		w->result = STR("a dry run: responses are not armed");
	} else if (deed_by(d->deed) == DEED_BY_CHANNEL) {
		w->state = LEASE_EXPIRED;
		w->result = STR(BY_CHANNEL);
	} else if (!is_carried(x->r, d->deed)) {
		w->state = LEASE_PROPOSED;
		w->result = STR(BY_PERSON);
	} else if (x->c->distrusted != NULL && is_about_somebody(d->deed)) {
		w->state = LEASE_PROPOSED;
		w->result = str_c(x->c->distrusted);
	} else if (d->approve) {
		w->state = LEASE_PROPOSED;
		w->result = STR("waits for approval");
	} else {
		w->state = LEASE_ACTIVE;
		w->result = STR("");
	}
}

static void
fail(struct lease *w, const struct diag *why)
{
	w->state = LEASE_FAILED;
	w->result = str_c(why->text);
}

/* Made once for an alert, however long it goes on. */
static bool
is_once(enum deed d)
{
	const enum deed_by by = deed_by(d);

	return by == DEED_BY_EVIDENCE || by == DEED_BY_TRACKER || by == DEED_BY_INCIDENT;
}

static enum err
begin(struct doing *x, struct lease *w)
{
	struct diag refused = { 0 };
	bool done = false, tripped = false;
	enum err e;

	if (w->state == LEASE_FAILED || is_once(w->deed))
		w->cause_last = 0; /* said once for an alert */
	e = leases_answered(x->r->leases, w, &done, x->why);
	if (e != OK || done)
		return e;
	if (w->state == LEASE_ACTIVE) {
		e = budget_tripped(x->r->leases, w->rule, &tripped, x->why);
		if (e != OK)
			return e;
	}
	if (tripped) {
		w->state = LEASE_PROPOSED;
		w->result = STR("its rule spent its budget: a person decides");
	}
	if (w->state == LEASE_ACTIVE && is_about_somebody(w->deed) &&
	    !guard_take(x->r->guard, x->now)) {
		(void)!err_set(&refused, FAIL_LIMIT, "too many responses in this minute");
		fail(w, &refused);
	}
	e = leases_add(x->r->leases, w, x->now, NULL, &refused);
	if (e == FAIL_LIMIT) {
		fail(w, &refused);
		e = leases_add(x->r->leases, w, x->now, NULL, x->why);
	}
	x->n += e == OK && w->state != LEASE_FAILED;
	return e;
}

static enum err
one(struct doing *x, struct str entity, bool guarded, const char *cannot)
{
	struct lease w = { .deed = x->d->deed,
		.entity = entity,
		.end = x->now +
		       (x->d->deed == DEED_CAPTURE_EVIDENCE ? RESPOND_EVIDENCE_SPAN : x->d->span),
		.alert = x->c->alert,
		.rule = x->c->what.rule_id,
		.reason = x->row->threat,
		.cause_last = x->c->last };
	char text[GUARD_TEXT];
	struct diag refused = { 0 };

	if (entity.n == 0)
		return OK; /* it is about nobody that this could be done to */
	settle(x, &w);
	if (cannot != NULL) {
		w.state = LEASE_FAILED;
		w.result = str_c(cannot);
	} else if (guarded) {
		if (guard_check(x->r->guard, entity, text, &refused) == OK)
			w.entity = str_c(text);
		else
			fail(&w, &refused);
	}
	return begin(x, &w);
}

/* A name that reads as an address could be taken for one. */
static bool
is_name(struct str user)
{
	struct ip_net net;

	return user.n != 0 && user.n <= LEASES_ENTITY && !ip_net_parse(user, &net, NULL) &&
	       !str_eq(user, STR(DEED_ALL));
}

static enum err
to_users(struct doing *x)
{
	const struct respond_case *c = x->c;
	enum err e = OK;

	if (c->n_users == 0)
		return is_name(c->user) ? one(x, c->user, false, NULL) : OK;
	if (c->n_users > RESPOND_USERS_MAX)
		return one(x, c->alert, false,
		    "the alert is about more than 20 users: somebody has to decide");
	for (size_t i = 0; i < c->n_users && e == OK; i++)
		if (is_name(c->users[i]))
			e = one(x, c->users[i], false, NULL);
	return e;
}

static enum err
each(struct doing *x)
{
	const struct respond_case *c = x->c;
	enum err e;

	switch (deed_to(x->d->deed)) {
	case DEED_TO_ADDRESS:
		/* Of an application: who has no address to show may have to show who he is. */
		if (c->address.n == 0 && deed_app_too(x->d->deed) && is_name(c->user) &&
		    (x->r->carried & 1U << DEED_BY_APP) != 0)
			return one(x, c->user, false, NULL);
		return one(x, c->address, true, NULL);
	case DEED_TO_USER:
		return to_users(x);
	case DEED_TO_BOTH:
		e = one(x, c->address, false, NULL);
		return e == OK ? to_users(x) : e;
	case DEED_TO_ALL:
		return one(x, STR(DEED_ALL), false, NULL);
	case DEED_TO_ALERT:
		break;
	}
	return one(x, c->alert, false, NULL);
}

enum err
respond_alert(struct respond *r, const struct respond_case *c, int64_t now, size_t *ret_n,
    struct diag *why)
{
	struct doing x = {
		.r = r, .c = c, .row = policy_find(r->policy, &c->what), .now = now, .why = why
	};
	enum err e = OK;

	for (size_t i = 0; x.row != NULL && i < x.row->n && e == OK; i++) {
		x.d = &x.row->deeds[i];
		e = each(&x);
	}
	*ret_n = x.n;
	return e;
}

/* Whom a person names: *ret_entity is canonical, in `text` when it is an address. */
static enum err
check_entity(struct respond *r, enum deed d, struct str entity, char text[GUARD_TEXT],
    struct str *ret_entity, struct diag *why)
{
	enum err e;

	*ret_entity = entity;
	if (!is_carried(r, d))
		return err_set(why, FAIL_DENIED, "%s", BY_PERSON);
	if (deed_to(d) == DEED_TO_ALERT)
		return OK;
	if (deed_to(d) == DEED_TO_ALL)
		return str_eq(entity, STR(DEED_ALL))
			   ? OK
			   : err_set(why, FAIL_SYNTAX, "this is done to everybody: \"*\"");
	if (is_name(entity) && (deed_to(d) != DEED_TO_ADDRESS ||
				   (deed_app_too(d) && (r->carried & 1U << DEED_BY_APP) != 0)))
		return OK;
	if (deed_to(d) == DEED_TO_USER)
		return err_set(why, FAIL_SYNTAX, "it is no name of a user");
	e = guard_check(r->guard, entity, text, why);
	*ret_entity = str_c(text);
	return e;
}

enum err
respond_by_hand(struct respond *r, const struct respond_wish *w, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	struct lease want = { .deed = w->deed,
		.state = w->unasked && !r->armed ? LEASE_DRY_RUN : LEASE_ACTIVE,
		.end = now + w->span,
		.by = w->by,
		.reason = w->reason };
	char text[GUARD_TEXT] = "";
	enum err e = OK;

	if (deed_to(w->deed) == DEED_TO_ALERT || w->span <= 0 || w->span > POLICY_SPAN_MAX)
		e = err_set(why, FAIL_SYNTAX, "that cannot be done by hand, or not for so long");
	if (e == OK)
		e = check_entity(r, w->deed, w->entity, text, &want.entity, why);
	if (e == OK && w->unasked && want.state == LEASE_ACTIVE &&
	    deed_to(w->deed) == DEED_TO_ADDRESS && !guard_take(r->guard, now))
		e = err_set(why, FAIL_AGAIN, "enough addresses were blocked in this minute");
	return e == OK ? leases_add(r->leases, &want, now, ret_id, why) : e;
}

struct meant {
	enum deed deed;
	int64_t span;
	char entity[LEASES_ENTITY + 1];
};

static enum err
keep(void *ctx, const struct lease *row)
{
	struct meant *m = ctx;

	m->deed = row->deed;
	m->span = row->end - row->begin;
	(void)str_to_c(row->entity, m->entity, sizeof(m->entity));
	return OK;
}

enum err
respond_approve(struct respond *r, int64_t id, struct str by, int64_t now, struct diag *why)
{
	char text[GUARD_TEXT] = "";
	struct str entity;
	struct meant m = { 0 };
	enum err e = leases_get(r->leases, id, keep, &m, why);

	if (e == OK)
		e = check_entity(r, m.deed, str_c(m.entity), text, &entity, why);
	if (e == OK)
		e = leases_begin(r->leases, why);
	if (e != OK)
		return e;
	e = leases_change(r->leases, id, LEASE_ACTIVE, by, STR("approved"), now, why);
	if (e == OK)
		e = leases_add(r->leases,
		    &(struct lease){ .deed = m.deed,
			.state = LEASE_ACTIVE,
			.entity = str_c(m.entity),
			.end = now + m.span,
			.by = by,
			.reason = STR("approved") },
		    now, NULL, why);
	return leases_finish(r->leases, e, why);
}

struct longer {
	struct respond *r;
	struct str by, reason;
	int64_t end, now;
	struct diag *why;
};

static enum err
prolong(void *ctx, const struct lease *row)
{
	struct longer *x = ctx;
	struct lease want = *row;

	if (row->state != LEASE_ACTIVE && row->state != LEASE_PROPOSED &&
	    row->state != LEASE_DRY_RUN)
		return err_set(x->why, FAIL_DENIED, "response %lld is %s", (long long)row->id,
		    leases_word(row->state));
	want.end = x->end;
	want.by = x->by;
	want.reason = x->reason;
	return leases_add(x->r->leases, &want, x->now, NULL, x->why);
}

enum err
respond_extend(struct respond *r, int64_t id, int64_t span, struct str by, struct str reason,
    int64_t now, struct diag *why)
{
	struct longer x = { .r = r,
		.by = by,
		.reason = reason.n != 0 ? reason : STR("made longer"),
		.end = now + span,
		.now = now,
		.why = why };

	if (span <= 0 || span > POLICY_SPAN_MAX)
		return err_set(why, FAIL_SYNTAX, "a response lasts 30 days at most");
	return leases_get(r->leases, id, prolong, &x, why);
}
