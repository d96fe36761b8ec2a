/* SPDX-License-Identifier: Apache-2.0 */
/* Logins against blocks. */
#include "app/collateral.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/aim.h"
#include "app/whom.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"

#define HARD (1U << DEED_BLOCK_IP | 1U << DEED_RATE_LIMIT_IP)
#define LIVE (1U << LEASE_ACTIVE | 1U << LEASE_DRY_RUN)
#define NAMED 5 /* of those who were hit, in words */

struct collateral {
	struct collateral_ears ears;
	const struct conf *conf;
	pthread_mutex_t mu; /* of all below but rev and the map of rules */
	struct people *people;
	struct map *blocked; /* address, 16 bytes -> when its block began */
	struct collateral_login *waiting;
	size_t n_waiting;
	uint64_t lost;
	uint64_t rev; /* leases were looked at up to here */
	/* During one look: */
	struct leases *l;
	const struct policy *policy;
	int64_t now;
	struct diag *why;
	struct map *rules; /* to be held against their budgets */
};

struct touched { /* a rule with one of its leases */
	int64_t lease;
	struct policy_budget budget;
};

struct collateral *
collateral_new(const struct conf *conf, const struct collateral_ears *ears)
{
	struct collateral *c = MEM_NEW(struct collateral);

	c->ears = *ears;
	c->conf = conf;
	pthread_mutex_init(&c->mu, NULL);
	c->people = people_new();
	c->blocked = map_new(sizeof(int64_t), LEASES_LIVE_MAX);
	c->waiting = mem_alloc(COLLATERAL_WAITING * sizeof(*c->waiting));
	c->rules = map_new(sizeof(struct touched), LEASES_LIVE_MAX);
	return c;
}

void
collateral_free(struct collateral *c)
{
	if (c == NULL)
		return;
	people_free(c->people);
	map_free(c->blocked);
	map_free(c->rules);
	free(c->waiting);
	pthread_mutex_destroy(&c->mu);
	free(c);
}

static struct str
key_of(const struct ip *ip)
{
	return (struct str){ (const char *)ip->b, sizeof(ip->b) };
}

/* Somebody logs in from a blocked address; the lock is held. */
static void
note_login(struct collateral *c, const struct ip *ip, struct str user, int64_t t, int64_t began)
{
	const struct people_place *at = people_at(c->people, ip);
	struct collateral_login *w;

	if (t < began)
		return;
	if (c->n_waiting == COLLATERAL_WAITING) {
		c->lost++;
		return;
	}
	w = &c->waiting[c->n_waiting++];
	*w = (struct collateral_login){ .time = t,
		.known = at != NULL && people_knows(at, user, began) };
	(void)ip_text(ip, w->address);
	(void)str_to_c((struct str){ user.p, user.n < PEOPLE_NAME ? user.n : PEOPLE_NAME }, w->user,
	    sizeof(w->user));
}

void
collateral_seen(struct collateral *c, const struct rec *r)
{
	struct str user;
	const int64_t *began;
	struct ip ip;
	int64_t t;

	if (!str_eq(rec_str(r, F_EVENT_TYPE), STR("auth.login.success")) ||
	    str_eq(rec_str(r, F_SOURCE), STR(REC_SOURCE_DEMO)) ||
	    !ip_parse(rec_str(r, F_CLIENT_IP), &ip) || aim_forgeable(c->conf, rec_str(r, F_SOURCE)))
		return;
	user = whom_user(r);
	t = rec_int(r, F_TIMESTAMP, 0);
	if (user.n == 0)
		return;
	pthread_mutex_lock(&c->mu);
	began = map_get(c->blocked, key_of(&ip));
	if (began != NULL)
		note_login(c, &ip, user, t, *began);
	people_add(c->people, &ip, user, rec_str(r, F_USER_AGENT), t);
	pthread_mutex_unlock(&c->mu);
}

/* Its rule is to be held against its budget. */
static enum err
hit(struct collateral *c, const struct lease *row, enum budget_kind kind, struct str name)
{
	struct touched *t = map_put(c->rules, row->rule, NULL);

	if (t != NULL)
		*t = (struct touched){ row->id, *policy_budget(c->policy, row->reason) };
	return budget_note(c->l,
	    &(struct budget_hit){ .rule = row->rule,
		.name = name,
		.address = row->entity,
		.kind = kind,
		.time = c->now,
		.lease = row->id },
	    c->why);
}

