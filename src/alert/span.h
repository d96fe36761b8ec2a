/* Figures over a stretch of time, by when alerts were last seen. */
#ifndef ALERT_SPAN_H
#define ALERT_SPAN_H

#include "alert/alerts.h"

#define SPAN_MS 18 /* what takes longer is FAIL_LIMIT */

/* Alerts with from <= last < to by severity; of these, those that are open. */
struct span_severities {
	uint64_t total[ALERTS_SEVERITIES], open[ALERTS_SEVERITIES];
};
enum err span_severities(struct alerts *a, int64_t from, int64_t to, struct span_severities *ret,
    struct diag *why);

/* n alerts of rules with these tags in step `i` of `step` ns from `from` on. */
typedef void (*span_step_fn)(void *ctx, struct str tags, size_t i, uint64_t n);
enum err span_steps(struct alerts *a, int64_t from, int64_t to, int64_t step, span_step_fn fn,
    void *ctx, struct diag *why);

#endif
