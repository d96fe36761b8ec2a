/* Reads rules: what they say of themselves, their log source, and what they look for. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/rule_read.h"

#include <stdio.h>

#include "base/clock.h"
#include "detect/action.h"
#include "detect/cond.h"
#include "detect/pool.h"
#include "detect/select.h"

#define TITLE_MAX 256
#define SELECTIONS_MAX 1000

struct reading {
	const struct rule_reader *rd;
	struct arena *arena;
	const struct ydoc *doc;
	struct crule *rule;
	struct diag *why;
};

static const struct level {
	const char *level, *severity;
} levels[] = {
	{ "informational", "INFO" },
	{ "low", "LOW" },
	{ "medium", "MEDIUM" },
	{ "high", "HIGH" },
	{ "critical", "CRITICAL" },
};

static enum err
fail(struct diag *why, const struct ydoc *at, const char *what)
{
	(void)err_set(why, FAIL_SYNTAX, "%s", what);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

void
rule_read_warn(const struct rule_reader *rd, uint32_t line, uint32_t column, const char *text)
{
	struct diag d = { 0 };

	if (rd->note == NULL)
		return;
	(void)err_set(&d, FAIL_SYNTAX, "%s", text);
	(void)err_at(&d, FAIL_SYNTAX, rd->file, line, column);
	rd->note(rd->ctx, RULESET_WARNING, &d);
}

static void
select_warn(void *ctx, const struct ydoc *at, const char *text)
{
	rule_read_warn(ctx, at->line, at->column, text);
}

/* A text of the document, "" when it is absent. */
static enum err
text_of(struct reading *r, const struct ydoc *map, const char *key, struct str *ret)
{
	const struct ydoc *v = ydoc_get(map, key);
	char what[80];

	*ret = STR("");
	if (v == NULL || (v->kind == YDOC_SCALAR && v->type == YDOC_NULL))
		return OK;
	if (v->kind != YDOC_SCALAR) {
		(void)snprintf(what, sizeof(what), "'%s' is a single text", key);
		return fail(r->why, v, what);
	}
	*ret = pool_str(r->arena, v->text);
	return OK;
}

static enum err
read_level(struct reading *r)
{
	const struct ydoc *v = ydoc_get(r->doc, "level");
	struct str level = STR("medium");

	if (v != NULL && v->kind == YDOC_SCALAR)
		level = v->text;
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		if (!str_eq(level, str_c(levels[i].level)))
			continue;
		r->rule->pub.level = levels[i].level;
		r->rule->pub.severity = levels[i].severity;
		return OK;
	}
	return fail(r->why, v, "level is informational, low, medium, high or critical");
}

static enum err
read_tags(struct reading *r)
{
	const struct ydoc *v = ydoc_get(r->doc, "tags");
	struct buf b;

	r->rule->pub.tags = "";
	if (v == NULL || (v->kind == YDOC_SCALAR && v->type == YDOC_NULL))
		return OK;
	if (v->kind != YDOC_LIST)
		return fail(r->why, v, "tags is a list like [attack.t1110]");
	buf_init(&b, 0);
	for (const struct ydoc *m = v->first; m != NULL; m = m->next) {
		if (m->kind != YDOC_SCALAR) {
			buf_fini(&b);
			return fail(r->why, m, "a tag is a single word like attack.t1110");
		}
		if (b.n > 0)
			buf_byte(&b, ',');
		buf_str(&b, m->text);
	}
	r->rule->pub.tags = pool_str(r->arena, buf_view(&b)).p;
	buf_fini(&b);
	return OK;
}

static const char *
status_of(const struct reading *r)
{
	const struct ydoc *v = ydoc_get(r->doc, "status");

	return v != NULL && v->kind == YDOC_SCALAR ? pool_str(r->arena, v->text).p : "";
}

static enum err
read_about(struct reading *r)
{
	const struct ydoc *title = ydoc_get(r->doc, "title");
	struct str id, description;
	enum err err = text_of(r, r->doc, "title", &r->rule->title);

	if (err == OK)
		err = text_of(r, r->doc, "id", &id);
	if (err == OK)
		err = text_of(r, r->doc, "name", &r->rule->name);
	if (err == OK)
		err = text_of(r, r->doc, "description", &description);
	if (err == OK)
		err = read_level(r);
	if (err == OK)
		err = read_tags(r);
	if (err != OK)
		return err;
	if (r->rule->title.n == 0)
		return fail(r->why, title != NULL ? title : r->doc, "a rule needs a title");
	if (r->rule->title.n > TITLE_MAX)
		return fail(r->why, title, "the title is longer than 256 characters");
	if (id.n == 0)
		id = r->rule->name.n > 0 ? r->rule->name : r->rule->title;
	r->rule->pub.id = id.p;
	r->rule->pub.title = r->rule->title.p;
	r->rule->pub.description = description.p;
	r->rule->pub.status = status_of(r);
	r->rule->pub.correlation = ydoc_get(r->doc, "correlation") != NULL;
	r->rule->pub.file = r->rd->file;
	r->rule->pub.line = r->doc->line;
	r->rule->pub.alerts = true;
	return OK;
}

