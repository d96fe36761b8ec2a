/*
 * Sessions of the page: 256 random bits in a cookie, of which the database
 * has only a digest.  One ends SESSIONS_IDLE after its last request and
 * SESSIONS_LONGEST after its login, whichever is first, and with the user's role,
 * password or right to be here.
 */
#ifndef USER_SESSIONS_H
#define USER_SESSIONS_H

#include "base/clock.h"
#include "user/secret.h"
#include "user/users.h"

#define SESSIONS_IDLE (30 * 60 * CLOCK_S)
#define SESSIONS_LONGEST (12 * 3600 * CLOCK_S)
#define SESSIONS_SEEN_EVERY (60 * CLOCK_S) /* a request is noted no more often */
#define SESSIONS_MAX 20                    /* of one user; the oldest makes room */
#define SESSIONS_ID_SIZE 33
#define SESSIONS_AGENT_SIZE 161

struct sessions_row {
	char id[SESSIONS_ID_SIZE]; /* names it, and lets nobody in */
	char user[NAME_SIZE];
	enum role role;
	int64_t created, seen, expires;
	char ip[46], agent[SESSIONS_AGENT_SIZE];
	char csrf[SECRET_SIZE]; /* "" in lists: it follows from the secret */
};
typedef enum err (*sessions_fn)(void *ctx, const struct sessions_row *row);

/*
 * A login that succeeded, with the hash the password matched: FAIL_DENIED when the user
 * has another one by now, or may not log in.  `secret` is for the cookie.
 */
enum err sessions_new(struct users *u, const char *name, const char *hash, const char *ip,
    const char *place, struct str agent, int64_t now, char secret[SECRET_SIZE],
    struct sessions_row *ret, struct diag *why) __attribute__((nonnull(1, 2, 3, 4, 5, 8, 9)));
/* FAIL_NOT_FOUND when it is none, or has ended.  Notes the time. */
enum err sessions_find(struct users *u, struct str secret, int64_t now, struct sessions_row *ret,
    struct diag *why) __attribute__((nonnull(1, 4)));
/* Living ones, newest first; user NULL: everybody's. */
enum err sessions_list(struct users *u, const char *user, int64_t now, sessions_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 4)));
/* user NULL: whoever's it is. */
enum err sessions_end(struct users *u, struct str id, const char *user, struct diag *why)
    __attribute__((nonnull(1)));
/* All of a user, but the one with the id `but` ("" for none). */
enum err sessions_revoke(struct users *u, struct str user, struct str but, uint64_t *ret_n,
    struct diag *why) __attribute__((nonnull(1, 4)));

#endif
