/* The cookie of the session. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/cookie.h"

#include "test.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

TEST(the_session_among_cookies)
{
	static const struct {
		const char *header;
		bool found;
	} cases[] = {
		{ "__Host-tocsin=" ID, true },
		{ "a=b; __Host-tocsin=" ID, true },
		{ "a=b;__Host-tocsin=" ID ";c=d", true },
		{ "  __Host-tocsin=" ID "  ", true },
		{ "", false },
		{ ";;;", false },
		{ "__Host-tocsin", false },
		{ "__Host-tocsin=", false },
		{ "__Host-tocsin=" ID "0", false },
		{ "__Host-tocsin=\"" ID "\"", false },
		{ "__host-tocsin=" ID, false },
		{ "x__Host-tocsin=" ID, false },
		{ "__Host-tocsin =" ID, false },
		{ "__Host-tocsin=0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
		    false },
		/* Two: somebody planted one, and which is whose cannot be told. */
		{ "__Host-tocsin=" ID "; __Host-tocsin=" ID, false },
		{ "__Host-tocsin=; __Host-tocsin=" ID, false },
		{ "__Host-tocsin=" ID "; __Host-tocsin=", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str got = cookie_session(str_c(cases[i].header));

		if (cases[i].found)
			CHECK_SLICE(got, ID);
		else
			CHECK_INT(got.n, 0);
	}
}

TEST(a_header_has_an_end)
{
	static char text[COOKIE_HEADER_MAX + 100];

	memset(text, 'a', sizeof(text));
	snprintf(text, sizeof(text), "__Host-tocsin=" ID);
	text[strlen(text)] = ';';
	CHECK_INT(cookie_session((struct str){ text, COOKIE_HEADER_MAX }).n, 64);
	CHECK_INT(cookie_session((struct str){ text, COOKIE_HEADER_MAX + 1 }).n, 0);
}
