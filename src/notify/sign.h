/* Signatures of webhooks as Standard Webhooks have them: v1, HMAC-SHA256. */
#ifndef NOTIFY_SIGN_H
#define NOTIFY_SIGN_H

#include "base/buf.h"
#include "base/err.h"

#define SIGN_KEYS_MAX 4 /* while keys change, the new and the old one */

/*
 * Appends "v1,BASE64 v1,BASE64": one for each key in `secret`, "whsec_BASE64" of 24 to 64 bytes,
 * separated by blanks or lines.  FAIL_SYNTAX when it is no such secret.
 */
enum err sign_put(struct str secret, struct str id, int64_t unix_s, struct str body, struct buf *to,
    struct diag *why) __attribute__((nonnull(5)));

#endif