/* A block begins: whom does it lock out? */
static enum err
begun(struct collateral *c, const struct lease *row, const struct people_place *at)
{
	const int64_t window = policy_budget(c->policy, row->reason)->window;
	unsigned set = 0;
	enum err e = OK;

	(void)people_known(at, row->begin, &set);
	for (uint32_t i = 0; i < at->n && e == OK; i++)
		if ((set & 1U << i) != 0 && at->who[i].last > row->begin - window)
			e = hit(c, row, BUDGET_USER, str_c(at->who[i].name));
	if (e == OK && people_shared(at, row->begin))
		e = hit(c, row, BUDGET_ADDRESS, row->entity);
	return e;
}

struct seen_one {
	bool there;
	int64_t begin;
};

static enum err
on_same(void *ctx, const struct lease *row)
{
	*(struct seen_one *)ctx = (struct seen_one){ true, row->begin };
	return OK;
}

static void
watch(struct collateral *c, const struct ip *ip, const struct seen_one *one)
{
	int64_t *began;

	pthread_mutex_lock(&c->mu);
	if (!one->there)
		(void)map_del(c->blocked, key_of(ip));
	else if ((began = map_put(c->blocked, key_of(ip), NULL)) != NULL)
		*began = one->begin;
	pthread_mutex_unlock(&c->mu);
}

static enum err
on_lease(void *ctx, const struct lease *row)
{
	const struct leases_filter same = { .states = LIVE, .deeds = HARD, .entity = row->entity };
	struct collateral *c = ctx;
	const struct people_place *at;
	struct people_place copy;
	struct seen_one one = { 0 };
	struct ip ip;
	enum err e;

	if (row->rule.n == 0 || !ip_parse(row->entity, &ip))
		return OK;
	e = leases_list(c->l, &same, on_same, &one, c->why);
	if (e != OK)
		return e;
	watch(c, &ip, &one);
	if ((LIVE & 1U << row->state) == 0)
		return OK;
	pthread_mutex_lock(&c->mu);
	at = people_at(c->people, &ip);
	if (at != NULL)
		copy = *at;
	pthread_mutex_unlock(&c->mu);
	if (c->ears.block != NULL)
		c->ears.block(c->ears.ctx, row, at != NULL ? &copy : NULL);
	return at != NULL ? begun(c, row, &copy) : OK;
}

struct login_of {
	struct collateral *c;
	const struct collateral_login *login;
};

static enum err
on_login(void *ctx, const struct lease *row)
{
	const struct login_of *x = ctx;

	if (row->rule.n == 0 || x->login->time < row->begin)
		return OK;
	return hit(x->c, row, BUDGET_USER, str_c(x->login->user));
}

static enum err
logins(struct collateral *c)
{
	auto_free struct collateral_login *all = mem_alloc(COLLATERAL_WAITING * sizeof(*all));
	enum err e = OK;
	size_t n;

	pthread_mutex_lock(&c->mu);
	n = c->n_waiting;
	memcpy(all, c->waiting, n * sizeof(*all));
	c->n_waiting = 0;
	pthread_mutex_unlock(&c->mu);
	for (size_t i = 0; i < n && e == OK; i++) {
		const struct leases_filter f = {
			.states = LIVE, .deeds = HARD, .entity = str_c(all[i].address)
		};
		struct login_of x = { c, &all[i] };

		if (c->ears.login != NULL)
			c->ears.login(c->ears.ctx, &all[i]);
		if (all[i].known)
			e = leases_list(c->l, &f, on_login, &x, c->why);
	}
	return e;
}

struct names {
	struct buf *to;
	int64_t since;
	unsigned n;
};

static enum err
on_hit(void *ctx, const struct budget_hit *h)
{
	struct names *x = ctx;

	if (h->time <= x->since || x->n++ >= NAMED)
		return OK;
	buf_printf(x->to, "%s%.*s", x->n > 1 ? ", " : "", STR_ARG(h->name));
	return OK;
}

/* What was too much, and who was hit. */
static enum err
say(struct collateral *c, struct str rule, const struct touched *t, const struct budget_spent *s,
    struct buf *to)
{
	struct names x = { to, c->now - t->budget.window, 0 };
	enum err e;

