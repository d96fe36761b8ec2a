/*
 * What a scan found: alerts gathered by id, who attacked, what was attacked.
 * One thread.  Everything is copied in; past the caps only counts go on.
 */
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include "detect/engine.h"

#define REPORT_ALERTS_MAX 100000
#define REPORT_ENTITIES_MAX 100000

struct report;

struct report_alert {
	char id[33];
	const struct rule *rule;
	const char *severity; /* the rule's at least */
	unsigned confidence;  /* percent, the highest; 0: nobody says */
	struct str group, summary, details;
	int64_t first, last;
	uint64_t count;
	uint64_t evidence[ENGINE_EVIDENCE_MAX];
	size_t n_evidence;
};

struct report_entity {           /* an attacking address, an attacked user or path */
	struct str name, detail; /* detail: country of an address, "user" or "path" of a target */
	uint64_t events; /* attackers: of the largest of its alerts; targets: that made one fire */
	uint64_t seq;    /* last record counted */
	unsigned alerts; /* distinct */
	int worst;       /* rank of the worst severity, see report_rank() */
	int64_t first, last;
};

enum report_order { REPORT_BY_TIME, REPORT_BY_SEVERITY };
enum report_kind { REPORT_ATTACKERS, REPORT_TARGETS };

/* `rules` must outlive the report. */
struct report *report_new(void) RETURNS_NONNULL;
void report_free(struct report *r); /* NULL is fine */

void report_add(struct report *r, const struct finding *f) NONNULL;

/* Sorted arrays of *ret_n pointers, owned by the caller (free()), pointing into the report. */
const struct report_alert **report_alerts(const struct report *r, enum report_order order,
    size_t *ret_n) NONNULL;
/* Worst first. */
const struct report_entity **report_entities(const struct report *r, enum report_kind kind,
    size_t *ret_n) NONNULL;
size_t report_len(const struct report *r) NONNULL;       /* alerts */
uint64_t report_dropped(const struct report *r) NONNULL; /* alerts past the cap */

/* 4 CRITICAL, 3 HIGH, 2 MEDIUM, 1 LOW, 0 INFO. */
int report_rank(const char *severity) NONNULL;

#endif
