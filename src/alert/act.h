/*
 * What people do with alerts: the seven actions, on one alert, on many by id
 * or by filter, and taking it back.  Each call is one transaction.
 */
#ifndef ALERT_ACT_H
#define ALERT_ACT_H

#include "alert/alerts.h"

#define ACT_NAME_MAX 64     /* bytes of an owner, and of who acts */
#define ACT_NOTE_MAX 4096   /* bytes */
#define ACT_MANY_MAX 20000  /* alerts of one call */
#define ACT_ENTRIES_MAX 500 /* lines of history of one alert; then no comment, no new owner */
#define ACT_UNDO_SIZE 33
#define ACT_UNDO_KEEP ((int64_t)3600 * 1000000000) /* how long one can be taken back, ns */

enum act_action {
	ACT_ACK, /* who acts becomes the owner, when there is none */
	ACT_START,
	ACT_RESOLVE,        /* needs a reason */
	ACT_FALSE_POSITIVE, /* needs a note */
	ACT_REOPEN,
	ACT_ASSIGN,  /* to `owner`, "" to nobody */
	ACT_COMMENT, /* needs a note */
	ACT_COUNT
};

struct act {
	enum act_action action;
	struct str by;     /* user or token; not empty */
	struct str note;   /* may be empty */
	struct str reason; /* of ACT_RESOLVE: true_positive, benign, duplicate, other */
	struct str owner;  /* of ACT_ASSIGN */
};

struct act_done {
	uint64_t actual; /* alerts that were meant; also set when it is not what was expected */
	uint64_t changed, skipped; /* skipped: the action makes no sense in their status */
	char undo[ACT_UNDO_SIZE];  /* for act_undo(); "" when there is nothing to take back */
};

/*
 * `id` may be a prefix.  FAIL_SYNTAX (a reason or note is missing, a text is too long),
 * FAIL_NOT_FOUND, FAIL_EXISTS (prefix not unique), FAIL_DENIED (not from this status), FAIL_LIMIT.
 */
enum err act_one(struct alerts *a, struct str id, const struct act *act, int64_t now,
    struct act_done *ret, struct diag *why);
/* Full ids.  All or nothing: FAIL_EXISTS, with ret->actual set, when one of them is not there. */
enum err act_ids(struct alerts *a, const struct str *ids, size_t n, const struct act *act,
    int64_t now, struct act_done *ret, struct diag *why);
/*
 * Every alert of the filter, of those that were there at filter->as_of.  All or nothing:
 * FAIL_EXISTS, with ret->actual set, when they are not `expected` many; FAIL_LIMIT past
 * ACT_MANY_MAX.
 */
enum err act_filter(struct alerts *a, const struct alerts_filter *filter, uint64_t expected,
    const struct act *act, int64_t now, struct act_done *ret, struct diag *why);
/*
 * Gives status, owner and reason back to the alerts of one call, except to those that somebody
 * changed since.  FAIL_NOT_FOUND when it was taken back already or is too old.
 */
enum err act_undo(struct alerts *a, struct str undo, struct str by, int64_t now,
    uint64_t *ret_changed, struct diag *why);

/* "ack", "start", "resolve", "false-positive", "reopen", "assign", "comment" */
const char *act_word(enum act_action action);
bool act_find(struct str word, enum act_action *ret);
/* May the status `to` follow `from` by an action? */
bool act_may(enum alerts_status from, enum alerts_status to);
/* i-th reason of ACT_RESOLVE; NULL past the end. */
const char *act_reason(size_t i);

#endif
