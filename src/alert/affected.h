/*
 * Users, addresses, sessions and API keys that an alert is about, and the countries
 * and networks of the addresses, and the sources it was heard by: a small set, as one text that is
 * kept with the alert.  A line each with 'u', 'a', 's', 'k', 'c', 'n' or 'o' in front; the capital
 * alone says that there were more than AFFECTED_MAX of them.  A network is "AS64500", or where
 * nobody knows the autonomous system the /24 or /56.
 */
#ifndef ALERT_AFFECTED_H
#define ALERT_AFFECTED_H

#include "base/buf.h"

#define AFFECTED_MAX 20  /* of each kind */
#define AFFECTED_NAME 96 /* bytes of one; longer ones are cut */

enum affected_kind {
	AFFECTED_USER,
	AFFECTED_ADDRESS,
	AFFECTED_COUNTRY,
	AFFECTED_NETWORK,
	AFFECTED_SESSION,
	AFFECTED_KEY,
	AFFECTED_ORIGIN,
	AFFECTED_KINDS
};

/* The letter in front of its lines. */
char affected_letter(enum affected_kind kind);
/* Adds a name unless it is "" or there already; true: the set has changed. */
bool affected_add(struct buf *set, enum affected_kind kind, struct str name) NONNULL;
/* Adds all of another set. */
bool affected_join(struct buf *set, struct str other) NONNULL;
/*
 * Takes the next name off the front of *set, in the order in which they came;
 * false at the end.  `more` (may be NULL): no name, there were more of its kind.
 */
bool affected_next(struct str *set, enum affected_kind *ret_kind, struct str *ret_name,
    bool *ret_more) __attribute__((nonnull(1, 2, 3)));

#endif
