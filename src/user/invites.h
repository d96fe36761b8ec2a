/*
 * Invitations: a link that works once and for INVITES_LIFE, for a user to set
 * a password (anew).  One without a user makes the first admin.
 */
#ifndef USER_INVITES_H
#define USER_INVITES_H

#include "base/clock.h"
#include "user/secret.h"
#include "user/users.h"

#define INVITES_LIFE (24 * 3600 * CLOCK_S)

/* `user` "": for the first admin.  An earlier one for the same user does not work any more. */
enum err invites_new(struct users *u, struct str user, int64_t now, char secret[SECRET_SIZE],
    int64_t *ret_expires, struct diag *why) __attribute__((nonnull(1, 4, 5)));
/* Whom it is for ("": the first admin).  FAIL_NOT_FOUND when it does not work (any more). */
enum err invites_find(struct users *u, struct str secret, int64_t now, char user[NAME_SIZE],
    struct diag *why) __attribute__((nonnull(1, 4)));
/*
 * Uses it up: `name` has this password hash from now on, and is an admin if it
 * was for the first.  FAIL_NOT_FOUND as above, FAIL_DENIED when it is for
 * another name, or the user is disabled, FAIL_EXISTS when the name is taken.
 */
enum err invites_accept(struct users *u, struct str secret, const char *name, const char *hash,
    int64_t now, struct diag *why) __attribute__((nonnull(1, 3, 4)));

#endif
