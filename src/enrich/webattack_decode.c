/* Layers of encodings undone in place: no step makes a text longer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/webattack_decode.h"

#include "base/attr.h"

#define DROP 0U /* a character that readers skip */
#define BASE64_TEXT_MIN 8U

struct cursor {
	const unsigned char *p;
	size_t n, i;
	unsigned char *to;
	size_t out;
	bool changed;
};

static inline unsigned
hex(unsigned c)
{
	if (c - '0' < 10)
		return c - '0';
	c |= 32;
	return c - 'a' < 6 ? c - 'a' + 10 : 16;
}

/* `digits` hexadecimal digits at `at`; false when there are fewer. */
static bool
take_hex(const struct cursor *c, size_t at, unsigned digits, uint32_t *ret)
{
	uint32_t v = 0;

	if (at + digits > c->n)
		return false;
	for (unsigned k = 0; k < digits; k++) {
		unsigned d = hex(c->p[at + k]);

		if (d > 15)
			return false;
		v = v << 4 | d;
	}
	*ret = v;
	return true;
}

/* Characters that end up as ASCII somewhere: `ch` as such, DROP, or itself. */
static uint32_t
plain(uint32_t ch)
{
	static const struct {
		uint16_t first, last;
		uint16_t is; /* of `first`, those behind it follow; or one for all when `same` */
		bool same;
	} table[] = {
		{ 0x00a0, 0x00a0, ' ', true },
		{ 0x00ad, 0x00ad, DROP, true },
		{ 0x0131, 0x0131, 'i', true },
		{ 0x017f, 0x017f, 's', true },
		{ 0x02b9, 0x02bc, '\'', true },
		{ 0x2000, 0x200a, ' ', true },
		{ 0x200b, 0x200f, DROP, true },
		{ 0x2018, 0x2019, '\'', true },
		{ 0x2024, 0x2024, '.', true },
		{ 0x2032, 0x2032, '\'', true },
		{ 0x2044, 0x2044, '/', true },
		{ 0x2060, 0x2064, DROP, true },
		{ 0x212a, 0x212a, 'k', true },
		{ 0x2215, 0x2215, '/', true },
		{ 0x2216, 0x2216, '\\', true },
		{ 0x3000, 0x3000, ' ', true },
		{ 0xfe64, 0xfe64, '<', true },
		{ 0xfe65, 0xfe65, '>', true },
		{ 0xfeff, 0xfeff, DROP, true },
		{ 0xff01, 0xff5e, '!', false },
	};

	for (size_t i = 0; i < ARRAY_LEN(table) && ch >= table[i].first; i++)
		if (ch <= table[i].last)
			return table[i].same ? table[i].is : table[i].is + ch - table[i].first;
	return ch;
}

static void
put(struct cursor *c, uint32_t ch)
{
	ch = ch >= 0x80 ? plain(ch) : ch;
	if (ch >= 'A' && ch <= 'Z')
		ch |= 32;
	if (ch == '\v' || ch == '\f')
		ch = ' ';
	if (ch < 0x20 && ch != '\t' && ch != '\n' && ch != '\r')
		return;
	if (ch == 0x7f)
		return;
	if (ch < 0x80) {
		c->to[c->out++] = (unsigned char)ch;
	} else if (ch < 0x800) {
		c->to[c->out++] = (unsigned char)(0xc0 | ch >> 6);
		c->to[c->out++] = (unsigned char)(0x80 | (ch & 0x3f));
	} else {
		c->to[c->out++] = (unsigned char)(0xe0 | (ch >> 12 & 0xf));
		c->to[c->out++] = (unsigned char)(0x80 | (ch >> 6 & 0x3f));
		c->to[c->out++] = (unsigned char)(0x80 | (ch & 0x3f));
	}
}

/* A byte that stood encoded: as it is, because those of UTF-8 come one by one. */
static void
put_byte(struct cursor *c, uint32_t b)
{
	if (b < 0x80)
		put(c, b);
	else
		c->to[c->out++] = (unsigned char)b;
}

/* %XX and %uXXXX. */
static size_t
percent(struct cursor *c)
{
	uint32_t v;

	if (take_hex(c, c->i + 1, 2, &v)) {
		put_byte(c, v);
		return 3;
	}
	if (c->i + 1 < c->n && (c->p[c->i + 1] | 32) == 'u' && take_hex(c, c->i + 2, 4, &v)) {
		put(c, v);
		return 6;
	}
	return 0;
}

