/* Placeholders and their values. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_modifiers.c */
#include "detect/expand.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "conf/row.h"

#define NAMES_MAX 10000
#define PARTS_MAX 8 /* placeholders of one value */

/* Lists that public rules leave to each site and only take exceptions from: empty unless given. */
static const char *const left_empty[] = { "known_cdcs" };
static const struct ydoc no_values = { .kind = YDOC_LIST };

struct expand {
	struct map *names; /* to the list or scalar of the document */
	struct buf words;  /* names, blank-separated */
};

struct expand *
expand_new(void)
{
	struct expand *x = MEM_NEW(struct expand);

	x->names = map_new(sizeof(struct ydoc *), NAMES_MAX);
	buf_init(&x->words, 0);
	return x;
}

void
expand_free(struct expand *x)
{
	if (x == NULL)
		return;
	map_free(x->names);
	buf_fini(&x->words);
	free(x);
}

static enum err
fail(struct diag *why, const struct ydoc *at, const char *what)
{
	(void)err_set(why, FAIL_SYNTAX, "%s", what);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

static bool
is_values(const struct ydoc *v)
{
	if (v->kind == YDOC_SCALAR)
		return v->type != YDOC_NULL;
	for (const struct ydoc *m = v->first; m != NULL; m = m->next)
		if (m->kind != YDOC_SCALAR || m->type == YDOC_NULL)
			return false;
	return v->kind == YDOC_LIST;
}

enum err
expand_add(struct expand *x, const struct ydoc *map, struct diag *why)
{
	if (map->kind != YDOC_MAP)
		return fail(why, map, "placeholders is a map of names and lists of values");
	for (const struct ydoc *m = map->first; m != NULL; m = m->next) {
		const struct ydoc **slot;
		bool fresh;

		if (!is_values(m))
			return fail(why, m, "a placeholder has a value or a list of values");
		slot = map_put(x->names, m->key->text, &fresh);
		if (slot == NULL || !fresh)
			return fail(why, m->key,
			    slot != NULL ? "this placeholder is there already"
					 : "too many placeholders");
		*slot = m;
		buf_printf(&x->words, "%s%.*s", x->words.n > 0 ? " " : "", STR_ARG(m->key->text));
	}
	return OK;
}

/* A value cut at its placeholders: text, name, text, name ... text. */
struct parts {
	struct str text[PARTS_MAX + 1];
	const struct ydoc *values[PARTS_MAX];
	size_t n;         /* placeholders */
	struct buf plain; /* what the texts lie in */
};

static enum err
find(const struct expand *x, struct str name, const struct ydoc **ret, struct diag *why)
{
	const struct ydoc *const *at = x != NULL ? map_get(x->names, name) : NULL;
	struct str near;

	if (name.n > 60)
		name.n = 60;
	if (at != NULL) {
		*ret = *at;
		return OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(left_empty); i++) {
		if (!str_eq(name, str_c(left_empty[i])))
			continue;
		*ret = &no_values;
		return OK;
	}
	near = x != NULL ? row_nearest_word(name, buf_view(&x->words)) : (struct str){ NULL, 0 };
	if (near.n > 0)
		return err_set(why, FAIL_SYNTAX,
		    "there is no placeholder '%%%.*s%%'; did you mean '%%%.*s%%'?", STR_ARG(name),
		    STR_ARG(near));
	return err_set(why, FAIL_SYNTAX,
	    "there is no placeholder '%%%.*s%%'; give its values in a document "
	    "'placeholders: {%.*s: [...]}' among the rules",
	    STR_ARG(name), STR_ARG(name));
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr("*?\\ \t", s.p[i], 5) != NULL)
			return false;
	return s.n > 0;
}

/* Appends the byte, or takes the placeholder that begins with it; moves *i. */
static enum err
cut(const struct expand *x, struct str value, size_t *i, struct parts *p, struct diag *why)
{
	char c = value.p[*i];
	struct str rest = str_from(value, *i + 1), name;
	enum err err;

	if (c == '\\' && rest.n > 0 && rest.p[0] == '%') {
		buf_byte(&p->plain, '%');
		*i += 2;
		return OK;
	}
	name = rest;
	name.n = c == '%' ? str_until(&name, '%').n : 0;
	if (c != '%' || name.n == rest.n || !is_name((struct str){ rest.p, name.n })) {
		buf_byte(&p->plain, c);
		++*i;
		return OK;
	}
	if (p->n == PARTS_MAX)
		return err_set(why, FAIL_LIMIT, "more than %d placeholders in one value",
		    PARTS_MAX);
	err = find(x, (struct str){ rest.p, name.n }, &p->values[p->n], why);
	p->text[p->n++].n = p->plain.n; /* ends here */
	*i += name.n + 2;
	return err;
}

static enum err
give(const struct parts *p, const struct ydoc *const *choice, expand_fn fn, void *ctx)
{
	struct buf b;
	enum err err;

	buf_init(&b, 0);
	for (size_t i = 0; i <= p->n; i++) {
		buf_str(&b, p->text[i]);
		if (i < p->n)
			buf_str(&b, choice[i]->text);
	}
	err = fn(ctx, buf_view(&b));
	buf_fini(&b);
	return err;
}

static const struct ydoc *
first_of(const struct ydoc *values)
{
	return values->kind == YDOC_LIST ? values->first : values;
}

static enum err
each(const struct parts *p, expand_fn fn, void *ctx)
{
	const struct ydoc *choice[PARTS_MAX] = { NULL };
	enum err err = OK;
	size_t i = 0;

	for (size_t k = 0; k < p->n; k++)
		choice[k] = first_of(p->values[k]);
	while (err == OK) {
		err = give(p, choice, fn, ctx);
		for (i = 0; i < p->n; i++) { /* the next choice, like an odometer */
			choice[i] =
			    p->values[i]->kind == YDOC_LIST ? choice[i]->next : (struct ydoc *)NULL;
			if (choice[i] != NULL)
				break;
			choice[i] = first_of(p->values[i]);
		}
		if (i == p->n)
			break;
	}
	return err;
}

enum err
expand_each(const struct expand *x, struct str value, expand_fn fn, void *ctx, struct diag *why)
{
	struct parts p = { .n = 0 };
	size_t total = 1, from = 0;
	enum err err = OK;

	buf_init(&p.plain, 0);
	for (size_t i = 0; i < value.n && err == OK;)
		err = cut(x, value, &i, &p, why);
	if (err == OK && p.n == 0)
		err = err_set(why, FAIL_SYNTAX,
		    "'expand' is for values with a placeholder like %%admins%%");
	p.text[p.n].n = p.plain.n;
	for (size_t i = 0; i <= p.n && err == OK; i++) {
		size_t end = p.text[i].n;

		p.text[i] = (struct str){ p.plain.p != NULL ? p.plain.p + from : "", end - from };
		from = end;
	}
	for (size_t i = 0; i < p.n && err == OK; i++) {
		total *= p.values[i]->kind == YDOC_LIST ? p.values[i]->n : 1;
		if (total > EXPAND_MAX)
			err = err_set(why, FAIL_LIMIT, "the placeholders give more than %d values",
			    EXPAND_MAX);
	}
	if (err == OK && total > 0)
		err = each(&p, fn, ctx);
	buf_fini(&p.plain);
	return err;
}
