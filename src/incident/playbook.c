/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks: read from YAML, their steps put in order. */
#include "incident/playbook.h"

#include <stdlib.h>

#include "base/mem.h"
#include "incident/playread.h"

#define BUDGET ((size_t)16 << 20)

struct whole { /* with the arena behind it */
	struct playbook book;
	struct arena *arena;
};

/* All that stand before each, by hops; who stands before itself is in a circle. */
static enum err
order_steps(struct playread *r, const struct tree *list)
{
	struct playbook *p = r->book;
	const struct tree *m = list->first;

	for (size_t i = 0; i < p->n; i++)
		p->steps[i].before = p->steps[i].after;
	for (size_t k = 0; k < p->n; k++)
		for (size_t i = 0; i < p->n; i++)
			if ((p->steps[i].before & UINT64_C(1) << k) != 0)
				p->steps[i].before |= p->steps[k].before;
	for (size_t i = 0; i < p->n; i++, m = m->next)
		if ((p->steps[i].before & UINT64_C(1) << i) != 0)
			return playread_refuse(r, m,
			    "step %.*s waits for itself: its after: goes round in a circle",
			    STR_ARG(p->steps[i].id));
	return OK;
}

static const struct tree *
member(const struct tree *map, const char *key)
{
	for (const struct tree *m = map->first; map->kind == TREE_MAP && m != NULL; m = m->next)
		if (str_eq(m->key, str_c(key)))
			return m;
	return NULL;
}

static enum err
read_ids(struct playread *r, const struct tree *list)
{
	struct playbook *p = r->book;
	enum err e = OK;

	for (const struct tree *m = list->first; m != NULL && e == OK; m = m->next) {
		const struct tree *id = member(m, "id");

		if (id == NULL)
			return playread_refuse(r, m, "a step is a map with at least an id:");
		e = playread_name(r, id, &p->steps[p->n].id);
		if (e == OK && playbook_find(p, p->steps[p->n].id) < p->n)
			e = playread_refuse(r, id, "there are two steps of this id");
		p->n++;
	}
	return e;
}

static enum err
read_steps(struct playread *r, const struct tree *t, void *to)
{
	struct playbook *p = to;
	const struct tree *when;
	enum err e;

	if (t->kind != TREE_LIST || t->n == 0 || t->n > PLAYBOOK_STEPS_MAX)
		return playread_refuse(r, t, "a list of 1 to %d steps is wanted here",
		    PLAYBOOK_STEPS_MAX);
	p->steps = arena_alloc(r->arena, t->n * sizeof(*p->steps));
	if (p->steps == NULL)
		return err_set(r->why, FAIL_LIMIT, "the playbook is too large");
	e = read_ids(r, t);
	r->at = 0;
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next, r->at++)
		e = playread_one(r, m, &p->steps[r->at]);
	if (e == OK)
		e = order_steps(r, t);
	r->at = 0;
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next, r->at++) {
		when = member(m, "when");
		if (when != NULL)
			e = playread_when(r, when, &p->steps[r->at].when);
	}
	return e;
}

static enum err
top_name(struct playread *r, const struct tree *t, void *to)
{
	return playread_name(r, t, &((struct playbook *)to)->name);
}

static enum err
top_title(struct playread *r, const struct tree *t, void *to)
{
	return playread_text(r, t, PLAYBOOK_TITLE_MAX, &((struct playbook *)to)->title);
}

static enum err
top_about(struct playread *r, const struct tree *t, void *to)
{
	return playread_text(r, t, PLAYBOOK_ABOUT_MAX, &((struct playbook *)to)->about);
}

static enum err
top_version(struct playread *r, const struct tree *t, void *to)
{
	return playread_text(r, t, 20, &((struct playbook *)to)->version);
}

static enum err
top_for(struct playread *r, const struct tree *t, void *to)
{
	return playread_set(r, t, PLAYWORD_TYPE, &((struct playbook *)to)->types);
}

static enum err
read_top(struct playread *r, const struct tree *t)
{
	static const struct playread_key keys[] = {
		{ "playbook", top_name },
		{ "title", top_title },
		{ "description", top_about },
		{ "version", top_version },
		{ "for", top_for },
		{ "steps", read_steps },
	};
	struct playbook *p = r->book;
	enum err e = playread_map(r, t, keys, ARRAY_LEN(keys), p);

	if (e == OK && (p->name.n == 0 || p->title.n == 0 || p->steps == NULL))
		e = playread_refuse(r, t, "a playbook has at least playbook:, title: and steps:");
	return e;
}

enum err
playbook_read(struct str text, const char *file, struct playbook **ret, struct diag *why)
{
	struct whole *w = MEM_NEW(struct whole);
	struct diag own = { 0 };
	struct playread r = { .book = &w->book, .why = &own };
	struct tree *top = NULL;
	struct str kept;
	enum err e = OK;

	r.arena = w->arena = arena_new(BUDGET);
	if (text.n > PLAYBOOK_TEXT_MAX || !arena_copy(w->arena, text, &kept))
		e = err_set(&own, FAIL_LIMIT, "the playbook is too large");
	if (e == OK)
		e = tree_read(kept, w->arena, &top, &own);
	if (e == OK)
		e = read_top(&r, top);
	if (e != OK) {
		playbook_free(&w->book);
		if (why != NULL)
			*why = own;
		return err_at(why, e, file, own.line, own.column);
	}
	*ret = &w->book;
	return OK;
}

void
playbook_free(struct playbook *p)
{
	struct whole *w = (struct whole *)p;

	if (p == NULL)
		return;
	arena_free(w->arena);
	free(w);
}

size_t
playbook_find(const struct playbook *p, struct str id)
{
	size_t i = 0;

	while (i < p->n && !str_eq(p->steps[i].id, id))
		i++;
	return i;
}
