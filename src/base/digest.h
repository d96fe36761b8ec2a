/* SHA-256, HMAC, random bytes, hexadecimal, comparison in constant time. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

#define DIGEST_SIZE 32

void digest_sha256(struct str s, uint8_t ret[DIGEST_SIZE]) __attribute__((nonnull(2)));
void digest_hmac_sha256(struct str key, struct str s, uint8_t ret[DIGEST_SIZE])
    __attribute__((nonnull(3)));
void digest_random(void *to, size_t n) NONNULL; /* aborts when there is none */
/* Lower-case, terminated: `to` holds 2 * n + 1 bytes.  Returns `to`. */
char *digest_hex(const void *p, size_t n, char *to) NONNULL;
bool digest_unhex(struct str hex, void *to, size_t n) __attribute__((nonnull(2)));
bool digest_equal(struct str a, struct str b);

#endif
