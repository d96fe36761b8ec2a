/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules_test.py */
/* Each item and value of a selection left out, each bound moved, exists turned round. */
#include "app/mutsel.h"

#include <stdio.h>

/* Selections are small trees: a list of maps of lists. */
#define DEEP_MAX 4

static bool
has_modifier(struct str key, bool (*is)(struct str word))
{
	(void)str_until(&key, '|');
	while (key.n != 0)
		if (is(str_until(&key, '|')))
			return true;
	return false;
}

static bool
is_exists(struct str word)
{
	return str_eq(word, STR("exists"));
}

static void
member(struct mutant *m, struct str path, const struct ydoc *sel, const struct ydoc *c)
{
	bool yes = str_eq(c->text, STR("true"));

	if (c->key == NULL || c->kind != YDOC_SCALAR)
		return;
	if (has_modifier(c->key->text, mutant_is_bound))
		mutant_number(m, path, sel, c, -2);
	if (!has_modifier(c->key->text, is_exists))
		return;
	mutant_begin(m, path);
	mutant_put(m, sel, c, yes ? "false" : "true");
	mutant_give(m, "%.*s %.*s: %s", STR_ARG(path), STR_ARG(c->key->text),
	    yes ? "false" : "true");
}

static void
walk(struct mutant *m, struct str path, const struct ydoc *sel, const struct ydoc *v, unsigned deep)
{
	for (const struct ydoc *c = v->first; c != NULL && deep < DEEP_MAX; c = c->next) {
		if (v->n > 1)
			mutant_without(m, path, sel, c);
		member(m, path, sel, c);
		walk(m, path, sel, c, deep + 1);
	}
}

void
mutsel_each(struct mutant *m, const struct ydoc *detection)
{
	for (const struct ydoc *sel = detection->first; sel != NULL; sel = sel->next) {
		auto_buf struct buf path = { 0 };

		if (str_eq(sel->key->text, STR("condition")))
			continue;
		buf_init(&path, 0);
		buf_printf(&path, "detection.%.*s", STR_ARG(sel->key->text));
		walk(m, buf_view(&path), sel, sel, 0);
	}
}
