/*
 * Routes: who is told of which alerts, and when.  A tree, read from YAML
 * (routes/NAME.yml) and immutable.
 *
 *   routes: mine
 *   title: What it is for
 *   zone: Europe/Berlin            # of every time below; UTC without
 *   inhibit:                       # alert/inhibit.h
 *       - source: {severity: critical}
 *         target: {severity: [low, medium]}
 *         equal: [address]           # address, user, group: all named are common to both
 *   route:                         # the root: every alert, so it has no `match`
 *       to: [{kind: all}]
 *       routes:
 *           - name: at-night
 *             match: {severity: high, time: night}      # alert/matcher.h
 *             to: [{channel: on-call, kind: sms}, {policy: first-line}]
 *           - match: {severity: medium}
 *             continue: true         # and look at those that follow
 *             to:
 *                 - {kind: slack, batch: 15m}
 *                 - {kind: email, digest: daily, at: "08:00", optional: true}
 *
 * Of the children of a route the first counts that matches; with `continue` the next is tried too.
 * Where none does, the route itself tells.  A child without `to` tells as its parent does.
 *
 * A target is a channel by its name; a kind, meaning every channel of it that is on: `email` (SMTP,
 * SendGrid, SES), `slack`, `sms` (Twilio, SNS), any other kind by its word, `all` for every channel
 * whose min_severity the alert reaches, `dashboard` for the page, which shows every alert anyway;
 * both, meaning that kind while there is no channel of that name; or an escalation policy, which
 * page_begin() (alert/page.h) is called for.  What is `optional` is not missed when it is not
 * there.
 */
#ifndef ALERT_ROUTE_H
#define ALERT_ROUTE_H

#include "alert/matcher.h"

#define ROUTE_NODES_MAX 500
#define ROUTE_TARGETS_MAX 20 /* of a route */
#define ROUTE_INHIBIT_MAX 50
#define ROUTE_BATCH_MAX ((int64_t)86400 * 1000000000)
#define ROUTE_BATCH_MIN ((int64_t)1000000000)

enum route_form { ROUTE_NOW, ROUTE_BATCH, ROUTE_DAILY, ROUTE_WEEKLY, ROUTE_FORMS };

struct route_target {
	struct str channel, kind, policy; /* "" for none */
	bool optional;
	enum route_form form;
	int64_t window; /* of ROUTE_BATCH, ns */
	unsigned at;    /* of digests: minute of the day */
	unsigned days;  /* bits; daily: all */
	const struct zone *zone;
	struct str
	    slot; /* what is collected together: "batch-900", "weekly-mon-0800-..."; NOW: "" */
	uint32_t line;
};

struct route_node {
	struct str name;             /* "" without */
	const struct matcher *match; /* NULL: every alert */
	bool goes_on;                /* `continue` */
	bool inherits;               /* targets are the parent's */
	const struct route_target *targets;
	size_t n_targets;
	const struct route_node *parent, *first, *next;
	uint32_t line;
};

#define ROUTE_EQUAL_ADDRESS 1U
#define ROUTE_EQUAL_USER 2U
#define ROUTE_EQUAL_GROUP 4U
struct route_inhibit {
	const struct matcher *source, *target;
	unsigned equal; /* bits; 0: nothing has to be common */
};

struct route_tree;

/* `file` names it in messages.  FAIL_SYNTAX and FAIL_LIMIT with the place. */
enum err route_read(struct str text, const char *file, struct route_tree **ret, struct diag *why)
    __attribute__((nonnull(2, 3)));
void route_free(struct route_tree *t); /* NULL is fine */

struct str route_name(const struct route_tree *t) NONNULL;
struct str route_title(const struct route_tree *t) NONNULL;
const char *route_file(const struct route_tree *t) NONNULL;
const struct route_node *route_root(const struct route_tree *t) NONNULL;
/* May be NULL when there are none. */
const struct route_inhibit *route_inhibits(const struct route_tree *t, size_t *ret_n) NONNULL;
/* The next one of the whole tree, parents before children; NULL at the end. */
const struct route_node *route_after(const struct route_node *n) NONNULL;
/* "route 'at-night'" or "the route in line 12". */
void route_said(const struct route_node *n, struct buf *to) NONNULL;

/* Each route that tells of this alert, in the order of the file. */
typedef void (*route_fn)(void *ctx, const struct route_node *n);
void route_walk(const struct route_tree *t, const struct matcher_case *c, route_fn fn, void *ctx)
    __attribute__((nonnull(1, 2, 3)));

const char *route_form_word(enum route_form f); /* "now", "batch", "daily", "weekly" */
/* Is a channel of the kind `of` meant by the word `kind` of a target?  Not for all, dashboard. */
bool route_kind_is(struct str kind, struct str of);

#endif
