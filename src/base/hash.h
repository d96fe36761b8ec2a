/* SipHash-1-3: keyed, so that an outsider cannot aim for collisions. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

struct hash_key {
	uint64_t k0, k1;
};

/* From the operating system; aborts when it has no randomness. */
struct hash_key hash_key_random(void);
uint64_t hash_str(struct hash_key key, struct str s);

#endif
