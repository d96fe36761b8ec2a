/* What a browser sends along: cookies, and the origin of the page that asks. */
#ifndef USER_COOKIE_H
#define USER_COOKIE_H

#include "base/str.h"

#define COOKIE_NAME "__Host-tocsin"
#define COOKIE_HEADER_MAX 16384 /* a longer Cookie header counts as none */

/*
 * Value of the cookie COOKIE_NAME in a Cookie header, if it is a session's: 64
 * lower-case hexadecimal digits.  Empty when it is not there, is anything
 * else, or is there twice.  Borrowed from `header`.
 */
struct str cookie_session(struct str header);

/*
 * May a page of this origin act for the user?  `origin` is the Origin header,
 * empty when there is none (then the token against forgery decides);
 * `own` ours: "https://host", "http://127.0.0.1:8321".  Scheme and host in any case; a
 * default port may be left out.
 */
bool cookie_same_origin(struct str origin, struct str own);

#endif
