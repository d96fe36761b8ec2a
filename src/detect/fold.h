/*
 * Simple case folding of single characters: Latin, Greek, Cyrillic, Armenian
 * and full-width letters.  Special casing of whole strings (sharp s) is not done.
 */
#ifndef DETECT_FOLD_H
#define DETECT_FOLD_H

#include "base/str.h"

uint32_t fold_char(uint32_t c);
/* The character that is the same but for case; c when there is none. */
uint32_t fold_other(uint32_t c);

/* Whether two runs of text are the same but for case.  Bad UTF-8 compares byte by byte. */
bool fold_equal(struct str a, struct str b);

static inline unsigned char
fold_ascii(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

/* Eight bytes at once. */
static inline uint64_t
fold_ascii8(uint64_t x)
{
	const uint64_t ones = 0x0101010101010101U, tops = ones << 7, low = x & ~tops;
	uint64_t from_a = low + ones * (0x80 - 'A'), past_z = low + ones * (0x7f - 'Z');

	return x | ((~x & (from_a ^ past_z) & tops) >> 2);
}

static inline bool
fold_is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

#endif