struct group_field
rule_read_field(struct arena *a, struct str name, struct str category, bool *ret_known)
{
	struct group_field g = { .field = field_find_sigma(name, category) };

	*ret_known = g.field != FIELD_NONE;
	g.path = pool_str(a, name);
	g.name = *ret_known ? str_c(field_info(g.field)->native) : g.path;
	return g;
}

static enum err
read_group(struct reading *r, const struct ydoc *v)
{
	struct group_by *g = &r->rule->group;
	bool known;

	if (r->rule->corr != NULL)
		return fail(r->why, v->key, "a correlation groups by correlation.group-by");
	if (v->kind != YDOC_LIST)
		return fail(r->why, v, "group-by is a list of fields like [client_ip]");
	r->rule->default_group = false;
	for (const struct ydoc *m = v->first; m != NULL; m = m->next) {
		if (m->kind != YDOC_SCALAR || m->text.n == 0)
			return fail(r->why, m, "group-by is a list of fields like [client_ip]");
		if (g->n == COMPILED_GROUP_MAX)
			return fail(r->why, m, "at most 8 fields");
		g->f[g->n++] =
		    rule_read_field(r->arena, m->text, r->rule->source[DIM_CATEGORY], &known);
	}
	return OK;
}

static enum err
read_suppress(struct reading *r, const struct ydoc *v)
{
	int64_t *ns = &r->rule->pub.suppress;

	if (v->kind != YDOC_SCALAR || !clock_span(v->text, ns) || *ns <= 0)
		return fail(r->why, v, "suppress is a time like 1h, 30m or 7d");
	return OK;
}

static enum err
read_action(struct reading *r, const struct ydoc *v)
{
	const char *word = v->kind == YDOC_SCALAR ? action_find(v->text) : NULL;
	struct buf known;
	enum err err;

	if (word != NULL) {
		r->rule->pub.action = word;
		return OK;
	}
	buf_init(&known, 0);
	for (size_t i = 0; action_at(i) != NULL; i++)
		buf_printf(&known, "%s%s", i > 0 ? ", " : "", action_at(i));
	buf_byte(&known, '\0');
	(void)err_set(r->why, FAIL_SYNTAX, "action is one of %s", known.p);
	err = err_at(r->why, FAIL_SYNTAX, NULL, v->line, v->column);
	buf_fini(&known);
	return err;
}

/* Our own key: tocsin: {group-by: [client_ip], suppress: 1h, advice: "..."} */
static enum err
read_own(struct reading *r)
{
	const struct ydoc *own = ydoc_get(r->doc, "tocsin");
	struct str advice = STR("");
	enum err err = own != NULL ? text_of(r, own, "advice", &advice) : OK;

	r->rule->pub.suppress = COMPILED_DEFAULT_SUPPRESS;
	r->rule->pub.advice = own != NULL && err == OK ? advice.p : "";
	r->rule->pub.action = "";
	if (own == NULL || err != OK)
		return err;
	if (own->kind != YDOC_MAP)
		return fail(r->why, own,
		    "tocsin is a map of group-by, suppress, action and advice");
	for (const struct ydoc *m = own->first; err == OK && m != NULL; m = m->next) {
		if (str_eq(m->key->text, STR("group-by")))
			err = read_group(r, m);
		else if (str_eq(m->key->text, STR("suppress")))
			err = read_suppress(r, m);
		else if (str_eq(m->key->text, STR("action")))
			err = read_action(r, m);
		else if (!str_eq(m->key->text, STR("advice")))
			err = fail(r->why, m->key,
			    "tocsin knows group-by, suppress, action and advice");
	}
	return err;
}

static enum err
read_source(struct reading *r)
{
	static const char *const names[DIM_COUNT] = { "product", "category", "service" };
	const struct ydoc *v = ydoc_get(r->doc, "logsource");
	bool any = false;

	if (v == NULL)
		return fail(r->why, r->doc,
		    "a rule needs a logsource, for example 'category: webserver'");
	if (v->kind != YDOC_MAP)
		return fail(r->why, v, "logsource is a map, for example 'category: webserver'");
	for (int i = 0; i < DIM_COUNT; i++) {
		enum err err = text_of(r, v, names[i], &r->rule->source[i]);

		if (err != OK)
			return err;
		any |= r->rule->source[i].n > 0;
	}
	return any ? OK : fail(r->why, v, "logsource needs a product, a category or a service");
}

struct names {
	VEC(struct cond_name) v;
};

