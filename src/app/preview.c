/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/preview.py */
/* A dry run over history. */
#include "app/preview.h"

#include <stdio.h>
#include <stdlib.h>

#include "alert/alerts.h"
#include "app/aim.h"
#include "app/preview_in.h"
#include "app/switches.h"
#include "app/whom.h"
#include "base/clock.h"
#include "base/db.h"
#include "base/digest.h"
#include "base/mem.h"

#define BATCH 2000
#define LOOK_EVERY (500 * CLOCK_MS) /* as the daemon looks */
#define BATCH_BUDGET ((size_t)256 << 20)
#define NAMES_BUDGET ((size_t)64 << 20)
#define LOOK_RECORDS 500 /* fewer than logins that may wait */
#define LOOK_LATEST (60 * CLOCK_S)
#define LOOK_AGAIN (30 * CLOCK_S)
#define TEXT_MAX 1024
#define WHOM_OLD 4000
#define DAY (86400 * CLOCK_S)

static struct str
head_of(struct str s)
{
	return (struct str){ s.p, s.n < TEXT_MAX ? s.n : TEXT_MAX };
}

/* The head of s, terminated. */
static void
put(struct str s, char *to, size_t size)
{
	(void)str_to_c((struct str){ s.p, s.n < size - 1 ? s.n : size - 1 }, to, size);
}

struct preview_entity *
preview_entity(struct preview *p, struct str name)
{
	bool fresh = false;
	uint32_t *at = map_put(p->entities, name, &fresh);
	struct preview_entity one = { 0 };

	if (at == NULL)
		return NULL;
	if (fresh) {
		if (!arena_copy(p->names, name, &one.name))
			abort(); /* PREVIEW_ENTITIES_MAX of them fit */
		*at = (uint32_t)p->all.n;
		VEC_PUSH(&p->all, one);
	}
	return &p->all.p[*at];
}

/* Country, and whether it is a crawler by its own word. */
static void
note_about(struct preview *p, const struct rec *r)
{
	struct str ip = rec_str(r, F_CLIENT_IP);
	struct preview_about *a = ip.n != 0 ? map_put(p->about, ip, NULL) : NULL;

	if (a == NULL)
		return;
	put(rec_str(r, F_GEO_COUNTRY), a->country, sizeof(a->country));
	if (str_eq(rec_str(r, F_UA_DEVICE), STR("bot")))
		put(rec_str(r, F_UA_NAME), a->crawler, sizeof(a->crawler));
}

/* What is new is answered as fast as the daemon does it; what goes on, now and then. */
static void
be_due(struct preview *p, struct str id)
{
	bool fresh = false;
	const bool known = map_put(p->ids, id, &fresh) != NULL && !fresh;
	const int64_t due = p->clock + (known ? LOOK_AGAIN : LOOK_EVERY);

	if (p->due == 0 || due < p->due)
		p->due = due;
}

static void
on_finding(void *ctx, const struct finding *f)
{
	struct preview *p = ctx;
	struct alerts_finding *to;
	char hex[ALERTS_ID_SIZE];
	uint64_t *evidence;

	if (f->last < p->o->history.since || f->demo ||
	    (p->o->switches != NULL && switches_drop(p->o->switches, f->rule)))
		return;
	if (f->rec != NULL)
		note_about(p, f->rec);
	evidence = arena_alloc(p->batch, f->n_evidence * sizeof(*evidence));
	to = VEC_ADD(&p->findings);
	*to = (struct alerts_finding){ .rule_id = str_c(f->rule->id),
		.title = str_c(f->rule->title),
		.severity = str_c(f->severity),
		.action = str_c(f->rule->action),
		.confidence = f->confidence,
		.tags = str_c(f->rule->tags),
		.advice = STR(""),
		.first = f->first,
		.last = f->last,
		.n_first = f->n_first,
		.n_more = f->n_more,
		.seq = f->seq };
	(void)digest_hex(f->id, sizeof(f->id), hex);
	if (evidence == NULL || !arena_copy(p->batch, (struct str){ hex, 32 }, &to->id) ||
	    !arena_copy(p->batch, head_of(f->group), &to->group) ||
	    !whom_copy(f->rec, p->batch, to))
		abort(); /* BATCH findings of this size fit the budget */
	memcpy(evidence, f->evidence, f->n_evidence * sizeof(*evidence));
	to->evidence = evidence;
	to->n_evidence = f->n_evidence;
	be_due(p, to->id);
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct preview *p = ctx;
	struct str users[AIM_USERS];
	struct respond_case c;
	size_t begun = 0;

	p->rev = row->rev;
	return aim_case(p->o->conf, row, users, &c)
		   ? respond_alert(&p->r, &c, p->clock, &begun, &p->why)
		   : OK;
}

