/* Chunked bodies, byte by byte but for their data. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/chunk.h"

#define DIGITS_MAX 15

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The line with the size has ended. */
static enum err
size_end(struct chunk *c)
{
	if (c->digits == 0)
		return FAIL_SYNTAX;
	c->state = c->left != 0 ? CHUNK_DATA : CHUNK_TRAILER;
	c->digits = 0;
	c->line = 0;
	return OK;
}

static enum err
size_byte(struct chunk *c, char b)
{
	int digit = hex(b);

	if (c->cr)
		return b == '\n' ? size_end(c) : FAIL_SYNTAX;
	if (b == '\r')
		return OK;
	if (b == ';' || b == ' ' || b == '\t') {
		c->state = CHUNK_EXTENSION;
		return c->digits != 0 ? OK : FAIL_SYNTAX;
	}
	if (digit < 0 || c->digits == DIGITS_MAX)
		return FAIL_SYNTAX;
	c->digits++;
	c->left = c->left * 16 + (unsigned)digit;
	return OK;
}

static enum err
extra_byte(struct chunk *c)
{
	return ++c->extra > CHUNK_EXTRA_MAX ? FAIL_LIMIT : OK;
}

static enum err
extension_byte(struct chunk *c, char b)
{
	if (c->cr)
		return b == '\n' ? size_end(c) : FAIL_SYNTAX;
	if (b != '\r' && b != '\t' && (unsigned char)b < ' ')
		return FAIL_SYNTAX;
	return extra_byte(c);
}

static enum err
after_byte(struct chunk *c, char b)
{
	if (b == '\r' && !c->cr)
		return OK;
	if (b != '\n' || !c->cr)
		return FAIL_SYNTAX;
	c->state = CHUNK_SIZE;
	return OK;
}

/* Trailers are read over; an empty line ends them and the body. */
static enum err
trailer_byte(struct chunk *c, char b)
{
	if (c->cr && b != '\n')
		return FAIL_SYNTAX;
	if (b == '\n') {
		if (!c->cr)
			return FAIL_SYNTAX;
		if (c->line == 0)
			c->state = CHUNK_DONE;
		c->line = 0;
		return OK;
	}
	if (b != '\r')
		c->line++;
	return extra_byte(c);
}

static enum err
data(struct chunk *c, struct str *in, struct buf *to)
{
	size_t n = in->n < c->left ? in->n : (size_t)c->left;

	buf_put(to, in->p, n);
	if (buf_overflow(to))
		return FAIL_LIMIT;
	*in = str_from(*in, n);
	c->left -= n;
	if (c->left == 0)
		c->state = CHUNK_AFTER;
	return OK;
}

static enum err
byte(struct chunk *c, char b)
{
	switch (c->state) {
	case CHUNK_SIZE:
		return size_byte(c, b);
	case CHUNK_EXTENSION:
		return extension_byte(c, b);
	case CHUNK_AFTER:
		return after_byte(c, b);
	case CHUNK_TRAILER:
		return trailer_byte(c, b);
	case CHUNK_DATA:
	case CHUNK_DONE:
		break;
	}
	return FAIL_SYNTAX;
}

enum err
chunk_step(struct chunk *c, struct str *in, struct buf *to)
{
	while (c->state != CHUNK_DONE) {
		enum err e;

		if (in->n == 0)
			return FAIL_AGAIN;
		if (c->state == CHUNK_DATA) {
			e = data(c, in, to);
		} else {
			e = byte(c, in->p[0]);
			c->cr = in->p[0] == '\r';
			*in = str_from(*in, 1);
		}
		if (e != OK)
			return e;
	}
	return OK;
}
