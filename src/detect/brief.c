/* Short rules are written out as the YAML of the long form, which is then read as usual. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/brief.h"

#include "detect/brief_write.h"

#define TEXT_MAX ((size_t)64 << 10) /* of one rule written out */

static const char *const headings[] = { "alert thresholds", "thresholds", "alert conditions",
	"short rules" };

static bool
is_heading(const struct ydoc *key)
{
	bool found = false;
	struct buf b;

	buf_init(&b, 0);
	if (key != NULL && key->text.n < 100)
		brief_cond_fold(key->text, &b);
	for (size_t i = 0; i < ARRAY_LEN(headings) && !found; i++)
		found = str_eq(buf_view(&b), str_c(headings[i]));
	buf_fini(&b);
	return found;
}

static bool
is_block(const struct ydoc *m)
{
	const struct ydoc *c = ydoc_get(m, "condition");

	return m->kind == YDOC_MAP && c != NULL && c->kind == YDOC_SCALAR;
}

static bool
is_threshold(const struct ydoc *m)
{
	return m->key != NULL && m->kind == YDOC_SCALAR && m->key->text.n < 100 &&
	       brief_cond_threshold(m->key->text) != NULL;
}

bool
brief_is(const struct ydoc *doc)
{
	static const char *const sigma[] = { "title", "detection", "correlation", "logsource",
		"filter", "action", "profile" };

	if (doc == NULL || doc->first == NULL)
		return false;
	if (doc->kind == YDOC_LIST)
		return doc->first->kind == YDOC_MAP && doc->first->n == 1;
	for (size_t i = 0; i < ARRAY_LEN(sigma); i++)
		if (ydoc_get(doc, sigma[i]) != NULL)
			return false;
	for (const struct ydoc *m = doc->first; m != NULL; m = m->next)
		if (is_block(m) || is_heading(m->key) || is_threshold(m))
			return true;
	return false;
}

static enum err
fail(struct diag *why, const struct ydoc *at, const char *what)
{
	(void)err_set(why, FAIL_SYNTAX, "%s", what);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

static enum err
read_level(struct brief_entry *e, const struct ydoc *v, struct diag *why)
{
	static const char *const levels[] = { "informational", "low", "medium", "high",
		"critical" };

	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (str_eq_nocase(v->text, str_c(levels[i])))
			e->level = levels[i];
	if (str_eq_nocase(v->text, STR("info")))
		e->level = levels[0];
	return e->level != NULL ? OK
				: fail(why, v, "severity is Low, Medium, High, Critical or Info");
}

static enum err
read_key(struct brief_entry *e, const struct ydoc *v, struct diag *why)
{
	const struct {
		const char *key;
		struct str *to;
	} texts[] = { { "condition", &e->text }, { "id", &e->id }, { "title", &e->title },
		{ "description", &e->description }, { "action", &e->advice },
		{ "suppress", &e->suppress } };

	if (str_eq(v->key->text, STR("tags"))) {
		e->tags = v;
		return v->kind == YDOC_LIST ? OK
					    : fail(why, v, "tags is a list like [attack.t1110]");
	}
	if (v->kind != YDOC_SCALAR)
		return fail(why, v, "expected a single text");
	if (str_eq(v->key->text, STR("severity")) || str_eq(v->key->text, STR("level")))
		return read_level(e, v, why);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!str_eq(v->key->text, str_c(texts[i].key)))
			continue;
		*texts[i].to = v->text;
		return OK;
	}
	return fail(why, v->key,
	    "a short rule knows condition, severity, action, title, description, tags, suppress "
	    "and id");
}

static enum err
read_block(const struct ydoc *block, struct brief_entry *e, struct diag *why)
{
	enum err err = OK;

	*e = (struct brief_entry){ .key = block->key, .condition = ydoc_get(block, "condition") };
	e->name = block->key->text;
	for (const struct ydoc *m = block->first; err == OK && m != NULL; m = m->next)
		err = read_key(e, m, why);
	if (e->level == NULL)
		e->level = "medium";
	return err;
}

