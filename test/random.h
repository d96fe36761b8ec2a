/* Random numbers for property tests: uint64_t s = random_start(test_seed()); random_below(&s, 6) */
#ifndef RANDOM_H
#define RANDOM_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t
random_next(uint64_t *s)
{
	uint64_t z = *s += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

static inline uint64_t
random_start(uint64_t seed)
{
	return seed ^ 0x6a09e667f3bcc908U;
}

static inline size_t
random_below(uint64_t *s, size_t n)
{
	return n == 0 ? 0 : (size_t)(random_next(s) % n);
}

/* n bytes, now and then from a few characters that mean something to somebody. */
static inline void
random_bytes(uint64_t *s, char *to, size_t n)
{
	static const char odd[] = "\0\x01\x1b\x7f\x80\xc3\xa9\xe2\x80\xae\xff\"\\\n :/.,{}[]0aZ";
	size_t style = random_below(s, 3);

	for (size_t i = 0; i < n; i++) {
		uint64_t r = random_next(s);

		to[i] = style == 0   ? (char)r
			: style == 1 ? (char)(' ' + r % 95)
				     : odd[r % (sizeof(odd) - 1)];
	}
}

#endif
