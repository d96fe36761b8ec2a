/* Routes as people and programs look at them: objects of JSON, for the API and the command line. */
#ifndef ALERT_PLAN_VIEW_H
#define ALERT_PLAN_VIEW_H

#include "alert/plan.h"
#include "base/jsonw.h"

/*
 * {"name","title","file","routes":[...],"inhibit":[...],"warnings":[...]}: routes parents before
 * children, each with its depth.  `t` NULL: without routes, "name" is "".
 */
void plan_view_routes(const struct route_tree *t, const struct plan_world *w, struct jsonw *out)
    __attribute__((nonnull(2, 3)));
/* {"routes":[names],"fell_back":..,"targets":[{"channel","policy","form","due","route",..}]} */
void plan_view_case(const struct route_tree *t, const struct matcher_case *c,
    const struct plan_world *w, struct jsonw *out) __attribute__((nonnull(2, 3, 4)));

/* An alert that somebody thinks of, to be asked about. */
struct plan_asked {
	struct str severity, rule, tags, entity; /* "" not said; severity HIGH then */
	int64_t now;
};
/* *ret borrows from `a` and `affected`.  FAIL_SYNTAX: there is no such severity. */
enum err plan_view_asked(const struct plan_asked *a, struct buf *affected, struct matcher_case *ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

#endif
