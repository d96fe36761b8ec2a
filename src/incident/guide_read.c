/* SPDX-License-Identifier: Apache-2.0 */
/* exports: guide_read */
/* tested by: test/unit/incident/test_guide.c */
/* Files of a guide. */
#include "base/clock.h"
#include "conf/tree.h"
#include "incident/guide_in.h"

#define TEXT_MAX 300

static enum err
refuse(struct diag *why, const struct tree *at, const char *what)
{
	enum err e = err_set(why, FAIL_SYNTAX, "%s", what);

	return err_at(why, e, NULL, at->line, at->column);
}

static bool
key_is(const struct tree *t, const char *key)
{
	return str_eq(t->key, str_c(key));
}

static enum err
read_text(const struct tree *t, struct str *ret, struct diag *why)
{
	if (t->kind != TREE_TEXT || t->text.n == 0 || t->text.n > TEXT_MAX)
		return refuse(why, t, "a text of 1 to 300 bytes is wanted here");
	*ret = t->text;
	return OK;
}

static enum err
read_bool(const struct tree *t, bool *ret, struct diag *why)
{
	if (t->kind != TREE_TEXT ||
	    (!str_eq(t->text, STR("true")) && !str_eq(t->text, STR("false"))))
		return refuse(why, t, "true or false is wanted here");
	*ret = str_eq(t->text, STR("true"));
	return OK;
}

static enum err
read_span(const struct tree *t, int64_t *ret, struct diag *why)
{
	if (t->kind == TREE_TEXT && clock_span(t->text, ret) && *ret > 0)
		return OK;
	return refuse(why, t, "a time like 15m is wanted here");
}

static enum err
read_words(const struct tree *t, struct guide_words *ret, struct diag *why)
{
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n == 0 || t->n > GUIDE_WORDS_MAX)
		return refuse(why, t, "a list of 1 to 50 words is wanted here");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next)
		e = read_text(m, &ret->p[ret->n++], why);
	return e;
}

static enum err
read_severities(const struct tree *t, unsigned *ret, struct diag *why)
{
	struct guide_words words = { 0 };
	enum err e = read_words(t, &words, why);
	enum incident_severity s;

	for (size_t i = 0; i < words.n && e == OK; i++) {
		if (!incident_severity_find(words.p[i], &s))
			return refuse(why, t, "severities are critical, high, medium, low, info");
		*ret |= 1U << s;
	}
	return e;
}

static enum err
read_type(const struct tree *t, enum incident_type *ret, struct diag *why)
{
	if (t->kind == TREE_TEXT && incident_type_find(t->text, ret))
		return OK;
	return refuse(why, t, "the word of a type like brute-force is wanted here");
}

static enum err
read_chain(const struct tree *t, unsigned *ret, struct diag *why)
{
	enum incident_type type = INCIDENT_CUSTOM;
	enum err e = OK;

	if (t->kind != TREE_LIST)
		return refuse(why, t, "chain: is a list of types");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		e = read_type(m, &type, why);
		*ret |= 1U << type;
	}
	return e;
}

static enum err
read_part(const struct tree *t, struct guide_row *row, struct diag *why)
{
	if (key_is(t, "type")) {
		row->typed = true;
		return read_type(t, &row->answer.type, why);
	}
	if (key_is(t, "rules"))
		return read_words(t, &row->rules, why);
	if (key_is(t, "tags"))
		return read_words(t, &row->tags, why);
	if (key_is(t, "severity"))
		return read_severities(t, &row->severities, why);
	if (key_is(t, "open"))
		return read_bool(t, &row->answer.open, why);
	if (key_is(t, "correlation"))
		return read_bool(t, &row->answer.correlation, why);
	return refuse(why, t,
	    "a row has the members type, rules, tags, severity, open and correlation");
}

static enum err
read_rows(struct guide *p, const struct tree *t, struct diag *why)
{
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n > GUIDE_ROWS_MAX)
		return refuse(why, t, "rows: is a list of at most 200");
	p->rows = arena_alloc(p->arena, (t->n + 1) * sizeof(*p->rows));
	if (p->rows == NULL)
		return err_set(why, FAIL_LIMIT, "the guide is too large");
	p->n_rows = 0;
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		struct guide_row *row = &p->rows[p->n_rows++];

		if (m->kind != TREE_MAP)
			return refuse(why, m, "a row is a map");
		for (const struct tree *k = m->first; k != NULL && e == OK; k = k->next)
			e = read_part(k, row, why);
		if (e == OK && !row->typed)
			e = refuse(why, m, "a row says its type");
	}
	return e;
}

static enum err
read_opening(struct guide *p, const struct tree *top, struct diag *why)
{
	struct str name;
	enum err e = OK;

	for (const struct tree *m = top->first; m != NULL && e == OK; m = m->next) {
		if (key_is(m, "opening"))
			e = read_text(m, &name, why);
		else if (key_is(m, "window"))
			e = read_span(m, &p->window, why);
		else if (key_is(m, "chain"))
			e = read_chain(m, &p->chain, why);
		else if (key_is(m, "rows"))
			e = read_rows(p, m, why);
		else
			e = refuse(why, m, "it has the members opening, window, chain and rows");
	}
	return e;
}

