/*
 * Secrets that we make ourselves: 256 random bits as 64 hexadecimal digits.
 * Only a digest of each is kept, one for each purpose.
 */
#ifndef USER_SECRET_H
#define USER_SECRET_H

#include "base/digest.h"

#define SECRET_SIZE 65                      /* terminated */
#define SECRET_TOKEN_SIZE (4 + SECRET_SIZE) /* "toc_" before it */

void secret_new(char to[SECRET_SIZE]) NONNULL;
void secret_token(char to[SECRET_TOKEN_SIZE]) NONNULL;
void secret_wipe(void *p, size_t n) NONNULL;

/* Digest of `s` for a purpose ("session", "csrf", "token", "invite"). */
void secret_digest(const char *purpose, struct str s, uint8_t ret[DIGEST_SIZE])
    __attribute__((nonnull(1, 3)));

#endif
