/*
 * Undoes what a request's value is wrapped in, again and again until nothing
 * changes: percent (%27, %u0027), backslash escapes (\x27, \u0027), HTML
 * entities, overlong and full-width UTF-8, blanks and letters that browsers and
 * databases take for ASCII, NUL and control bytes; and lower case.
 */
#ifndef ENRICH_WEBATTACK_DECODE_H
#define ENRICH_WEBATTACK_DECODE_H

#include "base/str.h"

#define WEBATTACK_DECODE_ROUNDS 6U /* layers of wrapping that are undone */
#define WEBATTACK_VALUE_MAX 4096U  /* bytes of one value that are looked at */

/* Writes at most WEBATTACK_VALUE_MAX bytes to `to` and returns how many.  plus: '+' is a blank. */
size_t webattack_decode(struct str raw, bool plus, char to[WEBATTACK_VALUE_MAX]) NONNULL;

/*
 * Bytes of `s` out of base64 (either alphabet, padded or not) when all of it is that and the
 * result is text of at least eight characters; else 0.  Nothing is decoded further.
 */
size_t webattack_decode_base64(struct str s, char to[WEBATTACK_VALUE_MAX]) NONNULL;

#endif
