/*
 * Secrets by reference:
 *   file:/path           a file that not everybody may read or write
 *   env:NAME             the environment
 *   credential:NAME      a file of $CREDENTIALS_DIRECTORY (systemd)
 *   value:TEXT           itself; from the page to a test message, never stored
 * Line ends behind it are no part of it.
 */
#ifndef NOTIFY_SECRET_H
#define NOTIFY_SECRET_H

#include "base/buf.h"
#include "base/err.h"

#define SECRET_MAX 4096

/*
 * Appends it to `to`; wipe that with secret_fini().  FAIL_NOT_FOUND, FAIL_DENIED (everybody may
 * read it, or it is no file), FAIL_SYNTAX.  The words never hold a secret.
 */
enum err secret_get(struct str reference, struct buf *to, struct diag *why)
    __attribute__((nonnull(2)));
/* Overwrites and frees. */
void secret_fini(struct buf *secret);

#define auto_secret AUTO(secret_fini)

#endif
