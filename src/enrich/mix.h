/* A quick hash of a text that is not keyed: for tables where who aims for collisions gets misses,
 * no more. */
#ifndef ENRICH_MIX_H
#define ENRICH_MIX_H

#include <string.h>

#include "base/str.h"

/* Bits move up with the product and down with the turn, so that each reaches all. */
static inline uint64_t
mix_word(uint64_t h, uint64_t word)
{
	word *= UINT64_C(0x9fb21c651e98df25);
	h ^= word << 31 | word >> 33;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static inline uint64_t
mix_str(struct str s)
{
	uint64_t h = s.n * UINT64_C(0x9e3779b97f4a7c15), word = 0;
	size_t at = 0;

	for (; s.n - at >= 8; at += 8) {
		memcpy(&word, s.p + at, 8);
		h = mix_word(h, word);
	}
	if (s.n >= 8)
		memcpy(&word, s.p + s.n - 8, 8); /* some bytes twice: quicker than a short copy */
	else if (s.n != 0)
		memcpy(&word, s.p, s.n);
	return mix_word(mix_word(h, word), 0);
}

#endif
