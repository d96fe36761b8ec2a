/* SPDX-License-Identifier: Apache-2.0 */
/* From routes and channels to who is told. */
#include "alert/plan.h"

#include "alert/daytime.h"
#include "base/clock.h"

#define ALL STR("all")
#define DASHBOARD STR("dashboard")

struct making {
	const struct plan_world *w;
	const struct matcher_case *c;
	struct plan *to;
};

static bool
is_dashboard(const struct route_target *t)
{
	return t->channel.n == 0 && str_eq(t->kind, DASHBOARD);
}

static const struct plan_channel *
named(const struct plan_world *w, struct str name)
{
	for (size_t i = 0; i < w->n && name.n != 0; i++)
		if (str_eq(str_c(w->channels[i].name), name))
			return &w->channels[i];
	return NULL;
}

static bool
has_policy(const struct plan_world *w, struct str name)
{
	for (size_t i = 0; i < w->n_policies; i++)
		if (str_eq(w->policies[i], name))
			return true;
	return false;
}

bool
plan_means(const struct route_target *t, const struct plan_world *w, const struct plan_channel *ch)
{
	const struct plan_channel *one = named(w, t->channel);

	if (one != NULL)
		return one == ch;
	if (t->kind.n == 0)
		return false;
	return str_eq(t->kind, ALL) || route_kind_is(t->kind, str_c(ch->kind));
}

bool
plan_there(const struct route_target *t, const struct plan_world *w)
{
	if (t->policy.n != 0)
		return has_policy(w, t->policy);
	if (is_dashboard(t) || (t->channel.n == 0 && str_eq(t->kind, ALL)))
		return true;
	for (size_t i = 0; i < w->n; i++)
		if (plan_means(t, w, &w->channels[i]))
			return true;
	return false;
}

static struct str
slot_of(const struct plan_item *i)
{
	return i->target != NULL ? i->target->slot : STR("");
}

static bool
same(const struct plan_item *a, const struct plan_item *b)
{
	if (a->channel != b->channel)
		return false;
	if (a->channel == NULL)
		return str_eq(a->target->policy, b->target->policy);
	return str_eq(slot_of(a), slot_of(b));
}

static void
add(struct making *m, const struct plan_item *item)
{
	for (size_t i = 0; i < m->to->n; i++)
		if (same(&m->to->items[i], item))
			return;
	if (m->to->n < PLAN_ITEMS_MAX)
		m->to->items[m->to->n++] = *item;
}

static bool
reaches(const struct making *m, const struct plan_channel *ch)
{
	return m->c->severity <= ch->min_severity;
}

static void
fall_back(struct making *m, const struct route_node *n)
{
	for (size_t i = 0; i < m->w->n; i++)
		if (reaches(m, &m->w->channels[i]))
			add(m, &(struct plan_item){ .channel = &m->w->channels[i], .route = n });
}

static void
add_target(struct making *m, const struct route_node *n, const struct route_target *t)
{
	const bool all = t->channel.n == 0 && str_eq(t->kind, ALL);

	if (t->policy.n != 0) {
		add(m, &(struct plan_item){ .target = t, .route = n });
		return;
	}
	for (size_t i = 0; i < m->w->n; i++) {
		const struct plan_channel *ch = &m->w->channels[i];

		if (plan_means(t, m->w, ch) && (!all || reaches(m, ch)))
			add(m, &(struct plan_item){ .channel = ch, .target = t, .route = n });
	}
}

/* Does a route mean to tell somebody, and is there nobody of them? */
static bool
is_lost(const struct route_node *n, const struct plan_world *w)
{
	bool wanted = false;

	for (size_t i = 0; i < n->n_targets; i++) {
		if (is_dashboard(&n->targets[i]))
			continue;
		if (plan_there(&n->targets[i], w))
			return false;
		wanted = true;
	}
	return wanted;
}

static void
on_route(void *ctx, const struct route_node *n)
{
	struct making *m = ctx;

	m->to->n_routes++;
	if (is_lost(n, m->w)) {
		m->to->fell_back = true;
		fall_back(m, n);
		return;
	}
	for (size_t i = 0; i < n->n_targets; i++)
		if (plan_there(&n->targets[i], m->w))
			add_target(m, n, &n->targets[i]);
}

