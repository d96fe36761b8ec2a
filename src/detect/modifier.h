/*
 * Value modifiers ("field|contains|all").  One row in modifier.c says what a
 * modifier means and what it stands beside; those of the specification that
 * are not there yet have a row too, so that the refusal says which it is.
 */
#ifndef DETECT_MODIFIER_H
#define DETECT_MODIFIER_H

#include "base/err.h"
#include "base/str.h"

enum {
	MOD_CONTAINS = 1 << 0,
	MOD_STARTS = 1 << 1,
	MOD_ENDS = 1 << 2,
	MOD_ALL = 1 << 3,
	MOD_RE = 1 << 4,
	MOD_RE_I = 1 << 5,
	MOD_RE_M = 1 << 6,
	MOD_RE_S = 1 << 7,
	MOD_CIDR = 1 << 8,
	MOD_CASED = 1 << 9,
	MOD_EXISTS = 1 << 10,
	MOD_LT = 1 << 11,
	MOD_LTE = 1 << 12,
	MOD_GT = 1 << 13,
	MOD_GTE = 1 << 14,
};
#define MOD_WHERE (MOD_CONTAINS | MOD_STARTS | MOD_ENDS)
#define MOD_COMPARE (MOD_LT | MOD_LTE | MOD_GT | MOD_GTE)

/* `chain` is what stands behind the first "|": "contains|all"; "" is none. */
enum err modifier_parse(struct str chain, unsigned *ret, struct diag *why)
    __attribute__((nonnull(2)));

/* Names for the reference page: the i-th, NULL past the end; *ret_supported. */
const char *modifier_at(size_t i, bool *ret_supported) NONNULL;

#endif