/* What the daemon does every half second: alerts, responses, their cost. */
static enum err
answer(struct preview *p)
{
	uint64_t from, n = 0;
	enum err e = OK;

	p->due = 0;
	p->unseen = 0;
	p->looked = p->clock;
	if (p->findings.n != 0) {
		whom_allow(p->whom, p->o->history.n == 0 ? WHOM_OLD : 0);
		e = alerts_apply(p->alerts, p->findings.p, p->findings.n, p->seq, p->clock,
		    &p->why);
		for (size_t i = 0; i < p->findings.n; i++)
			p->n_alerts += p->findings.p[i].is_new;
		p->findings.n = 0;
		arena_reset(p->batch);
	}
	if (e == OK)
		e = leases_expire(p->r.leases, p->clock, &n, &p->why);
	do {
		from = p->rev;
		if (e == OK)
			e = leases_begin(p->r.leases, &p->why);
		if (e == OK)
			e = leases_finish(p->r.leases,
			    alerts_changes(p->alerts, p->rev, BATCH, on_alert, p, &p->why),
			    &p->why);
	} while (e == OK && p->rev != from);
	return e == OK ? collateral_look(p->collateral, p->r.leases, p->r.policy, p->clock, &p->why)
		       : e;
}

static enum err
on_record(void *ctx, struct rec *r, struct diag *why)
{
	struct preview *p = ctx;
	const int64_t said = rec_int(r, F_TIMESTAMP, 0);
	const int64_t t = said < p->o->history.now ? said : p->o->history.now;
	enum err e = OK;

	p->seq = r->seq;
	p->clock = t > p->clock ? t : p->clock;
	p->unseen++;
	if ((p->due != 0 && (p->clock >= p->due || p->findings.n >= BATCH)) ||
	    ((p->unseen >= LOOK_RECORDS || p->clock - p->looked >= LOOK_LATEST) &&
		collateral_waits(p->collateral)))
		e = answer(p);
	if (e != OK) {
		*why = p->why;
		return e;
	}
	collateral_seen(p->collateral, r);
	whom_add(p->whom, r);
	engine_feed(p->engine, r, on_finding, p);
	return OK;
}

static void
on_block(void *ctx, const struct lease *row, const struct people_place *at)
{
	struct preview *p = ctx;
	struct preview_entity *e = preview_entity(p, row->entity);

	if (e == NULL)
		return;
	e->end = row->end;
	if (at == NULL)
		return;
	e->known = people_known(at, row->begin, NULL);
	e->shared = e->shared || people_shared(at, row->begin);
	e->agents = people_agents(at);
}

static void
on_login(void *ctx, const struct collateral_login *l)
{
	struct preview *p = ctx;
	struct preview_entity *e = preview_entity(p, str_c(l->address));
	char pair[IP_TEXT_SIZE + PEOPLE_NAME + 4];
	bool fresh = false;

	if (e == NULL || l->time > e->end)
		return;
	(void)snprintf(pair, sizeof(pair), "%s %s", l->address, l->user);
	if (map_put(p->pairs, str_c(pair), &fresh) == NULL || !fresh)
		return;
	if (!l->known) {
		e->strangers++;
		(void)map_put(p->strangers, str_c(l->user), NULL);
		return;
	}
	if (e->people < PREVIEW_NAMED)
		(void)snprintf(e->names[e->people], sizeof(e->names[0]), "%s", l->user);
	e->people++;
	(void)map_put(p->people, str_c(l->user), NULL);
}

static struct preview_day *
day_of(struct preview *p, int64_t t)
{
	const int64_t day = t - t % DAY;

	for (size_t i = 0; i < p->days.n; i++)
		if (p->days.p[i].day == day)
			return &p->days.p[i];
	VEC_PUSH(&p->days, ((struct preview_day){ .day = day }));
	return &p->days.p[p->days.n - 1];
}

