/*
 * JSON in: a shim over simdjson.  json_parse() checks a whole document (strict
 * RFC 8259, UTF-8, at most JSON_DEPTH_MAX levels) and leaves it as a tape,
 * which json_read() walks without allocating:
 *
 *   at = 0; json_read(&doc, at, &v); v.next is the place behind v;
 *   members of an object or array begin at v.first: key, value, key, value
 *   or values, until a value of type JSON_END.
 *
 * Not thread-safe.  The tape and its text live until the next json_parse().
 */
#ifndef PARSE_JSON_H
#define PARSE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif
#include "base/err.h"
#include "base/str.h"

#define JSON_DEPTH_MAX 64

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,
	JSON_REAL,
	JSON_BIG, /* an integer beyond int64 that uint64 holds */
	JSON_TEXT,
	JSON_ARRAY,
	JSON_OBJECT,
	JSON_END /* of the array or object */
};

struct json_value {
	enum json_type type;
	struct str s;
	union {
		int64_t i;
		uint64_t u;
		double f;
		bool b;
	};
	size_t first, next;
};

struct json_doc {
	const uint64_t *tape;
	const unsigned char *text;
	bool mended; /* bad UTF-8, lone surrogates or huge numbers were replaced */
};

struct json;

/* `max` is the longest document that is taken. */
struct json *json_new(size_t max) RETURNS_NONNULL;
void json_free(struct json *j); /* NULL is fine */

/*
 * What is well-formed but for bad UTF-8, lone surrogates or numbers out of
 * range is mended: U+FFFD, and the number as JSON_TEXT.  FAIL_SYNTAX,
 * FAIL_LIMIT (too long, too deep).
 */
enum err json_parse(struct json *j, struct str document, struct json_doc *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));

#ifdef __cplusplus
}
#else

/* The value at a place of the tape; 1 is the root. */
static inline void
json_read(const struct json_doc *d, size_t at, struct json_value *ret)
{
	const uint64_t word = d->tape[at], payload = word & (((uint64_t)1 << 56) - 1);
	uint32_t n;

	ret->next = at + 1;
	switch ((char)(word >> 56)) {
	case '"':
		ret->type = JSON_TEXT;
		memcpy(&n, d->text + payload, sizeof(n));
		ret->s = (struct str){ (const char *)d->text + payload + sizeof(n), n };
		return;
	case '{':
	case '[':
		ret->type = (char)(word >> 56) == '{' ? JSON_OBJECT : JSON_ARRAY;
		ret->first = at + 1;
		ret->next = payload & UINT32_MAX;
		return;
	case 'l':
	case 'u':
	case 'd':
		ret->type = (char)(word >> 56) == 'l'   ? JSON_INT
			    : (char)(word >> 56) == 'u' ? JSON_BIG
							: JSON_REAL;
		memcpy(&ret->u, &d->tape[at + 1], sizeof(ret->u));
		ret->next = at + 2;
		return;
	case 't':
	case 'f':
		ret->type = JSON_BOOL;
		ret->b = (char)(word >> 56) == 't';
		return;
	case 'n':
		ret->type = JSON_NULL;
		return;
	default:
		ret->type = JSON_END;
		return;
	}
}

#endif

#endif
