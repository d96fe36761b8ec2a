/*
 * Who logs in from where: of each address the people whose logins succeeded, so
 * that a block can be held against those whom it would lock out.
 *
 * Somebody is known at an address whose first login there succeeded at least
 * PEOPLE_AGE earlier: a password that is guessed or stolen does not make an
 * attacker one of them while the attack goes on.  PEOPLE_PLACES addresses at
 * most, the one that was used longest ago of eight goes; of an address
 * PEOPLE_NAMES, where those who are not known yet go first: strangers push nobody out.  Figures are
 * a function of what was added. Not thread-safe.
 */
#ifndef RESPOND_PEOPLE_H
#define RESPOND_PEOPLE_H

#include "base/buf.h"
#include "base/ip.h"

#define PEOPLE_PLACES 16384
#define PEOPLE_NAMES 8
#define PEOPLE_NAME 47 /* bytes of a name: the rest is cut */
#define PEOPLE_AGE ((int64_t)3600 * 1000000000)
#define PEOPLE_SHARED 5  /* so many people known, or ... */
#define PEOPLE_AGENTS 12 /* ... so many programs: an address is shared by many */
#define PEOPLE_STATE_MAX ((size_t)32 << 20)

struct people_one {
	char name[PEOPLE_NAME + 1]; /* terminated, cut */
	int64_t first, last;        /* of the logins there, ns */
};
struct people_place {
	struct ip ip;
	int64_t last;    /* 0: a place that is free */
	uint64_t agents; /* a bit for each program, by its hash */
	uint32_t n;
	struct people_one who[PEOPLE_NAMES];
};

struct people;

struct people *people_new(void) RETURNS_NONNULL;
void people_free(struct people *p); /* NULL is fine */

/* A login of `user` that succeeded; `agent` is the program, "" when it is not known. */
void people_add(struct people *p, const struct ip *ip, struct str user, struct str agent, int64_t t)
    __attribute__((nonnull(1, 2)));
/* NULL: nobody logs in from it.  Until the next change. */
const struct people_place *people_at(const struct people *p, const struct ip *ip) NONNULL;

/* Has this one been known there at the time `t`? */
bool people_knows(const struct people_place *at, struct str user, int64_t t)
    __attribute__((nonnull(1)));
/* How many were; who[i] is one of them when bit i of *ret_set (may be NULL) is set. */
unsigned people_known(const struct people_place *at, int64_t t, unsigned *ret_set)
    __attribute__((nonnull(1)));
/* Is it an address that many share? */
bool people_shared(const struct people_place *at, int64_t t) NONNULL;
unsigned people_agents(const struct people_place *at) NONNULL;

void people_save(const struct people *p, struct buf *to) NONNULL;
/* Into an empty one; false: that was no state. */
bool people_load(struct people *p, struct str from) __attribute__((nonnull(1)));

#endif
