/* SPDX-License-Identifier: Apache-2.0 */
/* The lines between the daemon and the helper. */
#include "respond/wire.h"

#include <stdio.h>

#include "base/jsonr.h"
#include "base/jsonw.h"
#include "respond/guard.h"

#define LEFT_MAX ((int64_t)366 * 24 * 3600)

static void
put_items(struct jsonw *w, const char *key, const struct wire_state *s, bool slow)
{
	char text[GUARD_TEXT];

	jsonw_key(w, str_c(key));
	jsonw_arr(w);
	for (size_t i = 0; i < s->n; i++) {
		if (s->items[i].slow != slow)
			continue;
		jsonw_arr(w);
		jsonw_str(w, str_c(guard_text(&s->items[i].net, text)));
		jsonw_int(w, s->items[i].left);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
wire_put_state(struct buf *to, const struct wire_state *s)
{
	char text[GUARD_TEXT];
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	put_items(&w, "block", s, false);
	put_items(&w, "slow", s, true);
	jsonw_key(&w, STR("never"));
	jsonw_arr(&w);
	for (size_t i = 0; i < s->n_never; i++)
		jsonw_str(&w, str_c(guard_text(&s->never[i], text)));
	jsonw_end(&w);
	jsonw_end(&w);
	buf_byte(to, '\n');
}

static enum err
bad(struct diag *why, const char *what)
{
	return err_set(why, FAIL_SYNTAX, "%s", what);
}

static enum err
read_items(const struct jsonr *list, bool slow, struct wire_state *s, struct diag *why)
{
	if (list == NULL || list->type != JSONR_LIST)
		return bad(why, "block and slow are lists");
	for (const struct jsonr *m = list->first; m != NULL; m = m->next) {
		struct kernel_item *item = &s->items[s->n];
		const struct jsonr *left;

		if (m->type != JSONR_LIST || m->n != 2 || m->first->type != JSONR_TEXT ||
		    !ip_net_parse(m->first->s, &item->net, NULL))
			return bad(why, "an item is a pair of a network and seconds");
		left = m->first->next;
		if (left->type != JSONR_INT || left->i < 1 || left->i > LEFT_MAX)
			return bad(why, "the seconds of an item are 1 to a year");
		item->left = left->i;
		item->slow = slow;
		s->n++;
	}
	return OK;
}

static enum err
read_never(const struct jsonr *list, struct wire_state *s, struct diag *why)
{
	for (const struct jsonr *m = list->first; m != NULL; m = m->next)
		if (m->type != JSONR_TEXT || !ip_net_parse(m->s, &s->never[s->n_never++], NULL))
			return bad(why, "never is a list of networks");
	return OK;
}

enum err
wire_read_state(struct arena *a, struct str line, struct wire_state *ret, struct diag *why)
{
	const struct jsonr *top = NULL, *block, *slow, *never;
	struct wire_state s = { 0 };
	enum err e = jsonr_parse(a, line, &top, why);

	if (e != OK)
		return e;
	block = jsonr_get(top, "block");
	slow = jsonr_get(top, "slow");
	never = jsonr_get(top, "never");
	if (block == NULL || slow == NULL || never == NULL || never->type != JSONR_LIST)
		return bad(why, "a state has the lists block, slow and never");
	if (block->n > WIRE_ITEMS_MAX || slow->n > WIRE_ITEMS_MAX ||
	    block->n + slow->n > WIRE_ITEMS_MAX || never->n > WIRE_NEVER_MAX)
		return err_set(why, FAIL_LIMIT, "the state is too large");
	s.items = arena_alloc(a, (block->n + slow->n + 1) * sizeof(*s.items));
	s.never = arena_alloc(a, (never->n + 1) * sizeof(*s.never));
	if (s.items == NULL || s.never == NULL)
		return err_set(why, FAIL_LIMIT, "the state is too large");
	e = read_items(block, false, &s, why);
	if (e == OK)
		e = read_items(slow, true, &s, why);
	if (e == OK)
		e = read_never(never, &s, why);
	if (e == OK)
		*ret = s;
	return e;
}

void
wire_put_answer(struct buf *to, const struct wire_answer *a)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kbool(&w, "ok", a->ok);
	jsonw_kstr(&w, "why", str_c(a->why));
	jsonw_kint(&w, "there", (int64_t)a->there);
	jsonw_kint(&w, "added", (int64_t)a->added);
	jsonw_kint(&w, "removed", (int64_t)a->removed);
	jsonw_kint(&w, "waiting", (int64_t)a->waiting);
	jsonw_key(&w, STR("refused"));
	jsonw_arr(&w);
	for (size_t i = 0; i < a->n_refused; i++)
		jsonw_str(&w, str_c(a->refused[i]));
	jsonw_end(&w);
	jsonw_end(&w);
	buf_byte(to, '\n');
}

static uint64_t
number(const struct jsonr *top, const char *key)
{
	const int64_t n = jsonr_int(top, key, 0);

	return n > 0 ? (uint64_t)n : 0;
}

static void
arena_freep(struct arena **a)
{
	arena_free(*a);
}

enum err
wire_read_answer(struct str line, struct wire_answer *ret, struct diag *why)
{
	AUTO(arena_freep) struct arena *arena = arena_new(WIRE_BUDGET);
	const struct jsonr *top = NULL, *refused, *ok;
	enum err e = jsonr_parse(arena, line, &top, why);

	if (e != OK)
		return e;
	ok = jsonr_get(top, "ok");
	refused = jsonr_get(top, "refused");
	if (ok == NULL || ok->type != JSONR_BOOL || refused == NULL || refused->type != JSONR_LIST)
		return bad(why, "that is no answer");
	*ret = (struct wire_answer){ .ok = ok->b,
		.there = number(top, "there"),
		.added = number(top, "added"),
		.removed = number(top, "removed"),
		.waiting = number(top, "waiting") };
	(void)str_to_c(jsonr_text(top, "why", STR("")), ret->why, sizeof(ret->why));
	for (const struct jsonr *m = refused->first; m != NULL && ret->n_refused < WIRE_REFUSED_MAX;
	     m = m->next)
		if (m->type == JSONR_TEXT)
			(void)str_to_c(m->s, ret->refused[ret->n_refused++],
			    sizeof(ret->refused[0]));
	return OK;
}