/* \xXX, \uXXXX and \u{X..}; and 0xXX for the characters of paths, as some filters are fed. */
static size_t
backslash(struct cursor *c)
{
	unsigned kind = c->i + 1 < c->n ? c->p[c->i + 1] | 32U : 0;
	uint32_t v;

	if (kind == 'x' && take_hex(c, c->i + 2, 2, &v) && v >= 0x20 && v < 0x7f) {
		put(c, v);
		return 4;
	}
	if (kind == 'u' && take_hex(c, c->i + 2, 4, &v) && (v < 0xd800 || v > 0xdfff)) {
		put(c, v);
		return 6;
	}
	return 0;
}

static size_t
path_hex(struct cursor *c)
{
	uint32_t v;

	if (c->i + 1 >= c->n || (c->p[c->i + 1] | 32) != 'x' || !take_hex(c, c->i + 2, 2, &v) ||
	    (v != '.' && v != '/' && v != '\\'))
		return 0;
	if (take_hex(c, c->i + 2, 3, &v)) /* a longer number, unless the next is 0x.. again */
		if ((c->p[c->i + 4] != '0' || c->i + 5 >= c->n || (c->p[c->i + 5] | 32) != 'x') &&
		    (c->out == 0 || c->to[c->out - 1] != '.'))
			return 0;
	(void)take_hex(c, c->i + 2, 2, &v);
	put(c, v);
	return 4;
}

static size_t
number_entity(struct cursor *c)
{
	size_t i = c->i + 2;
	bool is_hex = i < c->n && (c->p[i] | 32) == 'x';
	unsigned base = is_hex ? 16 : 10;
	uint32_t v = 0;
	size_t begin = i += is_hex;

	for (; i < c->n && i - begin < 8; i++) {
		unsigned d = hex(c->p[i]);

		if (d >= base)
			break;
		v = v * base + d;
	}
	if (i == begin || v > 0xffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	put(c, v);
	return i + (i < c->n && c->p[i] == ';') - c->i;
}

static size_t
entity(struct cursor *c)
{
	static const struct {
		struct str name;
		char is;
	} names[] = {
		{ STR("lt"), '<' },
		{ STR("gt"), '>' },
		{ STR("amp"), '&' },
		{ STR("quot"), '"' },
		{ STR("apos;"), '\'' },
		{ STR("tab;"), '\t' },
		{ STR("newline;"), '\n' },
		{ STR("colon;"), ':' },
		{ STR("lpar;"), '(' },
		{ STR("rpar;"), ')' },
		{ STR("sol;"), '/' },
		{ STR("bsol;"), '\\' },
		{ STR("period;"), '.' },
		{ STR("comma;"), ',' },
		{ STR("equals;"), '=' },
		{ STR("semi;"), ';' },
		{ STR("num;"), '#' },
		{ STR("nbsp;"), ' ' },
		{ STR("dollar;"), '$' },
		{ STR("grave;"), '`' },
		{ STR("excl;"), '!' },
	};
	struct str rest = { (const char *)c->p + c->i + 1, c->n - c->i - 1 };

	if (rest.n == 0)
		return 0;
	if (rest.p[0] == '#')
		return number_entity(c);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t n = names[i].name.n;

		if (rest.n < n || !str_eq_nocase((struct str){ rest.p, n }, names[i].name))
			continue;
		if (names[i].name.p[n - 1] == ';') {
			put(c, (unsigned char)names[i].is);
			return n + 1;
		}
		if (rest.n > n && rest.p[n] == '=')
			return 0;
		put(c, (unsigned char)names[i].is);
		return n + 1 + (rest.n > n && rest.p[n] == ';');
	}
	return 0;
}

/* The character of two or three bytes of UTF-8 at the cursor, overlong or not; 0 when there is
 * none. */
