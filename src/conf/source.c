/* The list of sources: each a map whose keys depend on its type. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/buf.h"
#include "conf/section.h"
#include "conf/setting.h"

#define WHERE_MAX 32 /* "sources[199]" */
#define KEY_MAX 64   /* "sources[199].max_connections" */

static void
put_default(const struct section *s, const struct row *row, struct conf_source *to)
{
	const struct setting_in in = { row, row->path, STR(""), s->a };

	if (row->type != ROW_ADDR && row->type != ROW_KIND)
		(void)setting_put(&in, str_c(row->def), to, NULL);
}

static void
unknown(struct section *s, const char *where, const struct tree *t)
{
	struct str near = row_source_nearest(t->key);
	int n = t->key.n > 60 ? 60 : (int)t->key.n;

	if (near.n != 0)
		section_wrongf(s, t->key_line, t->key_column,
		    "%s: unknown key \"%.*s\"; did you mean \"%.*s\"?", where, n, t->key.p,
		    STR_ARG(near));
	else
		section_wrongf(s, t->key_line, t->key_column, "%s: unknown key \"%.*s\"", where, n,
		    t->key.p);
}

static const struct tree *
member(const struct tree *map, const char *key)
{
	for (const struct tree *t = map->first; t != NULL; t = t->next)
		if (str_eq(t->key, str_c(key)))
			return t;
	return NULL;
}

static struct str
type_word(enum conf_source_type type)
{
	struct str words = row_words(ROW_KIND), word = { "", 0 };

	for (unsigned i = 0; i <= (unsigned)type; i++)
		word = str_until(&words, ' ');
	return word;
}

/* The type decides about the other keys, so it is read first; false: nothing else makes sense. */
static bool
read_type(struct section *s, const char *where, const struct tree *map, struct conf_source *to)
{
	const struct row *row = row_source_find(STR("type"));
	const struct tree *t = member(map, "type");
	size_t before = s->ps->n;
	char name[KEY_MAX];

	if (t == NULL || t->kind == TREE_NULL) {
		section_wrongf(s, map->line, map->column, "%s: \"type\" is missing: write %s",
		    where, row_example(ROW_KIND));
		return false;
	}
	(void)snprintf(name, sizeof(name), "%s.type", where);
	section_put(s, row, name, t, to);
	return s->ps->n == before;
}

static void
read_keys(struct section *s, const char *where, const struct tree *map, struct conf_source *to)
{
	for (const struct tree *t = map->first; t != NULL && !s->ps->cut; t = t->next) {
		const struct row *row = row_source_find(t->key);
		char name[KEY_MAX];

		if (row == NULL) {
			unknown(s, where, t);
			continue;
		}
		(void)snprintf(name, sizeof(name), "%s.%s", where, row->path);
		if (section_twice(s, map, t, name) || row->type == ROW_KIND)
			continue;
		if ((row->takes & 1U << to->type) == 0)
			section_wrongf(s, t->key_line, t->key_column,
			    "%s: does not go with type %.*s", name, STR_ARG(type_word(to->type)));
		else
			section_put(s, row, name, t, to);
	}
}

static void
check_needs(struct section *s, const char *where, const struct tree *map,
    const struct conf_source *from)
{
	const struct row *row;

	for (size_t i = 0; (row = row_source_at(i)) != NULL; i++) {
		const struct tree *t = member(map, row->path);

		if ((row->needs & 1U << from->type) == 0)
			continue;
		if (t == NULL || t->kind == TREE_NULL || (t->kind == TREE_TEXT && t->text.n == 0))
			section_wrongf(s, map->line, map->column, "%s: \"%s\" is missing: write %s",
			    where, row->path, row_example(row->type));
	}
}

/* "file:/var/log/auth.log"; of a long path the end. */
static const char *
made_name(struct section *s, const struct conf_source *from)
{
	struct str type = type_word(from->type), rest = str_c(from->path);
	char *p = arena_alloc(s->a, SECTION_NAME_MAX);
	size_t room = SECTION_NAME_MAX - type.n - 2;

	if (p == NULL)
		return "";
	if (rest.n == 0)
		rest = str_c(from->listen);
	if (rest.n > room)
		rest = str_from(rest, rest.n - room);
	while (rest.n != 0 && ((unsigned char)rest.p[0] & 0xc0) == 0x80)
		rest = str_from(rest, 1);
	(void)snprintf(p, SECTION_NAME_MAX, "%.*s%s%.*s", STR_ARG(type), rest.n != 0 ? ":" : "",
	    STR_ARG(rest));
	return p;
}

static void
check_name(struct section *s, const char *where, const struct conf_source *all, size_t n)
{
	const struct conf_source *it = &all[n];

	if (strlen(it->name) >= SECTION_NAME_MAX)
		section_wrongf(s, it->line, it->column, "%s.name: at most %d bytes", where,
		    SECTION_NAME_MAX - 1);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].name, it->name) == 0) {
			section_wrongf(s, it->line, it->column,
			    "%s: the name \"%.64s\" is taken by the source in line %u", where,
			    it->name, all[i].line);
			return;
		}
	}
}

static void
read_one(struct section *s, const struct tree *map, struct conf_source *all, size_t n)
{
	struct conf_source *to = &all[n];
	char where[WHERE_MAX];
	const struct row *row;

	(void)snprintf(where, sizeof(where), "sources[%zu]", n);
	to->line = map->line;
	to->column = map->column;
	to->name = to->path = to->listen = to->format = "";
	if (map->kind != TREE_MAP) {
		section_wrongf(s, map->line, map->column,
		    "%s: write keys like {type: stdin}, not %s", where, tree_word(map));
		return;
	}
	for (size_t i = 0; (row = row_source_at(i)) != NULL; i++)
		put_default(s, row, to);
	if (!read_type(s, where, map, to))
		return;
	read_keys(s, where, map, to);
	check_needs(s, where, map, to);
	if (to->name[0] == '\0')
		to->name = made_name(s, to);
	check_name(s, where, all, n);
}

void
source_read(struct section *s, const struct tree *list)
{
	struct conf_source *all;
	size_t n = 0;

	if (list->kind != TREE_LIST || list->n > CONF_SOURCES_MAX) {
		section_wrongf(s, list->line, list->column,
		    "sources: write a list of at most %d sources, each beginning with \"- type:\"",
		    CONF_SOURCES_MAX);
		return;
	}
	all = arena_alloc(s->a, (list->n + 1) * sizeof(*all));
	if (all == NULL) {
		section_wrongf(s, list->line, list->column, "sources: too much text");
		return;
	}
	for (const struct tree *t = list->first; t != NULL && !s->ps->cut; t = t->next)
		read_one(s, t, all, n++);
	s->c->sources = all;
	s->c->n_sources = n;
}
