/* Cookie and Authorization headers, user names: nothing but what is meant gets through. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "http/auth.h"
#include "user/cookie.h"
#include "user/name.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The same by another way: how many parts are of our name, and where the value of one stands. */
static size_t
count(struct str header, struct str *ret)
{
	const struct str name = STR(COOKIE_NAME "=");
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= header.n; i++) {
		size_t a = from, b = i;

		if (i < header.n && header.p[i] != ';')
			continue;
		from = i + 1;
		while (a < b && blank(header.p[a]))
			a++;
		while (a < b && blank(header.p[b - 1]))
			b--;
		if (b - a >= name.n && memcmp(header.p + a, name.p, name.n) == 0) {
			*ret = (struct str){ header.p + a + name.n, b - a - name.n };
			n++;
		} else if (b - a == name.n - 1 && memcmp(header.p + a, name.p, b - a) == 0) {
			*ret = (struct str){ "", 0 };
			n++;
		}
	}
	return n;
}

static void
check_cookie(struct str header)
{
	struct str got = cookie_session(header), value = { "", 0 };
	size_t n = count(header, &value);
	bool good = n == 1 && value.n == 64 && header.n <= COOKIE_HEADER_MAX;

	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == '\0' || strchr("0123456789abcdef", value.p[i]) == NULL)
			good = false;
	assert(good == (got.n == 64));
	assert(got.n == 0 || got.n == 64);
	if (good)
		assert(got.p == value.p);
}

static void
check_authorization(struct str header)
{
	char plain[AUTH_HEADER_MAX];
	struct str token = { NULL, 0 };

	if (!auth_token(header, plain, &token))
		return;
	assert(token.n >= 1 && token.n <= AUTH_TOKEN_MAX);
	assert((token.p >= header.p && token.p + token.n <= header.p + header.n) ||
	       (token.p >= plain && token.p + token.n <= plain + sizeof(plain)));
}

static void
check_name(struct str text)
{
	char name[NAME_SIZE], again[NAME_SIZE];

	if (name_read(text, name, NULL) != OK)
		return;
	assert(strlen(name) == text.n);
	assert(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-@") == text.n);
	assert(name_read(str_c(name), again, NULL) == OK && strcmp(name, again) == 0);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str text = { (const char *)data, size };
	enum err e;

	check_cookie(text);
	check_authorization(text);
	check_name(text);
	e = name_password(text, "ann", NULL);
	assert(e != OK || (size >= NAME_PASSWORD_MIN && size <= NAME_PASSWORD_MAX));
	return 0;
}
