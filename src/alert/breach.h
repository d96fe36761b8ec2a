/*
 * Alerts that nobody took on in time.  What the times are, src/oncall knows.
 * Not looked at: demonstration, what was kept quiet, what is from before.
 */
#ifndef ALERT_BREACH_H
#define ALERT_BREACH_H

#include "alert/page.h"

struct breach_alert {
	char id[ALERTS_ID_SIZE];
	int64_t created;
};
/* Open alerts of a severity made at `until` or before that nobody took on; oldest first. */
enum err breach_find(struct alerts *a, enum alerts_severity severity, int64_t until,
    struct breach_alert *ret, size_t max, size_t *ret_n, struct diag *why)
    __attribute__((nonnull(1, 4, 6)));
/* When the oldest of them was made; INT64_MAX when there is none. */
enum err breach_oldest(struct alerts *a, enum alerts_severity severity, int64_t *ret,
    struct diag *why) __attribute__((nonnull(1, 3)));

struct breach {
	struct str alert_id, note; /* note: a line of its history */
	enum alerts_severity severity;
	struct str policy;               /* begun, unless a page walks; "" none */
	int64_t created;                 /* of the alert: the times of the steps count from it */
	const struct page_move *advance; /* of the page that walks; NULL: none does */
};
/* One transaction.  FAIL_AGAIN: it was taken on meanwhile, or the page moved. */
enum err breach_note(struct alerts *a, const struct breach *b, int64_t now, struct diag *why)
    __attribute__((nonnull(1, 2)));

/* How many there were. */
enum err breach_count(struct alerts *a, uint64_t ret[ALERTS_SEVERITIES], struct diag *why)
    __attribute__((nonnull(1)));

#endif
