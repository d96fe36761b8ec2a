/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C: the instruction, or eight tables; which one is settled at the first call. */
#include "base/crc32c.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define POLYNOMIAL 0x82f63b78U

static uint32_t tables[8][256];

static void
fill_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = (c >> 1) ^ (POLYNOMIAL & (0 - (c & 1)));
		tables[0][i] = c;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int t = 1; t < 8; t++)
			tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
}

static uint32_t
by_tables(uint32_t crc, const unsigned char *p, size_t n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, fill_tables);
	for (; n >= 8; p += 8, n -= 8) {
		uint32_t low = crc ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
					 (uint32_t)p[3] << 24);

		crc = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^
		      tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24] ^ tables[3][p[4]] ^
		      tables[2][p[5]] ^ tables[1][p[6]] ^ tables[0][p[7]];
	}
	while (n-- != 0)
		crc = (crc >> 8) ^ tables[0][(crc ^ *p++) & 0xff];
	return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t
by_instruction(uint32_t crc, const unsigned char *p, size_t n)
{
	uint64_t wide = crc, word;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&word, p, 8);
		wide = __builtin_ia32_crc32di(wide, word);
	}
	crc = (uint32_t)wide;
	while (n-- != 0)
		crc = __builtin_ia32_crc32qi(crc, *p++);
	return crc;
}
#endif

typedef uint32_t compute_fn(uint32_t crc, const unsigned char *p, size_t n);

static compute_fn choose;
static compute_fn *_Atomic compute = choose;

static uint32_t
choose(uint32_t crc, const unsigned char *p, size_t n)
{
	compute_fn *fn = by_tables;

#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		fn = by_instruction;
#endif
	atomic_store_explicit(&compute, fn, memory_order_relaxed);
	return fn(crc, p, n);
}

uint32_t
crc32c(uint32_t crc, const void *p, size_t n)
{
	return ~atomic_load_explicit(&compute, memory_order_relaxed)(~crc, p, n);
}