static void
count_entity(struct preview *p, const struct lease *row)
{
	struct preview_entity *e = preview_entity(p, row->entity);
	const struct preview_about *a = map_get(p->about, row->entity);

	if (e == NULL)
		return;
	e->to = deed_to(row->deed);
	e->begin = e->begin == 0 || row->begin < e->begin ? row->begin : e->begin;
	e->end = row->end > e->end ? row->end : e->end;
	if (row->state == LEASE_FAILED) {
		e->refused++;
		put(row->result, e->why, sizeof(e->why));
	} else {
		e->deeds |= 1U << (unsigned)row->deed;
		e->times++;
	}
	put(row->rule, e->rule, sizeof(e->rule));
	put(row->reason, e->reason, sizeof(e->reason));
	if (a == NULL)
		return;
	memcpy(e->country, a->country, sizeof(e->country));
	memcpy(e->crawler, a->crawler, sizeof(e->crawler));
}

static enum err
on_lease(void *ctx, const struct lease *row)
{
	struct preview *p = ctx;
	struct preview_day *day = day_of(p, row->begin);

	if (row->state == LEASE_FAILED) {
		p->refused[row->deed]++;
		day->refused++;
	} else {
		p->would[row->deed]++;
		day->would++;
	}
	if (str_eq(row->entity, row->alert))
		return OK; /* it is done to nobody */
	if (deed_to(row->deed) == DEED_TO_ADDRESS || deed_to(row->deed) == DEED_TO_USER)
		count_entity(p, row);
	return OK;
}

/* As the daemon guards, but for those who are logged in to Tocsin now. */
static enum err
protect(struct preview *p, struct diag *why)
{
	enum err e = aim_guard(p->o->conf, &p->r.guard, why);

	if (e == OK && p->o->own != NULL)
		e = aim_allowed(p->o->own, p->o->history.now, p->r.guard, why);
	return e;
}

static enum err
prepare(struct preview *p, struct diag *why)
{
	const struct preview_opts *o = p->o;
	enum err e;

	p->collateral = collateral_new(o->conf,
	    &(struct collateral_ears){ .block = on_block, .login = on_login, .ctx = p });
	p->whom = whom_new(o->history.dir != NULL ? o->history.dir->log : "");
	p->batch = arena_new(BATCH_BUDGET);
	p->names = arena_new(NAMES_BUDGET);
	p->engine = engine_new(o->rules, &o->engine);
	p->about = map_new(sizeof(struct preview_about), 5 * PREVIEW_ENTITIES_MAX);
	p->entities = map_new(sizeof(uint32_t), PREVIEW_ENTITIES_MAX);
	p->people = map_new(1, 5 * PREVIEW_ENTITIES_MAX);
	p->strangers = map_new(1, 5 * PREVIEW_ENTITIES_MAX);
	p->ids = map_new(1, 5 * PREVIEW_ENTITIES_MAX);
	p->pairs = map_new(1, 5 * PREVIEW_ENTITIES_MAX);
	p->r.policy = o->policy;
	e = protect(p, why);
	if (e == OK)
		e = alerts_open(DB_MEMORY, &p->alerts, why);
	if (e == OK)
		e = leases_open(DB_MEMORY, &p->r.leases, why);
	if (e == OK)
		alerts_whom(p->alerts, whom_put, p->whom);
	return e;
}

enum err
preview_run(const struct preview_opts *o, struct preview **ret, struct diag *why)
{
	struct preview *p = MEM_NEW(struct preview);
	const struct leases_filter all = { 0 };
	const int64_t began = clock_mono();
	enum err e;

	p->o = o;
	e = prepare(p, why);
	if (e == OK)
		e = history_each(&o->history, on_record, p, &p->stats, why);
	if (e == OK && (e = answer(p)) != OK)
		*why = p->why;
	if (e == OK)
		e = leases_list(p->r.leases, &all, on_lease, p, why);
	p->seconds = (double)(clock_mono() - began) / (double)CLOCK_S;
	if (e != OK) {
		preview_free(p);
		return e;
	}
	*ret = p;
	return OK;
}

void
preview_free(struct preview *p)
{
	if (p == NULL)
		return;
	leases_close(p->r.leases);
	guard_free(p->r.guard);
	alerts_close(p->alerts);
	engine_free(p->engine);
	collateral_free(p->collateral);
	whom_free(p->whom);
	arena_free(p->batch);
	arena_free(p->names);
	VEC_FINI(&p->findings);
	VEC_FINI(&p->all);
	VEC_FINI(&p->days);
	map_free(p->about);
	map_free(p->entities);
	map_free(p->people);
	map_free(p->strangers);
	map_free(p->pairs);
	map_free(p->ids);
	free(p);
}

uint64_t
preview_records(const struct preview *p)
{
	return p->stats.records;
}
