/* Element boundaries of JSON: strings, escapes, nesting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/split.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <stdlib.h>

#include "base/mem.h"

void
split_init(struct split *s, size_t max)
{
	*s = (struct split){ .max = max };
}

void
split_fini(struct split *s)
{
	if (s == NULL)
		return;
	free(TAKE(s->p));
	s->n = s->size = 0;
}

static enum err
add(struct split *s, size_t from, size_t to, struct diag *why)
{
	if (s->n == s->max)
		return err_set(why, FAIL_LIMIT, "more than %zu events in one request", s->max);
	if (s->n == s->size) {
		s->size = s->size != 0 ? s->size * 2 : 64;
		s->p = mem_resize(s->p, s->size, sizeof(*s->p));
	}
	s->p[s->n++] = (struct split_item){ (uint32_t)from, (uint32_t)(to - from) };
	return OK;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t
skip_blanks(struct str s, size_t at)
{
	while (at < s.n && blank(s.p[at]))
		at++;
	return at;
}

/* Next '"' or '\\' from `at` on, or the end. */
static size_t
string_special(struct str s, size_t at)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');

	while (s.n - at >= 16) {
		__m128i b = _mm_loadu_si128((const __m128i_u *)(const void *)(s.p + at));
		int hit = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(b, quote),
		    _mm_cmpeq_epi8(b, slash)));

		if (hit != 0)
			return at + (size_t)__builtin_ctz((unsigned)hit);
		at += 16;
	}
#endif
	while (at < s.n && s.p[at] != '"' && s.p[at] != '\\')
		at++;
	return at;
}

/* `at` is behind the opening quote; offset behind the closing one, or 0. */
static size_t
string_end(struct str s, size_t at)
{
	while ((at = string_special(s, at)) < s.n) {
		if (s.p[at] == '"')
			return at + 1;
		at += 2;
		if (at > s.n)
			return 0;
	}
	return 0;
}

size_t
split_element(struct str body, size_t at)
{
	size_t depth = 0;

	while (at < body.n) {
		switch (body.p[at++]) {
		case '"':
			at = string_end(body, at);
			if (at == 0)
				return 0;
			break;
		case '{':
		case '[':
			if (++depth > SPLIT_DEPTH_MAX)
				return 0;
			break;
		case '}':
		case ']':
			if (depth-- <= 1)
				return at;
			break;
		default:
			break;
		}
	}
	return 0;
}

/* End of an element of an array that is no object and no array: behind a string, before , ] or a
 * blank. */
static size_t
scalar_end(struct str body, size_t at)
{
	if (body.p[at] == '"')
		return string_end(body, at + 1);
	while (at < body.n && !blank(body.p[at]) && memchr(",]}{[\"", body.p[at], 6) == NULL)
		at++;
	return at;
}

static bool
opens(char c)
{
	return c == '{' || c == '[';
}

static enum err
broken(struct diag *why, size_t at, const char *what)
{
	return err_set(why, FAIL_SYNTAX, "%s (at byte %zu)", what, at + 1);
}

/* One element of an array; *at moves behind it. */
static enum err
array_element(struct split *s, struct str body, size_t *at, struct diag *why)
{
	size_t from = *at;
	size_t end = opens(body.p[from]) ? split_element(body, from) : scalar_end(body, from);

	if (end == 0 || end == from)
		return broken(why, from, "an element of the array is not closed or missing");
	*at = skip_blanks(body, end);
	return add(s, from, end, why);
}

static enum err
array(struct split *s, struct str body, size_t at, struct diag *why)
{
	bool comma = false;

	at = skip_blanks(body, at + 1);
	while (at < body.n && (body.p[at] != ']' || comma)) {
		enum err e = array_element(s, body, &at, why);

		if (e != OK)
			return e;
		comma = at < body.n && body.p[at] == ',';
		if (comma)
			at = skip_blanks(body, at + 1);
		else if (at < body.n && body.p[at] != ']')
			return broken(why, at, "a comma is missing in the array");
	}
	if (at >= body.n)
		return broken(why, at, "the array is not closed");
	at = skip_blanks(body, at + 1);
	return at == body.n ? OK : broken(why, at, "something stands behind the array");
}

/* Objects one after the other, whatever blanks are between them. */
static enum err
sequence(struct split *s, struct str body, size_t at, struct diag *why)
{
	while ((at = skip_blanks(body, at)) < body.n) {
		size_t end = body.p[at] == '{' ? split_element(body, at) : 0;
		enum err e;

		if (end == 0)
			return broken(why, at, "an object is expected here, or is not closed");
		e = add(s, at, end, why);
		if (e != OK)
			return e;
		at = end;
	}
	return OK;
}

/* Does the body have an event in each line?  Its first object ends with its line, or another begins
 * at the beginning of the next one. */
static bool
by_lines(struct str body, size_t at)
{
	const char *lf = memchr(body.p + at, '\n', body.n - at);
	size_t line_end = lf != NULL ? (size_t)(lf - body.p) : body.n, next;
	struct str first = str_trim((struct str){ body.p + at, line_end - at });

	if (split_element(first, 0) == first.n)
		return true;
	for (next = line_end; next < body.n && (body.p[next] == '\n' || body.p[next] == '\r');)
		next++;
	return next < body.n && body.p[next] == '{';
}

static enum err
lines(struct split *s, struct str body, size_t at, struct diag *why)
{
	struct str rest = str_from(body, at), line = { "", 0 };

	while (str_line(&rest, &line)) {
		enum err e;

		line = str_trim(line);
		if (line.n == 0)
			continue;
		e = add(s, (size_t)(line.p - body.p), (size_t)(line.p - body.p) + line.n, why);
		if (e != OK)
			return e;
	}
	return OK;
}

enum err
split_lines(struct split *s, struct str body, struct diag *why)
{
	return lines(s, body, 0, why);
}

enum err
split_json(struct split *s, struct str body, struct diag *why)
{
	size_t at = 0;

	if (str_starts(body, STR("\xef\xbb\xbf")))
		at = 3;
	at = skip_blanks(body, at);
	if (at == body.n || !opens(body.p[at]))
		return broken(why, at,
		    "JSON is expected: an object, an array, or an object per line");
	if (body.p[at] == '[')
		return array(s, body, at, why);
	if (!by_lines(body, at))
		return sequence(s, body, at, why);
	return lines(s, body, at, why);
}
