/* Entries of lists: maps whose keys depend on a type. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/conf/test_source.c */
#include "conf/entry.h"

#include <stdio.h>

#include "conf/setting.h"

#define KEY_MAX 64 /* "sources[199].max_connections" */

struct reading {
	struct section *s;
	const struct entry_kind *k;
	char where[ENTRY_WHERE_MAX];
	unsigned type;
	void *to;
};

const char *
entry_where(const struct entry_kind *k, size_t i, char to[ENTRY_WHERE_MAX])
{
	(void)snprintf(to, ENTRY_WHERE_MAX, "%s[%zu]", k->list, i);
	return to;
}

struct str
entry_type_word(const struct entry_kind *k, unsigned type)
{
	struct str words = row_words(k->words), word = { "", 0 };

	for (unsigned i = 0; i <= type; i++)
		word = str_until(&words, ' ');
	return word;
}

/* Addresses and words without a default, and secrets, stay as they are: empty. */
static void
put_defaults(struct reading *r)
{
	const struct row *row;

	for (size_t i = 0; (row = r->k->at(i)) != NULL; i++) {
		const struct setting_in in = { row, row->path, STR(""), r->s->a };

		if (row->def[0] != '\0' && row->type != r->k->words)
			(void)setting_put(&in, str_c(row->def), r->to, NULL);
		else if (row_is_text(row->type))
			row_put_text(row, r->to, "");
	}
}

static void
unknown(struct reading *r, const struct tree *t)
{
	struct str near = row_nearest_of(r->k->at, t->key);
	int n = t->key.n > 60 ? 60 : (int)t->key.n;

	if (near.n != 0)
		section_wrongf(r->s, t->key_line, t->key_column,
		    "%s: unknown key \"%.*s\"; did you mean \"%.*s\"?", r->where, n, t->key.p,
		    STR_ARG(near));
	else
		section_wrongf(r->s, t->key_line, t->key_column, "%s: unknown key \"%.*s\"",
		    r->where, n, t->key.p);
}

static const struct tree *
member(const struct tree *map, const char *key)
{
	for (const struct tree *t = map->first; t != NULL; t = t->next)
		if (str_eq(t->key, str_c(key)))
			return t;
	return NULL;
}

/* The type decides about the other keys, so it is read first. */
static bool
read_type(struct reading *r, const struct tree *map)
{
	const struct row *row = row_find_of(r->k->at, STR("type"));
	const struct tree *t = member(map, "type");
	size_t before = r->s->ps->n;
	char name[KEY_MAX];

	if (t == NULL || t->kind == TREE_NULL) {
		section_wrongf(r->s, map->line, map->column, "%s: \"type\" is missing: write %s",
		    r->where, row_example(r->k->words));
		return false;
	}
	(void)snprintf(name, sizeof(name), "%s.type", r->where);
	section_put(r->s, row, name, t, r->to);
	memcpy(&r->type, (const char *)r->to + row->offset, sizeof(r->type));
	return r->s->ps->n == before;
}

static void
read_keys(struct reading *r, const struct tree *map)
{
	for (const struct tree *t = map->first; t != NULL && !r->s->ps->cut; t = t->next) {
		const struct row *row = row_find_of(r->k->at, t->key);
		char name[KEY_MAX];

		if (row == NULL) {
			unknown(r, t);
			continue;
		}
		(void)snprintf(name, sizeof(name), "%s.%s", r->where, row->path);
		if (section_twice(r->s, map, t, name) || row->type == r->k->words)
			continue;
		if ((row->takes & 1U << r->type) == 0)
			section_wrongf(r->s, t->key_line, t->key_column,
			    "%s: does not go with type %.*s", name,
			    STR_ARG(entry_type_word(r->k, r->type)));
		else
			section_put(r->s, row, name, t, r->to);
	}
}

static void
check_needs(struct reading *r, const struct tree *map)
{
	const struct row *row;

	for (size_t i = 0; (row = r->k->at(i)) != NULL; i++) {
		const struct tree *t = member(map, row->path);

		if ((row->needs & 1U << r->type) == 0)
			continue;
		if (t == NULL || t->kind == TREE_NULL || (t->kind == TREE_TEXT && t->text.n == 0) ||
		    (t->kind == TREE_LIST && t->n == 0))
			section_wrongf(r->s, map->line, map->column,
			    "%s: \"%s\" is missing: write %s", r->where, row->path,
			    row_example(row->type));
	}
}

bool
entry_list(struct section *s, const struct entry_kind *k, const struct tree *list)
{
	if (list->kind == TREE_LIST && list->n <= k->most)
		return true;
	section_wrongf(s, list->line, list->column,
	    "%s: write a list of at most %zu %s, each beginning with \"- type:\"", k->list, k->most,
	    k->list);
	return false;
}

bool
entry_read(struct section *s, const struct entry_kind *k, size_t i, const struct tree *map,
    void *to)
{
	struct reading r = { .s = s, .k = k, .to = to };

	(void)entry_where(k, i, r.where);
	put_defaults(&r);
	if (map->kind != TREE_MAP) {
		section_wrongf(s, map->line, map->column, "%s: write keys like %s, not %s", r.where,
		    k->like, tree_word(map));
		return false;
	}
	if (!read_type(&r, map))
		return false;
	read_keys(&r, map);
	check_needs(&r, map);
	return true;
}
