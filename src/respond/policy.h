/*
 * Which alerts are answered with what: one YAML file, a list of rows.  The
 * first row that fits an alert says what is done; none: nothing is.
 *
 *   policy: default
 *   title: What it is for
 *   rows:
 *       - threat: BRUTE_FORCE_ATTACK
 *         rules: [6d91f053-95dc-4310-a411-210b7bfb5d60] # ids; any of them
 *         tags: [attack.credential-access] # any of them
 *         wish: [BLOCK_IP]                # the action the rule asks for; any of them
 *         severity: [critical]            # any of them
 *         do:
 *             - {action: BLOCK_IP, for: 24h}
 *             - {action: LOCK_ACCOUNT, for: 1h, approve: true}
 *         budget: {users: 3, shared: 1, window: 1d} # what it may cost others (respond/budget.h)
 *
 * `budget` may stand beside `rows` too, for the rows without one.
 * A condition that is left out holds.  Whatever else stands there is refused.
 */
#ifndef RESPOND_POLICY_H
#define RESPOND_POLICY_H

#include "base/err.h"
#include "respond/deed.h"

#define POLICY_ROWS_MAX 200
#define POLICY_DEEDS_MAX 8                       /* of a row */
#define POLICY_WORDS_MAX 50                      /* of a condition */
#define POLICY_SPAN ((int64_t)3600 * 1000000000) /* without `for` */
#define POLICY_SPAN_MAX (30 * 24 * POLICY_SPAN)  /* nothing lasts longer */

struct policy_deed {
	enum deed deed;
	int64_t span; /* ns */
	bool approve; /* waits for a person */
};

/* More people or shared addresses than these within the window, and the rule is tripped. */
struct policy_budget {
	uint64_t users, shared;
	int64_t window; /* ns */
};
#define POLICY_BUDGET_USERS 3
#define POLICY_BUDGET_SHARED 1
#define POLICY_BUDGET_MAX 1000000
#define POLICY_WINDOW_MAX (7 * 24 * POLICY_SPAN)

struct policy_words {
	struct str p[POLICY_WORDS_MAX];
	size_t n;
};

struct policy_row {
	struct str threat;
	struct policy_words rules, tags;
	unsigned wishes, severities; /* bits 1 << enum; 0: any.  Severities by rank, critical 0 */
	struct policy_deed deeds[POLICY_DEEDS_MAX];
	size_t n;
	struct policy_budget budget;
};

struct policy_case {
	struct str rule_id;
	struct str tags;   /* as an alert has them: words between commas or blanks */
	struct str wish;   /* word of a deed, or "" */
	unsigned severity; /* rank */
};

struct policy;

/* `file` names it in messages.  FAIL_SYNTAX and FAIL_LIMIT with the place. */
enum err policy_read(struct str text, const char *file, struct policy **ret, struct diag *why)
    __attribute__((nonnull(2, 3)));
void policy_free(struct policy *p); /* NULL is fine */
const struct policy_row *policy_find(const struct policy *p, const struct policy_case *c) NONNULL;
struct str policy_name(const struct policy *p) NONNULL;
struct str policy_title(const struct policy *p) NONNULL;
size_t policy_len(const struct policy *p) NONNULL;
/* NULL past the end. */
const struct policy_row *policy_at(const struct policy *p, size_t i) NONNULL;
/* Of the first row with this threat; the policy's own when there is none. */
const struct policy_budget *policy_budget(const struct policy *p, struct str threat)
    __attribute__((nonnull(1))) RETURNS_NONNULL;
/* The same file gives the same: which policy a preview was of. */
#define POLICY_DIGEST 33
const char *policy_digest(const struct policy *p) NONNULL RETURNS_NONNULL;

#endif
