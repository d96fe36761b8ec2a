/* Secrets of our own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/secret.h"

#include "test.h"

TEST(secrets_differ_and_have_one_form)
{
	char a[SECRET_SIZE], b[SECRET_SIZE], token[SECRET_TOKEN_SIZE];

	secret_new(a);
	secret_new(b);
	CHECK(strcmp(a, b) != 0);
	CHECK_INT(strlen(a), 64);
	CHECK_INT(strspn(a, "0123456789abcdef"), 64);
	secret_token(token);
	CHECK_INT(strlen(token), 68);
	CHECK(strncmp(token, "toc_", 4) == 0);
	CHECK_INT(strspn(token + 4, "0123456789abcdef"), 64);
}

TEST(a_digest_serves_one_purpose)
{
	uint8_t a[DIGEST_SIZE], b[DIGEST_SIZE], c[DIGEST_SIZE];

	secret_digest("session", STR("x"), a);
	secret_digest("csrf", STR("x"), b);
	secret_digest("session", STR("x"), c);
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	CHECK(memcmp(a, c, sizeof(a)) == 0);
	secret_digest("session", STR("y"), c);
	CHECK(memcmp(a, c, sizeof(a)) != 0);
}

TEST(wiped_is_zero)
{
	char text[] = "secret";

	secret_wipe(text, sizeof(text));
	CHECK_BYTES(text, sizeof(text), "\0\0\0\0\0\0", 7);
}