static uint32_t
character(const struct cursor *c, size_t *ret_len)
{
	const unsigned char *p = c->p + c->i;
	size_t left = c->n - c->i;

	*ret_len = 2;
	if ((p[0] == 0xc0 || p[0] == 0xc1) && left >= 2)
		return (p[0] & 1U) << 6 | (p[1] & 0x3fU);
	if (p[0] >= 0xc2 && p[0] < 0xe0 && left >= 2 && p[1] >> 6 == 2)
		return (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU);
	*ret_len = 3;
	if (p[0] >> 4 == 0xe && left >= 3 && p[1] >> 6 == 2 && p[2] >> 6 == 2)
		return (p[0] & 0xfU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
	return 0;
}

/* Bytes of UTF-8 that stand for ASCII or for what plain() knows, or that stay. */
static size_t
multibyte(struct cursor *c)
{
	const unsigned char *p = c->p + c->i;
	size_t len;
	uint32_t ch = character(c, &len);

	if (p[0] == 0xa0 && (c->i == 0 || p[-1] < 0x80)) { /* Latin-1 */
		ch = ' ';
		len = 1;
	}
	if (ch == 0)
		return 0;
	if (ch >= 0x80 && plain(ch) == ch) {
		memmove(c->to + c->out, p, len);
		c->out += len;
		return len;
	}
	put(c, ch);
	c->changed = true;
	return len;
}

/* Bytes that stand for themselves, in lower case; 0: one that has to be looked at. */
static unsigned char plain_byte[256];

__attribute__((constructor)) static void
build(void)
{
	for (unsigned b = 0x20; b < 0x7f; b++)
		plain_byte[b] = (unsigned char)(b >= 'A' && b <= 'Z' ? b | 32 : b);
	plain_byte['%'] = plain_byte['&'] = plain_byte['\\'] = plain_byte['+'] = 0;
	plain_byte['0'] = 0;
}

static size_t
unwrap(struct cursor *c, unsigned char b)
{
	switch (b) {
	case '%':
		return percent(c);
	case '\\':
		return backslash(c);
	case '&':
		return entity(c);
	case '0':
		return path_hex(c);
	default:
		return 0;
	}
}

/* A byte that may begin something. */
static void
special(struct cursor *c, bool plus)
{
	unsigned char b = c->p[c->i];
	size_t before = c->out, took;

	if (b >= 0x80) {
		took = multibyte(c);
		c->i += took != 0 ? took : 1;
		if (took == 0)
			c->to[c->out++] = b;
		return;
	}
	took = unwrap(c, b);
	if (took == 0) {
		put(c, b == '+' && plus ? ' ' : b);
		took = 1;
		c->changed = c->changed || c->out == before;
	} else {
		c->changed = true;
	}
	c->i += took;
}

static void
one_round(struct cursor *c, bool plus)
{
	unsigned char same;

	while (c->i < c->n) {
		if ((same = plain_byte[c->p[c->i]]) != 0) {
			c->to[c->out++] = same;
			c->i++;
			continue;
		}
		special(c, plus);
	}
}

size_t
webattack_decode(struct str raw, bool plus, char to[WEBATTACK_VALUE_MAX])
{
	size_t n = raw.n < WEBATTACK_VALUE_MAX ? raw.n : WEBATTACK_VALUE_MAX;
	struct cursor c = { .p = (const unsigned char *)raw.p, .n = n, .to = (unsigned char *)to };

	for (unsigned round = 0; round < WEBATTACK_DECODE_ROUNDS; round++) {
		one_round(&c, plus && round == 0);
		if (!c.changed)
			break;
		c = (struct cursor){
			.p = (const unsigned char *)to, .n = c.out, .to = (unsigned char *)to
		};
		if (c.n == 0)
			return 0;
	}
	return c.out != 0 ? c.out : c.n;
}

static int
sixbits(unsigned char b)
{
	if (b >= 'A' && b <= 'Z')
		return b - 'A';
	if (b >= 'a' && b <= 'z')
		return b - 'a' + 26;
	if (b >= '0' && b <= '9')
		return b - '0' + 52;
	if (b == '+' || b == '-')
		return 62;
	return b == '/' || b == '_' ? 63 : -1;
}

size_t
webattack_decode_base64(struct str s, char to[WEBATTACK_VALUE_MAX])
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t out = 0;

	while (s.n != 0 && s.p[s.n - 1] == '=')
		s.n--;
	if (s.n % 4 == 1 || s.n / 4 * 3 > WEBATTACK_VALUE_MAX - 3)
		return 0;
	for (size_t i = 0; i < s.n; i++) {
		int v = sixbits((unsigned char)s.p[i]);
		unsigned char b;

		if (v < 0)
			return 0;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		b = (unsigned char)(bits >> have);
		if (b >= 0x7f || (b < 0x20 && b != '\t' && b != '\n' && b != '\r'))
			return 0;
		to[out++] = (char)b;
	}
	return out >= BASE64_TEXT_MIN ? out : 0;
}
