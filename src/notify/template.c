/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/notify/test_kind.c */
/* Writes a JSON document from a template. */
#include "notify/template.h"

#include "notify/secret.h"

struct writing {
	const struct fill *f;
	struct jsonw *w;
	struct diag *why;
	enum err e;
};

static void put(struct writing *x, const struct tree *t);

static const struct tree *
member(const struct tree *map, const char *key)
{
	for (const struct tree *t = map->first; t != NULL; t = t->next)
		if (str_eq(t->key, str_c(key)))
			return t;
	return NULL;
}

/* Is there anything in what a placeholder stands for? */
static bool
is_there(struct writing *x, struct str text)
{
	auto_secret struct buf s = { 0 };

	x->e = fill_text(x->f, text, FILL_TEXT, &s, x->why);
	return x->e == OK && s.n != 0;
}

/* $if holds; what is no map counts. */
static bool
is_wanted(struct writing *x, const struct tree *t)
{
	const struct tree *cond = t->kind == TREE_MAP ? member(t, "$if") : NULL;

	return cond == NULL || is_there(x, cond->text);
}

static void
put_scalar(struct writing *x, const struct tree *t)
{
	bool empty;
	int64_t n;

	if (t->kind == TREE_NULL)
		jsonw_null(x->w);
	else if (!t->quoted && (str_eq(t->text, STR("true")) || str_eq(t->text, STR("false"))))
		jsonw_bool(x->w, t->text.p[0] == 't');
	else if (!t->quoted && str_i64(t->text, &n))
		jsonw_int(x->w, n);
	else
		x->e = fill_json(x->f, t->text, x->w, &empty, x->why);
}

/* Left out when it is empty. */
static void
put_perhaps(struct writing *x, const struct tree *t)
{
	auto_buf struct buf one = { 0 };
	struct jsonw w;
	bool empty = false;

	jsonw_init(&w, &one);
	x->e = fill_json(x->f, t->text, &w, &empty, x->why);
	if (x->e != OK || empty)
		return;
	jsonw_key(x->w, (struct str){ t->key.p, t->key.n - 1 });
	jsonw_raw(x->w, buf_view(&one));
}

static void
put_members(struct writing *x, const struct tree *map)
{
	for (const struct tree *t = map->first; t != NULL && x->e == OK; t = t->next) {
		if (str_eq(t->key, STR("$if")) || str_eq(t->key, STR("$each")))
			continue;
		if (str_ends(t->key, STR("?")) && t->kind == TREE_TEXT) {
			put_perhaps(x, t);
		} else if (is_wanted(x, t)) {
			jsonw_key(x->w, t->key);
			put(x, t);
		}
	}
}

static void
put_nested(struct writing *x, const struct tree *t)
{
	auto_secret struct buf inner = { 0 };

	x->e = template_json(x->f, t, &inner, x->why);
	if (x->e == OK)
		jsonw_str(x->w, buf_view(&inner));
}

static void
put_map(struct writing *x, const struct tree *t)
{
	const struct tree *nested = member(t, "$json");

	if (nested != NULL) {
		put_nested(x, nested);
		return;
	}
	jsonw_obj(x->w);
	put_members(x, t);
	jsonw_end(x->w);
}

struct repeating {
	struct writing *x;
	const struct tree *t;
};

static void
put_repeated(void *ctx, struct str item)
{
	struct repeating *r = ctx;
	struct fill f = *r->x->f;
	struct writing inner = *r->x;

	if (r->x->e != OK)
		return;
	f.item = item;
	inner.f = &f;
	put_map(&inner, r->t);
	r->x->e = inner.e;
}

static void
put_list(struct writing *x, const struct tree *list)
{
	jsonw_arr(x->w);
	for (const struct tree *t = list->first; t != NULL && x->e == OK; t = t->next) {
		const struct tree *each = t->kind == TREE_MAP ? member(t, "$each") : NULL;
		struct repeating r = { x, t };

		if (!is_wanted(x, t))
			continue;
		if (each != NULL)
			(void)fill_each(x->f, each->text, put_repeated, &r);
		else
			put(x, t);
	}
	jsonw_end(x->w);
}

static void
put(struct writing *x, const struct tree *t)
{
	if (x->e != OK)
		return;
	if (t->kind == TREE_MAP)
		put_map(x, t);
	else if (t->kind == TREE_LIST)
		put_list(x, t);
	else
		put_scalar(x, t);
}

enum err
template_json(const struct fill *f, const struct tree *t, struct buf *to, struct diag *why)
{
	struct jsonw w;
	struct writing x = { .f = f, .w = &w, .why = why };

	jsonw_init(&w, to);
	put(&x, t);
	if (x.e == OK && buf_overflow(to))
		x.e = err_set(why, FAIL_LIMIT, "the message is too long");
	return x.e;
}

static void
put_percent(struct str s, struct buf *to)
{
	for (size_t i = 0; i < s.n; i++) {
		const char c = s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    memchr("-._~", c, 4) != NULL)
			buf_byte(to, c);
		else
			buf_printf(to, "%%%02X", (unsigned char)c);
	}
}

enum err
template_form(const struct fill *f, const struct tree *map, struct buf *to, struct diag *why)
{
	enum err e = OK;

	for (const struct tree *t = map->first; t != NULL && e == OK; t = t->next) {
		auto_secret struct buf one = { 0 };
		const bool perhaps = str_ends(t->key, STR("?"));

		e = fill_text(f, t->text, FILL_TEXT, &one, why);
		if (e != OK || (perhaps && one.n == 0))
			continue;
		buf_str(to, to->n != 0 ? STR("&") : STR(""));
		put_percent((struct str){ t->key.p, t->key.n - perhaps }, to);
		buf_byte(to, '=');
		put_percent(buf_view(&one), to);
	}
	return e == OK && buf_overflow(to) ? err_set(why, FAIL_LIMIT, "the message is too long")
					   : e;
}

static enum err
check_name(const struct fill_names *n, struct str name, struct diag *why)
{
	auto_buf struct buf text = { 0 };

	buf_printf(&text, "{{%.*s}}", STR_ARG(name));
	return fill_check(n, buf_view(&text), why);
}

enum err
template_check(const struct fill_names *n, const struct tree *t, struct diag *why)
{
	struct diag inner = { 0 };
	enum err e = OK;

	if (t->kind == TREE_TEXT && str_eq(t->key, STR("$each")))
		e = check_name(n, t->text, &inner);
	else if (t->kind == TREE_TEXT)
		e = fill_check(n, t->text, &inner);
	if (e != OK)
		return err_set(why, e, "line %u: %s", t->line, inner.text);
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next)
		e = template_check(n, m, why);
	return e;
}
