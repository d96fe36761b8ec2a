/*
 * The brake of pages: so many messages one person, or one channel that a step
 * names, gets in a window; what is beyond is a line of one summary for them at
 * the end of it.  The page of what is held goes on in its time all the same.
 * Of CRITICAL alerts the first in a window is never held.
 */
#ifndef ALERT_PAGE_BRAKE_H
#define ALERT_PAGE_BRAKE_H

#include "alert/page.h"

/*
 * In the transaction of the step: may the message go?  If not, `key` is that of the summary in
 * which the alert is now; else "".
 */
enum err page_brake(struct alerts *a, const struct brake *b, const struct page_order *o,
    const char *alert_id, enum alerts_severity severity, int64_t now, char key[OUTBOX_KEY_SIZE],
    struct diag *why) __attribute__((nonnull(1, 2, 3, 4, 7)));

struct page_summary { /* whom it is for */
	char person[OUTBOX_PERSON_SIZE], address[OUTBOX_ADDRESS_SIZE];
	uint64_t alerts; /* that are in it still */
};
/* The bundle is closed: alerts that nobody has to be told of any more leave it. */
enum err page_summary(struct alerts *a, struct str bundle, struct str channel,
    struct page_summary *ret, struct diag *why) __attribute__((nonnull(1, 4)));

#endif
