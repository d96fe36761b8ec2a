/*
 * Access tokens for programs: "toc_" and 256 random bits, shown once, kept as
 * a digest, with scopes and an end.
 */
#ifndef USER_TOKENS_H
#define USER_TOKENS_H

#include "base/clock.h"
#include "user/secret.h"
#include "user/users.h"

#define TOKENS_MAX 1000
#define TOKENS_NAME_MAX 64               /* bytes of UTF-8 */
#define TOKENS_USED_EVERY (60 * CLOCK_S) /* a use is noted no more often */

struct tokens_row {
	char id[17];
	char name[TOKENS_NAME_MAX + 1], by[NAME_SIZE];
	unsigned scopes;                     /* of enum role_scope */
	int64_t created, expires, last_used; /* expires 0: never; last_used 0: not yet */
};
typedef enum err (*tokens_fn)(void *ctx, const struct tokens_row *row);

struct tokens_new { /* what it shall be */
	struct str name;
	unsigned scopes;
	const char *by;  /* user name */
	int64_t expires; /* 0: never */
};

/* FAIL_SYNTAX for the name or no scopes, FAIL_EXISTS for a name in use, FAIL_LIMIT. */
enum err tokens_new(struct users *u, const struct tokens_new *want, int64_t now,
    char token[SECRET_TOKEN_SIZE], struct tokens_row *ret, struct diag *why)
    __attribute__((nonnull(1, 2, 4, 5)));
/* FAIL_NOT_FOUND when it is none, or its time is over.  Notes the use. */
enum err tokens_find(struct users *u, struct str token, int64_t now, struct tokens_row *ret,
    struct diag *why) __attribute__((nonnull(1, 4)));
/* Newest first, those whose time is over among them. */
enum err tokens_list(struct users *u, tokens_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* By id, or by name when no token has that id. */
enum err tokens_revoke(struct users *u, struct str id, struct diag *why)
    __attribute__((nonnull(1)));

#endif
