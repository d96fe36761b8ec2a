/* Percent-encoding and query strings, read strictly. */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "base/err.h"
#include "base/str.h"

#define TARGET_PAIRS_MAX 32

struct target_pair {
	struct str name, value;
};

struct target_query {
	size_t n;
	struct target_pair pairs[TARGET_PAIRS_MAX];
};

/*
 * Decodes into `to` (room for raw.n bytes).  `plus`: '+' is a blank.
 * FAIL_SYNTAX for a bad escape, a NUL, or what is not UTF-8.
 */
enum err target_decode(struct str raw, bool plus, char *to, struct str *ret, struct diag *why)
    __attribute__((nonnull(3, 4)));

/*
 * "a=1&b=2"; empty parts are skipped, a name alone has an empty value.
 * FAIL_EXISTS when a name comes twice, FAIL_LIMIT past TARGET_PAIRS_MAX.
 * Text is borrowed from `to` (room for raw.n bytes).
 */
enum err target_query(struct str raw, char *to, struct target_query *ret, struct diag *why)
    __attribute__((nonnull(2, 3)));

bool target_find(const struct target_query *q, struct str name, struct str *ret)
    __attribute__((nonnull(1, 3)));

#endif
