/*
 * Who is never blocked, and how fast others are: networks with the reason why,
 * a limit on how wide a block may be, and one on blocks per minute.
 */
#ifndef RESPOND_GUARD_H
#define RESPOND_GUARD_H

#include "base/err.h"
#include "base/ip.h"

#define GUARD_MAX 4096   /* networks */
#define GUARD_BITS_V4 24 /* nothing wider */
#define GUARD_BITS_V6 56
#define GUARD_REASON 64

/* The networks of one kind are replaced together. */
enum guard_part {
	GUARD_FIXED,   /* loopback, multicast, unspecified, content networks, by guard_private()
			  private ones */
	GUARD_HOUSE,   /* own addresses, gateways, resolvers */
	GUARD_CONF,    /* the configuration's */
	GUARD_ALLOWED, /* the allow list */
	GUARD_PEOPLE   /* where people are logged in from */
};

struct guard;

struct guard *guard_new(unsigned per_minute) RETURNS_NONNULL; /* protects what is GUARD_FIXED */
void guard_free(struct guard *g);                             /* NULL is fine */
void guard_private(struct guard *g) NONNULL;
/* Own addresses of every interface, gateways and resolvers as they are now. */
void guard_house(struct guard *g) NONNULL;
void guard_clear(struct guard *g, enum guard_part part) NONNULL;
/* "192.0.2.0/24" or an address.  FAIL_SYNTAX; FAIL_LIMIT past GUARD_MAX. */
enum err guard_add(struct guard *g, enum guard_part part, struct str net, const char *reason,
    struct diag *why) __attribute__((nonnull(1, 4)));

/* The i-th network, NULL past the end. */
const struct ip_net *guard_at(const struct guard *g, size_t i) NONNULL;

/*
 * May this be blocked?  An address, or a network without host bits; *ret is its
 * canonical text.  FAIL_SYNTAX; FAIL_LIMIT: too wide; FAIL_DENIED: it is, has in it or
 * lies in what is protected.
 */
#define GUARD_TEXT 56
enum err guard_check(const struct guard *g, struct str target, char ret[GUARD_TEXT],
    struct diag *why) __attribute__((nonnull(1)));
/* Takes one of the blocks of this minute; false: there is none left. */
bool guard_take(struct guard *g, int64_t now) NONNULL;

/* Canonical text of a network: an address when it is one. */
char *guard_text(const struct ip_net *net, char to[GUARD_TEXT]) NONNULL;

#endif
