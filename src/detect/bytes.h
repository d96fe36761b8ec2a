/* Numbers as little-endian bytes and back, for states that are saved. */
#ifndef DETECT_BYTES_H
#define DETECT_BYTES_H

#include <string.h>

#include "base/buf.h"

static inline void
bytes_put(struct buf *to, uint64_t v, size_t n)
{
	uint8_t b[8];

	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> (8 * i));
	buf_put(to, b, n);
}

/* n bytes off the front; 0 and *bad when there are not so many. */
static inline uint64_t
bytes_get(struct str *from, size_t n, bool *bad)
{
	uint64_t v = 0;

	if (from->n < n) {
		*bad = true;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(uint8_t)from->p[i] << (8 * i);
	*from = str_from(*from, n);
	return v;
}

static inline void
bytes_put_double(struct buf *to, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	bytes_put(to, bits, sizeof(bits));
}

/* What is no finite number is bad. */
static inline double
bytes_get_double(struct str *from, bool *bad)
{
	uint64_t bits = bytes_get(from, sizeof(bits), bad);
	double v;

	memcpy(&v, &bits, sizeof(v));
	if (__builtin_isfinite(v))
		return v;
	*bad = true;
	return 0;
}

static inline void
bytes_put_float(struct buf *to, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	bytes_put(to, bits, sizeof(bits));
}

static inline float
bytes_get_float(struct str *from, bool *bad)
{
	uint32_t bits = (uint32_t)bytes_get(from, sizeof(bits), bad);
	float v;

	memcpy(&v, &bits, sizeof(v));
	if (__builtin_isfinite(v))
		return v;
	*bad = true;
	return 0;
}

/* A text in n bytes, the NUL behind it and what is behind that; without a NUL it is bad. */
static inline void
bytes_get_text(struct str *from, char *to, size_t n, bool *bad)
{
	if (from->n < n || memchr(from->p, '\0', n) == NULL) {
		*bad = true;
		return;
	}
	memcpy(to, from->p, n);
	*from = str_from(*from, n);
}

#endif
