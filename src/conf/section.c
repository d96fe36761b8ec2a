/* Sections and values of the configuration file. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/conf/test_conf.c */
#include "conf/section.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/jsonw.h"
#include "conf/setting.h"

#define SETTINGS_MAX ((size_t)16384)
#define NAME_MAX_ 128

void
section_wrong(struct section *s, uint32_t line, uint32_t column, struct diag *why)
{
	(void)err_at(why, FAIL_SYNTAX, s->file, line, column);
	conf_problems_add(s->ps, why);
}

void
section_wrongf(struct section *s, uint32_t line, uint32_t column, const char *fmt, ...)
{
	struct diag why = { 0 };
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why.text, sizeof(why.text), fmt, ap);
	va_end(ap);
	section_wrong(s, line, column, &why);
}

bool
section_twice(struct section *s, const struct tree *map, const struct tree *member,
    const char *name)
{
	for (const struct tree *t = map->first; t != member; t = t->next) {
		if (!str_eq(t->key, member->key))
			continue;
		section_wrongf(s, member->key_line, member->key_column,
		    "%s: stands here twice, first in line %u", name, t->key_line);
		return true;
	}
	return false;
}

static void
put_list(struct section *s, const struct setting_in *in, const struct tree *t, void *base)
{
	const char **items = arena_alloc(s->a, (t->n + 1) * sizeof(*items));
	struct conf_list list = { items, 0 };
	struct diag why;

	if (items == NULL || t->n > SECTION_LIST_MAX) {
		section_wrongf(s, t->line, t->column, "%s: at most %d items", in->name,
		    SECTION_LIST_MAX);
		return;
	}
	for (const struct tree *item = t->first; item != NULL; item = item->next) {
		if (item->kind != TREE_TEXT)
			section_wrongf(s, item->line, item->column,
			    "%s: an item must be text, not %s", in->name, tree_word(item));
		else if (setting_item(in, item->text, &items[list.n], &why) != OK)
			section_wrong(s, item->line, item->column, &why);
		else
			list.n++;
	}
	memcpy((char *)base + in->row->offset, &list, sizeof(list));
}

static void
put_scores(struct section *s, const struct setting_in *in, const struct tree *t, void *base)
{
	struct conf_score *p = arena_alloc(s->a, (t->n + 1) * sizeof(*p));
	struct conf_scores scores = { p, 0 };
	struct diag why;

	if (p == NULL || t->n > SECTION_LIST_MAX) {
		section_wrongf(s, t->line, t->column, "%s: at most %d names", in->name,
		    SECTION_LIST_MAX);
		return;
	}
	for (const struct tree *item = t->first; item != NULL; item = item->next) {
		struct conf_score *score = &p[scores.n];
		char name[NAME_MAX_];

		(void)snprintf(name, sizeof(name), "%s.%.*s", in->name,
		    item->key.n > 60 ? 60 : (int)item->key.n, item->key.p);
		if (section_twice(s, t, item, name))
			continue;
		if (item->kind != TREE_TEXT)
			section_wrongf(s, item->line, item->column,
			    "%s: write a whole number, not %s", name, tree_word(item));
		else if (setting_item(in, item->key, &score->name, &why) != OK)
			section_wrong(s, item->key_line, item->key_column, &why);
		else if (setting_score(&(struct setting_in){ in->row, name, in->dir, in->a },
			     item->text, &score->score, &why) != OK)
			section_wrong(s, item->line, item->column, &why);
		else
			scores.n++;
	}
	memcpy((char *)base + in->row->offset, &scores, sizeof(scores));
}

/* "file:/path" and so on, or nothing. */
static bool
is_reference(struct str s)
{
	return s.n == 0 || str_starts(s, STR("file:/")) || str_starts(s, STR("env:")) ||
	       str_starts(s, STR("credential:"));
}

/* {file: PATH}, {env: NAME} or {credential: NAME}: kept as "file:PATH" ... */
static void
put_secret(struct section *s, const struct setting_in *in, const struct tree *t, void *base)
{
	static const char *const kinds[] = { "file", "env", "credential" };
	const struct tree *m = t->first;
	struct diag why;
	size_t kind = 0, n;
	const char *kept;
	char *p;

	while (m != NULL && kind < ARRAY_LEN(kinds) && !str_eq(m->key, str_c(kinds[kind])))
		kind++;
	if (t->n != 1 || m == NULL || kind == ARRAY_LEN(kinds) || m->kind != TREE_TEXT) {
		section_wrongf(s, t->line, t->column, "%s: write %s", in->name,
		    row_example(ROW_SECRET));
		return;
	}
	if (setting_secret(in, kind == 0, m->text, &kept, &why) != OK) {
		section_wrong(s, m->line, m->column, &why);
		return;
	}
	n = strlen(kinds[kind]) + strlen(kept) + 2;
	p = arena_alloc(s->a, n);
	if (p == NULL) {
		section_wrongf(s, t->line, t->column, "%s: too much text", in->name);
		return;
	}
	(void)snprintf(p, n, "%s:%s", kinds[kind], kept);
	row_put_text(in->row, base, p);
}

