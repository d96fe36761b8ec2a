/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets of our own making. */
#include "user/secret.h"

#include <sodium.h>

#include "base/buf.h"

void
secret_new(char to[SECRET_SIZE])
{
	uint8_t random[32];

	digest_random(random, sizeof(random));
	(void)digest_hex(random, sizeof(random), to);
	secret_wipe(random, sizeof(random));
}

void
secret_token(char to[SECRET_TOKEN_SIZE])
{
	memcpy(to, "toc_", 4);
	secret_new(to + 4);
}

void
secret_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

void
secret_digest(const char *purpose, struct str s, uint8_t ret[DIGEST_SIZE])
{
	auto_buf struct buf text = { 0 };

	buf_printf(&text, "tocsin %s ", purpose);
	buf_str(&text, s);
	digest_sha256(buf_view(&text), ret);
	secret_wipe(text.p, text.n);
}
