/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies and origins, read strictly. */
#include "user/cookie.h"

#define DIGITS 64

static bool
is_secret(struct str s)
{
	if (s.n != DIGITS)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return true;
}

struct str
cookie_session(struct str header)
{
	struct str found = STR("");
	bool seen = false;

	if (header.n > COOKIE_HEADER_MAX)
		return found;
	while (header.n != 0) {
		struct str value = str_trim(str_until(&header, ';'));
		struct str name = str_until(&value, '=');

		if (!str_eq(name, STR(COOKIE_NAME)))
			continue;
		if (seen)
			return STR("");
		seen = true;
		found = value;
	}
	return is_secret(found) ? found : STR("");
}

/* Takes off the port that the scheme stands for anyway. */
static struct str
plain(struct str origin)
{
	static const struct {
		const char *scheme, *port;
	} usual[] = { { "https://", ":443" }, { "http://", ":80" } };

	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		struct str scheme = str_c(usual[i].scheme), port = str_c(usual[i].port);

		if (origin.n > scheme.n &&
		    str_eq_nocase((struct str){ origin.p, scheme.n }, scheme) &&
		    str_ends(origin, port))
			origin.n -= port.n;
	}
	return origin;
}

bool
cookie_same_origin(struct str origin, struct str own)
{
	if (origin.n == 0)
		return true;
	return own.n != 0 && str_eq_nocase(plain(origin), plain(own));
}
