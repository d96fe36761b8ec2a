/*
 * Value modifiers ("field|contains|all").  One row in modifier.c says what a
 * modifier means, what it cannot stand beside, and what stands before it.
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
	MOD_BASE64 = 1 << 15,
	MOD_OFFSET = 1 << 16, /* base64offset */
	MOD_UTF16LE = 1 << 17,
	MOD_UTF16BE = 1 << 18,
	MOD_UTF16 = 1 << 19, /* little endian behind a byte order mark */
	MOD_WINDASH = 1 << 20,
	MOD_EXPAND = 1 << 21,
	MOD_FIELDREF = 1 << 22,
	MOD_NEQ = 1 << 23,
	MOD_MINUTE = 1 << 24,
	MOD_HOUR = 1 << 25,
	MOD_DAY = 1 << 26,
	MOD_WEEK = 1 << 27,
	MOD_MONTH = 1 << 28,
	MOD_YEAR = 1 << 29,
};
#define MOD_WHERE (MOD_CONTAINS | MOD_STARTS | MOD_ENDS)
#define MOD_COMPARE (MOD_LT | MOD_LTE | MOD_GT | MOD_GTE)
#define MOD_WIDE (MOD_UTF16LE | MOD_UTF16BE | MOD_UTF16)
#define MOD_ENCODE (MOD_BASE64 | MOD_OFFSET)
#define MOD_TIME (MOD_MINUTE | MOD_HOUR | MOD_DAY | MOD_WEEK | MOD_MONTH | MOD_YEAR)

/* `chain` is what stands behind the first "|": "contains|all"; "" is none. */
enum err modifier_parse(struct str chain, unsigned *ret, struct diag *why)
    __attribute__((nonnull(2)));

struct modifier_info {
	const char *name, *doc;
};
/* For the reference page: the i-th, NULL past the end. */
const struct modifier_info *modifier_at(size_t i);

#endif
