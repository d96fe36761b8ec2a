/*
 * Short forms of queries, as people write them on dashboards, made whole:
 *   count(*) WHERE event_type = 'auth.login.failed' AND timestamp > now() - 1h
 *   time_bucket('5 minutes')
 *   SELECT client_ip, geoip.country, count(*) ... GROUP BY client_ip
 * Complete SQL passes unchanged but for comments and blanks.
 */
#ifndef STORE_SHORTFORM_H
#define STORE_SHORTFORM_H

#include "base/buf.h"

/* Appends the statement with SELECT, FROM, intervals and buckets filled in. */
void shortform_expand(struct str sql, struct buf *to) __attribute__((nonnull(2)));

/*
 * `column` is not in GROUP BY: appends the statement with it wrapped in
 * any_value() wherever the select list, HAVING or ORDER BY uses it outside an
 * aggregate.  False when it is nowhere.
 */
bool shortform_any_value(struct str sql, struct str column, struct buf *to)
    __attribute__((nonnull(3)));

#endif
