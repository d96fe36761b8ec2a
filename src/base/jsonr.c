/* SPDX-License-Identifier: Apache-2.0 */
/* JSON reader: one pass, no recursion. */
#include "base/jsonr.h"

#include "base/utf8.h"

struct jsonr_in {
	struct arena *a;
	struct str all;
	size_t at;
	struct diag *why;
};

static enum err
wrong(const struct jsonr_in *in, const char *what)
{
	return err_at(in->why, err_set(in->why, FAIL_SYNTAX, "JSON: %s", what), NULL, 1,
	    (uint32_t)in->at + 1);
}

static enum err
full(const struct jsonr_in *in)
{
	return err_set(in->why, FAIL_LIMIT, "JSON: too large");
}

static int
peek(struct jsonr_in *in)
{
	while (in->at < in->all.n && in->all.p[in->at] != '\0' &&
	       strchr(" \t\r\n", in->all.p[in->at]) != NULL)
		in->at++;
	return in->at < in->all.n ? (unsigned char)in->all.p[in->at] : -1;
}

/* Four hexadecimal digits behind the cursor. */
static bool
read_hex4(struct jsonr_in *in, uint32_t *ret)
{
	uint32_t v = 0;

	if (in->all.n - in->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		const char c = in->all.p[in->at++], low = (char)(c | 0x20);

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			v = v << 4 | (uint32_t)(low - 'a' + 10);
		else
			return false;
	}
	*ret = v;
	return true;
}

/* Behind \u: one code point, a surrogate pair being one. */
static bool
read_unicode(struct jsonr_in *in, struct buf *to)
{
	uint32_t c, low;

	if (!read_hex4(in, &c) || (c >= 0xdc00 && c < 0xe000))
		return false;
	if (c >= 0xd800 && c < 0xdc00) {
		if (!str_starts(str_from(in->all, in->at), STR("\\u")))
			return false;
		in->at += 2;
		if (!read_hex4(in, &low) || low < 0xdc00 || low >= 0xe000)
			return false;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	utf8_put(c, to);
	return true;
}

static bool
read_escape(struct jsonr_in *in, struct buf *to)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *hit;

	if (in->at >= in->all.n)
		return false;
	if (in->all.p[in->at] == 'u') {
		in->at++;
		return read_unicode(in, to);
	}
	hit = memchr(letters, in->all.p[in->at], sizeof(letters) - 1);
	if (hit == NULL)
		return false;
	buf_byte(to, meanings[hit - letters]);
	in->at++;
	return true;
}

/* The cursor is behind the opening quote. */
static enum err
read_text(struct jsonr_in *in, struct str *ret)
{
	auto_buf struct buf text = { 0 };

	buf_init(&text, in->all.n + 1);
	for (;;) {
		char c = '\0';

		if (in->at < in->all.n)
			c = in->all.p[in->at];
		if ((unsigned char)c < 0x20)
			return wrong(in, "a text does not end");
		in->at++;
		if (c == '"')
			break;
		if (c != '\\')
			buf_byte(&text, c);
		else if (!read_escape(in, &text))
			return wrong(in, "bad escape");
	}
	if (!utf8_valid(buf_view(&text)))
		return wrong(in, "bad UTF-8");
	return arena_copy(in->a, buf_view(&text), ret) ? OK : full(in);
}

static size_t
digits(struct jsonr_in *in)
{
	const size_t start = in->at;

	while (in->at < in->all.n && in->all.p[in->at] >= '0' && in->all.p[in->at] <= '9')
		in->at++;
	return in->at - start;
}

static bool
take(struct jsonr_in *in, const char *any)
{
	if (in->at >= in->all.n || in->all.p[in->at] == '\0' ||
	    strchr(any, in->all.p[in->at]) == NULL)
		return false;
	in->at++;
	return true;
}

static enum err
read_number(struct jsonr_in *in, struct jsonr *v)
{
	const size_t start = in->at;
	bool whole = true;
	struct str s;

	(void)take(in, "-");
	if (!take(in, "0") && digits(in) == 0)
		return wrong(in, "no value");
	if (take(in, ".")) {
		whole = false;
		if (digits(in) == 0)
			return wrong(in, "bad number");
	}
	if (take(in, "eE")) {
		whole = false;
		(void)take(in, "+-");
		if (digits(in) == 0)
			return wrong(in, "bad number");
	}
	s = (struct str){ in->all.p + start, in->at - start };
	v->type = whole && str_i64(s, &v->i) ? JSONR_INT : JSONR_REAL;
	if (v->type == JSONR_INT)
		v->f = (double)v->i;
	else if (!str_f64(s, &v->f))
		return wrong(in, "bad number");
	return OK;
}

