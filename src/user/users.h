/*
 * People who may log in, in users.db, which also holds their sessions, the
 * invitations and the access tokens (sessions.h, invites.h, tokens.h).
 *
 * One thread for each struct users; several processes may have the file open
 * at once (the daemon and the command line), and each sees what the other
 * did.  All calls: FAIL_NOT_FOUND, FAIL_SYNTAX for a bad name, FAIL_AGAIN,
 * FAIL_STORE, FAIL_CORRUPT as in base/db.h.  Times are ns UTC.
 */
#ifndef USER_USERS_H
#define USER_USERS_H

#include "base/err.h"
#include "user/gate.h"
#include "user/name.h"
#include "user/role.h"

#define USERS_MAX 1000
#define USERS_PLACES_MAX 20 /* familiar addresses of one user */

struct users;

struct users_row {
	char name[NAME_SIZE];
	enum role role;
	bool disabled;
	bool ready;                  /* has a password: took up the invitation */
	int64_t created, last_login; /* 0: never */
	uint64_t sessions, tokens;   /* that live; that he made and live */
};

/* Row by row; anything but OK from fn ends the walk and is returned. */
typedef enum err (*users_fn)(void *ctx, const struct users_row *row);

enum err users_open(const char *path, struct users **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void users_close(struct users *u); /* NULL is fine */

enum err users_list(struct users *u, int64_t now, users_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));
enum err users_get(struct users *u, struct str name, int64_t now, struct users_row *ret,
    struct diag *why) __attribute__((nonnull(1, 4)));
/* Is there nobody yet who could log in as an admin?  True also when that cannot be told. */
bool users_need_admin(struct users *u) NONNULL;

/* Without a password: an invitation leads to one.  FAIL_EXISTS, FAIL_LIMIT past USERS_MAX. */
enum err users_add(struct users *u, struct str name, enum role role, int64_t now, struct diag *why)
    __attribute__((nonnull(1)));
/*
 * These end the user's sessions when they change anything.  FAIL_DENIED when
 * nobody would be left who can log in as an admin.
 */
enum err users_set(struct users *u, struct str name, const enum role *role, const bool *disabled,
    struct diag *why) __attribute__((nonnull(1))); /* NULL: stays */
/* With his sessions and invitations; tokens he made stay. */
enum err users_delete(struct users *u, struct str name, struct diag *why)
    __attribute__((nonnull(1)));

/* What gate_verify() takes: "" for nobody, who is disabled, and who has no password yet. */
enum err users_hash(struct users *u, const char *name, char to[GATE_HASH_SIZE], struct diag *why)
    __attribute__((nonnull(1, 2, 3)));
/* Ends the user's sessions and takes back invitations. */
enum err users_set_hash(struct users *u, const char *name, const char *hash, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));

/* Has the user logged in from this place before?  The USERS_PLACES_MAX newest are known. */
bool users_familiar(struct users *u, const char *name, const char *place) NONNULL;

/* Small facts to keep, as where the page is ("url").  Empty: none. */
enum err users_fact_set(struct users *u, const char *key, struct str value, struct diag *why)
    __attribute__((nonnull(1, 2)));
void users_fact(struct users *u, const char *key, char *to, size_t size) NONNULL;

#endif
