/*
 * What follows when an alert is new, becomes more urgent, or is no demonstration
 * any more: is it kept quiet, and if not, who is told.  Called by alerts_apply()
 * inside its transaction, so an alert and all that follows are one.
 */
#ifndef ALERT_DISPATCH_H
#define ALERT_DISPATCH_H

#include "alert/alerts.h"

/* DISPATCH_MORE: it counts up, and nobody was told so far, for alerts_row.quiet says why. */
enum dispatch_why { DISPATCH_NEW, DISPATCH_WORSE, DISPATCH_AGAIN, DISPATCH_MORE };

struct dispatch { /* texts are borrowed */
	struct str id, rule_id, title, tags, group;
	struct str affected; /* alert/affected.h */
	struct str own;      /* the same of what made it known now */
	enum alerts_severity severity;
	enum dispatch_why why;
	int64_t last;     /* newest event, ns */
	uint64_t events;  /* that are told of now */
	struct str quiet; /* alerts_row.quiet as it stands; "" */
};

/* FAIL_STORE.  `now`: ns, when it becomes known. */
enum err dispatch_alert(struct alerts *a, const struct dispatch *d, int64_t now, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
