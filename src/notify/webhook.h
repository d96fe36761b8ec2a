/* A webhook: what is posted, and what the answer means. */
#ifndef NOTIFY_WEBHOOK_H
#define NOTIFY_WEBHOOK_H

#include "notify/job.h"

#define WEBHOOK_BODY_MAX ((size_t)20000) /* receivers expect no more */

/*
 * {"type":"alert.raised","timestamp":...,"data":{...}} ("test" for a test message).  Long texts of
 * the alert are cut so that it fits.
 */
void webhook_body(const struct job *j, struct buf *to) NONNULL;

/*
 * By status: 2xx arrived, 3xx is a failure like others (redirects are not followed), 410 never
 * again.  `retry_after` is the value of that header, "" when there was none: seconds or a date;
 * more than a day is a day.  `said` is the beginning of the answer.
 */
void webhook_verdict(long status, struct str retry_after, struct str said, int64_t now,
    struct job_result *ret) __attribute__((nonnull(5)));

#endif
