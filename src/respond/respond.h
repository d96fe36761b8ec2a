/* An alert becomes responses: policy, guard and leases together. */
#ifndef RESPOND_RESPOND_H
#define RESPOND_RESPOND_H

#include "respond/guard.h"
#include "respond/leases.h"
#include "respond/policy.h"

struct respond {
	struct leases *leases;
	struct guard *guard;
	const struct policy *policy;
	bool armed;             /* else every response is a dry run */
	bool conf_armed;        /* the configuration says so */
	bool helper, helper_up; /* there is to be one that keeps the kernel; it is there */
	unsigned carried; /* bits 1 << enum deed_by: who is there besides gate and channels; what
			   * others would do waits for a person */
};

#define RESPOND_USERS_MAX 20 /* of one alert; about more than these somebody has to decide */
#define RESPOND_EVIDENCE_SPAN (15 * POLICY_SPAN / 60) /* evidence is taken again after it */

struct respond_case {
	struct policy_case what;
	struct str alert;
	struct str address, user; /* whom it is about; "": nobody, or not only one */
	int64_t last;             /* newest event */
	const struct str *users;  /* all it is about, when there is not only one; NULL */
	size_t n_users;
	const char *distrusted; /* why its addresses and users are not acted upon, NULL: they are */
};

/*
 * Each action of the row that fits, one by one: what is refused is kept as failed, with why, and
 * the others go on.  What was done for this alert before is not done again until something new
 * happens.  Inside leases_begin().  *ret_n: responses that were begun or made longer.
 */
enum err respond_alert(struct respond *r, const struct respond_case *c, int64_t now, size_t *ret_n,
    struct diag *why) NONNULL;

struct respond_wish {   /* by hand */
	enum deed deed; /* one that is done to an address, a user or everybody */
	struct str entity;
	int64_t span; /* ns */
	struct str by, reason;
	bool unasked; /* no person says so: a dry run unless armed, within the limit per minute */
};
/*
 * Guarded like the others.  Done though not armed, whatever the limit per minute, when a person
 * says so.  FAIL_SYNTAX, FAIL_LIMIT, FAIL_DENIED; FAIL_AGAIN: enough were blocked in this minute.
 */
enum err respond_by_hand(struct respond *r, const struct respond_wish *w, int64_t now,
    int64_t *ret_id, struct diag *why) __attribute__((nonnull(1, 2, 4)));
/* A living one lasts until `span` from now, if that is longer.  FAIL_DENIED: it has ended. */
enum err respond_extend(struct respond *r, int64_t id, int64_t span, struct str by,
    struct str reason, int64_t now, struct diag *why) __attribute__((nonnull(1)));
/* A person lets a proposed or dry-run one happen, for as long as it was meant to last. */
enum err respond_approve(struct respond *r, int64_t id, struct str by, int64_t now,
    struct diag *why) __attribute__((nonnull(1)));

#endif