void
plan_make(const struct route_tree *t, const struct matcher_case *c, const struct plan_world *w,
    struct plan *ret)
{
	struct making m = { w, c, ret };

	ret->n = ret->n_routes = 0;
	ret->fell_back = false;
	if (t != NULL)
		route_walk(t, c, on_route, &m);
	else
		fall_back(&m, NULL);
}

enum route_form
plan_form(const struct plan_item *i)
{
	return i->target != NULL ? i->target->form : ROUTE_NOW;
}

int64_t
plan_due(const struct plan_item *i, int64_t now)
{
	const struct route_target *t = i->target;

	if (plan_form(i) == ROUTE_NOW)
		return now;
	if (t->form == ROUTE_BATCH)
		return now + t->window;
	return daytime_next(t->at, t->days, t->zone, now);
}

static void
say_span(int64_t ns, struct buf *to)
{
	const int64_t s = ns / CLOCK_S;

	if (s % 3600 == 0)
		buf_printf(to, "%lld h", (long long)(s / 3600));
	else if (s % 60 == 0)
		buf_printf(to, "%lld min", (long long)(s / 60));
	else
		buf_printf(to, "%lld s", (long long)s);
}

void
plan_said(const struct route_target *t, struct buf *to)
{
	static const char *const days[] = { "Sundays", "Mondays", "Tuesdays", "Wednesdays",
		"Thursdays", "Fridays", "Saturdays" };
	unsigned day = 0;

	if (t->policy.n != 0)
		buf_printf(to, "escalation policy '%.*s'", STR_ARG(t->policy));
	else if (t->channel.n != 0)
		buf_printf(to, "channel '%.*s'", STR_ARG(t->channel));
	if (t->kind.n != 0)
		buf_printf(to, t->channel.n != 0 ? " or kind %.*s" : "kind %.*s", STR_ARG(t->kind));
	if (t->form == ROUTE_BATCH) {
		buf_str(to, STR(", collected for "));
		say_span(t->window, to);
	}
	while (t->form == ROUTE_WEEKLY && (t->days & 1U << day) == 0)
		day++;
	if (t->form == ROUTE_DAILY || t->form == ROUTE_WEEKLY)
		buf_printf(to, ", %s at %02u:%02u", t->form == ROUTE_DAILY ? "daily" : days[day],
		    t->at / 60, t->at % 60);
}

/* Does any route mean this channel? */
static bool
is_meant(const struct route_tree *t, const struct plan_world *w, const struct plan_channel *ch)
{
	for (const struct route_node *n = route_root(t); n != NULL; n = route_after(n))
		for (size_t i = 0; i < n->n_targets; i++)
			if (plan_means(&n->targets[i], w, ch))
				return true;
	return false;
}

static void
warn_unmeant(const struct route_tree *t, const struct plan_world *w, plan_warn_fn fn, void *ctx)
{
	for (size_t i = 0; i < w->n; i++) {
		auto_buf struct buf text = { 0 };

		if (is_meant(t, w, &w->channels[i]))
			continue;
		buf_printf(&text,
		    "no route names channel '%s': it hears only what finds nobody else",
		    w->channels[i].name);
		fn(ctx, buf_view(&text));
	}
}

void
plan_warnings(const struct route_tree *t, const struct plan_world *w, plan_warn_fn fn, void *ctx)
{
	for (const struct route_node *n = route_root(t); n != NULL; n = route_after(n)) {
		auto_buf struct buf text = { 0 };
		size_t missing = 0;

		if (n->inherits)
			continue;
		route_said(n, &text);
		buf_str(&text, STR(" names what is not there: "));
		for (size_t i = 0; i < n->n_targets; i++) {
			const struct route_target *k = &n->targets[i];

			if (plan_there(k, w) || (k->optional && !is_lost(n, w)))
				continue;
			if (missing++ != 0)
				buf_str(&text, STR("; "));
			plan_said(k, &text);
		}
		if (is_lost(n, w))
			buf_str(&text,
			    STR(". Its alerts go to every channel whose min_severity they"
				" reach"));
		if (missing != 0)
			fn(ctx, buf_view(&text));
	}
	warn_unmeant(t, w, fn, ctx);
}
