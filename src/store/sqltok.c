/* A tokenizer for SQL as DuckDB writes it. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_shortform.c */
#include "store/sqltok.h"

#include <stdlib.h>

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char
at(struct str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

static bool
pair(struct str s, size_t i, char a, char b)
{
	return at(s, i) == a && at(s, i + 1) == b;
}

/* Length of a slash-star comment, which may hold others; SIZE_MAX: it does not end. */
static size_t
block_comment(struct str s, size_t i)
{
	size_t n = i, depth = 0;

	do {
		if (n >= s.n)
			return SIZE_MAX;
		if (pair(s, n, '/', '*'))
			depth++;
		else if (pair(s, n, '*', '/'))
			depth--;
		else
			n--;
		n += 2;
	} while (depth > 0);
	return n - i;
}

/* Length of the comment at `i`; 0: none; SIZE_MAX: it does not end. */
static size_t
comment(struct str s, size_t i, bool line_start)
{
	size_t n = i;

	if (pair(s, i, '/', '*'))
		return block_comment(s, i);
	if (!pair(s, i, '-', '-') &&
	    !(line_start && at(s, i) == '#' && (i + 1 == s.n || is_blank(s.p[i + 1]))))
		return 0;
	while (n < s.n && s.p[n] != '\n')
		n++;
	return n - i;
}

/* Length of what is quoted by `mark` at `i`, the mark doubled inside; SIZE_MAX: it does not end. */
static size_t
quoted(struct str s, size_t i, char mark, bool backslash)
{
	size_t n = i + 1;

	for (; n < s.n; n++) {
		if (backslash && s.p[n] == '\\')
			n++;
		else if (s.p[n] == mark && at(s, n + 1) == mark)
			n++;
		else if (s.p[n] == mark)
			return n + 1 - i;
	}
	return SIZE_MAX;
}

/* $$text$$ or $tag$text$tag$; 0 when it is none. */
static size_t
dollars(struct str s, size_t i)
{
	ptrdiff_t end;
	size_t n = i + 1;
	struct str tag;

	while (is_word(at(s, n)) || (n > i + 1 && is_digit(at(s, n))))
		n++;
	if (at(s, i) != '$' || at(s, n) != '$')
		return 0;
	tag = (struct str){ s.p + i, n + 1 - i };
	end = str_find(str_from(s, n + 1), tag);
	return end < 0 ? SIZE_MAX : n + 1 + (size_t)end + tag.n - i;
}

static size_t
number(struct str s, size_t i)
{
	size_t n = i;

	while (is_digit(at(s, n)) || at(s, n) == '_')
		n++;
	if (at(s, n) == '.' && is_digit(at(s, n + 1)))
		for (n++; is_digit(at(s, n));)
			n++;
	if ((at(s, n) == 'e' || at(s, n) == 'E') &&
	    (is_digit(at(s, n + 1)) ||
		((at(s, n + 1) == '-' || at(s, n + 1) == '+') && is_digit(at(s, n + 2)))))
		for (n += 2; is_digit(at(s, n));)
			n++;
	return n - i;
}

static size_t
token(struct str s, size_t i, enum sqltok_kind *ret_kind)
{
	char c = s.p[i];
	size_t n = i;

	*ret_kind = SQLTOK_STRING;
	if (c == '\'')
		return quoted(s, i, '\'', false);
	if ((c == 'e' || c == 'E') && at(s, i + 1) == '\'') {
		n = quoted(s, i + 1, '\'', true);
		return n == SIZE_MAX ? n : n + 1;
	}
	if (c == '$' && (n = dollars(s, i)) != 0)
		return n;
	n = i;
	*ret_kind = SQLTOK_NAME;
	if (c == '"')
		return quoted(s, i, '"', false);
	*ret_kind = SQLTOK_NUMBER;
	if (is_digit(c))
		return number(s, i);
	*ret_kind = SQLTOK_WORD;
	while (is_word(at(s, n)) || (n > i && (is_digit(at(s, n)) || at(s, n) == '$')))
		n++;
	if (n > i)
		return n - i;
	*ret_kind = SQLTOK_SIGN;
	return 1;
}

bool
sqltok_split(struct str sql, struct sqltok_list *ret)
{
	struct sqltok_list l = { 0 };
	bool spaced = false, line_start = true;
	struct sqltok t;
	size_t i, n;

	for (i = 0; i < sql.n; i += n) {
		n = comment(sql, i, line_start);
		if (n == 0 && is_blank(sql.p[i]))
			n = 1;
		if (n != 0 && n != SIZE_MAX) {
			line_start = line_start || sql.p[i] == '\n';
			spaced = true;
			continue;
		}
		if (n == 0)
			n = token(sql, i, &t.kind);
		if (n == SIZE_MAX || l.t.n >= SQLTOK_MAX) {
			sqltok_free(&l);
			return false;
		}
		t.text = (struct str){ sql.p + i, n };
		t.spaced = spaced;
		VEC_PUSH(&l.t, t);
		spaced = line_start = false;
	}
	*ret = l;
	return true;
}

void
sqltok_free(struct sqltok_list *l)
{
	if (l != NULL)
		VEC_FINI(&l->t);
}

bool
sqltok_is(const struct sqltok *t, const char *word)
{
	return t->kind == SQLTOK_WORD && str_eq_nocase(t->text, str_c(word));
}

bool
sqltok_sign(const struct sqltok *t, char c)
{
	return t->kind == SQLTOK_SIGN && t->text.p[0] == c;
}

void
sqltok_put(const struct sqltok *t, struct buf *to)
{
	if (t->spaced && to->n > 0)
		buf_byte(to, ' ');
	buf_str(to, t->text);
}
