/*
 * Result of every call that can fail.  What went wrong, in words, goes to an
 * optional `struct diag *why`, always the last parameter, written on failure
 * only.  Codes are named by what the caller does differently.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum MUST_CHECK_TYPE err {
	OK = 0,
	FAIL_AGAIN,     /* not enough input yet, or no room now: try later */
	FAIL_SYNTAX,    /* input does not parse */
	FAIL_LIMIT,     /* a configured bound was reached */
	FAIL_NOT_FOUND, /* no such thing */
	FAIL_EXISTS,    /* it is there already */
	FAIL_DENIED,    /* not allowed */
	FAIL_IO,        /* the operating system said no: errno is in the words */
	FAIL_STORE,     /* a database said no */
	FAIL_CORRUPT,   /* stored bytes are not what was written */
	FAIL_COUNT_     /* keep last */
};

struct diag {
	uint32_t line, column; /* 1-based; 0 when there is no place */
	char file[128];        /* "" when there is none */
	char text[240];
};

/* Fixed word for logs and the API ("limit"), never NULL. */
const char *err_name(enum err e);

/* Fills `why` when it is not NULL and returns `e`, so: return err_set(...). */
enum err err_set(struct diag *why, enum err e, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same with ": <strerror(errno)>" behind the text. */
enum err err_sys(struct diag *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Adds a place to what err_set() wrote; `file` may be NULL.  Returns `e`. */
enum err err_at(struct diag *why, enum err e, const char *file, uint32_t line, uint32_t column);

/* "file:line:column: text" (whatever of it is known) into `to`; returns `to`. */
const char *err_text(const struct diag *why, char *to, size_t size) NONNULL;

#endif
