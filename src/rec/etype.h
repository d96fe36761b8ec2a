/* The registry of event types (rec/etype.def). */
#ifndef REC_ETYPE_H
#define REC_ETYPE_H

#include "rec/rec.h"

struct etype {
	struct str name, upper, category, outcome, severity;
	int risk;
};

/* By dotted or upper-case name (caseless); NULL when it is not registered. */
const struct etype *etype_find(struct str name);

/* i-th type, NULL past the end. */
const struct etype *etype_at(size_t i);

/*
 * CRITICAL, HIGH, MEDIUM, LOW or INFO for a word (caseless: warn, error, crit ...) or a number (0-7
 * as in syslog, 10-60 as Node.js loggers have it); static text.  False when it is neither.
 */
bool etype_severity(struct str text, struct str *ret) __attribute__((nonnull(2)));

/*
 * Finishes a parsed record: a known upper-case event_type becomes the dotted
 * one; category, outcome and severity are filled in where the sender left
 * them out; severity is normalised by etype_severity(), one that is not understood
 * counts as left out.
 */
void etype_apply(struct rec *r) NONNULL;

#endif
