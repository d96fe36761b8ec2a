/*
 * What was done about attacks, for how long and why: SQLite (data/respond.db).
 * Every response is a lease: it begins, it ends by itself, it can be undone.
 * Each change is in the audit and gives the lease the next number of one rising
 * `rev`: who has seen rev N asks for what came after.  One connection per thread.
 */
#ifndef RESPOND_LEASES_H
#define RESPOND_LEASES_H

#include "base/err.h"
#include "base/str.h"
#include "respond/deed.h"

#define LEASES_LIVE_MAX 10000 /* proposed, active and dry-run; more are refused */
#define LEASES_KEPT 50000     /* that have ended, and at most 1000 more; the oldest go */
#define LEASES_ALLOW_MAX 1000
#define LEASES_TEXT 200 /* of by, reason and result: the rest is cut */
#define LEASES_ENTITY 256

enum lease_state {
	LEASE_PROPOSED, /* waits for a person */
	LEASE_ACTIVE,
	LEASE_EXPIRED,
	LEASE_UNDONE,
	LEASE_FAILED,
	LEASE_DRY_RUN, /* would be active if responses were armed; ends like it */
	LEASE_STATES
};
const char *leases_word(enum lease_state s) RETURNS_NONNULL;
bool leases_find_state(struct str word, enum lease_state *ret) __attribute__((nonnull(2)));

struct lease { /* texts are borrowed for the call */
	int64_t id;
	uint64_t rev;
	enum deed deed;
	enum lease_state state;
	struct str entity;         /* canonical address or network, user, or the alert's id */
	int64_t begin, end, ended; /* end: when it is to; ended: when it did, 0 not yet */
	struct str alert, rule;    /* cause; "" by hand */
	struct str by, reason;     /* person, "" the program; words, or the threat of the policy */
	struct str result;         /* what became of it, or why it failed */
	int64_t cause_last;        /* newest event of the alert it answers */
};

struct leases;

enum err leases_open(const char *path, struct leases **ret, struct diag *why);
void leases_close(struct leases *l); /* NULL is fine */

/* What stands between is one transaction.  leases_finish(l, e) undoes all when e is not OK. */
enum err leases_begin(struct leases *l, struct diag *why);
enum err leases_finish(struct leases *l, enum err e, struct diag *why);

/*
 * Begins one, in the state it says.  One of its deed and entity that lives already is made
 * longer instead when this one ends later, and is active from now on if this one is.  *ret_id
 * (may be NULL): which it is.  FAIL_LIMIT past LEASES_LIVE_MAX.
 */
enum err leases_add(struct leases *l, const struct lease *want, int64_t now, int64_t *ret_id,
    struct diag *why);
/* Has this deed been done to the entity for the alert, as it was at `cause_last` or later? */
enum err leases_answered(struct leases *l, const struct lease *want, bool *ret, struct diag *why);

/*
 * A living one goes over into `to`.  FAIL_NOT_FOUND; FAIL_DENIED: it has ended, or is active
 * already.
 */
enum err leases_change(struct leases *l, int64_t id, enum lease_state to, struct str by,
    struct str result, int64_t now, struct diag *why);
/* The living ones that do this to this entity and are blocks, undone; *ret_n: how many. */
enum err leases_undo_entity(struct leases *l, struct str entity, struct str by, int64_t now,
    uint64_t *ret_n, struct diag *why);
/* Only its result; without audit, for what is noted each minute. */
enum err leases_note(struct leases *l, int64_t id, struct str result, struct diag *why);
/* What is past its end expires. */
enum err leases_expire(struct leases *l, int64_t now, uint64_t *ret_n, struct diag *why);

struct leases_filter {          /* zeroed: all */
	unsigned states, deeds; /* bits 1 << enum; 0: any */
	struct str entity;      /* p NULL: any */
	struct str alert;       /* likewise */
	uint64_t since;         /* rev above this one */
	int64_t before;         /* id below; 0: any */
	unsigned limit;         /* 0: all */
};
typedef enum err (*lease_fn)(void *ctx, const struct lease *row);
/* Newest first.  What fn returns other than OK ends it and is returned. */
enum err leases_list(struct leases *l, const struct leases_filter *f, lease_fn fn, void *ctx,
    struct diag *why);
enum err leases_get(struct leases *l, int64_t id, lease_fn fn, void *ctx, struct diag *why);
enum err leases_counts(struct leases *l, uint64_t ret[LEASE_STATES], struct diag *why);
uint64_t leases_rev(struct leases *l); /* cheap; 0 at first and when it cannot be read */

struct lease_change {
	int64_t time;
	enum lease_state from, to; /* the same: made longer */
	struct str by, result;
};
typedef enum err (*lease_change_fn)(void *ctx, const struct lease_change *c);
/* Oldest first. */
enum err leases_audit(struct leases *l, int64_t id, lease_change_fn fn, void *ctx,
    struct diag *why);

#define LEASES_NEVER UINT64_MAX
/* Up to which rev of the alerts they were answered; LEASES_NEVER at first. */
enum err leases_through(struct leases *l, uint64_t *ret, struct diag *why);
enum err leases_set_through(struct leases *l, uint64_t rev, struct diag *why);

struct lease_allow {
	struct str net, by, reason;
	int64_t created, until; /* until 0: for ever */
};
typedef enum err (*lease_allow_fn)(void *ctx, const struct lease_allow *row);
/* Never blocked from now on; replaces an entry of the same network.  `net` is canonical. */
enum err leases_allow(struct leases *l, const struct lease_allow *row, struct diag *why);
enum err leases_disallow(struct leases *l, struct str net, struct diag *why); /* FAIL_NOT_FOUND */
/* Those that hold at `now`, by network. */
enum err leases_allowed(struct leases *l, int64_t now, lease_allow_fn fn, void *ctx,
    struct diag *why);

#endif
