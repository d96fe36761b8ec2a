/* Selections, then the condition over their names. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/detection.h"

#include <stdio.h>

#include "detect/aggregate.h"
#include "detect/cond.h"

#define SELECTIONS_MAX 1000

struct build {
	const struct select *s;
	const struct ydoc *section;
	VEC(struct cond_name) names;
	struct diag *why;
};

static enum err
fail(struct diag *why, const struct ydoc *at, const char *what)
{
	(void)err_set(why, FAIL_SYNTAX, "%s", what);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

static enum err
read_selections(struct build *b, const char *skip)
{
	enum err err = OK;

	for (const struct ydoc *m = b->section->first; err == OK && m != NULL; m = m->next) {
		struct cond_name n = { .name = m->key->text };

		if (str_eq(n.name, STR("condition")) || str_eq(n.name, STR("timeframe")) ||
		    (skip[0] != '\0' && str_eq(n.name, str_c(skip))))
			continue;
		if (b->names.n == SELECTIONS_MAX)
			return fail(b->why, m->key, "too many selections");
		err = select_build(b->s, m, &n.expr, b->why);
		VEC_PUSH(&b->names, n);
	}
	return err;
}

/* "s | count() by x > 5": refused with the correlation that says the same. */
static enum err
refuse_pipe(struct build *b, const struct ydoc *c, struct str pipe)
{
	const struct ydoc *timeframe = ydoc_get(b->section, "timeframe");
	auto_buf struct buf text = { 0 };
	enum err err;

	buf_init(&text, 0);
	aggregate_advice(pipe,
	    timeframe != NULL && timeframe->kind == YDOC_SCALAR ? timeframe->text : STR(""), &text);
	err = err_set(b->why, FAIL_SYNTAX, "%.*s", STR_ARG(buf_view(&text)));
	return err_at(b->why, err, NULL, c->line, c->column + (uint32_t)(pipe.p - c->text.p));
}

static enum err
read_condition(struct build *b, const struct ydoc *c, const struct expr **ret)
{
	const char *pipe;
	enum err err;

	if (c->kind != YDOC_SCALAR)
		return fail(b->why, c, "a condition is a single text");
	pipe = memchr(c->text.p, '|', c->text.n);
	if (pipe != NULL)
		return refuse_pipe(b, c, str_from(c->text, (size_t)(pipe - c->text.p)));
	err = cond_parse(c->text, b->names.p, b->names.n, b->s->atoms->arena, ret, b->why);
	if (err == OK)
		return OK;
	/* The place within the text is exact where the text stands on one line without escapes. */
	return err_at(b->why, err, NULL, c->line,
	    c->column + (b->why != NULL ? b->why->column - 1 : 0));
}

static enum err
read_conditions(struct build *b, const struct expr **ret)
{
	const struct ydoc *c = ydoc_get(b->section, "condition"),
			  *timeframe = ydoc_get(b->section, "timeframe");
	VEC(const struct expr *) list = { 0 };
	const struct expr *e = NULL;
	enum err err = OK;

	if (c == NULL)
		return fail(b->why, b->section, "detection needs a condition");
	if (c->kind != YDOC_LIST) {
		err = read_condition(b, c, ret);
	} else {
		for (const struct ydoc *m = c->first; err == OK && m != NULL; m = m->next) {
			err = read_condition(b, m, &e);
			VEC_PUSH(&list, e);
		}
		if (err == OK && list.n == 0)
			err = fail(b->why, c, "the list of conditions is empty");
		if (err == OK)
			*ret = expr_join(b->s->atoms->arena, EXPR_OR, list.p, list.n);
		VEC_FINI(&list);
	}
	if (err == OK && timeframe != NULL)
		err = fail(b->why, timeframe->key,
		    "timeframe is gone from Sigma: what happens repeatedly is a correlation rule "
		    "with a timespan");
	return err;
}

static void
warn_unused(const struct build *b)
{
	for (size_t i = 0; b->s->warn != NULL && i < b->names.n; i++) {
		const struct cond_name *n = &b->names.p[i];
		char text[160], name[80];

		if (n->used)
			continue;
		(void)snprintf(text, sizeof(text), "the condition does not use the selection '%s'",
		    str_to_c(n->name, name, sizeof(name)));
		b->s->warn(b->s->ctx, b->section, text);
	}
}

enum err
detection_build(const struct select *s, const struct ydoc *section, const char *skip,
    const struct expr **ret, struct diag *why)
{
	struct build b = { .s = s, .section = section, .why = why };
	enum err err = read_selections(&b, skip);

	if (err == OK)
		err = read_conditions(&b, ret);
	if (err == OK)
		warn_unused(&b);
	VEC_FINI(&b.names);
	return err;
}
