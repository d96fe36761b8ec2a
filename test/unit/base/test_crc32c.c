/* CRC-32C: both ways of computing it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crc32c.c" /* to reach the tables where the processor has the instruction */

#include "random.h"
#include "test.h"

/* Bit by bit, as the polynomial is defined. */
static uint32_t
by_definition(uint32_t crc, const unsigned char *p, size_t n)
{
	crc = ~crc;
	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
	}
	return ~crc;
}

TEST(published_vectors)
{
	unsigned char p[32] = { 0 };

	CHECK_INT(crc32c(0, "", 0), 0);
	CHECK_INT(crc32c(0, "123456789", 9), 0xe3069283U);
	CHECK_INT(crc32c(0, p, 32), 0x8a9136aaU);
	memset(p, 0xff, 32);
	CHECK_INT(crc32c(0, p, 32), 0x62a8ab43U);
	for (unsigned i = 0; i < 32; i++)
		p[i] = (unsigned char)i;
	CHECK_INT(crc32c(0, p, 32), 0x46dd794eU);
}

TEST(all_ways_agree_in_any_pieces)
{
	uint64_t s = random_start(test_seed());
	unsigned char p[300];

	for (unsigned round = 0; round < test_rounds(5000); round++) {
		size_t from = random_below(&s, 16), n = random_below(&s, sizeof(p) - 16);
		size_t cut = random_below(&s, n + 1);
		uint32_t want, start = (uint32_t)random_next(&s);

		random_bytes(&s, (char *)p, sizeof(p));
		want = by_definition(start, p + from, n);
		CHECK_INT(crc32c(start, p + from, n), want);
		CHECK_INT(crc32c(crc32c(start, p + from, cut), p + from + cut, n - cut), want);
		CHECK_INT(~by_tables(~start, p + from, n), want);
	}
}
