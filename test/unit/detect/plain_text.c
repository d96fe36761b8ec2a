/* Text of the second evaluator: everything as arrays of characters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plain_text.h"

#include <ctype.h>

#define RUN 0xffffffffU
#define ONE 0xfffffffeU
#define DASH 0xfffffffdU

struct chars {
	uint32_t c[PLAIN_TEXT + 4];
	size_t n;
};

static void
add(struct chars *to, uint32_t c)
{
	if (to->n < PLAIN_TEXT)
		to->c[to->n++] = c;
}

#define BAD 0x110000U /* a byte that is no UTF-8, as "%ab" in a path becomes, is a character */

static void
decode(struct str s, struct chars *to)
{
	to->n = 0;
	for (size_t i = 0; i < s.n;) {
		unsigned char b = (unsigned char)s.p[i];
		size_t more = b < 0xc2 ? 0 : b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
		uint32_t c = b < 0x80 ? b : b < 0xc2 ? BAD + b : b & (0x3fU >> more);

		for (size_t k = 1; k <= more; k++) {
			unsigned char next = i + k < s.n ? (unsigned char)s.p[i + k] : 0;

			if ((next & 0xc0) != 0x80) {
				c = BAD + b;
				more = 0;
				break;
			}
			c = c << 6 | (next & 0x3f);
		}
		add(to, c);
		i += more + 1;
	}
}

static uint32_t
lower(uint32_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c + 32;
	if (c >= 0xc0 && c <= 0xde && c != 0xd7)
		return c + 32;
	return c >= 0x410 && c <= 0x42f ? c + 32 : c;
}

static bool
wordy(uint32_t c)
{
	return c < 0x80 ? isalnum((int)c) || c == '_' : c >= 0xaa && (c < 0x2000 || c > 0x206f);
}

static bool
dashy(uint32_t c)
{
	return c == '-' || c == '/' || c == 0x2013 || c == 0x2014 || c == 0x2015;
}

/* Without its escapes, wildcards as RUN and ONE. */
static void
unescape(const struct chars *raw, bool literal, struct chars *to)
{
	for (size_t i = 0; i < raw->n; i++) {
		uint32_t c = raw->c[i], after = i + 1 < raw->n ? raw->c[i + 1] : 0;

		if (literal)
			add(to, c);
		else if (c == '\\' && (after == '*' || after == '?' || after == '\\'))
			add(to, raw->c[++i]);
		else
			add(to, c == '*' ? RUN : c == '?' ? ONE : c);
	}
}

static bool
begins_option(const struct chars *s, size_t i)
{
	uint32_t before = i > 0 ? s->c[i - 1] : RUN, after = s->c[i + 1];

	return (s->c[i] == '-' || s->c[i] == '/') && after < DASH && wordy(after) &&
	       (before >= DASH || !wordy(before));
}

static void
tokens(struct str pattern, unsigned flags, struct chars *to)
{
	struct chars raw, out = { .n = 0 };

	decode(pattern, &raw);
	if (flags & (PLAIN_CONTAINS | PLAIN_ENDS))
		add(&out, RUN);
	unescape(&raw, flags & PLAIN_LITERAL, &out);
	if (flags & (PLAIN_CONTAINS | PLAIN_STARTS))
		add(&out, RUN);
	*to = out;
	for (size_t i = 0; (flags & PLAIN_WINDASH) && i + 1 < out.n; i++)
		if (begins_option(&out, i))
			to->c[i] = DASH;
}

bool
plain_like(struct str pattern, unsigned flags, struct str text)
{
	/* reach[j]: the tokens so far take the first j characters. */
	bool reach[PLAIN_TEXT + 4] = { true }, next[PLAIN_TEXT + 4];
	struct chars p, t;

	tokens(pattern, flags, &p);
	decode(text, &t);
	for (size_t i = 0; i < p.n; i++) {
		bool any = false;

		for (size_t j = 0; j <= t.n; j++) {
			uint32_t want = p.c[i], have = j > 0 ? t.c[j - 1] : 0;
			bool same = flags & PLAIN_CASED ? want == have : lower(want) == lower(have);

			any = any || reach[j];
			if (want == RUN)
				next[j] = any;
			else
				next[j] = j > 0 && reach[j - 1] &&
					  (want == ONE || (want == DASH ? dashy(have) : same));
		}
		memcpy(reach, next, sizeof(reach));
	}
	return reach[t.n];
}

struct regex {
	const char *end, *text, *text_end;
	bool caseless, multiline, dotall;
};

static bool
one_of(const struct regex *r, const char *atom, const char *behind, char c)
{
	bool not = atom[0] == '[' && atom[1] == '^', in = false;

	if (atom[0] == '.')
		return c != '\n' || r->dotall;
	if (atom[0] != '[')
		return r->caseless ? tolower(*atom) == tolower(c) : *atom == c;
	for (const char *p = atom + 1 + not ; p < behind - 1; p++)
		in = in || (r->caseless ? tolower(*p) == tolower(c) : *p == c);
	return in != not ;
}