static void
put_plain(struct jsonw *w, const struct tree *t)
{
	int64_t n;

	if (t->kind == TREE_NULL)
		jsonw_null(w);
	else if (!t->quoted && (str_eq(t->text, STR("true")) || str_eq(t->text, STR("false"))))
		jsonw_bool(w, t->text.p[0] == 't');
	else if (!t->quoted && str_i64(t->text, &n) && t->text.p[0] != '+')
		jsonw_int(w, n);
	else
		jsonw_str(w, t->text);
}

/* Kept as a JSON object: whoever they are for checks them. */
static void
put_settings(struct section *s, const struct setting_in *in, const struct tree *t, void *base)
{
	auto_buf struct buf json = { 0 };
	struct jsonw w;
	struct str kept;

	buf_init(&json, SETTINGS_MAX);
	jsonw_init(&w, &json);
	jsonw_obj(&w);
	for (const struct tree *m = t->first; m != NULL; m = m->next) {
		const struct tree *item = m->kind == TREE_LIST ? m->first : NULL;

		if (m->kind == TREE_MAP || section_twice(s, t, m, in->name))
			continue;
		jsonw_key(&w, m->key);
		if (m->kind != TREE_LIST) {
			put_plain(&w, m);
			continue;
		}
		jsonw_arr(&w);
		for (; item != NULL; item = item->next)
			jsonw_str(&w, item->text);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	buf_byte(&json, '\0');
	if (buf_overflow(&json) || !arena_copy(s->a, buf_view(&json), &kept))
		section_wrongf(s, t->line, t->column, "%s: too much text", in->name);
	else
		row_put_text(in->row, base, kept.p);
}

/* What the value is to be. */
static enum tree_kind
kind_of(const struct row *row, const struct tree *t)
{
	/* A default, and from the environment, where there are no maps. */
	if (row->type == ROW_SECRET && t->kind == TREE_TEXT && is_reference(t->text))
		return TREE_TEXT;
	if (row_is_list(row->type))
		return TREE_LIST;
	if (row->type == ROW_SCORES || row->type == ROW_SECRET || row->type == ROW_SETTINGS)
		return TREE_MAP;
	return TREE_TEXT;
}

void
section_put(struct section *s, const struct row *row, const char *name, const struct tree *t,
    void *base)
{
	const struct setting_in in = { row, name, s->dir, s->a };
	const enum tree_kind want = kind_of(row, t);
	struct diag why;

	if (t->kind == TREE_NULL)
		return; /* a key without a value is not set */
	if (t->kind != want)
		section_wrongf(s, t->line, t->column, "%s: write %s, not %s", name,
		    row_example(row->type), tree_word(t));
	else if (want == TREE_LIST)
		put_list(s, &in, t, base);
	else if (row->type == ROW_SECRET && want == TREE_MAP)
		put_secret(s, &in, t, base);
	else if (row->type == ROW_SETTINGS)
		put_settings(s, &in, t, base);
	else if (want == TREE_MAP)
		put_scores(s, &in, t, base);
	else if (setting_put(&in, t->text, base, &why) != OK)
		section_wrong(s, t->line, t->column, &why);
}

static void
unknown(struct section *s, const struct tree *t, struct str name)
{
	struct str near = row_nearest(name);

	if (near.n != 0)
		section_wrongf(s, t->key_line, t->key_column,
		    "unknown key \"%.*s\"; did you mean \"%.*s\"?", STR_ARG(name), STR_ARG(near));
	else
		section_wrongf(s, t->key_line, t->key_column, "unknown key \"%.*s\"",
		    name.n > 60 ? 60 : (int)name.n, name.p);
}

static void read_map(struct section *s, const struct tree *map, const char *prefix);

static void
read_member(struct section *s, const struct tree *map, const struct tree *t, const char *name)
{
	const struct row *row = row_find(str_c(name));
	bool sources = strcmp(name, "sources") == 0, channels = strcmp(name, "channels") == 0;
	char inner[NAME_MAX_];

	if (row == NULL && !sources && !channels && !row_is_section(str_c(name))) {
		unknown(s, t, str_c(name));
		return;
	}
	if (section_twice(s, map, t, name) || t->kind == TREE_NULL)
		return;
	if (row != NULL) {
		section_put(s, row, name, t, s->c);
	} else if (sources) {
		source_read(s, t);
	} else if (channels) {
		channel_read(s, t);
	} else if (t->kind != TREE_MAP) {
		section_wrongf(s, t->line, t->column, "%s: write the keys of this section, not %s",
		    name, tree_word(t));
	} else {
		(void)snprintf(inner, sizeof(inner), "%s.", name);
		read_map(s, t, inner);
	}
}

static void
read_map(struct section *s, const struct tree *map, const char *prefix)
{
	char name[NAME_MAX_];

	for (const struct tree *t = map->first; t != NULL && !s->ps->cut; t = t->next) {
		if (t->key.n > 60 || memchr(t->key.p, '\0', t->key.n) != NULL) {
			unknown(s, t, t->key);
			continue;
		}
		(void)snprintf(name, sizeof(name), "%s%.*s", prefix, STR_ARG(t->key));
		read_member(s, map, t, name);
	}
}

void
section_read(struct section *s, const struct tree *root)
{
	if (root->kind == TREE_NULL)
		return;
	if (root->kind != TREE_MAP)
		section_wrongf(s, root->line, root->column, "write keys and their values, not %s",
		    tree_word(root));
	else
		read_map(s, root, "");
}
