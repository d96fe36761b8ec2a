/*
 * Logging in, taking up an invitation, changing a password: limits, then the
 * gate, then the database.  Loop thread only.
 *
 * Limits, each charged before anything is looked at:
 *  - an address (IPv4, or IPv6 by its /64) has 20 attempts, one more each 3 s;
 *  - an account has 5, one more each 12 s, over all addresses it has not been
 *    logged in from before;
 *  - an account and an address it was logged in from before have 5 of their own.
 * A right password takes no attempt.  So strangers guess at 5 a minute however
 * many they are, and cannot keep the owner out where he usually is.
 */
#ifndef USER_DOOR_H
#define USER_DOOR_H

#include "user/gate.h"
#include "user/sessions.h"

#define DOOR_ADDRESS_BURST 20
#define DOOR_ADDRESS_REFILL (3 * CLOCK_S)
#define DOOR_ACCOUNT_BURST 5
#define DOOR_ACCOUNT_REFILL (12 * CLOCK_S)

enum door_verdict {
	DOOR_IN,        /* `session` and `secret` are set */
	DOOR_WRONG,     /* name, password or both; or the user may not log in */
	DOOR_LIMITED,   /* too many attempts: `wait` */
	DOOR_BUSY,      /* too many passwords are being hashed: in a second */
	DOOR_NO_INVITE, /* the invitation is unknown, used up or too old */
	DOOR_REFUSED,   /* name or password cannot be taken: `why` */
	DOOR_FAILED     /* the database says no: `why` */
};

struct door_from {
	const char *ip; /* address without port */
	struct str agent;
	int64_t now, mono;
};

struct door_answer {
	enum door_verdict verdict;
	char name[NAME_SIZE]; /* as it was given, if it could be a name; "" else */
	bool tried;           /* a password was compared */
	bool first;           /* DOOR_LIMITED: the first refusal after one that was not */
	int64_t wait;         /* DOOR_LIMITED: ns */
	struct sessions_row session;
	char secret[SECRET_SIZE];
	struct diag why;
};
typedef void (*door_fn)(void *ctx, const struct door_answer *answer);

struct door;
struct door_opts {
	struct users *users;
	struct gate_opts gate;
};

struct door *door_new(const struct door_opts *opts) NONNULL RETURNS_NONNULL;
/* fn of everything under way is still called, by the loop: free that after this. */
void door_free(struct door *d); /* NULL is fine */
struct users *door_users(struct door *d) NONNULL RETURNS_NONNULL;
void door_gate_stats(struct door *d, struct gate_stats *ret) NONNULL;

/* fn is called once, perhaps before these return. */
void door_login(struct door *d, const struct door_from *from, struct str name, struct str password,
    door_fn fn, void *ctx) __attribute__((nonnull(1, 2, 5)));
/* `name` may be empty unless it is the first admin's. */
void door_accept(struct door *d, const struct door_from *from, struct str invite, struct str name,
    struct str password, door_fn fn, void *ctx) __attribute__((nonnull(1, 2, 6)));
/* Ends the user's other sessions, this one too: DOOR_IN has a new one. */
void door_change(struct door *d, const struct door_from *from, const char *name,
    struct str password, struct str fresh, door_fn fn, void *ctx)
    __attribute__((nonnull(1, 2, 3, 6)));

#endif
