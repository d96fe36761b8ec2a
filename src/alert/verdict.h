/*
 * What people said of a rule's alerts when they closed them, and what follows
 * for the rule: its precision, and how it could be tuned.
 *
 * An alert that is resolved as true_positive or benign, or closed as false
 * positive, carries that verdict until it is opened again.  Demonstration
 * alerts carry none.
 */
#ifndef ALERT_VERDICT_H
#define ALERT_VERDICT_H

#include "alert/alerts.h"
#include "base/buf.h"

enum verdict { VERDICT_TRUE, VERDICT_FALSE, VERDICT_BENIGN, VERDICT_COUNT };
#define VERDICT_ALERTS_MAX 200 /* newest ones of a rule that a hint looks at */
#define VERDICT_HINT_LEAST 5   /* verdicts below which there is no hint */

const char *verdict_word(enum verdict v); /* "true_positive" */

struct verdict_tally {
	struct str rule_id; /* borrowed during the call of a verdict_fn */
	uint64_t n[VERDICT_COUNT];
};
typedef enum err (*verdict_fn)(void *ctx, const struct verdict_tally *t);
/* Each rule that has a verdict, exactly and at once. */
enum err verdict_each(struct alerts *a, verdict_fn fn, void *ctx, struct diag *why);

/* True positives of all verdicts, 0 to 1; -1 when there are none. */
double verdict_precision(const struct verdict_tally *t) NONNULL;

/* One alert with its verdict. */
struct verdict_alert {
	enum verdict verdict;
	struct str group; /* "client_ip=192.0.2.7" */
	uint64_t count;   /* events */
};
/*
 * Appends what would make the rule more precise, nothing when it is precise
 * enough, when too few have judged it, or when nothing in common is seen.
 */
void verdict_hint(const struct verdict_alert *all, size_t n, struct buf *to) NONNULL;
/* The same for the newest alerts of a rule. */
enum err verdict_rule_hint(struct alerts *a, struct str rule_id, struct buf *to, struct diag *why);

#endif
