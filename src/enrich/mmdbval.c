/* The heads of values: the one place that trusts no byte of them. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_mmdb.c */
#include "enrich/mmdbval.h"

/* What a value may weigh: exactly (FLOAT, DOUBLE) or at most. */
static const uint8_t most[MMDBVAL_TYPES] = { [MMDBVAL_UINT16] = 2,
	[MMDBVAL_UINT32] = 4,
	[MMDBVAL_INT32] = 4,
	[MMDBVAL_UINT64] = 8,
	[MMDBVAL_UINT128] = 16,
	[MMDBVAL_BOOL] = 1,
	[MMDBVAL_FLOAT] = 4,
	[MMDBVAL_DOUBLE] = 8 };

enum err
mmdbval_bad(const struct mmdbval_section *s, size_t at, const char *what)
{
	return err_set(s->why, FAIL_CORRUPT, "not a sound MMDB file: %s at byte %zu", what,
	    s->base + at);
}

uint64_t
mmdbval_uint(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static enum err
read_pointer(const struct mmdbval_section *s, size_t at, struct mmdbval *v)
{
	static const uint32_t added[] = { 0, 2048, 526336, 0 };
	unsigned control = s->p[at], n = (control >> 3 & 3) + 1;
	uint64_t high = n < 4 ? control & 7 : 0;

	if (s->n - at - 1 < n)
		return mmdbval_bad(s, at, "a pointer is cut off");
	v->target = (size_t)((high << (8 * n) | mmdbval_uint(s->p + at + 1, n)) + added[n - 1]);
	v->at = at + 1 + n;
	v->size = 0;
	return v->target < s->n ? OK : mmdbval_bad(s, at, "a pointer leads outside");
}

static enum err
check_size(const struct mmdbval_section *s, size_t at, const struct mmdbval *v)
{
	bool exact = v->type == MMDBVAL_FLOAT || v->type == MMDBVAL_DOUBLE;

	if (v->type == MMDBVAL_MAP || v->type == MMDBVAL_ARRAY)
		return v->size <= s->n - v->at ? OK : mmdbval_bad(s, at, "more members than bytes");
	if (v->type == MMDBVAL_CONTAINER || v->type == MMDBVAL_END || v->type >= MMDBVAL_TYPES)
		return mmdbval_bad(s, at, "no such type");
	if (most[v->type] != 0 && (v->size > most[v->type] || (exact && v->size != most[v->type])))
		return mmdbval_bad(s, at, "a number of the wrong size");
	if (v->type != MMDBVAL_BOOL && v->size > s->n - v->at)
		return mmdbval_bad(s, at, "a value is cut off");
	return OK;
}

/* Type and size at `at`, without what is inside. */
enum err
mmdbval_head(const struct mmdbval_section *s, size_t at, struct mmdbval *v)
{
	static const uint32_t added[] = { 0, 29, 285, 65821 };
	unsigned n;

	if (at >= s->n)
		return mmdbval_bad(s, at, "a value is missing");
	v->type = s->p[at] >> 5;
	if (v->type == MMDBVAL_POINTER)
		return read_pointer(s, at, v);
	v->size = s->p[at] & 31;
	v->at = at + 1;
	if (v->type == MMDBVAL_EXTENDED) {
		if (v->at >= s->n || s->p[v->at] == 0 || s->p[v->at] > MMDBVAL_FLOAT - 7)
			return mmdbval_bad(s, at, "no such type");
		v->type = s->p[v->at++] + 7U;
	}
	if (v->size >= 29) {
		n = (unsigned)v->size - 28;
		if (s->n - v->at < n)
			return mmdbval_bad(s, at, "a size is cut off");
		v->size = added[n] + (size_t)mmdbval_uint(s->p + v->at, n);
		v->at += n;
	}
	return check_size(s, at, v);
}
