/* The list of sources: each has a name, made of what it reads when none is given. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "conf/entry.h"

static const struct entry_kind sources = {
	.list = "sources",
	.like = "{type: stdin}",
	.at = row_source_at,
	.words = ROW_KIND,
	.most = CONF_SOURCES_MAX,
};

/* "file:/var/log/auth.log"; of a long path the end. */
static const char *
made_name(struct section *s, const struct conf_source *from)
{
	struct str type = entry_type_word(&sources, from->type), rest = str_c(from->path);
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
check_name(struct section *s, const struct conf_source *all, size_t n)
{
	const struct conf_source *it = &all[n];
	char where[ENTRY_WHERE_MAX];

	(void)entry_where(&sources, n, where);
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

	to->line = map->line;
	to->column = map->column;
	if (!entry_read(s, &sources, n, map, to))
		return;
	if (to->name[0] == '\0')
		to->name = made_name(s, to);
	check_name(s, all, n);
}

void
source_read(struct section *s, const struct tree *list)
{
	struct conf_source *all;
	size_t n = 0;

	if (!entry_list(s, &sources, list))
		return;
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