static enum err
read_selections(struct reading *r, const struct ydoc *detection, struct names *names)
{
	const struct select s = { .atoms = r->rd->atoms,
		.category = r->rule->source[DIM_CATEGORY],
		.warn = r->rd->note != NULL ? select_warn : NULL,
		.ctx = (void *)(uintptr_t)r->rd };
	enum err err = OK;

	for (const struct ydoc *m = detection->first; err == OK && m != NULL; m = m->next) {
		struct cond_name n = { .name = m->key->text };

		if (str_eq(n.name, STR("condition")))
			continue;
		if (str_eq(n.name, STR("timeframe")))
			return fail(r->why, m->key,
			    "timeframe is gone from Sigma; write a correlation rule "
			    "with a timespan");
		if (names->v.n == SELECTIONS_MAX)
			return fail(r->why, m->key, "too many selections");
		err = select_build(&s, m, &n.expr, r->why);
		VEC_PUSH(&names->v, n);
	}
	return err;
}

static enum err
read_condition(struct reading *r, const struct ydoc *c, struct names *names,
    const struct expr **ret)
{
	enum err err;

	if (c->kind != YDOC_SCALAR)
		return fail(r->why, c, "a condition is a single text");
	err = cond_parse(c->text, names->v.p, names->v.n, r->arena, ret, r->why);
	if (err == OK)
		return OK;
	/* The place within the text is exact where the text stands on one line without escapes. */
	return err_at(r->why, err, NULL, c->line,
	    c->column + (r->why != NULL ? r->why->column - 1 : 0));
}

static enum err
read_conditions(struct reading *r, const struct ydoc *detection, struct names *names)
{
	const struct ydoc *c = ydoc_get(detection, "condition");
	VEC(const struct expr *) list = { 0 };
	const struct expr *e = NULL;
	enum err err = OK;

	if (c == NULL)
		return fail(r->why, detection, "detection needs a condition");
	if (c->kind != YDOC_LIST)
		return read_condition(r, c, names, &r->rule->expr);
	for (const struct ydoc *m = c->first; err == OK && m != NULL; m = m->next) {
		err = read_condition(r, m, names, &e);
		VEC_PUSH(&list, e);
	}
	if (err == OK && list.n == 0)
		err = fail(r->why, c, "the list of conditions is empty");
	if (err == OK)
		r->rule->expr = expr_join(r->arena, EXPR_OR, list.p, list.n);
	VEC_FINI(&list);
	return err;
}

static enum err
read_detection(struct reading *r)
{
	const struct ydoc *detection = ydoc_get(r->doc, "detection");
	struct names names = { { 0 } };
	char text[160];
	enum err err;

	if (detection == NULL)
		return fail(r->why, r->doc, "a rule needs a detection section");
	if (detection->kind != YDOC_MAP)
		return fail(r->why, detection, "detection is a map of selections and a condition");
	err = read_selections(r, detection, &names);
	if (err == OK)
		err = read_conditions(r, detection, &names);
	for (size_t i = 0; err == OK && i < names.v.n; i++) {
		const struct cond_name *n = &names.v.p[i];
		char name[80];

		if (n->used)
			continue;
		(void)snprintf(text, sizeof(text), "the condition does not use the selection '%s'",
		    str_to_c(n->name, name, sizeof(name)));
		rule_read_warn(r->rd, detection->line, detection->column, text);
	}
	VEC_FINI(&names.v);
	return err;
}

static enum err
refuse_other(struct reading *r)
{
	const struct ydoc *v;

	if (r->doc->kind != YDOC_MAP)
		return fail(r->why, r->doc, "a rule is a map with title, logsource and detection");
	v = ydoc_get(r->doc, "filter");
	if (v != NULL)
		return fail(r->why, v->key, "filter rules are not supported yet");
	v = ydoc_get(r->doc, "action");
	if (v != NULL)
		return fail(r->why, v->key,
		    "rule collections (action:) are gone from Sigma; write each "
		    "rule out, divided by ---");
	return OK;
}

enum err
rule_read(const struct rule_reader *rd, const struct ydoc *doc, struct rule_draft *ret,
    struct diag *why)
{
	struct reading r = {
		.rd = rd, .arena = rd->atoms->arena, .doc = doc, .rule = &ret->rule, .why = why
	};
	const struct ydoc *section = ydoc_get(doc, "correlation");
	enum err err;

	*ret = (struct rule_draft){ .rule = { .default_group = true } };
	err = refuse_other(&r);
	if (err == OK)
		err = read_about(&r);
	if (err == OK && section != NULL) {
		ret->rule.default_group = false;
		err = corr_read(section, &ret->draft, why);
		ret->rule.corr = POOL_NEW(r.arena, struct corr);
		*ret->rule.corr = ret->draft.corr;
	} else if (err == OK) {
		err = read_source(&r);
		if (err == OK)
			err = read_detection(&r);
	}
	return err == OK ? read_own(&r) : err;
}

void
rule_read_fini(struct rule_draft *d)
{
	corr_draft_fini(&d->draft);
}
