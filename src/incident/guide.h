/*
 * What incidents go by, from YAML: which alerts open or join one and of which
 * type (opening.yml), what has to be done in each phase (checklists), and how
 * soon (targets).  Each file is read into the same guide.
 *
 *   opening: default
 *   window: 24h                 # an open incident takes alerts for so long after its newest one
 *   chain: [brute-force, unauthorized-access]  # an alert of one of these joins incidents of all
 *   rows:                       # the first that fits an alert
 *       - {type: brute-force, tags: [attack.t1110], severity: [critical], open: true}
 *
 *   checklist: common           # or the word of a type
 *   phases:
 *       containment:
 *           - {step: Keep the attacker out, within: 15m}
 *           - {step: Write down what was reached, field: scope}
 *
 *   targets: default
 *   acknowledge: {critical: 5m, all: 1h}
 *   detect: {all: 5m}
 *
 * Whatever else stands in a file is refused.
 */
#ifndef INCIDENT_GUIDE_H
#define INCIDENT_GUIDE_H

#include "incident/incident.h"

#define GUIDE_ROWS_MAX 200
#define GUIDE_WORDS_MAX 50
#define GUIDE_STEPS_MAX 200 /* of one checklist */
#define GUIDE_FIELD 20

struct guide;
struct guide *guide_new(void) RETURNS_NONNULL;
void guide_free(struct guide *p); /* NULL is fine */
/* One file; `file` names it in messages.  FAIL_SYNTAX and FAIL_LIMIT with the place. */
enum err guide_read(struct guide *p, struct str text, const char *file, struct diag *why)
    __attribute__((nonnull(1, 3)));

struct guide_case { /* an alert */
	struct str rule_id, tags;
	enum incident_severity severity;
};
struct guide_answer {
	enum incident_type type;
	bool open;        /* it opens one when there is none to join */
	bool correlation; /* it tells of several alerts of its entity: all of them join */
};
/* False: it neither opens nor joins. */
bool guide_find(const struct guide *p, const struct guide_case *c,
    struct guide_answer *ret) NONNULL;
unsigned guide_related(const struct guide *p, enum incident_type t) NONNULL; /* bits 1 << type */
int64_t guide_window(const struct guide *p) NONNULL;                         /* ns */

struct guide_step {
	struct str text;
	struct str field; /* done when this field is filled: owner, cause or of the form; "" */
	bool optional;
	int64_t within; /* ns after the incident was detected; 0: no matter */
};
/* The i-th of a phase: those for every type, then those of this one; NULL past the end. */
const struct guide_step *guide_step(const struct guide *p, enum incident_type t,
    enum incident_phase ph, size_t i) NONNULL;

enum guide_measure {
	GUIDE_DETECT,      /* oldest event -> alert */
	GUIDE_ACKNOWLEDGE, /* alert -> somebody took it on */
	GUIDE_RESPOND,     /* alert -> something was done */
	GUIDE_CONTAIN,     /* alert -> containment was left behind */
	GUIDE_RESOLVE,     /* alert -> closed */
	GUIDE_MEASURES
};
const char *guide_measure_word(enum guide_measure m) RETURNS_NONNULL;
/* What happened when it is over; ns, and 0: it is not yet. */
int64_t guide_begin(const struct incident *one, enum guide_measure m) NONNULL;
int64_t guide_end(const struct incident *one, enum guide_measure m) NONNULL;
int64_t guide_target(const struct guide *p, enum guide_measure m,
    enum incident_severity s) NONNULL;                        /* ns; 0: none */
struct str guide_targets_name(const struct guide *p) NONNULL; /* "" none were read */

#endif
