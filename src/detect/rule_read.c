/* Reads rules: what they say of themselves, their log source, and what they look for. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/rule_read.h"

#include <stdio.h>

#include "base/clock.h"
#include "conf/row.h"
#include "detect/action.h"
#include "detect/detection.h"
#include "detect/lint.h"
#include "detect/pool.h"
#include "detect/ruletests.h"
#include "detect/storm.h"

#define TITLE_MAX 256

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
text_of(struct arena *a, const struct ydoc *map, const char *key, struct str *ret, struct diag *why)
{
	const struct ydoc *v = ydoc_get(map, key);
	char what[80];

	*ret = STR("");
	if (v == NULL || (v->kind == YDOC_SCALAR && v->type == YDOC_NULL))
		return OK;
	if (v->kind != YDOC_SCALAR) {
		(void)snprintf(what, sizeof(what), "'%s' is a single text", key);
		return fail(why, v, what);
	}
	*ret = pool_str(a, v->text);
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

static size_t
characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static enum err
read_about(struct reading *r)
{
	const struct ydoc *title = ydoc_get(r->doc, "title");
	struct str id, description;
	enum err err = text_of(r->arena, r->doc, "title", &r->rule->title, r->why);

	if (err == OK)
		err = text_of(r->arena, r->doc, "id", &id, r->why);
	if (err == OK)
		err = text_of(r->arena, r->doc, "name", &r->rule->name, r->why);
	if (err == OK)
		err = text_of(r->arena, r->doc, "description", &description, r->why);
	if (err == OK)
		err = read_level(r);
	if (err == OK)
		err = read_tags(r);
	if (err != OK)
		return err;
	if (r->rule->title.n == 0)
		return fail(r->why, title != NULL ? title : r->doc, "a rule needs a title");
	if (characters(r->rule->title) > TITLE_MAX)
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
	auto_buf struct buf known = { 0 };
	struct str near = { NULL, 0 };

	if (word != NULL) {
		r->rule->pub.action = word;
		return OK;
	}
	buf_init(&known, 0);
	for (size_t i = 0; action_at(i) != NULL; i++)
		buf_printf(&known, "%s%s", i > 0 ? " " : "", action_at(i));
	if (v->kind == YDOC_SCALAR)
		near = row_nearest_word(v->text, buf_view(&known));
	buf_byte(&known, '\0');
	if (near.n > 0)
		(void)err_set(r->why, FAIL_SYNTAX,
		    "action is one of fixed words; the nearest is %.*s", STR_ARG(near));
	else
		(void)err_set(r->why, FAIL_SYNTAX, "action is one of %s", known.p);
	return err_at(r->why, FAIL_SYNTAX, NULL, v->line, v->column);
}

static enum err
read_confidence(struct reading *r, const struct ydoc *v)
{
	int64_t n;

	if (v->kind != YDOC_SCALAR || !str_i64(v->text, &n) || n < 1 || n > 100)
		return fail(r->why, v, "confidence is a number of percent, 1 to 100");
	r->rule->pub.confidence = (unsigned)n;
	return OK;
}

static enum err
read_at_most(struct reading *r, const struct ydoc *v)
{
	int64_t n;

	if (v->kind != YDOC_SCALAR || !str_i64(v->text, &n) || n < 1 || n > STORM_MAX)
		return fail(r->why, v, "at-most is a number of alerts an hour, 1 to 100");
	r->rule->at_most = (unsigned)n;
	return OK;
}

static enum err
read_tests(struct reading *r, const struct ydoc *v)
{
	return ruletests_read(v, NULL, NULL, r->why);
}

static enum err
read_own_key(struct reading *r, const struct ydoc *m)
{
	static const struct {
		const char *key;
		enum err (*read)(struct reading *r, const struct ydoc *v);
	} keys[] = {
		{ "group-by", read_group },
		{ "suppress", read_suppress },
		{ "at-most", read_at_most },
		{ "action", read_action },
		{ "confidence", read_confidence },
		{ "tests", read_tests },
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq(m->key->text, str_c(keys[i].key)))
			return keys[i].read(r, m);
	if (str_eq(m->key->text, STR("advice")))
		return OK; /* read before */
	return fail(r->why, m->key,
	    "tocsin knows group-by, suppress, at-most, action, confidence, advice and tests");
}

/* Our own key: tocsin: {group-by: [client_ip], suppress: 1h, advice: "..."} */
static enum err
read_own(struct reading *r)
{
	const struct ydoc *own = ydoc_get(r->doc, "tocsin");
	struct str advice = STR("");
	enum err err = own != NULL ? text_of(r->arena, own, "advice", &advice, r->why) : OK;

	r->rule->pub.suppress = COMPILED_DEFAULT_SUPPRESS;
	r->rule->pub.advice = own != NULL && err == OK ? advice.p : "";
	r->rule->pub.action = "";
	if (own == NULL || err != OK)
		return err;
	if (own->kind != YDOC_MAP)
		return fail(r->why, own,
		    "tocsin is a map of group-by, suppress, at-most, action, confidence, advice "
		    "and tests");
	for (const struct ydoc *m = own->first; err == OK && m != NULL; m = m->next)
		err = read_own_key(r, m);
	return err;
}

enum err
rule_read_source(struct arena *a, const struct ydoc *doc, struct str source[DIM_COUNT],
    struct diag *why)
{
	static const char *const names[DIM_COUNT] = { "product", "category", "service" };
	const struct ydoc *v = ydoc_get(doc, "logsource");
	bool any = false;

	if (v == NULL)
		return fail(why, doc,
		    "a rule needs a logsource, for example 'category: webserver'");
	if (v->kind != YDOC_MAP)
		return fail(why, v, "logsource is a map, for example 'category: webserver'");
	for (int i = 0; i < DIM_COUNT; i++) {
		enum err err = text_of(a, v, names[i], &source[i], why);

		if (err != OK)
			return err;
		any |= source[i].n > 0;
	}
	return any ? OK : fail(why, v, "logsource needs a product, a category or a service");
}

struct select
rule_read_select(const struct rule_reader *rd, struct str category)
{
	return (struct select){ .atoms = rd->atoms,
		.expand = rd->expand,
		.category = category,
		.warn = rd->note != NULL ? select_warn : NULL,
		.ctx = (void *)(uintptr_t)rd };
}

static enum err
read_detection(struct reading *r)
{
	const struct ydoc *detection = ydoc_get(r->doc, "detection");
	struct select s = rule_read_select(r->rd, r->rule->source[DIM_CATEGORY]);

	s.product = r->rule->source[DIM_PRODUCT];
	if (detection == NULL)
		return fail(r->why, r->doc, "a rule needs a detection section");
	if (detection->kind != YDOC_MAP)
		return fail(r->why, detection, "detection is a map of selections and a condition");
	return detection_build(&s, detection, "", &r->rule->expr, r->why);
}

static enum err
refuse_other(struct reading *r)
{
	const struct ydoc *v;

	if (r->doc->kind != YDOC_MAP)
		return fail(r->why, r->doc, "a rule is a map with title, logsource and detection");
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
		err = rule_read_source(r.arena, doc, ret->rule.source, why);
		if (err == OK)
			err = read_detection(&r);
	}
	if (err == OK)
		err = read_own(&r);
	if (err == OK && rd->note != NULL)
		lint_rule(doc, select_warn, (void *)(uintptr_t)rd);
	return err;
}

void
rule_read_fini(struct rule_draft *d)
{
	corr_draft_fini(&d->draft);
}
