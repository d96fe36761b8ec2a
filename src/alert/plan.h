/*
 * What becomes of an alert by the routes and the channels there are: to which
 * channels, at once or collected, and which escalation policies begin.  Pure.
 *
 * A route whose targets are all missing (no such channel, none of the kind,
 * nothing to escalate with) tells as if there were no routes: every channel
 * that is on and whose min_severity the alert reaches.  So nothing is lost for
 * want of a channel.  min_severity counts there and for `kind: all` only.
 */
#ifndef ALERT_PLAN_H
#define ALERT_PLAN_H

#include "alert/channels.h"
#include "alert/route.h"

#define PLAN_ITEMS_MAX 256

struct plan_channel { /* one that is on */
	char name[CHANNELS_NAME_MAX + 1], kind[CHANNELS_NAME_MAX + 1];
	enum alerts_severity min_severity;
};

struct plan_world { /* what there is */
	const struct plan_channel *channels;
	size_t n;
	const struct str *policies; /* of escalation */
	size_t n_policies;
};

struct plan_item {
	const struct plan_channel *channel; /* NULL: a policy */
	const struct route_target *target;  /* NULL: for want of channels */
	const struct route_node *route;
};

struct plan {
	struct plan_item items[PLAN_ITEMS_MAX]; /* each channel once for each slot */
	size_t n;
	size_t n_routes;
	bool fell_back; /* a route found nobody */
};

/* `t` may be NULL: without routes. */
void plan_make(const struct route_tree *t, const struct matcher_case *c, const struct plan_world *w,
    struct plan *ret) __attribute__((nonnull(2, 3, 4)));

enum route_form plan_form(const struct plan_item *i) NONNULL;
/* When a message of this item that is begun to be collected at `now` goes out. */
int64_t plan_due(const struct plan_item *i, int64_t now) NONNULL;

/* Does it name something that is there?  `all`, `dashboard` always are. */
bool plan_there(const struct route_target *t, const struct plan_world *w) NONNULL;

/* Is the channel one of those a target means?  Severities aside. */
bool plan_means(const struct route_target *t, const struct plan_world *w,
    const struct plan_channel *ch) NONNULL;

/* Each thing that should be told people who run this, in whole sentences. */
typedef void (*plan_warn_fn)(void *ctx, struct str text);
void plan_warnings(const struct route_tree *t, const struct plan_world *w, plan_warn_fn fn,
    void *ctx) __attribute__((nonnull(1, 2, 3)));

/* Whom a target means, as people say it: "slack 'alerts' every 15 min". */
void plan_said(const struct route_target *t, struct buf *to) NONNULL;

#endif
