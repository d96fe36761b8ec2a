/*
 * Cuts a body of JSON into its events without parsing them: one object, an
 * array, a sequence of objects, lines.  Finds where elements begin and end by
 * strings, escapes and nesting alone; whether they are good JSON is the
 * parser's to say.
 */
#ifndef API_SPLIT_H
#define API_SPLIT_H

#include "base/err.h"
#include "base/str.h"

#define SPLIT_DEPTH_MAX 1024 /* nesting past which a body is refused */

struct split_item {
	uint32_t at, n; /* bytes of the body */
};

struct split {
	struct split_item *p;
	size_t n, size, max;
};

/* max: items past which FAIL_LIMIT comes. */
void split_init(struct split *s, size_t max) NONNULL;
void split_fini(struct split *s); /* NULL is fine */

/*
 * `body` is at most 4 GiB.  FAIL_SYNTAX when its structure is broken as a
 * whole: not JSON, not closed, something behind the array; FAIL_LIMIT for more
 * than max items or SPLIT_DEPTH_MAX.  An array of nothing has no items and is OK.
 */
enum err split_json(struct split *s, struct str body, struct diag *why) __attribute__((nonnull(1)));

/* Every line that is not blank. */
enum err split_lines(struct split *s, struct str body, struct diag *why)
    __attribute__((nonnull(1)));

/*
 * End of the element that begins at `at` with '{' or '[' (offset behind it);
 * 0 when it is not closed or nested too deep.
 */
size_t split_element(struct str body, size_t at);

#endif
