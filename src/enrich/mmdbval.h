/* Values of a MaxMind DB section, one head at a time: type, size, where the payload is. */
#ifndef ENRICH_MMDBVAL_H
#define ENRICH_MMDBVAL_H

#include "base/err.h"
#include "base/str.h"

enum mmdbval_type {
	MMDBVAL_EXTENDED,
	MMDBVAL_POINTER,
	MMDBVAL_TEXT,
	MMDBVAL_DOUBLE,
	MMDBVAL_BYTES,
	MMDBVAL_UINT16,
	MMDBVAL_UINT32,
	MMDBVAL_MAP,
	MMDBVAL_INT32,
	MMDBVAL_UINT64,
	MMDBVAL_UINT128,
	MMDBVAL_ARRAY,
	MMDBVAL_CONTAINER,
	MMDBVAL_END,
	MMDBVAL_BOOL,
	MMDBVAL_FLOAT,
	MMDBVAL_TYPES
};

/* Offsets and pointers count from the start of the section. */
struct mmdbval_section {
	const uint8_t *p;
	size_t n, base; /* base: its place in the file, for messages */
	struct diag *why;
};

struct mmdbval {
	enum mmdbval_type type;
	size_t at, size; /* of the payload; of a MAP or ARRAY the number of members */
	size_t target;   /* of a POINTER: inside the section */
};

/* Type and size at `at`; the payload of a scalar lies inside the section.  FAIL_CORRUPT. */
enum err mmdbval_head(const struct mmdbval_section *s, size_t at, struct mmdbval *ret) NONNULL;
/* Where the value behind a scalar or pointer begins; of a MAP or ARRAY its first member. */
static inline size_t
mmdbval_next(const struct mmdbval *v)
{
	bool inside = v->type == MMDBVAL_POINTER || v->type == MMDBVAL_BOOL ||
		      v->type == MMDBVAL_MAP || v->type == MMDBVAL_ARRAY;

	return inside ? v->at : v->at + v->size;
}

uint64_t mmdbval_uint(const uint8_t *p, size_t n) NONNULL; /* big endian */
enum err mmdbval_bad(const struct mmdbval_section *s, size_t at, const char *what) NONNULL;

#endif
