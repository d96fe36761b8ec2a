/* SPDX-License-Identifier: Apache-2.0 */
/* User names and passwords: what is taken and what is not. */
#include "user/name.h"

#include "base/utf8.h"

#define KINDS_MIN 5

/* Long enough, and still among the first guesses. */
static const char *const common[] = {
	"password1234",
	"password12345",
	"password123456",
	"passwordpassword",
	"123456789012",
	"1234567890123",
	"123456123456",
	"qwertyuiop12",
	"qwertyuiop123",
	"qwertyuiop[]",
	"1q2w3e4r5t6y",
	"1qaz2wsx3edc",
	"q1w2e3r4t5y6",
	"iloveyou1234",
	"administrator",
	"administrator1",
	"administrator123",
	"changemechangeme",
	"letmeinletmein",
	"tocsintocsin",
	"correcthorsebatterystaple",
};

enum err
name_read(struct str s, char to[NAME_SIZE], struct diag *why)
{
	char out[NAME_SIZE];

	if (s.n == 0 || s.n >= NAME_SIZE)
		return err_set(why, FAIL_SYNTAX, "a user name has 1 to %d characters",
		    NAME_SIZE - 1);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool digit = c >= '0' && c <= '9';

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (!(c >= 'a' && c <= 'z') && !digit &&
		    (i == 0 || c == '\0' || strchr("._-@", c) == NULL))
			return err_set(why, FAIL_SYNTAX,
			    "a user name is of a-z, 0-9 and ._-@, beginning with a letter or "
			    "digit");
		out[i] = c;
	}
	out[s.n] = '\0';
	memcpy(to, out, s.n + 1);
	return OK;
}

/* How many different characters; looks at the first 64 characters only. */
static size_t
kinds(struct str s)
{
	uint32_t seen[64];
	size_t n = 0;

	for (size_t looked = 0; s.n != 0 && looked < ARRAY_LEN(seen); looked++) {
		uint32_t c;
		size_t i = 0;

		s = str_from(s, utf8_next(s, &c));
		while (i < n && seen[i] != c)
			i++;
		if (i == n)
			seen[n++] = c;
	}
	return n;
}

static enum err
check_characters(struct str s, struct diag *why)
{
	size_t n = 0;

	if (!utf8_valid(s))
		return err_set(why, FAIL_SYNTAX, "the password is not valid UTF-8");
	for (; s.n != 0; n++) {
		uint32_t c;

		s = str_from(s, utf8_next(s, &c));
		if (utf8_unsafe(c))
			return err_set(why, FAIL_SYNTAX, "the password has control characters");
	}
	if (n < NAME_PASSWORD_MIN)
		return err_set(why, FAIL_LIMIT, "a password has at least %d characters",
		    NAME_PASSWORD_MIN);
	return OK;
}

enum err
name_password(struct str password, const char *name, struct diag *why)
{
	enum err e;

	if (password.n > NAME_PASSWORD_MAX)
		return err_set(why, FAIL_LIMIT, "a password has at most %d bytes",
		    NAME_PASSWORD_MAX);
	e = check_characters(password, why);
	if (e != OK)
		return e;
	if (kinds(password) < KINDS_MIN)
		return err_set(why, FAIL_SYNTAX, "the password has too few different characters");
	if (str_eq_nocase(password, str_c(name)))
		return err_set(why, FAIL_SYNTAX, "the password is the user name");
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (str_eq_nocase(password, str_c(common[i])))
			return err_set(why, FAIL_SYNTAX,
			    "this password is among the first that are guessed");
	return OK;
}
