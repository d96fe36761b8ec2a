/* SPDX-License-Identifier: Apache-2.0 */
/* Growable bytes with a hard maximum. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define MAX_DEFAULT ((size_t)1 << 30)

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max != 0 ? max : MAX_DEFAULT };
}

void
buf_fini(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->overflow = false;
}

char *
buf_room(struct buf *b, size_t n)
{
	size_t max = b->max != 0 ? b->max : MAX_DEFAULT;

	if (n > max - b->n) {
		b->overflow = true;
		return NULL;
	}
	if (b->p == NULL || n > b->size - b->n) {
		size_t size = b->size < 128 ? 256 : b->size * 2;

		if (size < b->n + n)
			size = b->n + n;
		if (size > max)
			size = max;
		b->p = mem_resize(b->p, size, 1);
		b->size = size;
	}
	return b->p + b->n;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	char *to = buf_room(b, n);

	if (to == NULL || n == 0)
		return;
	memcpy(to, p, n);
	b->n += n;
}

void
buf_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.n);
}

void
buf_byte(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0 && buf_room(b, (size_t)n + 1) != NULL) {
		(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void
buf_u64(struct buf *b, uint64_t v)
{
	char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_put(b, text + at, sizeof(text) - at);
}

void
buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_byte(b, '-');
	buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
buf_shift(struct buf *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
		return;
	}
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}
