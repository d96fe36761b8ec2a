/* SPDX-License-Identifier: Apache-2.0 */
/* What is done about an alert. */
#include "respond/respond.h"

#define BY_CHANNEL "the channels of the alert send it"
#define BY_PERSON "nothing here carries it out: somebody has to"

/* Whom it is done to; "" when the alert does not say. */
static struct str
entity_of(const struct respond_case *c, enum deed d)
{
	const struct str of[] = {
		[DEED_TO_ADDRESS] = c->address, [DEED_TO_USER] = c->user, [DEED_TO_ALERT] = c->alert
	};

	return of[deed_to(d)];
}

/* The state it begins in, by what it needs. */
static void
settle(const struct respond *r, const struct policy_deed *d, struct lease *w)
{
	if (!r->armed) {
		w->state = LEASE_DRY_RUN;
		w->result = STR("a dry run: responses are not armed");
	} else if (deed_by(d->deed) == DEED_BY_CHANNEL) {
		w->state = LEASE_EXPIRED;
		w->result = STR(BY_CHANNEL);
	} else if (deed_by(d->deed) == DEED_BY_PERSON) {
		w->state = LEASE_PROPOSED;
		w->result = STR(BY_PERSON);
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

static enum err
one(struct respond *r, const struct respond_case *c, const struct policy_row *row,
    const struct policy_deed *d, int64_t now, size_t *ret_n, struct diag *why)
{
	struct lease w = { .deed = d->deed,
		.entity = entity_of(c, d->deed),
		.end = now + d->span,
		.alert = c->alert,
		.rule = c->what.rule_id,
		.reason = row->threat,
		.cause_last = c->last };
	char text[GUARD_TEXT];
	struct diag refused = { 0 };
	bool done = false;
	enum err e;

	if (w.entity.n == 0)
		return OK; /* it is about nobody that this could be done to */
	settle(r, d, &w);
	if (deed_to(d->deed) == DEED_TO_ADDRESS) {
		if (guard_check(r->guard, w.entity, text, &refused) == OK)
			w.entity = str_c(text);
		else
			fail(&w, &refused);
	}
	if (w.state == LEASE_FAILED)
		w.cause_last = 0; /* said once for an alert */
	e = leases_answered(r->leases, &w, &done, why);
	if (e != OK || done)
		return e;
	if (w.state == LEASE_ACTIVE && !guard_take(r->guard, now)) {
		(void)!err_set(&refused, FAIL_LIMIT, "too many responses in this minute");
		fail(&w, &refused);
	}
	e = leases_add(r->leases, &w, now, NULL, &refused);
	if (e == FAIL_LIMIT) {
		fail(&w, &refused);
		e = leases_add(r->leases, &w, now, NULL, why);
	}
	*ret_n += e == OK && w.state != LEASE_FAILED;
	return e;
}

enum err
respond_alert(struct respond *r, const struct respond_case *c, int64_t now, size_t *ret_n,
    struct diag *why)
{
	const struct policy_row *row = policy_find(r->policy, &c->what);
	enum err e = OK;

	*ret_n = 0;
	for (size_t i = 0; row != NULL && i < row->n && e == OK; i++)
		e = one(r, c, row, &row->deeds[i], now, ret_n, why);
	return e;
}

enum err
respond_by_hand(struct respond *r, const struct respond_wish *w, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	struct lease want = { .deed = w->deed,
		.state = LEASE_ACTIVE,
		.end = now + w->span,
		.by = w->by,
		.reason = w->reason };
	char text[GUARD_TEXT];
	enum err e = OK;

	if (deed_by(w->deed) != DEED_BY_GATE || w->span <= 0 || w->span > POLICY_SPAN_MAX)
		e = err_set(why, FAIL_SYNTAX, "that cannot be done by hand, or not for so long");
	if (e == OK)
		e = guard_check(r->guard, w->entity, text, why);
	if (e != OK)
		return e;
	want.entity = str_c(text);
	return leases_add(r->leases, &want, now, ret_id, why);
}

struct meant {
	enum deed deed;
	int64_t span;
	char entity[GUARD_TEXT];
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
	char text[GUARD_TEXT];
	struct meant m = { 0 };
	enum err e = leases_get(r->leases, id, keep, &m, why);

	if (e == OK && deed_by(m.deed) != DEED_BY_GATE)
		e = err_set(why, FAIL_DENIED, "%s", BY_PERSON);
	if (e == OK)
		e = guard_check(r->guard, str_c(m.entity), text, why);
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
