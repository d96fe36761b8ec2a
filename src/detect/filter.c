/* Filters: which rules they mean, and their condition for the field names of those. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_filter.c */
#include "detect/filter.h"

#include <stdio.h>

#include "detect/detection.h"
#include "detect/lint.h"
#include "detect/pool.h"

#define FILTERS_MAX 10000

/* The condition as it reads for rules of one category. */
struct reading {
	struct str category;
	const struct expr *expr;
};

struct filter {
	struct rule_reader rd;
	const struct ydoc *section, *rules; /* rules is NULL: any */
	struct str source[DIM_COUNT];
	bool *used; /* by place in the list of rules */
	VEC(struct reading) readings;
};

static enum err
fail(struct diag *why, const struct ydoc *at, const char *what)
{
	(void)err_set(why, FAIL_SYNTAX, "%s", what);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

static void
warn(void *ctx, const struct ydoc *at, const char *text)
{
	rule_read_warn(ctx, at->line, at->column, text);
}

/* A list of ids or names; `any`, an empty list and none at all mean every rule. */
static enum err
read_rules(struct filter *f, struct diag *why)
{
	const struct ydoc *v = ydoc_get(f->section, "rules");

	if (v == NULL || (v->kind == YDOC_LIST && v->n == 0) ||
	    (v->kind == YDOC_SCALAR && str_eq(v->text, STR("any"))))
		return OK;
	if (v->kind != YDOC_LIST)
		return fail(why, v, "rules is a list of ids or names, or 'any'");
	for (const struct ydoc *m = v->first; m != NULL; m = m->next)
		if (m->kind != YDOC_SCALAR || m->text.n == 0)
			return fail(why, m, "rules is a list of ids or names, or 'any'");
	f->rules = v;
	f->used = mem_zalloc(v->n);
	return OK;
}

static bool
has_not(const struct expr *e)
{
	if (e->op == EXPR_NOT)
		return true;
	for (uint32_t i = 0; i < e->n; i++)
		if (has_not(e->kids[i]))
			return true;
	return false;
}

static enum err
read_for(struct filter *f, struct str category, const struct expr **ret, struct diag *why)
{
	const struct select s = rule_read_select(&f->rd, category);
	enum err err;

	for (size_t i = 0; i < f->readings.n; i++) {
		if (!str_eq(f->readings.p[i].category, category))
			continue;
		*ret = f->readings.p[i].expr;
		return OK;
	}
	err = detection_build(&s, f->section, "rules", ret, why);
	f->rd.note = NULL; /* warned once */
	if (err == OK)
		VEC_PUSH(&f->readings, ((struct reading){ category, *ret }));
	return err;
}

static enum err
read_filter(struct filter *f, const struct ydoc *doc, struct diag *why)
{
	const struct ydoc *title = ydoc_get(doc, "title");
	const struct expr *e = NULL;
	struct rule_reader loud = f->rd;
	enum err err;

	if (title == NULL || title->kind != YDOC_SCALAR || title->text.n == 0)
		return fail(why, title != NULL ? title : doc, "a filter needs a title");
	if (f->section->kind != YDOC_MAP)
		return fail(why, f->section,
		    "filter is a map of rules, selections and a condition");
	if (ydoc_get(doc, "detection") != NULL || ydoc_get(doc, "correlation") != NULL)
		return fail(why, f->section->key, "a filter has no detection and no correlation");
	err = rule_read_source(f->rd.atoms->arena, doc, f->source, why);
	if (err == OK)
		err = read_rules(f, why);
	/* Read once for its own log source, so that what is wrong with it shows without rules. */
	if (err == OK)
		err = read_for(f, f->source[DIM_CATEGORY], &e, why);
	if (err == OK && !has_not(e))
		warn(&loud, ydoc_get(f->section, "condition"),
		    "rules of this filter match only where its condition holds, too; to leave "
		    "something out write 'not'");
	if (err == OK && loud.note != NULL)
		lint_rule(doc, warn, &loud);
	return err;
}

static void
filter_free(struct filter *f)
{
	free(f->used);
	VEC_FINI(&f->readings);
	free(f);
}

enum err
filter_add(filter_list *list, const struct rule_reader *rd, const struct ydoc *doc,
    struct diag *why)
{
	struct filter *f = MEM_NEW(struct filter);
	enum err err;

	f->rd = *rd;
	f->section = ydoc_get(doc, "filter");
	err = list->n < FILTERS_MAX ? read_filter(f, doc, why)
				    : err_set(why, FAIL_LIMIT, "too many filters");
	if (err != OK) {
		filter_free(f);
		return err;
	}
	f->rd.note = rd->note;
	VEC_PUSH(list, f);
	return OK;
}

void
filter_fini(filter_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		filter_free(list->p[i]);
	VEC_FINI(list);
}

static bool
means(const struct filter *f, const struct crule *rule)
{
	bool named = f->rules == NULL;
	size_t i = 0;

	for (const struct ydoc *m = f->rules != NULL ? f->rules->first : NULL; m != NULL;
	     m = m->next, i++) {
		if (!str_eq(m->text, str_c(rule->pub.id)) && !str_eq(m->text, rule->name))
			continue;
		f->used[i] = true;
		named = true;
	}
	for (int d = 0; d < DIM_COUNT; d++)
		if (f->source[d].n > 0 && !str_eq(f->source[d], rule->source[d]))
			return false;
	return named;
}

enum err
filter_apply(const filter_list *list, struct crule *rule, struct diag *why)
{
	for (size_t i = 0; i < list->n; i++) {
		struct filter *f = list->p[i];
		const struct expr *both[2] = { rule->expr, NULL };
		ruleset_note_fn note = f->rd.note;
		enum err err;

		if (!means(f, rule))
			continue;
		f->rd.note = NULL;
		err = read_for(f, rule->source[DIM_CATEGORY], &both[1], why);
		f->rd.note = note;
		if (err != OK)
			return err_at(why, err, f->rd.file, why != NULL ? why->line : 0,
			    why != NULL ? why->column : 0);
		rule->expr = expr_join(f->rd.atoms->arena, EXPR_AND, both, ARRAY_LEN(both));
	}
	return OK;
}

void
filter_finish(const filter_list *list)
{
	char text[160];

	for (size_t k = 0; k < list->n; k++) {
		const struct filter *f = list->p[k];
		size_t i = 0;

		for (const struct ydoc *m = f->rules != NULL ? f->rules->first : NULL; m != NULL;
		     m = m->next, i++)
			if (!f->used[i]) {
				(void)snprintf(text, sizeof(text),
				    "no rule that was loaded has the id or name '%.*s'",
				    m->text.n > 90 ? 90 : (int)m->text.n, m->text.p);
				rule_read_warn(&f->rd, m->line, m->column, text);
			}
	}
}
