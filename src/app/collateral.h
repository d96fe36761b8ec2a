/*
 * Holds responses against those whom they hit: learns who logs in from where
 * (respond/people.h), and when a rule's blocks cost more than its budget, trips it
 * (respond/budget.h).  Blocks and slowed addresses count; a captcha lets people in.
 *
 * A block costs whoever was known at the address when it began and had logged in
 * within the window, whoever is known there and logs in while it lasts, and an
 * address that is shared.
 */
#ifndef APP_COLLATERAL_H
#define APP_COLLATERAL_H

#include "conf/conf.h"
#include "rec/rec.h"
#include "respond/budget.h"
#include "respond/people.h"
#include "respond/policy.h"

#define COLLATERAL_WAITING 1024 /* logins between two looks; more are only counted */

struct collateral;

struct collateral_login { /* from an address that is blocked or slowed down */
	char address[IP_TEXT_SIZE], user[PEOPLE_NAME + 1];
	int64_t time;
	bool known; /* there, when the block began; else new, or with a stolen password */
};
struct collateral_ears { /* any may be NULL; inside collateral_look() */
	/* A block has begun, or was changed; `at`: who is known there, or NULL. */
	void (*block)(void *ctx, const struct lease *row, const struct people_place *at);
	void (*login)(void *ctx, const struct collateral_login *l);
	void (*trip)(void *ctx, const struct budget_trip *t);
	void *ctx;
};

/* Logins that come by a source which others can write to teach nothing and cost nothing. */
struct collateral *collateral_new(const struct conf *conf,
    const struct collateral_ears *ears) NONNULL RETURNS_NONNULL;
void collateral_free(struct collateral *c); /* NULL is fine */

/* Each record, in order.  Any one thread; all but logins cost a comparison. */
void collateral_seen(struct collateral *c, const struct rec *r) NONNULL;
/* What is new since the last time.  The thread of the leases. */
enum err collateral_look(struct collateral *c, struct leases *l, const struct policy *p,
    int64_t now, struct diag *why) __attribute__((nonnull(1, 2)));
bool collateral_waits(struct collateral *c) NONNULL; /* for a look: logins from blocked addresses */
uint64_t collateral_lost(struct collateral *c) NONNULL; /* logins past COLLATERAL_WAITING */

/* What was learned, written whole or not at all; a file that is broken counts as none. */
void collateral_save(struct collateral *c, const char *path) NONNULL;
void collateral_load(struct collateral *c, const char *path) NONNULL;

#endif
