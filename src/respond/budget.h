/*
 * What each rule's responses cost people who did nothing: in the leases' file.
 * Who was hit is counted once in a window; a rule that costs more than its
 * budget (respond/policy.h) is tripped: it alerts, and what it would do waits for a
 * person, until one resets it.
 */
#ifndef RESPOND_BUDGET_H
#define RESPOND_BUDGET_H

#include "respond/leases.h"

#define BUDGET_HITS_MAX 200 /* of a rule and kind; what comes past it does not count */

enum budget_kind {
	BUDGET_USER,   /* somebody who logs in from a blocked address as ever */
	BUDGET_ADDRESS /* an address that many share */
};
const char *budget_word(enum budget_kind k) RETURNS_NONNULL; /* "user", "address" */

struct budget_hit {
	struct str rule, name, address; /* name: the user; of BUDGET_ADDRESS the address again */
	enum budget_kind kind;
	int64_t time, lease;
};
/* Again at most once a name: its time becomes the newer one. */
enum err budget_note(struct leases *l, const struct budget_hit *hit, struct diag *why);

struct budget_spent { /* within a window */
	uint64_t users, addresses;
};
enum err budget_spent(struct leases *l, struct str rule, int64_t since, struct budget_spent *ret,
    struct diag *why);
/* Those of a rule, the newest first; rule p NULL: of all. */
typedef enum err (*budget_hit_fn)(void *ctx, const struct budget_hit *hit);
enum err budget_hits(struct leases *l, struct str rule, budget_hit_fn fn, void *ctx,
    struct diag *why);

struct budget_trip {
	struct str rule, reason; /* in words: what was too much */
	int64_t time;
	uint64_t undone; /* responses that were taken back */
};
/* Trips it and undoes its active leases; *ret_undone: how many.  Nothing when it is tripped. */
enum err budget_trip(struct leases *l, struct str rule, struct str reason, int64_t now,
    uint64_t *ret_undone, struct diag *why);
enum err budget_tripped(struct leases *l, struct str rule, bool *ret, struct diag *why);
/* It may act again, and its hits are forgotten.  FAIL_NOT_FOUND: it is not tripped. */
enum err budget_reset(struct leases *l, struct str rule, struct str by, struct str reason,
    int64_t now, struct diag *why);
/* Active responses of a rule (p NULL: of every rule) are taken back; *ret_n: how many. */
enum err budget_undo(struct leases *l, struct str rule, struct str by, struct str result,
    int64_t now, uint64_t *ret_n, struct diag *why);
typedef enum err (*budget_trip_fn)(void *ctx, const struct budget_trip *t);
enum err budget_trips(struct leases *l, budget_trip_fn fn, void *ctx, struct diag *why);

#endif
