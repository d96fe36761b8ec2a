/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules_test.py */
/* One change at a time to what a rule asks. */
#include "app/mutate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "detect/ruletext.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "detect/ydoc.h"

#define WHAT_SIZE 400

struct job {
	const struct rule *rule;
	const struct ydoc *doc, *corr;
	struct buf text;
	char what[WHAT_SIZE];
	mutate_fn fn;
	void *ctx;
};

/* A YAML double-quoted scalar is JSON's. */
static void
put_quoted(struct str s, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_str(&w, s);
}

static void
begin(struct job *j)
{
	buf_reset(&j->text);
	buf_str(&j->text, STR("profile: mutant\ntune:\n  "));
	put_quoted(str_c(j->rule->id), &j->text);
	buf_str(&j->text, STR(":\n    "));
}

static void
give(struct job *j)
{
	buf_byte(&j->text, '\n');
	j->fn(j->ctx, j->what, buf_view(&j->text));
}

static void
put_value(const struct ydoc *v, struct buf *to)
{
	const char *sep = "";

	if (v->kind == YDOC_SCALAR && v->type == YDOC_TEXT)
		put_quoted(v->text, to);
	else if (v->kind == YDOC_SCALAR)
		buf_str(to, v->text);
	if (v->kind == YDOC_SCALAR)
		return;
	buf_byte(to, v->kind == YDOC_LIST ? '[' : '{');
	for (const struct ydoc *m = v->first; m != NULL; m = m->next) {
		buf_str(to, str_c(sep));
		sep = ", ";
		if (v->kind == YDOC_MAP) {
			put_quoted(m->key->text, to);
			buf_str(to, STR(": "));
		}
		put_value(m, to);
	}
	buf_byte(to, v->kind == YDOC_LIST ? ']' : '}');
}

/* A number with what stands behind it: "5", "0.1", "5%". */
static bool
read_number(const struct ydoc *v, double *ret, char unit[4])
{
	char text[40], *end;

	if (v->kind != YDOC_SCALAR || v->text.n == 0 || v->text.n >= sizeof(text))
		return false;
	(void)str_to_c(v->text, text, sizeof(text));
	*ret = strtod(text, &end);
	(void)snprintf(unit, 4, "%.3s", end);
	return end != text && (*end == '\0' || strcmp(end, "%") == 0);
}

/* One more or less; a twentieth where the number is large, so that a case need not hit it. */
static double
step_of(double n)
{
	if (floor(n) != n)
		return fabs(n) / 10;
	return fabs(n) <= 100 ? 1 : ceil(fabs(n) / 20);
}

static void
put_changed(struct buf *to, double n, const char *unit)
{
	buf_printf(to, "%.10g%s", n, unit);
}

/* The map with one of its numbers changed, as `path: {...}`. */
static void
change_in_map(struct job *j, const char *path, const struct ydoc *map, const struct ydoc *one,
    double n, const char *unit)
{
	const char *sep = "";

	begin(j);
	buf_printf(&j->text, "%s: {", path);
	for (const struct ydoc *m = map->first; m != NULL; m = m->next) {
		buf_str(&j->text, str_c(sep));
		sep = ", ";
		put_quoted(m->key->text, &j->text);
		buf_str(&j->text, STR(": "));
		if (m == one)
			put_changed(&j->text, n, unit);
		else
			put_value(m, &j->text);
	}
	buf_str(&j->text, STR("}"));
	(void)snprintf(j->what, sizeof(j->what), "%s %.*s %.*s -> %.10g%s", path,
	    STR_ARG(one->key->text), STR_ARG(one->text), n, unit);
	give(j);
}

static bool
is_bound(struct str key)
{
	static const char *const words[] = { "gt", "gte", "lt", "lte", "eq", "neq" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(key, str_c(words[i])))
			return true;
	return false;
}

static void
bounds(struct job *j)
{
	const struct ydoc *map = ydoc_get(j->corr, "condition");
	char unit[4];
	double n;

	if (map == NULL || map->kind != YDOC_MAP)
		return;
	for (const struct ydoc *m = map->first; m != NULL; m = m->next) {
		if (!is_bound(m->key->text) || !read_number(m, &n, unit))
			continue;
		change_in_map(j, "condition", map, m, n + step_of(n), unit);
		if (n - step_of(n) > 0)
			change_in_map(j, "condition", map, m, n - step_of(n), unit);
	}
}

static void
windows(struct job *j)
{
	const struct ydoc *v = ydoc_get(j->corr, "timespan");
	int64_t ns;

	if (v == NULL || !clock_span(v->text, &ns))
		return;
	for (int k = 0; k < 2; k++) {
		int64_t s = (k == 0 ? ns / 2 : ns * 2) / CLOCK_S;

		if (s == 0 || s > (int64_t)366 * 86400)
			continue;
		begin(j);
		buf_printf(&j->text, "timespan: %llds", (long long)s);
		(void)snprintf(j->what, sizeof(j->what), "timespan %.*s %s", STR_ARG(v->text),
		    k == 0 ? "halved" : "doubled");
		give(j);
	}
}

