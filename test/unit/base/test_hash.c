/* SipHash-1-3. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include "test.h"

static uint64_t
turn(uint64_t v, unsigned by)
{
	return v << by | v >> (64 - by);
}

static void
mix(uint64_t v[4], int rounds)
{
	while (rounds-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = turn(v[1], 13) ^ v[0];
		v[3] = turn(v[3], 16) ^ v[2];
		v[0] = turn(v[0], 32) + v[3];
		v[2] += v[1];
		v[3] = turn(v[3], 21) ^ v[0];
		v[1] = turn(v[1], 17) ^ v[2];
		v[2] = turn(v[2], 32);
	}
}

/* The definition of SipHash-c-d, byte by byte. */
static uint64_t
siphash(int c, int d, struct hash_key key, const unsigned char *p, size_t n)
{
	uint64_t v[4] = { key.k0 ^ 0x736f6d6570736575U, key.k1 ^ 0x646f72616e646f6dU,
		key.k0 ^ 0x6c7967656e657261U, key.k1 ^ 0x7465646279746573U };

	for (size_t i = 0; i <= n / 8; i++) {
		uint64_t word = i == n / 8 ? (uint64_t)n << 56 : 0;

		for (size_t k = 0; k < 8 && i * 8 + k < n; k++)
			word |= (uint64_t)p[i * 8 + k] << (8 * k);
		v[3] ^= word;
		mix(v, c);
		v[0] ^= word;
	}
	v[2] ^= 0xff;
	mix(v, d);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

TEST(equals_the_definition)
{
	const struct hash_key key = { 0x0706050403020100U, 0x0f0e0d0c0b0a0908U };
	unsigned char p[64];

	for (size_t i = 0; i < sizeof(p); i++)
		p[i] = (unsigned char)i;
	/* The published vector of SipHash-2-4 over 15 bytes shows that the definition here is
	 * right. */
	CHECK_INT(siphash(2, 4, key, p, 15), 0xa129ca6149be45e5U);
	for (size_t n = 0; n <= sizeof(p); n++)
		CHECK_INT(hash_str(key, (struct str){ (const char *)p, n }),
		    siphash(1, 3, key, p, n));
}

TEST(keys_matter_and_differ)
{
	struct hash_key a = hash_key_random(), b = hash_key_random();

	CHECK(a.k0 != b.k0 && a.k1 != b.k1);
	CHECK(hash_str(a, STR("x")) != hash_str(b, STR("x")));
	CHECK_INT(hash_str(a, STR("x")), hash_str(a, STR("x")));
	CHECK_INT(hash_str(a, (struct str){ NULL, 0 }), hash_str(a, STR("")));
}
