/*
 * Which alerts are meant: conditions that all have to hold, each a list of
 * which any has to.  Immutable; lives in the arena it was read into.
 *
 *   severity: [critical, high]
 *   rule: [6d91f053-95dc-4310-a411-210b7bfb5d60, "Brute force"]   ids or titles
 *   tags: [attack.t1110]            these, and what is below them (attack.t1110.001)
 *   group: ["client_ip=203.0.113.7", 203.0.113.7]   the group key, or one of its values
 *   entity: [alice, 203.0.113.0/24] users, values of the group key; addresses and networks
 *   time: night                     or {from: "22:00", to: "06:00", days: [mon], zone: "+02:00"}
 *   not: {...}                      not all of these
 */
#ifndef ALERT_MATCHER_H
#define ALERT_MATCHER_H

#include "alert/alerts.h"
#include "base/arena.h"
#include "base/jsonw.h"
#include "base/zone.h"
#include "conf/tree.h"

#define MATCHER_WORDS_MAX 100 /* of a condition */
#define MATCHER_WORD_MAX 200  /* bytes */

struct matcher;

struct matcher_in { /* what reading needs */
	struct arena *a;
	const struct zone *zone; /* of times that name none */
};

struct matcher_case { /* an alert; texts are borrowed */
	struct str rule_id, title, tags, group;
	struct str affected; /* alert/affected.h */
	enum alerts_severity severity;
	int64_t now; /* ns */
};

/* FAIL_SYNTAX or FAIL_LIMIT with the place, without the file. */
enum err matcher_read(const struct matcher_in *in, const struct tree *t, const struct matcher **ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));
/* A zone, kept in the arena: "+02:00", "Europe/Berlin". */
enum err matcher_zone(struct arena *a, const struct tree *t, const struct zone **ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));
/* NULL: every alert. */
bool matcher_holds(const struct matcher *m, const struct matcher_case *c)
    __attribute__((nonnull(2)));
/* Does the alert concern one of these words?  As `entity` above. */
bool matcher_concerns(const struct matcher_case *c, struct str word) __attribute__((nonnull(1)));
/* The conditions as they were read: an object. */
void matcher_put(const struct matcher *m, struct jsonw *w) __attribute__((nonnull(2)));

#endif
