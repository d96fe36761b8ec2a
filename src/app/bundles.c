/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/routes.py */
/* Sends what is collected, when it is due. */
#include "app/bundles.h"

#include <stdlib.h>

#include "alert/bundle.h"
#include "alert/inhibit.h"
#include "app/routeload.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"

#define LOOK_EVERY CLOCK_S
#define HOUSE_EVERY (3600 * CLOCK_S)
#define AT_ONCE 50 /* bundles closed before others have their turn */

struct bundles {
	struct bundles_opts o;
	struct routing *routing;
	struct loop_timer *timer;
	int64_t housed; /* monotonic; 0: not yet */
};

struct world { /* what there is now, from the database */
	struct plan_channel channels[CHANNELS_MAX];
	struct plan_world w;
};

static enum err
look_around(struct bundles *b, const struct routing_rules *rules, struct world *ret,
    struct diag *why)
{
	ret->w = (struct plan_world){ .channels = ret->channels,
		.policies = rules->policies,
		.n_policies = rules->n_policies };
	return routing_channels(b->o.alerts, ret->channels, CHANNELS_MAX, &ret->w.n, why);
}

static void
on_warning(void *ctx, struct str text)
{
	(void)ctx;
	log_warn("route", "a route", LOG_STR("what", text));
}

static void
warn(struct bundles *b)
{
	const struct routing_rules *rules = routing_take(b->routing);
	struct world *w = MEM_NEW(struct world);

	if (rules->tree != NULL && look_around(b, rules, w, NULL) == OK) {
		log_info("route", "routes in force", LOG_STR("routes", route_name(rules->tree)),
		    LOG_C("file", route_file(rules->tree)));
		plan_warnings(rules->tree, &w->w, on_warning, NULL);
	}
	free(w);
	routing_drop(b->routing, rules);
}

/* Weekly reports come though nothing is collected: absence says nothing. */
static enum err
begin_reports(struct bundles *b, struct diag *why)
{
	const struct routing_rules *rules = routing_take(b->routing);
	struct world *w = MEM_NEW(struct world);
	const int64_t now = clock_wall();
	const struct route_node *n = rules->tree != NULL ? route_root(rules->tree) : NULL;
	enum err e = look_around(b, rules, w, why);

	for (; n != NULL && e == OK; n = route_after(n))
		for (size_t i = 0; i < n->n_targets && !n->inherits && e == OK; i++) {
			const struct route_target *t = &n->targets[i];

			if (t->form != ROUTE_WEEKLY)
				continue;
			for (size_t k = 0; k < w->w.n && e == OK; k++) {
				const struct plan_item item = { &w->channels[k], t, n };

				if (!plan_means(t, &w->w, item.channel))
					continue;
				e = bundle_begin(b->o.alerts,
				    &(struct bundle_place){ str_c(item.channel->name), t->slot,
					BUNDLE_WEEKLY, plan_due(&item, now) },
				    now, why);
			}
		}
	free(w);
	routing_drop(b->routing, rules);
	return e;
}

static enum err
keep_house(struct bundles *b, struct diag *why)
{
	enum err e;

	if (b->housed != 0 && clock_mono() - b->housed < HOUSE_EVERY)
		return OK;
	b->housed = clock_mono();
	e = begin_reports(b, why);
	if (e == OK)
		e = inhibit_prune(b->o.alerts, why);
	return e == OK ? bundle_prune(b->o.alerts, clock_wall(), why) : e;
}

static enum err
send_due(struct bundles *b, size_t *ret_n, struct diag *why)
{
	const int64_t now = clock_wall();
	int64_t next = INT64_MAX;
	bool more = true;
	enum err e = bundle_next(b->o.alerts, &next, why);

	*ret_n = 0;
	if (e != OK || next > now)
		return e;
	while (e == OK && more && *ret_n < AT_ONCE) {
		e = bundle_close(b->o.alerts, now, &more, why);
		*ret_n += e == OK && more;
	}
	return e;
}

static void
look(void *ctx)
{
	struct bundles *b = ctx;
	struct diag why = { 0 };
	size_t n = 0;
	enum err e = send_due(b, &n, &why);

	if (n != 0) {
		log_info("route", "collected alerts go out", LOG_INT("messages", n));
		b->housed = 0; /* reports that ended begin anew */
		b->o.wake(b->o.ctx);
	}
	if (e == OK)
		e = keep_house(b, &why);
	if (e != OK)
		log_diag("route", "what was collected cannot be sent now", &why);
	loop_timer_after(b->timer, n == AT_ONCE ? 0 : LOOK_EVERY);
}

enum err
bundles_reload(struct bundles *b, const struct conf *conf, struct diag *why)
{
	struct routing_rules rules = { .storm_limit = (unsigned)conf->route_storm_limit,
		.storm_window = conf->route_storm_window };
	auto_free struct str *names = NULL;
	enum err e = routeload_read(conf, &rules.tree, why);

	if (e != OK)
		return e;
	names = routeload_policies(b->o.book != NULL ? *b->o.book : NULL, &rules.n_policies);
	rules.policies = names;
	routing_set(b->routing, &rules);
	b->housed = 0;
	warn(b);
	return OK;
}

enum err
bundles_new(const struct bundles_opts *o, struct bundles **ret, struct diag *why)
{
	struct bundles *b = MEM_NEW(struct bundles);
	enum err e;

	b->o = *o;
	b->routing = routing_new();
	e = bundles_reload(b, o->conf, why);
	if (e != OK) {
		bundles_free(b);
		return e;
	}
	routing_join(o->alerts, b->routing);
	b->timer = loop_timer_new(o->loop, look, b);
	loop_timer_after(b->timer, 0);
	*ret = b;
	return OK;
}

void
bundles_free(struct bundles *b)
{
	if (b == NULL)
		return;
	routing_join(b->o.alerts, NULL);
	loop_timer_free(b->timer);
	routing_free(b->routing);
	free(b);
}

struct routing *
bundles_routing(const struct bundles *b)
{
	return b->routing;
}