static void
groups(struct job *j)
{
	const struct ydoc *v = ydoc_get(j->corr, "group-by");

	for (const struct ydoc *out = v != NULL && v->kind == YDOC_LIST ? v->first : NULL;
	     out != NULL; out = out->next) {
		const char *sep = "";

		begin(j);
		buf_str(&j->text, STR("group-by: ["));
		for (const struct ydoc *m = v->first; m != NULL; m = m->next) {
			if (m == out)
				continue;
			buf_str(&j->text, str_c(sep));
			put_quoted(m->text, &j->text);
			sep = ", ";
		}
		buf_byte(&j->text, ']');
		(void)snprintf(j->what, sizeof(j->what), "group-by without %.*s",
		    STR_ARG(out->text));
		give(j);
	}
}

/* What a word of a condition becomes; NULL: it stays. */
static const char *
flip(struct str word, struct str next)
{
	static const struct {
		const char *from, *to;
		bool of; /* only before "of" */
	} words[] = { { "and", "or", false }, { "or", "and", false }, { "not", "", false },
		{ "all", "1", true }, { "1", "all", true }, { "any", "all", true } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(word, str_c(words[i].from)) && (!words[i].of || str_eq(next, STR("of"))))
			return words[i].to;
	return NULL;
}

static bool
ends_word(char c)
{
	return c == ' ' || c == '(' || c == ')';
}

static struct str
next_word(struct str s, size_t *at)
{
	size_t from;

	while (*at < s.n && ends_word(s.p[*at]))
		++*at;
	from = *at;
	while (*at < s.n && !ends_word(s.p[*at]))
		++*at;
	return (struct str){ s.p + from, *at - from };
}

static void
logic(struct job *j, const char *path, const struct ydoc *v)
{
	size_t at = 0;

	if (v == NULL || v->kind != YDOC_SCALAR)
		return;
	while (at < v->text.n) {
		struct str word = next_word(v->text, &at);
		size_t ahead = at, from = (size_t)(word.p - v->text.p);
		const char *to = flip(word, next_word(v->text, &ahead));
		auto_buf struct buf changed = { 0 };

		if (to == NULL)
			continue;
		buf_init(&changed, 0);
		buf_put(&changed, v->text.p, from);
		buf_str(&changed, str_c(to));
		buf_str(&changed, str_from(v->text, at));
		begin(j);
		buf_printf(&j->text, "%s: ", path);
		put_quoted(str_trim(buf_view(&changed)), &j->text);
		(void)snprintf(j->what, sizeof(j->what), "condition: %.*s",
		    STR_ARG(str_trim(buf_view(&changed))));
		give(j);
	}
}

/* field|gte: 500 of a selection. */
static void
selection_bounds(struct job *j, const struct ydoc *sel)
{
	char unit[4];
	double n;

	for (const struct ydoc *m = sel->kind == YDOC_MAP ? sel->first : NULL; m != NULL;
	     m = m->next) {
		struct str key = m->key->text, word;
		bool compared = false;

		while (key.n != 0) {
			word = str_until(&key, '|');
			compared = is_bound(word);
		}
		if (!compared || !read_number(m, &n, unit))
			continue;
		for (int k = -1; k <= 1; k += 2) {
			begin(j);
			buf_printf(&j->text, "\"detection.%.*s.%.*s\": %.10g",
			    STR_ARG(sel->key->text), STR_ARG(m->key->text), n + k * step_of(n));
			(void)snprintf(j->what, sizeof(j->what), "%.*s %.*s -> %.10g",
			    STR_ARG(m->key->text), STR_ARG(m->text), n + k * step_of(n));
			give(j);
		}
	}
}

enum err
mutate_each(const struct rule *r, mutate_fn fn, void *ctx, struct diag *why)
{
	struct job j = { .rule = r, .fn = fn, .ctx = ctx };
	struct arena *a = arena_new((size_t)16 << 20);
	const struct ydoc *detection;
	struct ydoc *doc = NULL;
	enum err e = ruletext_doc(r, a, &doc, why);

	buf_init(&j.text, 0);
	j.doc = doc;
	j.corr = ydoc_get(doc, "correlation");
	detection = ydoc_get(doc, "detection");
	if (e == OK && j.corr != NULL) {
		bounds(&j);
		windows(&j);
		groups(&j);
		logic(&j, "condition", ydoc_get(j.corr, "condition"));
	} else if (e == OK && detection != NULL) {
		logic(&j, "detection.condition", ydoc_get(detection, "condition"));
		for (const struct ydoc *m = detection->first; m != NULL; m = m->next)
			selection_bounds(&j, m);
	}
	buf_fini(&j.text);
	arena_free(a);
	return e;
}
