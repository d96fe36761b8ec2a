/* SPDX-License-Identifier: Apache-2.0 */
/* JSON writer. */
#include "base/jsonw.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"

#define DEPTH_MAX 32U

void
jsonw_init(struct jsonw *w, struct buf *to)
{
	*w = (struct jsonw){ .to = to };
}

/* The comma before a member or an element. */
static inline void
comma(struct jsonw *w)
{
	uint32_t bit;

	if (w->depth == 0 || w->depth > DEPTH_MAX)
		return;
	bit = (uint32_t)1 << (w->depth - 1);
	if ((w->more & bit) != 0)
		buf_byte(w->to, ',');
	w->more |= bit;
}

/* Before any value. */
static inline void
begin(struct jsonw *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	assert(w->depth == 0 || w->depth > DEPTH_MAX ||
	       (w->object >> (w->depth - 1) & 1) == 0); /* a member needs a key */
	comma(w);
}

static void
open_level(struct jsonw *w, bool object)
{
	uint32_t bit;

	begin(w);
	buf_byte(w->to, object ? '{' : '[');
	if (++w->depth > DEPTH_MAX) {
		w->to->overflow = true;
		return;
	}
	bit = (uint32_t)1 << (w->depth - 1);
	w->more &= ~bit;
	w->object = object ? w->object | bit : w->object & ~bit;
}

void
jsonw_obj(struct jsonw *w)
{
	open_level(w, true);
}

void
jsonw_arr(struct jsonw *w)
{
	open_level(w, false);
}

void
jsonw_end(struct jsonw *w)
{
	assert(w->depth > 0);
	w->depth--;
	if (w->depth < DEPTH_MAX)
		buf_byte(w->to, (w->object >> w->depth & 1) != 0 ? '}' : ']');
}

/* Is any byte of the word below 0x20, above 0x7e, a quote or a backslash?  (May say yes wrongly.)
 */
static inline bool
is_special(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101U, tops = 0x8080808080808080U;
	uint64_t quote = v ^ ones * '"', backslash = v ^ ones * '\\';

	return ((v | (v + ones) | (v - ones * 0x20) | (quote - ones) | (backslash - ones)) &
		   tops) != 0;
}

/* How many bytes from the start go out as they are. */
static size_t
plain_run(struct str s)
{
	size_t i = 0;
	uint64_t word;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&word, s.p + i, 8);
		if (is_special(word))
			break;
	}
	for (; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			break;
	}
	return i;
}

static void
put_escape(uint32_t c, struct buf *to)
{
	static const char hex[] = "0123456789abcdef";
	static const char names[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *hit = c != 0 && c < 0x80 ? strchr(names, (int)c) : NULL;

	if (hit != NULL) {
		buf_put(to, (char[]){ '\\', letters[hit - names] }, 2);
		return;
	}
	buf_put(to,
	    (char[]){
		'\\', 'u', hex[c >> 12 & 15], hex[c >> 8 & 15], hex[c >> 4 & 15], hex[c & 15] },
	    6);
}

void
jsonw_escape(struct str s, struct buf *to)
{
	for (;;) {
		size_t n = plain_run(s);
		uint32_t c;

		buf_put(to, s.p, n);
		s = str_from(s, n);
		if (s.n == 0)
			return;
		n = utf8_next(s, &c);
		if (c == '"' || c == '\\' || utf8_unsafe(c))
			put_escape(c, to);
		else
			utf8_put(c, to);
		s = str_from(s, n);
	}
}

static void
put_quoted(struct jsonw *w, struct str s)
{
	buf_byte(w->to, '"');
	jsonw_escape(s, w->to);
	buf_byte(w->to, '"');
}

void
jsonw_key(struct jsonw *w, struct str key)
{
	assert(!w->after_key);
	comma(w);
	put_quoted(w, key);
	buf_byte(w->to, ':');
	w->after_key = true;
}

void
jsonw_str(struct jsonw *w, struct str s)
{
	begin(w);
	put_quoted(w, s);
}

void
jsonw_int(struct jsonw *w, int64_t v)
{
	begin(w);
	buf_i64(w->to, v);
}

void
jsonw_u64(struct jsonw *w, uint64_t v)
{
	begin(w);
	buf_u64(w->to, v);
}

/*
 * Decimals of at most six places and fifteen digits, which is nearly all there are: as no two of
 * them share a double, the one that divides back to v is the shortest.
 */
static bool
put_short(double v, struct buf *to)
{
	double scaled = fabs(v) * 1e6;
	uint64_t whole, part;
	char text[8];
	int n = 6;

	if (!(scaled < 1e15) || (signbit(v) != 0) != (v < 0))
		return false;
	whole = (uint64_t)(scaled + 0.5);
	if ((double)whole / 1e6 != fabs(v))
		return false;
	part = whole % 1000000;
	if (v < 0)
		buf_byte(to, '-');
	buf_u64(to, whole / 1000000);
	if (part == 0)
		return true;
	for (int i = n; i > 0; i--, part /= 10)
		text[i] = (char)('0' + part % 10);
	while (text[n] == '0')
		n--;
	text[0] = '.';
	buf_put(to, text, (size_t)n + 1);
	return true;
}

void
jsonw_f64(struct jsonw *w, double v)
{
	char text[32];

	if (!isfinite(v)) {
		jsonw_null(w);
		return;
	}
	begin(w);
	if (put_short(v, w->to))
		return;
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_str(w->to, str_c(text));
}

void
jsonw_bool(struct jsonw *w, bool v)
{
	begin(w);
	buf_str(w->to, v ? STR("true") : STR("false"));
}

void
jsonw_null(struct jsonw *w)
{
	begin(w);
	buf_str(w->to, STR("null"));
}

void
jsonw_raw(struct jsonw *w, struct str json)
{
	begin(w);
	buf_str(w->to, json);
}

void
jsonw_time(struct jsonw *w, int64_t ns)
{
	begin(w);
	buf_byte(w->to, '"');
	clock_put(ns, w->to);
	buf_byte(w->to, '"');
}

void
jsonw_kstr(struct jsonw *w, const char *key, struct str s)
{
	jsonw_key(w, str_c(key));
	jsonw_str(w, s);
}

void
jsonw_kint(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, str_c(key));
	jsonw_int(w, v);
}

void
jsonw_kbool(struct jsonw *w, const char *key, bool v)
{
	jsonw_key(w, str_c(key));
	jsonw_bool(w, v);
}

void
jsonw_ktime(struct jsonw *w, const char *key, int64_t ns)
{
	jsonw_key(w, str_c(key));
	jsonw_time(w, ns);
}