/* "^" or "$" at t? */
static bool
at_end(const struct regex *r, char anchor, const char *t)
{
	if (anchor == '^')
		return t == r->text || (r->multiline && t[-1] == '\n');
	return t == r->text_end || (t + 1 == r->text_end && *t == '\n') ||
	       (r->multiline && *t == '\n');
}

static bool regex_at(const struct regex *r, const char *re, const char *t);

/* The atom up to `behind`, as often as the sign there says, then the rest. */
static bool
repeat_at(const struct regex *r, const char *re, const char *behind, const char *t)
{
	bool sign = behind < r->end && strchr("*+?", *behind) != NULL;
	size_t min = !sign || *behind == '+', max = !sign || *behind == '?' ? 1 : PLAIN_TEXT;

	for (size_t n = 0;; n++) {
		if (n >= min && regex_at(r, behind + sign, t + n))
			return true;
		if (n == max || t + n == r->text_end || !one_of(r, re, behind, t[n]))
			return false;
	}
}

static bool
regex_at(const struct regex *r, const char *re, const char *t)
{
	const char *behind = re;

	if (re == r->end)
		return true;
	if (*re == '^' || *re == '$')
		return at_end(r, *re, t) && regex_at(r, re + 1, t);
	while (*re == '[' && *behind != ']')
		behind++;
	return repeat_at(r, re, behind + 1, t);
}

bool
plain_regex(struct str re, bool caseless, bool multiline, bool dotall, struct str text)
{
	const struct regex r = { re.p + re.n, text.p, text.p + text.n, caseless, multiline,
		dotall };

	for (size_t i = 0; i <= text.n; i++)
		if (regex_at(&r, re.p, text.p + i))
			return true;
	return false;
}

static size_t
utf16(struct str s, const char *wide, char *to)
{
	struct chars c;
	size_t n = 0;
	bool big = strcmp(wide, "utf16be") == 0;

	decode(s, &c);
	if (strcmp(wide, "utf16") == 0) {
		to[n++] = '\xff';
		to[n++] = '\xfe';
	}
	for (size_t i = 0; i < c.n; i++) {
		uint32_t units[2] = { c.c[i], 0 };

		if (c.c[i] > 0xffff) {
			units[0] = 0xd800 | (c.c[i] - 0x10000) >> 10;
			units[1] = 0xdc00 | ((c.c[i] - 0x10000) & 0x3ff);
		}
		for (size_t k = 0; k < 1 + (size_t)(c.c[i] > 0xffff); k++) {
			to[n++] = (char)(big ? units[k] >> 8 : units[k]);
			to[n++] = (char)(big ? units[k] : units[k] >> 8);
		}
	}
	return n;
}

struct str
plain_encode(struct str value, const char *wide, int offset, char to[PLAIN_TEXT * 8])
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const size_t start[] = { 0, 2, 3 }, cut[] = { 0, 3, 2 };
	char plain[PLAIN_TEXT * 4], bytes[PLAIN_TEXT * 4] = { 0 };
	size_t n = 0, m = offset > 0 ? (size_t)offset : 0, out = 0;

	for (size_t i = 0; i < value.n; i++)
		plain[n++] = value.p[value.p[i] == '\\' && i + 1 < value.n &&
					     strchr("*?\\", value.p[i + 1]) != NULL
					 ? ++i
					 : i];
	if (wide != NULL) {
		m += utf16((struct str){ plain, n }, wide, bytes + m);
	} else {
		memcpy(bytes + m, plain, n);
		m += n;
	}
	for (size_t i = 0; i < m; i += 3) {
		uint32_t v = (uint32_t)(unsigned char)bytes[i] << 16 |
			     (uint32_t)(unsigned char)bytes[i + 1] << 8 |
			     (unsigned char)bytes[i + 2];

		for (unsigned k = 0; k < 4; k++)
			to[out++] = i + k <= m ? digits[v >> (18 - 6 * k) & 63] : '=';
	}
	if (offset < 0)
		return (struct str){ to, out };
	out -= cut[m % 3];
	return out > start[offset] ? (struct str){ to + start[offset], out - start[offset] }
				   : STR("");
}

bool
plain_unquote(struct str s, char *to, size_t *n)
{
	bool any = false;

	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *hex = "0123456789abcdef";
		const char *a =
			       i + 2 < s.n ? strchr(hex, tolower((unsigned char)s.p[i + 1])) : NULL,
			   *b =
			       i + 2 < s.n ? strchr(hex, tolower((unsigned char)s.p[i + 2])) : NULL;

		if (s.p[i] == '%' && a != NULL && b != NULL && *a != '\0' && *b != '\0') {
			to[(*n)++] = (char)((a - hex) << 4 | (b - hex));
			any = true;
			i += 2;
		} else {
			to[(*n)++] = s.p[i];
		}
	}
	return any;
}
