/* SPDX-License-Identifier: Apache-2.0 */
/* Digests and randomness, by OpenSSL and the kernel. */
#include "base/digest.h"

#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

_Static_assert(DIGEST_SIZE == SHA256_DIGEST_LENGTH, "SHA-256");

void
digest_sha256(struct str s, uint8_t ret[DIGEST_SIZE])
{
	if (SHA256((const unsigned char *)(s.n != 0 ? s.p : ""), s.n, ret) == NULL) {
		(void)fputs("SHA-256 failed\n", stderr);
		abort();
	}
}

void
digest_hmac_sha256(struct str key, struct str s, uint8_t ret[DIGEST_SIZE])
{
	unsigned n = 0;

	if (key.n > INT_MAX ||
	    HMAC(EVP_sha256(), key.n != 0 ? key.p : "", (int)key.n,
		(const unsigned char *)(s.n != 0 ? s.p : ""), s.n, ret, &n) == NULL ||
	    n != DIGEST_SIZE) {
		(void)fputs("HMAC failed\n", stderr);
		abort();
	}
}

void
digest_random(void *to, size_t n)
{
	unsigned char *p = to;

	while (n != 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			perror("getrandom");
			abort();
		}
		p += got;
		n -= (size_t)got;
	}
}

char *
digest_hex(const void *p, size_t n, char *to)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = p;

	for (size_t i = 0; i < n; i++) {
		to[2 * i] = digits[from[i] >> 4];
		to[2 * i + 1] = digits[from[i] & 15];
	}
	to[2 * n] = '\0';
	return to;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
digest_unhex(struct str hex, void *to, size_t n)
{
	unsigned char *p = to;

	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < hex.n; i++)
		if (hex_value(hex.p[i]) < 0)
			return false;
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(hex_value(hex.p[2 * i]) << 4 | hex_value(hex.p[2 * i + 1]));
	return true;
}

bool
digest_equal(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}
