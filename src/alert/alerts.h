/*
 * Alerts in SQLite: raised by findings, looked after by people.
 * One writer connection (the detector thread), one reader per other thread.
 */
#ifndef ALERT_ALERTS_H
#define ALERT_ALERTS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define ALERTS_EVIDENCE_MAX 100
#define ALERTS_ID_SIZE 33 /* 32 hexadecimal digits */

enum alerts_status { ALERTS_OPEN, ALERTS_ACKNOWLEDGED, ALERTS_RESOLVED, ALERTS_FALSE_POSITIVE };

struct alerts;

struct alerts_finding {
	struct str id; /* 32 hexadecimal digits */
	struct str rule_id, title, severity, tags, advice, group, summary;
	int64_t first, last; /* event time, ns */
	uint64_t n_first, n_more, seq;
	const uint64_t *evidence;
	size_t n_evidence;
	bool is_new; /* result: this finding made the alert */
};

struct alerts_row {
	char id[ALERTS_ID_SIZE];
	struct str rule_id, title, severity, tags, advice, group, summary;
	enum alerts_status status;
	struct str status_by, status_note; /* who changed it last, and the reason given */
	int64_t first, last, created, updated;
	uint64_t count;
	uint64_t evidence[ALERTS_EVIDENCE_MAX];
	size_t n_evidence;
};

struct alerts_filter {
	struct str status;   /* "open" ..., "" for any */
	struct str severity; /* "" for any */
	struct str rule_id, group;
	int64_t before; /* only rows updated before this; 0 for any: the cursor of the next page */
	unsigned limit; /* 0: 100 */
};

enum err alerts_open(const char *path, struct alerts **ret, struct diag *why);
void alerts_close(struct alerts *a);

/*
 * All findings up to log number `position` in one transaction; `position` is
 * stored with them, so each finding is counted once whatever crashes.
 */
enum err alerts_apply(struct alerts *a, struct alerts_finding *f, size_t n, uint64_t position,
    int64_t now, struct diag *why);
uint64_t alerts_position(struct alerts *a); /* detected through; 0 at first */

typedef enum err (*alerts_row_fn)(void *ctx, const struct alerts_row *row);
/* Newest update first.  The row is borrowed during the call. */
enum err alerts_list(struct alerts *a, const struct alerts_filter *filter, alerts_row_fn fn,
    void *ctx, struct diag *why);
/* id may be a unique prefix of at least 4 digits.  FAIL_NOT_FOUND, FAIL_EXISTS when not unique. */
enum err alerts_get(struct alerts *a, struct str id, alerts_row_fn fn, void *ctx, struct diag *why);
/* FAIL_DENIED when the status may not follow the present one; note is required for false positive.
 */
enum err alerts_set_status(struct alerts *a, struct str id, enum alerts_status to, struct str by,
    struct str note, int64_t now, struct diag *why);
uint64_t alerts_count(struct alerts *a, struct str status); /* "" for all */

const char *alerts_status_word(enum alerts_status s);
bool alerts_status_find(struct str word, enum alerts_status *ret);

#endif
