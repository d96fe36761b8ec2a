/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8: one decoder, and what is built on it. */
#include "base/utf8.h"

#include <stdio.h>

#define BAD 0xfffdU

static inline uint32_t
tail(struct str s, size_t i) /* 0..63, or a larger number when it is no continuation */
{
	return (uint32_t)(unsigned char)s.p[i] ^ 0x80U;
}

size_t
utf8_next(struct str s, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t lead = (unsigned char)s.p[0], c;
	size_t n;

	*ret = lead;
	if (lead < 0x80)
		return 1;
	*ret = BAD;
	n = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
	if (n == 0 || n > s.n)
		return 1;
	c = lead & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		uint32_t t = tail(s, i);

		if (t > 63)
			return 1;
		c = c << 6 | t;
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 1;
	*ret = c;
	return n;
}

/* How many bytes from the start are ASCII. */
static size_t
ascii(struct str s)
{
	size_t i = 0;
	uint64_t word;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&word, s.p + i, 8);
		if ((word & 0x8080808080808080U) != 0)
			break;
	}
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i;
}

/* The longest valid start. */
static size_t
valid_run(struct str s)
{
	size_t at = 0;
	uint32_t c;

	for (;;) {
		size_t n;

		at += ascii(str_from(s, at));
		if (at >= s.n)
			return s.n;
		n = utf8_next(str_from(s, at), &c);
		if (n == 1)
			return at;
		at += n;
	}
}

bool
utf8_valid(struct str s)
{
	return s.n == 0 || valid_run(s) == s.n;
}

void
utf8_put(uint32_t c, struct buf *to)
{
	char p[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; c >>= 6)
		p[i] = (char)(0x80 | (c & 0x3f));
	p[0] = (char)(leads[n] | c);
	buf_put(to, p, n);
}

void
utf8_mend(struct str s, struct buf *to)
{
	while (s.n != 0) {
		size_t n = valid_run(s);

		buf_put(to, s.p, n);
		s = str_from(s, n);
		if (s.n == 0)
			return;
		utf8_put(BAD, to);
		s = str_from(s, 1);
	}
}

bool
utf8_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void
utf8_show(struct str s, struct buf *to)
{
	while (s.n != 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);

		if ((n == 1 && c == BAD) || (utf8_unsafe(c) && c < 0x80))
			buf_printf(to, "\\x%02x", (unsigned)(unsigned char)s.p[0]);
		else if (utf8_unsafe(c))
			buf_printf(to, "\\u{%04x}", c);
		else
			buf_put(to, s.p, n);
		s = str_from(s, n);
	}
}

ptrdiff_t
utf8_line_with(struct str s, char c)
{
	/* LF, CR, NEL, LS, PS and the BOM. */
	static const struct str before[] = { { "\n", 1 }, { "\r", 1 }, { "\xc2\x85", 2 },
		{ "\xe2\x80\xa8", 3 }, { "\xe2\x80\xa9", 3 }, { "\xef\xbb\xbf", 3 } };

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != c)
			continue;
		if (i == 0)
			return 0;
		for (size_t k = 0; k < ARRAY_LEN(before); k++)
			if (str_ends((struct str){ s.p, i }, before[k]))
				return (ptrdiff_t)i;
	}
	return -1;
}
