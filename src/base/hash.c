/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-1-3: one round per eight bytes, three at the end. */
#include "base/hash.h"

#include "base/digest.h"

struct sip {
	uint64_t a, b, c, d;
};

static inline uint64_t
rotate(uint64_t v, unsigned by)
{
	return v << by | v >> (64 - by);
}

static inline void
round_once(struct sip *s)
{
	s->a += s->b;
	s->b = rotate(s->b, 13) ^ s->a;
	s->a = rotate(s->a, 32);
	s->c += s->d;
	s->d = rotate(s->d, 16) ^ s->c;
	s->a += s->d;
	s->d = rotate(s->d, 21) ^ s->a;
	s->c += s->b;
	s->b = rotate(s->b, 17) ^ s->c;
	s->c = rotate(s->c, 32);
}

static inline uint64_t
load(const char *p, size_t n) /* n <= 8 bytes, little endian */
{
	uint64_t v = 0;

	if (n == 8) {
		memcpy(&v, p, 8);
		return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(v) : v;
	}
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return v;
}

struct hash_key
hash_key_random(void)
{
	struct hash_key key;

	digest_random(&key, sizeof(key));
	return key;
}

uint64_t
hash_str(struct hash_key key, struct str str)
{
	struct sip s = { key.k0 ^ 0x736f6d6570736575U, key.k1 ^ 0x646f72616e646f6dU,
		key.k0 ^ 0x6c7967656e657261U, key.k1 ^ 0x7465646279746573U };
	size_t whole = str.n & ~(size_t)7;
	uint64_t m;

	for (size_t i = 0; i < whole; i += 8) {
		m = load(str.p + i, 8);
		s.d ^= m;
		round_once(&s);
		s.a ^= m;
	}
	m = (uint64_t)str.n << 56;
	if (str.n != whole)
		m |= load(str.p + whole, str.n - whole);
	s.d ^= m;
	round_once(&s);
	s.a ^= m;
	s.c ^= 0xff;
	round_once(&s);
	round_once(&s);
	round_once(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}
