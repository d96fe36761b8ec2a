/* Wildcards: split at "*" when loaded; then each part is sought behind the one before it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/wild.h"

#include "base/utf8.h"
#include "detect/fold.h"
#include "detect/pool.h"

#define NO_MATCH SIZE_MAX

struct split {
	struct wild *w;
	char *text; /* unescaped bytes, all parts in a row */
	uint8_t *one;
	size_t n, start; /* bytes so far; where the present part began */
	bool has_one, windash;
};

static bool
is_dash(uint32_t c)
{
	return c == '-' || c == '/' || (c >= 0x2013 && c <= 0x2015);
}

/* A letter, digit or "_"; of characters beyond ASCII all but spaces and punctuation. */
static bool
is_word(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		       c == '_';
	return c >= 0xaa && (c < 0x2000 || c > 0x206f);
}

/* The character that ends before byte i of the part, 0 when none does. */
static uint32_t
char_before(const struct split *s, size_t i)
{
	size_t from = i - (i > s->start);
	uint32_t c = 0;

	while (from > s->start && ((unsigned char)s->text[from] & 0xc0) == 0x80)
		from--;
	if (i > s->start && s->one[i - 1] != WILD_ONE)
		(void)utf8_next((struct str){ s->text + from, i - from }, &c);
	return c;
}

static void
mark_dashes(struct split *s)
{
	uint32_t c;

	for (size_t i = s->start; i + 1 < s->n; i++) {
		if ((s->text[i] != '-' && s->text[i] != '/') || s->one[i] != 0 ||
		    s->one[i + 1] != 0 || is_word(char_before(s, i)))
			continue;
		(void)utf8_next((struct str){ s->text + i + 1, s->n - i - 1 }, &c);
		if (!is_word(c))
			continue;
		s->one[i] = WILD_DASH;
		s->has_one = true;
	}
}

static void
end_part(struct split *s)
{
	struct wild_part *p;

	if (s->n == s->start)
		return;
	if (s->windash)
		mark_dashes(s);
	p = &s->w->parts[s->w->n++];
	p->text = (struct str){ s->text + s->start, s->n - s->start };
	p->one = s->has_one ? s->one + s->start : NULL;
	s->start = s->n;
	s->has_one = false;
}

static void
add_char(struct split *s, char c, bool one)
{
	s->one[s->n] = one ? WILD_ONE : 0;
	s->has_one |= one;
	s->text[s->n++] = s->w->cased ? c : (char)fold_ascii((unsigned char)c);
}

static void
split_value(struct split *s, struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (c == '\\' && i + 1 < value.n && strchr("*?\\", value.p[i + 1]) != NULL &&
		    value.p[i + 1] != '\0') {
			add_char(s, value.p[++i], false);
		} else if (c == '*') {
			s->w->head |= s->n == 0;
			end_part(s);
			s->w->tail = i + 1 == value.n;
		} else {
			add_char(s, c, c == '?');
		}
	}
}

struct wild *
wild_parse(struct str value, unsigned flags, struct arena *a)
{
	struct wild *w = POOL_NEW(a, struct wild);
	struct split s = { .w = w };

	w->cased = (flags & WILD_CASED) != 0;
	w->parts = POOL_ARRAY(a, struct wild_part, value.n / 2 + 1);
	s.text = pool_get(a, value.n + 1);
	s.one = pool_get(a, value.n + 1);
	s.windash = (flags & WILD_WINDASH) != 0;
	if ((flags & WILD_LITERAL) != 0)
		for (size_t i = 0; i < value.n; i++)
			add_char(&s, value.p[i], false);
	else
		split_value(&s, value);
	end_part(&s);
	w->head |= (flags & WILD_HEAD) != 0;
	w->tail |= (flags & WILD_TAIL) != 0;
	w->wide = !w->cased && !fold_is_ascii((struct str){ s.text, s.n });
	return w;
}

/* Bytes of `text` that `p` takes at its start, or NO_MATCH.  For parts with "?" or folding. */
static size_t
slow_match_at(const struct wild *w, const struct wild_part *p, struct str text)
{
	size_t used = 0;

	for (size_t i = 0; i < p->text.n;) {
		struct str have = str_from(text, used), want = str_from(p->text, i);
		uint32_t ch, cw;
		size_t nh, nw = 1;

		if (have.n == 0)
			return NO_MATCH;
		nh = utf8_next(have, &ch);
		if (p->one != NULL && p->one[i] == WILD_DASH && !is_dash(ch))
			return NO_MATCH;
		if (p->one == NULL || p->one[i] == 0) {
			nw = utf8_next(want, &cw);
			if (w->cased && (nh != nw || memcmp(have.p, want.p, nw) != 0))
				return NO_MATCH;
			if (!w->cased &&
			    !fold_equal((struct str){ have.p, nh }, (struct str){ want.p, nw }))
				return NO_MATCH;
		}
		used += nh;
		i += nw;
	}
	return used;
}

