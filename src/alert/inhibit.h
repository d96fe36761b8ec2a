/*
 * Inhibition: an alert is kept quiet while another one is open that explains
 * it.  Rules stand in the file of routes (alert/route.h):
 *
 *   inhibit:
 *       - source: {rule: [Brute force], severity: [critical, high]}
 *         target: {severity: [medium, low]}
 *         equal: [address]
 *
 * Hidden is what `target` matches, when an alert that `source` matches is not
 * closed yet, people were told of it, and all that `equal` names is common to
 * both: an address, a user, the group key.  Alerts that could be a source are
 * noted when they are told of, so that looking is quick however many there are:
 * the newest 200 of an entity are looked at. Rules that are new know the alerts that follow them.
 */
#ifndef ALERT_INHIBIT_H
#define ALERT_INHIBIT_H

#include "alert/dispatch.h"
#include "alert/route.h"

#define INHIBIT_LOOKED_AT 200

/* In a transaction.  `by`: the alert that explains it, "" when there is none. */
enum err inhibit_hides(struct alerts *a, const struct route_tree *t, const struct dispatch *d,
    int64_t now, char by[ALERTS_ID_SIZE], struct diag *why) __attribute__((nonnull(1, 2, 3, 5)));
/* People are told of it: it may hide others from now on.  In a transaction. */
enum err inhibit_note(struct alerts *a, const struct route_tree *t, const struct dispatch *d,
    int64_t now, struct diag *why) __attribute__((nonnull(1, 2, 3)));
/* Forgets those that are closed. */
enum err inhibit_prune(struct alerts *a, struct diag *why) __attribute__((nonnull(1)));

#define INHIBIT_SCHEMA                                                                             \
	"CREATE TABLE inhibitors(n INTEGER PRIMARY KEY, entity TEXT NOT NULL,"                     \
	" alert TEXT NOT NULL);"                                                                   \
	"CREATE UNIQUE INDEX inhibitors_entity ON inhibitors(entity, alert);"                      \
	"CREATE INDEX inhibitors_newest ON inhibitors(entity, n DESC, alert);"

#endif
