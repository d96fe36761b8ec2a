/*
 * Test alerts: real ones, marked so that nobody takes them for more, to see
 * that messages go out and what people do with them.  They are of the rule
 * "tocsin.test" with the tags "tocsin.test" and "drill", about nobody, with
 * nothing to do, so nothing is done about them by itself.
 */
#ifndef ALERT_DRILL_H
#define ALERT_DRILL_H

#include "alert/alerts.h"

#define DRILL_RULE "tocsin.test"

struct drill {
	enum alerts_severity severity;
	struct str channel; /* only this one is told; "": every channel that is on */
	bool routed;        /* who is told of such an alert: routes, silences, people on call */
	struct str by;      /* who asked for it */
};

/*
 * Raises one, with its messages in the same transaction.
 * FAIL_NOT_FOUND: there is no such channel, or it is off.
 */
enum err drill_raise(struct alerts *a, const struct drill *d, int64_t now, char id[ALERTS_ID_SIZE],
    struct diag *why) __attribute__((nonnull(1, 2, 4)));

#endif
