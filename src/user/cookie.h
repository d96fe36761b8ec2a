/* The cookie that stands for a session of the page. */
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

#endif