static enum err
read_step_part(const struct tree *t, struct guide_step *s, struct diag *why)
{
	static const char *const fields[] = { "owner", "cause", "summary", "impact", "scope",
		"helped", "hindered" };

	if (key_is(t, "step"))
		return read_text(t, &s->text, why);
	if (key_is(t, "optional"))
		return read_bool(t, &s->optional, why);
	if (key_is(t, "within"))
		return read_span(t, &s->within, why);
	if (!key_is(t, "field"))
		return refuse(why, t, "a step has the members step, field, optional and within");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (str_eq(t->text, str_c(fields[i]))) {
			s->field = t->text;
			return OK;
		}
	return refuse(why, t, "field: is owner, cause, summary, impact, scope, helped or hindered");
}

static enum err
read_steps(struct guide *p, const struct tree *t, struct guide_steps *ret, struct diag *why)
{
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n > GUIDE_STEPS_MAX)
		return refuse(why, t, "a list of at most 200 steps is wanted here");
	ret->n = 0;
	ret->p = arena_alloc(p->arena, (t->n + 1) * sizeof(*ret->p));
	if (ret->p == NULL)
		return err_set(why, FAIL_LIMIT, "the guide is too large");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		struct guide_step *s = &ret->p[ret->n++];

		if (m->kind != TREE_MAP)
			return refuse(why, m, "a step is a map like {step: Ask the user}");
		for (const struct tree *k = m->first; k != NULL && e == OK; k = k->next)
			e = read_step_part(k, s, why);
		if (e == OK && s->text.n == 0)
			e = refuse(why, m, "a step says what is to be done");
	}
	return e;
}

static enum err
read_phases(struct guide *p, const struct tree *t, unsigned of, struct diag *why)
{
	enum incident_phase phase;
	enum err e = OK;

	if (t->kind != TREE_MAP)
		return refuse(why, t, "phases: is a map");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		if (!incident_phase_find(m->key, &phase))
			return refuse(why, m, "there is no such phase");
		e = read_steps(p, m, &p->steps[of][phase], why);
	}
	return e;
}

static enum err
read_checklist(struct guide *p, const struct tree *top, struct diag *why)
{
	enum incident_type type = INCIDENT_CUSTOM;
	unsigned of = INCIDENT_TYPES;
	struct str title;
	enum err e = OK;

	for (const struct tree *m = top->first; m != NULL && e == OK; m = m->next) {
		if (key_is(m, "checklist") && str_eq(m->text, STR("common"))) {
			of = INCIDENT_TYPES;
		} else if (key_is(m, "checklist")) {
			e = read_type(m, &type, why);
			of = type;
		} else if (key_is(m, "title")) {
			e = read_text(m, &title, why);
		} else if (key_is(m, "phases")) {
			e = read_phases(p, m, of, why);
		} else {
			e = refuse(why, m, "it has the members checklist, title and phases");
		}
	}
	return e;
}

static enum err
read_target(struct guide *p, const struct tree *t, enum guide_measure of, struct diag *why)
{
	enum incident_severity s;
	enum err e = OK;

	if (t->kind != TREE_MAP)
		return refuse(why, t, "a map like {critical: 5m, all: 1h} is wanted here");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		if (key_is(m, "all"))
			e = read_span(m, &p->target_all[of], why);
		else if (incident_severity_find(m->key, &s))
			e = read_span(m, &p->target[of][s], why);
		else
			e = refuse(why, m, "it has the members all and severities");
	}
	return e;
}

static bool
find_measure(struct str word, enum guide_measure *ret)
{
	for (unsigned i = 0; i < GUIDE_MEASURES; i++)
		if (str_eq(word, str_c(guide_measure_word((enum guide_measure)i)))) {
			*ret = (enum guide_measure)i;
			return true;
		}
	return false;
}

static enum err
read_targets(struct guide *p, const struct tree *top, struct diag *why)
{
	enum guide_measure of;
	struct str title;
	enum err e = OK;

	for (const struct tree *m = top->first; m != NULL && e == OK; m = m->next) {
		if (key_is(m, "targets"))
			e = read_text(m, &p->targets, why);
		else if (key_is(m, "title"))
			e = read_text(m, &title, why);
		else if (find_measure(m->key, &of))
			e = read_target(p, m, of, why);
		else
			e = refuse(why, m,
			    "it has the members targets, title, detect, acknowledge, respond,"
			    " contain and resolve");
	}
	return e;
}

static enum err
read_top(struct guide *p, const struct tree *top, struct diag *why)
{
	if (top->kind == TREE_MAP && top->first != NULL) {
		if (key_is(top->first, "opening"))
			return read_opening(p, top, why);
		if (key_is(top->first, "checklist"))
			return read_checklist(p, top, why);
		if (key_is(top->first, "targets"))
			return read_targets(p, top, why);
	}
	return refuse(why, top, "the file begins with opening, checklist or targets");
}

enum err
guide_read(struct guide *p, struct str text, const char *file, struct diag *why)
{
	struct tree *top = NULL;
	struct str kept;
	enum err e;

	if (!arena_copy(p->arena, text, &kept))
		return err_set(why, FAIL_LIMIT, "the guide is too large");
	e = tree_read_once(kept, p->arena, &top, why);
	if (e == OK)
		e = read_top(p, top, why);
	if (e != OK && why != NULL)
		return err_at(why, e, file, why->line, why->column);
	return e;
}
