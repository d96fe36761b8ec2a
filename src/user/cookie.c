/* SPDX-License-Identifier: Apache-2.0 */
/* The cookie of the session, read strictly. */
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
