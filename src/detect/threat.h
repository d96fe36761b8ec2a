/*
 * Detections on one entity, joined: which rules fired within a timespan, of
 * which tactics, and whether these came in the order of an attack.
 *
 * Window (t - timespan, t]; a firing is judged on every window that ends at a
 * firing and contains it, so a late one gives what a sorted feed would.  Of
 * three firings of one rule inside a timespan the middle one is dropped: a
 * window that has it has one of the others.  At most THREAT_RULES rules (the
 * one that fired longest ago goes) and THREAT_FIRINGS firings (the oldest
 * goes): 8 KiB at the very most, 400 bytes for two rules.
 */
#ifndef DETECT_THREAT_H
#define DETECT_THREAT_H

#include "base/buf.h"
#include "detect/tactic.h"

#define THREAT_RULES 16
#define THREAT_FIRINGS 64
#define THREAT_ID 40
#define THREAT_TITLE 48

struct threat_rule {
	char id[THREAT_ID], title[THREAT_TITLE]; /* terminated, cut */
	uint32_t tactics;                        /* tactic_bits() */
	uint8_t rank;                            /* 0 informational to 4 critical: the highest */
	uint8_t confidence;                      /* the highest, percent */
	uint64_t n;                              /* firings since it came in */
};

struct threat_firing {
	int64_t t;
	uint64_t seq;
	uint8_t rule; /* its place among the rules */
};

struct threat {
	struct threat_rule *rules;
	struct threat_firing *firings; /* by t, then as they came */
	uint8_t n_rules, size_rules, n_firings, size_firings;
};

struct threat_event {
	int64_t t;
	uint64_t seq;
	struct str id, title, tags;
	const char *level; /* "high" */
	unsigned confidence;
};

/* The window with most rules that contains the new firing. */
struct threat_view {
	unsigned rules;   /* different ones */
	unsigned tactics; /* different ones */
	unsigned in_order;
	unsigned rank; /* the highest, raised by one; 4 at most */
	unsigned confidence;
	int64_t first, last;
	size_t from, to; /* its firings; `to` behind the last */
};

/* False: it is too old for what is kept. */
bool threat_add(struct threat *th, const struct threat_event *ev, int64_t timespan,
    struct threat_view *ret) NONNULL;
/* "3 rules in the order of an attack: initial-access, credential-access, exfiltration" */
void threat_put_text(const struct threat *th, const struct threat_view *v, struct buf *to) NONNULL;
/* Members of an object of JSON, a comma in front of each. */
void threat_put_details(const struct threat *th, const struct threat_view *v,
    struct buf *to) NONNULL;
const char *threat_level(unsigned rank); /* "critical" */

void threat_save(const struct threat *th, struct buf *to) NONNULL;
bool threat_load(struct threat *th, struct str *from) NONNULL; /* into an empty one */
void threat_fini(struct threat *th) NONNULL;

#endif
