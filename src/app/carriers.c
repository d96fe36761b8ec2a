/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/actions.py */
/* What is due goes to whoever carries it out. */
#include "app/carriers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/carriers_in.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"

#define LOOK_EVERY (250 * CLOCK_MS)

/* Who carries what out. */
static const struct carrier *const table[] = {
	&carry_app,
	&carry_watch,
	&carry_evidence,
	&carry_ticket,
	&carry_incident,
};

static const struct carrier *
carrier_of(enum deed d)
{
	const enum deed_by by = deed_app_too(d) ? DEED_BY_APP : deed_by(d);

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i]->by == by)
			return table[i];
	return NULL;
}

/* Whose deeds are carried out from now on. */
static enum err
muster(struct carriers *c, struct diag *why)
{
	unsigned by = 0;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const enum err e = table[i]->ready(c, why);

		if (e != OK && e != FAIL_NOT_FOUND)
			return e;
		if (e == OK)
			by |= 1U << (unsigned)table[i]->by;
	}
	c->o.respond->carried = by;
	c->deeds = 0;
	for (unsigned d = 0; d < DEEDS; d++) {
		const struct carrier *k = carrier_of((enum deed)d);

		if (k != NULL && (by & 1U << (unsigned)k->by) != 0)
			c->deeds |= 1U << d;
	}
	return OK;
}

void
carriers_done(struct flight *f, const struct carry_result *r)
{
	struct carriers *c = f->c;
	struct carry_result scaled = *r;
	struct diag why = { 0 };

	scaled.wait_scale = c->scale;
	f->busy = false;
	c->again = true;
	if (carry_done(c->o.respond->leases, &f->job, &scaled, clock_wall(), &why) != OK)
		log_diag("respond", "a result was not stored: it is carried out again", &why);
	if (r->verdict == CARRY_NEVER)
		log_warn("respond", "a response was not carried out",
		    LOG_C("action", deed_word(f->job.deed)), LOG_INT("response", f->job.lease),
		    LOG_STR("why", r->words));
	loop_timer_after(c->timer, 0);
}

void
carriers_say(struct flight *f, enum carry_verdict v, const char *fmt, ...)
{
	char text[LEASES_TEXT + 1];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	carriers_done(f, &(struct carry_result){ .verdict = v, .words = str_c(text) });
}

static enum err
follow(struct carriers *c, struct diag *why)
{
	const uint64_t rev = leases_rev(c->o.respond->leases);
	enum err e;

	if (rev == c->seen && !c->again)
		return OK;
	e = carry_follow(c->o.respond->leases, c->deeds, clock_wall(), why);
	if (e != OK)
		return e;
	for (size_t i = 0; i < ARRAY_LEN(table) && rev != c->seen; i++)
		if (table[i]->changed != NULL)
			table[i]->changed(c);
	c->seen = rev;
	c->again = false;
	return OK;
}

static struct flight *
free_flight(struct carriers *c)
{
	for (size_t i = 0; i < CARRIERS_AT_ONCE; i++)
		if (!c->flights[i].busy)
			return &c->flights[i];
	return NULL;
}

static size_t
room(const struct carriers *c)
{
	size_t n = 0;

	for (size_t i = 0; i < CARRIERS_AT_ONCE; i++)
		n += !c->flights[i].busy;
	return n;
}

static enum err
pump(struct carriers *c, struct diag *why)
{
	struct carry_job *jobs = mem_alloc(CARRIERS_AT_ONCE * sizeof(*jobs));
	size_t n = 0;
	enum err e = carry_due(c->o.respond->leases, clock_wall(), jobs, room(c), &n, why);

	for (size_t i = 0; i < n; i++) {
		struct flight *f = free_flight(c);
		const struct carrier *k = carrier_of(jobs[i].deed);

		if (f == NULL)
			break; /* due again in a minute */
		*f = (struct flight){ .c = c, .job = jobs[i], .busy = true };
		if (k != NULL && (c->deeds & 1U << (unsigned)jobs[i].deed) != 0)
			k->run(c, f);
		else
			carriers_say(f, CARRY_RETRY, "nothing here carries it out any more");
	}
	free(jobs);
	return e;
}

static void
look(void *ctx)
{
	struct carriers *c = ctx;
	struct diag why = { 0 };
	enum err e;

	loop_timer_after(c->timer, LOOK_EVERY);
	e = follow(c, &why);
	if (e == OK && room(c) != 0)
		e = pump(c, &why);
	if (e != OK)
		log_diag("respond", "what is to be carried out cannot be read", &why);
}

enum err
carriers_new(const struct carriers_opts *o, struct carriers **ret, struct diag *why)
{
	const char *scale = getenv("TOCSIN_RETRY_SCALE");
	struct carriers *c = MEM_NEW(struct carriers);
	enum err e;

	c->o = *o;
	c->again = true;
	c->scale = 1;
	if (scale != NULL && (!str_f64(str_c(scale), &c->scale) || c->scale <= 0 || c->scale > 1))
		c->scale = 1;
	e = muster(c, why);
	if (e == OK)
		e = carry_recover(o->respond->leases, why);
	if (e != OK) {
		carriers_free(c);
		return e;
	}
	c->timer = loop_timer_new(o->loop, look, c);
	loop_timer_after(c->timer, 0);
	*ret = c;
	return OK;
}

void
carriers_free(struct carriers *c)
{
	if (c == NULL)
		return;
	loop_timer_free(c->timer);
	free(c);
}

void
carriers_incidents(struct carriers *c, carriers_incident_fn open, void *ctx)
{
	struct diag why = { 0 };

	c->open_incident = open;
	c->incident_ctx = ctx;
	if (muster(c, &why) != OK)
		log_diag("respond", "incidents are not opened", &why);
}
