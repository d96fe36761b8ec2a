/*
 * The routes in force, shared by the connections of several threads, and the
 * numbers of the storm brake.  Replaced as a whole, while others still read the
 * old ones.
 */
#ifndef ALERT_ROUTING_H
#define ALERT_ROUTING_H

#include "alert/plan.h"

struct routing_rules {
	struct route_tree *tree;    /* NULL: none; every channel that min_severity says */
	const struct str *policies; /* of escalation that are known */
	size_t n_policies;
	unsigned storm_limit; /* messages per channel and window; 0: no brake */
	int64_t storm_window; /* ns */
};

struct routing;

struct routing *routing_new(void) RETURNS_NONNULL;
void routing_free(struct routing *r); /* NULL is fine; nobody may hold rules */
/* The tree goes over to it, names are copied. */
void routing_set(struct routing *r, const struct routing_rules *rules) NONNULL;
/* The rules in force, until routing_drop().  Any thread. */
const struct routing_rules *routing_take(struct routing *r) NONNULL RETURNS_NONNULL;
void routing_drop(struct routing *r, const struct routing_rules *rules) NONNULL;

/* What dispatch_alert() of this connection goes by; NULL: no routes, no brake. */
void routing_join(struct alerts *a, struct routing *r) __attribute__((nonnull(1)));

/* Channels that are on, by name: at most `max`. */
enum err routing_channels(struct alerts *a, struct plan_channel *to, size_t max, size_t *ret_n,
    struct diag *why) __attribute__((nonnull(1, 2, 4)));

#endif
