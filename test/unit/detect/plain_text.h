/* Patterns, encodings and regular expressions of the second evaluator. */
#ifndef TEST_PLAIN_TEXT_H
#define TEST_PLAIN_TEXT_H

#include "base/str.h"

#define PLAIN_TEXT 512 /* characters of a text, tokens of a pattern */

enum { /* of a pattern */
	PLAIN_CONTAINS = 1,
	PLAIN_STARTS = 2,
	PLAIN_ENDS = 4,
	PLAIN_CASED = 8,
	PLAIN_WINDASH = 16,
	PLAIN_LITERAL = 32,
};
bool plain_like(struct str pattern, unsigned flags, struct str text);

/* A sequence of letters, ".", "[..]", "^", "$", each with "*", "+" or "?"; found anywhere. */
bool plain_regex(struct str re, bool caseless, bool multiline, bool dotall, struct str text);

/* "wide" etc. and "base64" or "base64offset" (offset 0 to 2) of what is unescaped in `value`. */
struct str plain_encode(struct str value, const char *wide, int offset, char to[PLAIN_TEXT * 8]);

/* %XX once; false when there is none. */
bool plain_unquote(struct str s, char *to, size_t *n);

#endif