/* "Failed login attempts: 5" as the block it stands for; `text` keeps the condition. */
static enum err
read_threshold(const struct ydoc *v, struct buf *text, struct brief_entry *e, struct diag *why)
{
	const struct brief_threshold *t;
	struct buf near;
	double number;

	*e = (struct brief_entry){ .key = v->key, .condition = v, .name = v->key->text };
	t = v->key->text.n < 100 ? brief_cond_threshold(v->key->text) : NULL;
	if (t == NULL) {
		buf_init(&near, 0);
		brief_cond_nearest(v->key->text, &near);
		buf_byte(&near, '\0');
		(void)err_set(why, FAIL_SYNTAX,
		    "no threshold of this name is known; known words nearest to it: %s", near.p);
		buf_fini(&near);
		return err_at(why, FAIL_SYNTAX, NULL, v->key->line, v->key->column);
	}
	if (v->kind != YDOC_SCALAR || !str_f64(v->text, &number) || number < 0)
		return fail(why, v, "a threshold is a number");
	buf_reset(text);
	buf_printf(text, "%s %.*s %s", t->before, STR_ARG(v->text), t->after);
	e->text = buf_view(text);
	e->level = t->level;
	return OK;
}

static void
place(struct ydoc *d, uint32_t line, uint32_t column)
{
	d->line = line;
	d->column = column;
	for (struct ydoc *m = d->first; m != NULL; m = m->next) {
		struct ydoc *key = (struct ydoc *)(uintptr_t)m->key; /* of our own tree */

		if (key != NULL)
			place(key, line, column);
		place(m, line, column);
	}
}

static void
emit(const struct brief_entry *e, struct str text, struct arena *a, const struct brief_sink *sink)
{
	uint32_t line = 1, at;
	struct str part;

	while (ydoc_split(&text, &line, &part, &at)) {
		struct ydoc *doc = NULL;
		struct diag why = { 0 };

		if (ydoc_parse(part, 1, a, &doc, &why) != OK || doc == NULL) {
			(void)err_at(&why, FAIL_SYNTAX, NULL, e->condition->line,
			    e->condition->column);
			sink->refused(sink->ctx, &why);
			return;
		}
		place(doc, e->condition->line, e->condition->column);
		doc->line = e->key->line;
		doc->column = e->key->column;
		sink->rule(sink->ctx, doc);
	}
}

/* A place in the text of the condition, where it stands on one line without escapes. */
static void
locate(const struct brief_entry *e, struct diag *why)
{
	uint32_t at = e->condition->column + (why->column > 0 ? why->column - 1 : 0);

	(void)err_at(why, FAIL_SYNTAX, NULL, e->condition->line, at);
}

static void
one(const struct ydoc *m, struct arena *a, const struct brief_sink *sink)
{
	struct diag why = { 0 };
	struct buf text, long_form;
	struct brief_entry e;
	enum err err;

	buf_init(&text, 0);
	buf_init(&long_form, TEXT_MAX);
	if (is_block(m))
		err = read_block(m, &e, &why);
	else if (m->kind == YDOC_MAP)
		err = fail(&why, m->key, "a short rule needs a condition in words");
	else
		err = read_threshold(m, &text, &e, &why);
	if (err == OK && brief_cond_parse(e.text, &e.cond, &why) != OK) {
		locate(&e, &why);
		err = FAIL_SYNTAX;
	}
	if (err == OK) {
		brief_write(&e, &long_form);
		if (buf_overflow(&long_form))
			err = fail(&why, e.key, "the texts of this rule are too long");
	}
	if (err == OK)
		emit(&e, buf_view(&long_form), a, sink);
	else
		sink->refused(sink->ctx, &why);
	buf_fini(&text);
	buf_fini(&long_form);
}

static void
each_of_map(const struct ydoc *map, struct arena *a, const struct brief_sink *sink)
{
	for (const struct ydoc *m = map->first; m != NULL; m = m->next)
		one(m, a, sink);
}

static void
each_of_list(const struct ydoc *list, struct arena *a, const struct brief_sink *sink)
{
	struct diag why = { 0 };

	for (const struct ydoc *m = list->first; m != NULL; m = m->next) {
		if (m->kind == YDOC_MAP) {
			each_of_map(m, a, sink);
			continue;
		}
		(void)fail(&why, m, "expected a line like 'failed login attempts: 5'");
		sink->refused(sink->ctx, &why);
	}
}

void
brief_each(const struct ydoc *doc, struct arena *a, const struct brief_sink *sink)
{
	if (doc->kind == YDOC_LIST) {
		each_of_list(doc, a, sink);
		return;
	}
	for (const struct ydoc *m = doc->first; m != NULL; m = m->next) {
		if (is_heading(m->key) && m->kind == YDOC_LIST)
			each_of_list(m, a, sink);
		else if (is_heading(m->key) && m->kind == YDOC_MAP)
			each_of_map(m, a, sink);
		else
			one(m, a, sink);
	}
}