	buf_printf(to,
	    "it hit %llu known %s and %llu shared address%s within %lld h, its budget is "
	    "%llu and %llu: ",
	    (unsigned long long)s->users, s->users == 1 ? "person" : "people",
	    (unsigned long long)s->addresses, s->addresses == 1 ? "" : "es",
	    (long long)(t->budget.window / POLICY_SPAN), (unsigned long long)t->budget.users,
	    (unsigned long long)t->budget.shared);
	e = budget_hits(c->l, rule, on_hit, &x, c->why);
	if (x.n > NAMED)
		buf_printf(to, " and %u more", x.n - NAMED);
	return e;
}

/* Is it more than the rule may cost? */
static enum err
weigh(struct collateral *c, struct str rule, const struct touched *t)
{
	const struct policy_budget *b = &t->budget;
	auto_buf struct buf text = { 0 };
	struct budget_trip trip = { .rule = rule, .time = c->now };
	struct budget_spent spent;
	bool before = false;
	enum err e = budget_tripped(c->l, rule, &before, c->why);

	if (e == OK && !before)
		e = budget_spent(c->l, rule, c->now - b->window, &spent, c->why);
	if (e != OK || before || (spent.users <= b->users && spent.addresses <= b->shared))
		return e;
	buf_init(&text, 1 << 16);
	e = say(c, rule, t, &spent, &text);
	trip.reason = buf_view(&text);
	if (e == OK)
		e = budget_trip(c->l, rule, trip.reason, c->now, &trip.undone, c->why);
	if (e == OK && c->ears.trip != NULL)
		c->ears.trip(c->ears.ctx, &trip);
	return e;
}

static enum err
weigh_all(struct collateral *c)
{
	const struct touched *t;
	struct str rule;
	size_t it = 0;
	enum err e = OK;

	while (e == OK && (t = map_next(c->rules, &it, &rule)) != NULL)
		e = weigh(c, rule, t);
	it = 0;
	while (map_next(c->rules, &it, &rule) != NULL)
		(void)map_del(c->rules, rule);
	return e;
}

enum err
collateral_look(struct collateral *c, struct leases *l, const struct policy *p, int64_t now,
    struct diag *why)
{
	const uint64_t rev = leases_rev(l);
	const struct leases_filter changed = {
		.states = c->rev == 0 ? LIVE : 0, .deeds = HARD, .since = c->rev
	};
	enum err e;

	if (p == NULL || (rev == c->rev && !collateral_waits(c)))
		return OK;
	c->l = l;
	c->policy = p;
	c->now = now;
	c->why = why;
	e = leases_begin(l, why);
	if (e != OK)
		return e;
	if (rev != c->rev)
		e = leases_list(l, &changed, on_lease, c, why);
	if (e == OK)
		e = logins(c);
	if (e == OK)
		e = weigh_all(c);
	e = leases_finish(l, e, why);
	if (e == OK)
		c->rev = rev;
	return e;
}

bool
collateral_waits(struct collateral *c)
{
	bool some;

	pthread_mutex_lock(&c->mu);
	some = c->n_waiting != 0;
	pthread_mutex_unlock(&c->mu);
	return some;
}

uint64_t
collateral_lost(struct collateral *c)
{
	uint64_t n;

	pthread_mutex_lock(&c->mu);
	n = c->lost;
	pthread_mutex_unlock(&c->mu);
	return n;
}

void
collateral_save(struct collateral *c, const char *path)
{
	auto_buf struct buf out = { 0 };
	struct diag why = { 0 };

	buf_init(&out, PEOPLE_STATE_MAX);
	pthread_mutex_lock(&c->mu);
	people_save(c->people, &out);
	pthread_mutex_unlock(&c->mu);
	if (buf_overflow(&out) || fs_replace(path, buf_view(&out), &why) != OK)
		log_diag("respond", "who logs in from where cannot be saved", &why);
}

void
collateral_load(struct collateral *c, const char *path)
{
	auto_buf struct buf in = { 0 };
	struct diag why = { 0 };
	enum err e = fs_read(path, PEOPLE_STATE_MAX, &in, &why);

	if (e == OK && !people_load(c->people, buf_view(&in)))
		e = err_set(&why, FAIL_CORRUPT, "%s is damaged", path);
	if (e != OK && e != FAIL_NOT_FOUND)
		log_diag("respond", "who logs in from where is learned anew", &why);
}
