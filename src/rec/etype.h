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
 * Finishes a parsed record: a known upper-case event_type becomes the dotted
 * one; category, outcome and severity are filled in where the sender left
 * them out; severity is normalised to upper case words (warn, error, numbers).
 */
void etype_apply(struct rec *r) NONNULL;

#endif
