/* Case folding by a table of ranges. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_wild.c */
#include "detect/fold.h"

#include "base/utf8.h"

/* step 1: every letter moves by `add`; step 2: each first one of a pair moves to the next. */
static const struct range {
	uint32_t from, to;
	uint32_t step, add;
} ranges[] = {
	{ 0x41, 0x5a, 1, 32 },
	{ 0xc0, 0xd6, 1, 32 },
	{ 0xd8, 0xde, 1, 32 },
	{ 0x100, 0x12e, 2, 1 },
	{ 0x132, 0x136, 2, 1 },
	{ 0x139, 0x147, 2, 1 },
	{ 0x14a, 0x176, 2, 1 },
	{ 0x179, 0x17d, 2, 1 },
	{ 0x1cd, 0x1db, 2, 1 },
	{ 0x1de, 0x1ee, 2, 1 },
	{ 0x1f8, 0x21e, 2, 1 },
	{ 0x222, 0x232, 2, 1 },
	{ 0x388, 0x38a, 1, 37 },
	{ 0x391, 0x3a1, 1, 32 },
	{ 0x3a3, 0x3ab, 1, 32 },
	{ 0x400, 0x40f, 1, 80 },
	{ 0x410, 0x42f, 1, 32 },
	{ 0x460, 0x480, 2, 1 },
	{ 0x48a, 0x4be, 2, 1 },
	{ 0x4c1, 0x4cd, 2, 1 },
	{ 0x4d0, 0x52e, 2, 1 },
	{ 0x531, 0x556, 1, 48 },
	{ 0x1e00, 0x1e94, 2, 1 },
	{ 0x1ea0, 0x1efe, 2, 1 },
	{ 0xff21, 0xff3a, 1, 32 },
};

uint32_t
fold_char(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(ranges) && c >= ranges[i].from; i++)
		if (c <= ranges[i].to)
			return (c - ranges[i].from) % ranges[i].step == 0 ? c + ranges[i].add : c;
	return c;
}

uint32_t
fold_other(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		const struct range *r = &ranges[i];

		if (c >= r->from && c <= r->to && (c - r->from) % r->step == 0)
			return c + r->add;
		if (c >= r->from + r->add && c <= r->to + r->add &&
		    (c - r->from - r->add) % r->step == 0)
			return c - r->add;
	}
	return c;
}

bool
fold_equal(struct str a, struct str b)
{
	while (a.n > 0 && b.n > 0) {
		uint32_t ca, cb;
		size_t na = utf8_next(a, &ca), nb = utf8_next(b, &cb);

		if (ca == 0xfffd && cb == 0xfffd && (na != nb || memcmp(a.p, b.p, na) != 0))
			return false;
		if (fold_char(ca) != fold_char(cb))
			return false;
		a = str_from(a, na);
		b = str_from(b, nb);
	}
	return a.n == 0 && b.n == 0;
}
