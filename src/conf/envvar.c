/* Overrides by the environment; lists are split at commas, scores are NAME=NUMBER. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/envvar.h"

#include <stdio.h>

#define VALUE_MAX 8192

char *
envvar_name(const char *path, char to[ENVVAR_NAME_MAX])
{
	static const char head[] = "TOCSIN_";
	size_t n = sizeof(head) - 1;

	memcpy(to, head, n);
	for (const char *p = path; *p != '\0' && n + 1 < ENVVAR_NAME_MAX; p++) {
		if (*p == '.')
			to[n++] = '_';
		else
			to[n++] = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	}
	to[n] = '\0';
	return to;
}

/* The value as the tree that a file would give, so that both go one way. */
static bool
value_tree(struct section *s, const struct row *row, struct str value, struct tree *ret)
{
	struct tree **tail = &ret->first;

	ret->text = value;
	ret->kind = TREE_TEXT;
	if (!row_is_list(row->type) && row->type != ROW_SCORES)
		return true;
	ret->kind = row->type == ROW_SCORES ? TREE_MAP : TREE_LIST;
	while (value.n != 0) {
		struct str item = str_trim(str_until(&value, ','));
		struct tree *t = arena_alloc(s->a, sizeof(*t));

		if (t == NULL)
			return false;
		t->kind = TREE_TEXT;
		if (ret->kind == TREE_MAP)
			t->key = str_until(&item, '=');
		t->text = item;
		*tail = t;
		tail = &t->next;
		ret->n++;
	}
	return true;
}

static void
take(struct section *s, const struct row *row, const char *name, struct str value)
{
	struct tree t = { 0 };

	if (value.n > VALUE_MAX || !value_tree(s, row, value, &t))
		section_wrongf(s, 0, 0, "%s: too long", name);
	else
		section_put(s, row, name, &t, s->c);
}

static bool
begins_section(struct str name)
{
	const struct row *row;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		char full[ENVVAR_NAME_MAX], section[ENVVAR_NAME_MAX];
		struct str path = str_c(row->path), first = str_until(&path, '.');

		if (path.n == 0)
			continue;
		(void)snprintf(section, sizeof(section), "%.*s.", STR_ARG(first));
		if (str_starts(name, str_c(envvar_name(section, full))))
			return true;
	}
	return false;
}

static void
take_variable(struct section *s, struct str name, struct str value)
{
	struct str words = { "", 0 }, near;
	char full[ENVVAR_NAME_MAX], all[4096];
	const struct row *row;
	size_t n = 0;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		if (str_eq(name, str_c(envvar_name(row->path, full)))) {
			take(s, row, full, value);
			return;
		}
		if (n < sizeof(all))
			n += (size_t)snprintf(all + n, sizeof(all) - n, "%s ", full);
	}
	if (!begins_section(name))
		return;
	words = (struct str){ all, n < sizeof(all) ? n : 0 };
	near = row_nearest_word(name, words);
	if (near.n != 0)
		section_wrongf(s, 0, 0, "unknown setting %.*s; did you mean %.*s?",
		    name.n > 60 ? 60 : (int)name.n, name.p, STR_ARG(near));
	else
		section_wrongf(s, 0, 0, "unknown setting %.*s", name.n > 60 ? 60 : (int)name.n,
		    name.p);
}

void
envvar_read(struct section *s, char *const *env)
{
	for (; *env != NULL && !s->ps->cut; env++) {
		struct str value = str_c(*env), name;

		if (!str_starts(value, STR("TOCSIN_")))
			continue;
		name = str_until(&value, '=');
		take_variable(s, name, value);
	}
}