static bool
is_slow(const struct wild *w, const struct wild_part *p)
{
	return w->wide || p->one != NULL;
}

static bool
same(const struct wild *w, struct str a, struct str b)
{
	return w->cased ? str_eq(a, b) : str_eq_nocase(a, b);
}

static size_t
match_at(const struct wild *w, const struct wild_part *p, struct str text)
{
	if (is_slow(w, p))
		return slow_match_at(w, p, text);
	if (text.n < p->text.n || !same(w, (struct str){ text.p, p->text.n }, p->text))
		return NO_MATCH;
	return p->text.n;
}

/* Where what follows the first occurrence begins; NO_MATCH without one. */
static size_t
find_part(const struct wild *w, const struct wild_part *p, struct str text)
{
	size_t at = 0;

	if (!is_slow(w, p)) {
		ptrdiff_t found =
		    w->cased ? str_find(text, p->text) : str_find_nocase(text, p->text);

		return found < 0 ? NO_MATCH : (size_t)found + p->text.n;
	}
	while (at < text.n) {
		size_t used = slow_match_at(w, p, str_from(text, at));
		uint32_t c;

		if (used != NO_MATCH)
			return at + used;
		at += utf8_next(str_from(text, at), &c);
	}
	return NO_MATCH;
}

/* Does the text end with the part? */
static bool
ends_with(const struct wild *w, const struct wild_part *p, struct str text)
{
	size_t at = 0;
	uint32_t c;

	if (!is_slow(w, p))
		return text.n >= p->text.n && same(w, str_from(text, text.n - p->text.n), p->text);
	for (; at < text.n; at += utf8_next(str_from(text, at), &c))
		if (slow_match_at(w, p, str_from(text, at)) == text.n - at)
			return true;
	return false;
}

bool
wild_match(const struct wild *w, struct str text)
{
	size_t first = 0, last = w->n;

	if (w->n == 0)
		return w->head || w->tail || text.n == 0;
	if (!w->head) {
		size_t used = match_at(w, &w->parts[0], text);

		if (used == NO_MATCH || (w->n == 1 && !w->tail))
			return used == text.n && text.n != NO_MATCH;
		text = str_from(text, used);
		first = 1;
	}
	if (!w->tail)
		last--;
	for (size_t i = first; i < last; i++) {
		size_t used = find_part(w, &w->parts[i], text);

		if (used == NO_MATCH)
			return false;
		text = str_from(text, used);
	}
	return w->tail || ends_with(w, &w->parts[w->n - 1], text);
}

bool
wild_compare(struct str text, struct str part, unsigned flags)
{
	struct wild_part p = { part, NULL };
	const struct wild w = { .parts = &p,
		.n = part.n > 0,
		.head = (flags & WILD_HEAD) != 0,
		.tail = (flags & WILD_TAIL) != 0,
		.cased = (flags & WILD_CASED) != 0,
		.wide = (flags & WILD_CASED) == 0 && !fold_is_ascii(part) };

	return wild_match(&w, text);
}

bool
wild_is_exact(const struct wild *w)
{
	return !w->head && !w->tail && (w->n == 0 || (w->n == 1 && w->parts[0].one == NULL));
}

struct str
wild_literal(const struct wild *w, bool *ret_sure)
{
	struct str best = STR("");

	for (size_t i = 0; i < w->n; i++) {
		const struct wild_part *p = &w->parts[i];
		size_t start = 0;

		for (size_t at = 0; at <= p->text.n; at++) {
			bool in = at < p->text.n && (unsigned char)p->text.p[at] < 0x80 &&
				  (p->one == NULL || p->one[at] == 0);

			if (in)
				continue;
			if (at - start > best.n)
				best = (struct str){ p->text.p + start, at - start };
			start = at + 1;
		}
	}
	*ret_sure = w->n == 1 && w->head && w->tail && !w->cased && best.n == w->parts[0].text.n;
	return best;
}
