/* SPDX-License-Identifier: Apache-2.0 */
/* The book as a whole: read, and looked up in. */
#include "oncall/book.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "oncall/civil.h"
#include "oncall/internal.h"

#define BUDGET ((size_t)16 << 20)
#define KNOWN "a file has people, rotas, overrides, levels, policies, respond, escalation and title"

/* The book, and all that is in it. */
struct shelf {
	struct book book; /* first: a book is its shelf */
	struct arena *arena;
};

/* Parts that others name come first, wherever they stand. */
static const struct {
	const char *key;
	enum err (*read)(struct part *p, const struct tree *t);
} parts[] = {
	{ "people", people_read },
	{ "rotas", rotas_read },
	{ "overrides", rotas_overrides },
	{ "levels", policies_levels },
	{ "policies", policies_read },
	{ "respond", policies_respond },
};

static bool
known(const struct tree *t)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (part_is(t, parts[i].key))
			return true;
	return part_is(t, "escalation") || part_is(t, "title");
}

static enum err
read_top(struct part *p, const struct tree *top)
{
	struct str title;
	enum err e = OK;

	if (top == NULL || top->kind == TREE_NULL)
		return OK;
	if (top->kind != TREE_MAP)
		return part_refuse(p, top, KNOWN);
	for (const struct tree *m = top->first; m != NULL && e == OK; m = m->next) {
		if (!known(m))
			return part_unknown(p, m, KNOWN);
		if (part_is(m, "escalation"))
			e = part_name(p, m, &p->b->escalation);
		else if (part_is(m, "title"))
			e = part_text(p, m, 200, &title);
	}
	for (size_t i = 0; i < ARRAY_LEN(parts) && e == OK; i++)
		for (const struct tree *m = top->first; m != NULL && e == OK; m = m->next)
			if (part_is(m, parts[i].key))
				e = parts[i].read(p, m);
	return e;
}

static enum err
read_one(struct part *p, const struct book_text *t)
{
	struct tree *top = NULL;
	struct str kept;
	enum err e;

	if (!arena_copy(p->a, t->text, &kept))
		return err_set(p->why, FAIL_LIMIT, "the file is too large");
	e = tree_read_once(kept, p->a, &top, p->why);
	if (e == OK)
		e = read_top(p, top);
	return e != OK && p->why != NULL ? err_at(p->why, e, t->file, p->why->line, p->why->column)
					 : e;
}

/* Does any step name somebody? */
static bool
tells(const struct book *b, const struct book_policy *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (book_tell(b, &p->steps[i])->n != 0)
			return true;
	return false;
}

/* What ships is of no use before a file says whom its levels mean. */
static void
drop_empty(struct book *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_policies; i++)
		if (tells(b, &b->policies[i]))
			b->policies[n++] = b->policies[i];
	b->n_policies = n;
}

enum err
book_read(const struct book_text *texts, size_t n, struct book **ret, struct diag *why)
{
	struct shelf *s = MEM_NEW(struct shelf);
	struct part p = { .b = &s->book, .why = why };
	enum err e = OK;

	s->arena = p.a = arena_new(BUDGET);
	for (size_t i = 0; i < n && e == OK; i++)
		e = read_one(&p, &texts[i]);
	if (e != OK) {
		book_free(&s->book);
		return e;
	}
	drop_empty(&s->book);
	*ret = &s->book;
	return OK;
}

void
book_free(struct book *b)
{
	struct shelf *s = (struct shelf *)b;

	if (b == NULL)
		return;
	arena_free(s->arena);
	free(s);
}

const struct book_person *
book_person(const struct book *b, struct str name)
{
	for (size_t i = 0; i < b->n_people; i++)
		if (str_eq(b->people[i].name, name))
			return &b->people[i];
	return NULL;
}

const struct book_rota *
book_rota(const struct book *b, struct str name)
{
	for (size_t i = 0; i < b->n_rotas; i++)
		if (str_eq(b->rotas[i].name, name))
			return &b->rotas[i];
	return NULL;
}

const struct book_policy *
book_policy(const struct book *b, struct str name)
{
	for (size_t i = 0; i < b->n_policies; i++)
		if (str_eq(b->policies[i].name, name))
			return &b->policies[i];
	return NULL;
}

const struct book_targets *
book_tell(const struct book *b, const struct book_step *s)
{
	return s->tell.n != 0 ? &s->tell : &b->levels[s->level - 1];
}

int64_t
book_quiet(const struct book_person *p, unsigned rank, int64_t now)
{
	const int64_t wall = civil_wall(p->zone, now);
	const int64_t day = wall / CIVIL_DAY, s = wall % CIVIL_DAY;
	const bool night = p->quiet_to <= p->quiet_from; /* over midnight */

	if (!p->quiet || rank <= p->quiet_rank)
		return 0;
	if (night && s >= p->quiet_from)
		return civil_instant(p->zone, day + 1, p->quiet_to);
	if (s < p->quiet_to && (night || s >= p->quiet_from))
		return civil_instant(p->zone, day, p->quiet_to);
	return 0;
}

const char *
book_severity(unsigned rank)
{
	static const char *const words[BOOK_RANKS] = { "critical", "high", "medium", "low",
		"info" };

	return words[rank < BOOK_RANKS ? rank : BOOK_RANKS - 1];
}