static enum err
read_word(struct jsonr_in *in, struct jsonr *v)
{
	static const struct {
		const char *word;
		enum jsonr_type type;
		bool b;
	} words[] = {
		{ "null", JSONR_NULL, false },
		{ "true", JSONR_BOOL, true },
		{ "false", JSONR_BOOL, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_starts(str_from(in->all, in->at), str_c(words[i].word))) {
			in->at += strlen(words[i].word);
			v->type = words[i].type;
			v->b = words[i].b;
			return OK;
		}
	return read_number(in, v);
}

/* A value; of a list or a map only its beginning. */
static enum err
read_begin(struct jsonr_in *in, struct jsonr *v)
{
	const int c = peek(in);

	if (c == '{' || c == '[') {
		v->type = c == '{' ? JSONR_MAP : JSONR_LIST;
		in->at++;
		return OK;
	}
	if (c == '"') {
		in->at++;
		v->type = JSONR_TEXT;
		return read_text(in, &v->s);
	}
	return c < 0 ? wrong(in, "no value") : read_word(in, v);
}

static enum err
read_key(struct jsonr_in *in, struct str *ret)
{
	enum err e;

	if (peek(in) != '"')
		return wrong(in, "a member needs a name");
	in->at++;
	e = read_text(in, ret);
	if (e != OK)
		return e;
	if (peek(in) != ':')
		return wrong(in, "a colon is missing");
	in->at++;
	return OK;
}

/* A list or map that is being read. */
struct level {
	struct jsonr *v;
	struct jsonr *last; /* inside, so far */
	size_t start;
};

/* The next value inside `l`, or *ret NULL at its end. */
static enum err
read_inside(struct jsonr_in *in, struct level *l, struct jsonr **ret)
{
	const bool map = l->v->type == JSONR_MAP;
	int c = peek(in);
	struct jsonr *v;
	enum err e;

	*ret = NULL;
	if (c == (map ? '}' : ']')) {
		in->at++;
		return OK;
	}
	if (l->last != NULL) {
		if (c != ',')
			return wrong(in, "a comma is missing");
		in->at++;
	}
	v = arena_alloc(in->a, sizeof(*v));
	if (v == NULL)
		return full(in);
	if (map) {
		e = read_key(in, &v->key);
		if (e != OK)
			return e;
	}
	(void)peek(in);
	if (l->last != NULL)
		l->last->next = v;
	else
		l->v->first = v;
	l->last = v;
	l->v->n++;
	*ret = v;
	return OK;
}

static enum err
read_all(struct jsonr_in *in, struct jsonr *top)
{
	struct level levels[JSONR_DEPTH_MAX];
	size_t depth = 0, start;
	struct jsonr *v = top;
	enum err e = OK;

	(void)peek(in);
	for (;;) {
		if (v != NULL) {
			start = in->at;
			e = read_begin(in, v);
			v->raw = (struct str){ in->all.p + start, in->at - start };
			if (e == OK && v->type >= JSONR_LIST) {
				if (depth == JSONR_DEPTH_MAX)
					return err_set(in->why, FAIL_LIMIT, "JSON: too deep");
				levels[depth++] = (struct level){ v, NULL, start };
			}
		} else { /* a level has ended */
			struct level *l = &levels[--depth];

			l->v->raw = (struct str){ in->all.p + l->start, in->at - l->start };
		}
		if (e != OK || depth == 0)
			return e;
		e = read_inside(in, &levels[depth - 1], &v);
		if (e != OK)
			return e;
	}
}

enum err
jsonr_parse(struct arena *a, struct str text, const struct jsonr **ret, struct diag *why)
{
	struct jsonr_in in = { a, text, 0, why };
	struct jsonr *top = arena_alloc(a, sizeof(*top));
	enum err e;

	if (top == NULL)
		return full(&in);
	e = read_all(&in, top);
	if (e == OK && peek(&in) >= 0)
		e = wrong(&in, "something stands behind the value");
	if (e == OK)
		*ret = top;
	return e;
}

const struct jsonr *
jsonr_get(const struct jsonr *map, const char *key)
{
	if (map == NULL || map->type != JSONR_MAP)
		return NULL;
	for (const struct jsonr *v = map->first; v != NULL; v = v->next)
		if (str_eq(v->key, str_c(key)))
			return v;
	return NULL;
}

struct str
jsonr_text(const struct jsonr *map, const char *key, struct str otherwise)
{
	const struct jsonr *v = jsonr_get(map, key);

	return v != NULL && v->type == JSONR_TEXT ? v->s : otherwise;
}

int64_t
jsonr_int(const struct jsonr *map, const char *key, int64_t otherwise)
{
	const struct jsonr *v = jsonr_get(map, key);

	return v != NULL && v->type == JSONR_INT ? v->i : otherwise;
}

bool
jsonr_bool(const struct jsonr *map, const char *key, bool otherwise)
{
	const struct jsonr *v = jsonr_get(map, key);

	return v != NULL && v->type == JSONR_BOOL ? v->b : otherwise;
}
