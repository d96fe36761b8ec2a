/* A report as JSON for machines and as text for people. */
#ifndef APP_REPORT_VIEW_H
#define APP_REPORT_VIEW_H

#include "app/report.h"
#include "base/buf.h"

struct report_totals {
	uint64_t files, lines, records, parse_failed;
	double seconds;
	int64_t first, last; /* event times; 0 when there was no record */
	uint64_t rules;
};

/*
 * {"lines","records","parse_failed","seconds","alerts":[{"id","rule_id","title","severity",
 * "group","count","first","last","evidence":[record numbers], ...}]}, alerts by time.
 */
void report_view_json(const struct report *r, const struct report_totals *t,
    struct buf *to) NONNULL;
/* At a glance; every text from the logs is made safe for a terminal. */
void report_view_text(const struct report *r, const struct report_totals *t, bool colour,
    struct buf *to) NONNULL;

#endif
