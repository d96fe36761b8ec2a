/* SPDX-License-Identifier: Apache-2.0 */
/* Slices: compare, search, split, strict numbers. */
#include "base/str.h"

#include <stdlib.h>

static inline unsigned char
lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

bool
str_ends(struct str s, struct str tail)
{
	return s.n >= tail.n && (tail.n == 0 || memcmp(s.p + (s.n - tail.n), tail.p, tail.n) == 0);
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n != 0 ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

ptrdiff_t
str_find(struct str s, struct str needle)
{
	const char *hit;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return -1;
	hit = memmem(s.p, s.n, needle.p, needle.n);
	return hit != NULL ? hit - s.p : -1;
}

ptrdiff_t
str_find_nocase(struct str s, struct str needle)
{
	if (needle.n == 0)
		return 0;
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if (lower(s.p[i]) == lower(needle.p[0]) &&
		    str_eq_nocase((struct str){ s.p + i, needle.n }, needle))
			return (ptrdiff_t)i;
	return -1;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.n != 0 && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n != 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str
str_until(struct str *s, char c)
{
	const char *hit = s->n != 0 ? memchr(s->p, c, s->n) : NULL;
	size_t n = hit != NULL ? (size_t)(hit - s->p) : s->n;
	struct str head = { s->p, n };

	*s = str_from(*s, hit != NULL ? n + 1 : n);
	return head;
}

bool
str_line(struct str *s, struct str *ret_line)
{
	struct str line;

	if (s->n == 0)
		return false;
	line = str_until(s, '\n');
	if (line.n != 0 && line.p[line.n - 1] == '\r')
		line.n--;
	*ret_line = line;
	return true;
}

bool
str_u64(struct str s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 20)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - (unsigned)'0';

		if (d > 9 || __builtin_mul_overflow(v, (uint64_t)10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v))
			return false;
	}
	*ret = v;
	return true;
}

bool
str_i64(struct str s, int64_t *ret)
{
	bool neg = s.n != 0 && s.p[0] == '-';
	uint64_t v;

	if (!str_u64(neg ? str_from(s, 1) : s, &v))
		return false;
	if (v > (uint64_t)INT64_MAX + (neg ? 1 : 0))
		return false;
	*ret = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

bool
str_f64(struct str s, double *ret)
{
	char text[64], *end;
	double v;

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (memchr("0123456789+-.eE", s.p[i], 15) == NULL)
			return false;
	v = strtod(str_to_c(s, text, sizeof(text)), &end);
	if (end != text + s.n || v - v != 0)
		return false;
	*ret = v;
	return true;
}

char *
str_to_c(struct str s, char *to, size_t size)
{
	size_t n = s.n < size ? s.n : size - 1;

	if (n != 0)
		memcpy(to, s.p, n);
	to[n] = '\0';
	return to;
}
