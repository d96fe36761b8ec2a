/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of a file: names, times, spans, zones, with the place of what is wrong. */
/* tested by: test/unit/oncall/test_book.c */
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "oncall/civil.h"
#include "oncall/internal.h"

#define SPAN_MAX ((int64_t)90 * 86400 * CLOCK_S)

enum err
part_refuse(const struct part *p, const struct tree *at, const char *fmt, ...)
{
	char text[200];
	va_list ap;
	enum err e;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	e = err_set(p->why, FAIL_SYNTAX, "%s", text);
	return err_at(p->why, e, NULL, at->line, at->column);
}

enum err
part_unknown(const struct part *p, const struct tree *at, const char *known)
{
	enum err e = err_set(p->why, FAIL_SYNTAX, "'%.*s' is not known here: %s",
	    (int)(at->key.n < 40 ? at->key.n : 40), at->key.p, known);

	return err_at(p->why, e, NULL, at->key_line, at->key_column);
}

bool
part_is(const struct tree *t, const char *key)
{
	return str_eq(t->key, str_c(key));
}

enum err
part_text(const struct part *p, const struct tree *t, size_t max, struct str *ret)
{
	if (t->kind != TREE_TEXT || t->text.n == 0 || t->text.n > max)
		return part_refuse(p, t, "a text of 1 to %zu bytes is wanted here", max);
	for (size_t i = 0; i < t->text.n; i++)
		if ((unsigned char)t->text.p[i] < 0x20 || t->text.p[i] == 0x7f)
			return part_refuse(p, t, "a text in one line is wanted here");
	*ret = t->text;
	return OK;
}

enum err
part_name(const struct part *p, const struct tree *t, struct str *ret)
{
	enum err e = part_text(p, t, BOOK_NAME_MAX, ret);

	for (size_t i = 0; e == OK && i < ret->n; i++) {
		const char c = ret->p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '-' || c == '_'))
			e = part_refuse(p, t, "a name is of letters, digits, - and _");
	}
	return e;
}

enum err
part_span(const struct part *p, const struct tree *t, int64_t *ret)
{
	if (t->kind != TREE_TEXT || !clock_span(t->text, ret) || *ret < 0 || *ret > SPAN_MAX)
		return part_refuse(p, t, "%.*s: is a time like 15m, at most 90d", STR_ARG(t->key));
	return OK;
}

enum err
part_count(const struct part *p, const struct tree *t, uint64_t max, unsigned *ret)
{
	uint64_t n;

	if (t->kind != TREE_TEXT || !str_u64(t->text, &n) || n > max)
		return part_refuse(p, t, "%.*s: is a number of at most %d", STR_ARG(t->key),
		    (int)max);
	*ret = (unsigned)n;
	return OK;
}

enum err
part_time(const struct part *p, const struct tree *t, int32_t *ret)
{
	if (t->kind != TREE_TEXT || !civil_time(t->text, ret))
		return part_refuse(p, t, "%.*s: is a time of day like \"09:00\"", STR_ARG(t->key));
	return OK;
}

enum err
part_rank(const struct part *p, const struct tree *t, unsigned *ret)
{
	for (unsigned i = 0; t->kind == TREE_TEXT && i < BOOK_RANKS; i++)
		if (str_eq_nocase(t->text, str_c(book_severity(i)))) {
			*ret = i;
			return OK;
		}
	return part_refuse(p, t, "a severity is critical, high, medium, low or info");
}

enum err
part_zone(struct part *p, const struct tree *t, const struct zone **ret, struct str *ret_name)
{
	struct part_zone *z;
	enum err e = part_text(p, t, 60, ret_name);

	if (e != OK)
		return e;
	for (z = p->zones; z != NULL; z = z->next)
		if (str_eq(z->name, *ret_name)) {
			*ret = &z->zone;
			return OK;
		}
	z = arena_alloc(p->a, sizeof(*z));
	if (z == NULL)
		return err_set(p->why, FAIL_LIMIT, "too many time zones");
	e = zone_find(*ret_name, &z->zone, p->why);
	if (e != OK)
		return err_at(p->why, e, NULL, t->line, t->column);
	z->name = *ret_name;
	z->next = p->zones;
	p->zones = z;
	*ret = &z->zone;
	return OK;
}

enum err
part_person(const struct part *p, const struct tree *t, size_t *ret)
{
	const struct book_person *one;
	struct str name;
	enum err e = part_name(p, t, &name);

	if (e != OK)
		return e;
	one = book_person(p->b, name);
	if (one == NULL)
		return part_refuse(p, t, "there is nobody called '%.*s' among the people",
		    STR_ARG(name));
	*ret = (size_t)(one - p->b->people);
	return OK;
}

enum err
part_list(struct part *p, const struct tree *t, size_t max, part_fn fn, void *ctx)
{
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n == 0 || t->n > max)
		return part_refuse(p, t, "%.*s: is a list of 1 to %zu", STR_ARG(t->key), max);
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next)
		e = fn(p, m, ctx);
	return e;
}

enum err
part_map(struct part *p, const struct tree *t, part_fn fn, void *ctx)
{
	enum err e = OK;

	if (t->kind != TREE_MAP)
		return part_refuse(p, t, "a map is wanted here, not %s", tree_word(t));
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next)
		e = fn(p, m, ctx);
	return e;
}

enum err
part_grow(const struct part *p, void **items, size_t n, size_t more, size_t size)
{
	void *fresh = arena_alloc(p->a, (n + more) * size + 1);

	if (fresh == NULL)
		return err_set(p->why, FAIL_LIMIT, "the file is too large");
	if (n != 0)
		memcpy(fresh, *items, n * size);
	*items = fresh;
	return OK;
}
