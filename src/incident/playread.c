/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/incident/test_playbook.c */
/* Maps, texts, numbers and words of playbooks, with the place of what is wrong. */
#include "incident/playread.h"

#include <stdarg.h>
#include <stdio.h>

#include "conf/row.h"

#define NAME_BYTES "abcdefghijklmnopqrstuvwxyz0123456789_-"

enum err
playread_refuse(struct playread *r, const struct tree *at, const char *fmt, ...)
{
	char text[sizeof(r->why->text)];
	va_list ap;
	enum err e;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	e = err_set(r->why, FAIL_SYNTAX, "%s", text);
	return err_at(r->why, e, NULL, at->line, at->column);
}

static enum err
no_such_key(struct playread *r, const struct tree *m, const struct playread_key *keys, size_t n)
{
	const int len = (int)(m->key.n < 40 ? m->key.n : 40);
	auto_buf struct buf words = { 0 };
	struct str near;
	enum err e;

	for (size_t i = 0; i < n; i++)
		buf_printf(&words, "%s%s", i != 0 ? " " : "", keys[i].name);
	near = row_nearest_word(m->key, buf_view(&words));
	if (near.n != 0)
		e = err_set(r->why, FAIL_SYNTAX, "there is no '%.*s' here; did you mean %.*s?", len,
		    m->key.p, STR_ARG(near));
	else
		e = err_set(r->why, FAIL_SYNTAX, "there is no '%.*s' here; there are %.*s", len,
		    m->key.p, STR_ARG(buf_view(&words)));
	return err_at(r->why, e, NULL, m->key_line, m->key_column);
}

enum err
playread_map(struct playread *r, const struct tree *t, const struct playread_key *keys, size_t n,
    void *to)
{
	uint64_t seen = 0;
	enum err e = OK;

	if (t->kind != TREE_MAP)
		return playread_refuse(r, t, "a map is wanted here, not %s", tree_word(t));
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		size_t i = 0;

		while (i < n && !str_eq(m->key, str_c(keys[i].name)))
			i++;
		if (i == n)
			return no_such_key(r, m, keys, n);
		if ((seen & UINT64_C(1) << i) != 0)
			return playread_refuse(r, m, "%s stands here twice", keys[i].name);
		seen |= UINT64_C(1) << i;
		e = keys[i].read(r, m, to);
	}
	return e;
}

enum err
playread_text(struct playread *r, const struct tree *t, size_t max, struct str *ret)
{
	if (t->kind != TREE_TEXT || str_trim(t->text).n == 0 || t->text.n > max)
		return playread_refuse(r, t, "a text of 1 to %zu bytes is wanted here", max);
	*ret = str_trim(t->text);
	return OK;
}

enum err
playread_number(struct playread *r, const struct tree *t, uint64_t max, uint64_t *ret)
{
	if (t->kind == TREE_TEXT && str_u64(t->text, ret) && *ret <= max)
		return OK;
	return playread_refuse(r, t, "a number of at most %llu is wanted here",
	    (unsigned long long)max);
}

enum err
playread_word(struct playread *r, const struct tree *t, enum playword_of table, unsigned *ret)
{
	struct str near;

	if (t->kind != TREE_TEXT)
		return playread_refuse(r, t, "one of these is wanted here: %.*s",
		    STR_ARG(playword_all(table)));
	if (playword_find(table, t->text, ret))
		return OK;
	near = row_nearest_word(t->text, playword_all(table));
	if (near.n != 0)
		return playread_refuse(r, t, "there is no '%.*s'; did you mean %.*s?",
		    (int)(t->text.n < 40 ? t->text.n : 40), t->text.p, STR_ARG(near));
	return playread_refuse(r, t, "there is no '%.*s'; there are %.*s",
	    (int)(t->text.n < 40 ? t->text.n : 40), t->text.p, STR_ARG(playword_all(table)));
}

enum err
playread_set(struct playread *r, const struct tree *t, enum playword_of table, unsigned *ret)
{
	const struct tree *m = t->kind == TREE_LIST ? t->first : t;
	enum err e = OK;
	unsigned bit = 0;

	if (t->kind == TREE_LIST && t->n == 0)
		return playread_refuse(r, t, "an empty list says nothing");
	for (; m != NULL && e == OK; m = t->kind == TREE_LIST ? m->next : NULL) {
		e = playread_word(r, m, table, &bit);
		if (e == OK)
			*ret |= 1U << bit;
	}
	return e;
}

enum err
playread_step(struct playread *r, const struct tree *t, size_t *ret)
{
	const size_t n = r->book->n;

	*ret = t->kind == TREE_TEXT ? playbook_find(r->book, t->text) : n;
	if (*ret < n)
		return OK;
	if (t->kind != TREE_TEXT)
		return playread_refuse(r, t, "the id of a step is wanted here");
	return playread_refuse(r, t, "there is no step '%.*s'",
	    (int)(t->text.n < PLAYBOOK_NAME_MAX ? t->text.n : PLAYBOOK_NAME_MAX), t->text.p);
}

enum err
playread_name(struct playread *r, const struct tree *t, struct str *ret)
{
	enum err e = playread_text(r, t, PLAYBOOK_NAME_MAX, ret);

	for (size_t i = 0; e == OK && i < ret->n; i++)
		if (memchr(NAME_BYTES, ret->p[i], sizeof(NAME_BYTES) - 1) == NULL)
			return playread_refuse(r, t, "only a-z, 0-9, _ and - are allowed here");
	return e;
}
