/* One pass over a JSON document that replaces what would make a strict reader lose it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/json_mend.h"

#include <math.h>

#include "base/utf8.h"

struct mend {
	struct str s;
	size_t at;
	struct buf *to;
	bool changed;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(struct str s, size_t at)
{
	while (at < s.n && is_digit(s.p[at]))
		at++;
	return at;
}

/* Is all of `s` a JSON number?  *ret_whole: it has neither fraction nor exponent. */
static bool
is_number(struct str s, bool *ret_whole)
{
	size_t i = s.n > 0 && s.p[0] == '-', from = i;

	i = digits(s, i);
	if (i == from || (s.p[from] == '0' && i > from + 1))
		return false;
	*ret_whole = i == s.n;
	if (i < s.n && s.p[i] == '.') {
		from = i + 1;
		i = digits(s, from);
		if (i == from)
			return false;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		from = i + 1;
		if (from < s.n && (s.p[from] == '+' || s.p[from] == '-'))
			from++;
		i = digits(s, from);
		if (i == from)
			return false;
	}
	return i == s.n;
}

static bool
is_out_of_range(struct str s)
{
	bool whole = false;
	uint64_t u;
	int64_t i;
	double f;

	if (!is_number(s, &whole))
		return false;
	if (whole)
		return !str_i64(s, &i) && !str_u64(s, &u);
	return !str_f64(s, &f) || !isfinite(f);
}

static void
mend_number(struct mend *m)
{
	size_t from = m->at, end;
	struct str number;

	while (m->at < m->s.n &&
	       (is_digit(m->s.p[m->at]) || memchr("+-.eE", m->s.p[m->at], 5) != NULL))
		m->at++;
	number = (struct str){ m->s.p + from, m->at - from };
	for (end = m->at; end < m->s.n && strchr(" \t\r\n", m->s.p[end]) && m->s.p[end];)
		end++;
	/* A number in the place of a key is no JSON and stays none. */
	if (!is_out_of_range(number) || (end < m->s.n && m->s.p[end] == ':')) {
		buf_str(m->to, number);
		return;
	}
	buf_byte(m->to, '"');
	buf_str(m->to, number);
	buf_byte(m->to, '"');
	m->changed = true;
}

/* The value of "\uHHHH" at `at`, or -1. */
static int
escaped_unit(struct str s, size_t at)
{
	int value = 0;

	if (at + 6 > s.n || s.p[at] != '\\' || s.p[at + 1] != 'u')
		return -1;
	for (size_t i = at + 2; i < at + 6; i++) {
		char c = s.p[i];

		value *= 16;
		if (is_digit(c))
			value += c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value += (c | 32) - 'a' + 10;
		else
			return -1;
	}
	return value;
}

static void
mend_escape(struct mend *m)
{
	int unit = escaped_unit(m->s, m->at), low = escaped_unit(m->s, m->at + 6);
	size_t n = unit < 0 ? 2 : 6;

	if (unit >= 0xd800 && unit < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
		n = 12;
	} else if (unit >= 0xd800 && unit < 0xe000) {
		buf_str(m->to, STR("\\ufffd"));
		m->at += n;
		m->changed = true;
		return;
	}
	if (n > m->s.n - m->at)
		n = m->s.n - m->at;
	buf_put(m->to, m->s.p + m->at, n);
	m->at += n;
}

/* From the opening quote to behind the closing one. */
static void
mend_string(struct mend *m)
{
	buf_byte(m->to, m->s.p[m->at++]);
	while (m->at < m->s.n) {
		char c = m->s.p[m->at];
		uint32_t code;
		size_t n;

		if (c == '\\') {
			mend_escape(m);
			continue;
		}
		n = utf8_next(str_from(m->s, m->at), &code);
		if (n == 1 && (unsigned char)c >= 0x80) {
			utf8_put(0xfffd, m->to);
			m->changed = true;
		} else {
			buf_put(m->to, m->s.p + m->at, n);
		}
		m->at += n;
		if (c == '"')
			return;
	}
}

bool
json_mend(struct str document, struct buf *to)
{
	struct mend m = { document, 0, to, false };

	while (m.at < document.n) {
		char c = document.p[m.at];

		if (c == '"')
			mend_string(&m);
		else if (c == '-' || is_digit(c))
			mend_number(&m);
		else
			buf_byte(to, document.p[m.at++]);
	}
	return m.changed;
}
