/* SPDX-License-Identifier: Apache-2.0 */
/* exports: playread_ */
/* tested by: test/unit/incident/test_playbook.c */
/* Conditions of steps: a small fixed vocabulary, read into a tree. */
#include "incident/playread.h"

static enum err read_all(struct playread *r, const struct tree *t, struct playbook_cond *to);

/* A new condition below `parent`; NULL: too many. */
static struct playbook_cond *
add(struct playread *r, struct playbook_cond *parent, enum playbook_ask ask)
{
	struct playbook_cond *c = NULL;
	const struct playbook_cond **end = &parent->first;

	if (r->conds < PLAYBOOK_CONDS_MAX)
		c = arena_alloc(r->arena, sizeof(*c));
	if (c == NULL)
		return NULL;
	r->conds++;
	c->ask = ask;
	while (*end != NULL)
		end = (const struct playbook_cond **)(uintptr_t) & (*end)->next;
	*end = c;
	return c;
}

static enum err
too_many(struct playread *r, const struct tree *t)
{
	return playread_refuse(r, t, "a step has at most %d conditions", PLAYBOOK_CONDS_MAX);
}

static enum err
add_set(struct playread *r, const struct tree *t, void *parent, enum playbook_ask ask,
    enum playword_of table)
{
	struct playbook_cond *c = add(r, parent, ask);

	return c != NULL ? playread_set(r, t, table, &c->set) : too_many(r, t);
}

static enum err
read_severity(struct playread *r, const struct tree *t, void *to)
{
	return add_set(r, t, to, PLAYBOOK_SEVERITY, PLAYWORD_SEVERITY);
}

static enum err
read_type(struct playread *r, const struct tree *t, void *to)
{
	return add_set(r, t, to, PLAYBOOK_TYPE, PLAYWORD_TYPE);
}

static enum err
add_least(struct playread *r, const struct tree *t, void *to, enum playbook_ask ask)
{
	struct playbook_cond *c = add(r, to, ask);

	return c != NULL ? playread_number(r, t, 1000000, &c->least) : too_many(r, t);
}

static enum err
read_alerts(struct playread *r, const struct tree *t, void *to)
{
	return add_least(r, t, to, PLAYBOOK_ALERTS);
}

static enum err
read_addresses(struct playread *r, const struct tree *t, void *to)
{
	return add_least(r, t, to, PLAYBOOK_ADDRESSES);
}

static enum err
read_users(struct playread *r, const struct tree *t, void *to)
{
	return add_least(r, t, to, PLAYBOOK_USERS);
}

static enum err
read_has(struct playread *r, const struct tree *t, void *to)
{
	static const enum playbook_ask asks[] = { PLAYBOOK_ADDRESSES, PLAYBOOK_USERS,
		PLAYBOOK_ALERTS, PLAYBOOK_HAS_TICKET };
	unsigned set = 0;
	enum err e = playread_set(r, t, PLAYWORD_HAS, &set);

	for (unsigned i = 0; i < ARRAY_LEN(asks) && e == OK; i++) {
		struct playbook_cond *c;

		if ((set & 1U << i) == 0)
			continue;
		c = add(r, to, asks[i]);
		if (c == NULL)
			return too_many(r, t);
		c->least = 1;
	}
	return e;
}

static enum err
of_step(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_cond *c = to;

	return playread_step(r, t, &c->step);
}

static enum err
of_is(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_cond *c = to;

	if (c->ask == PLAYBOOK_STEP)
		return playread_set(r, t, PLAYWORD_ENDED, &c->set);
	return playread_text(r, t, PLAYBOOK_TITLE_MAX, &c->text);
}

static enum err
of_field(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_cond *c = to;

	return playread_text(r, t, PLAYBOOK_NAME_MAX, &c->field);
}

static enum err
of_least(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_cond *c = to;

	return playread_number(r, t, 1000000, &c->least);
}

/* Can what is asked about have an answer? */
static enum err
check_about(struct playread *r, const struct tree *t, const struct playbook_cond *c)
{
	const struct playbook_step *s = &r->book->steps[c->step];

	if (c->ask == PLAYBOOK_STEP && c->set == 0)
		return playread_refuse(r, t, "is: is missing");
	if (c->ask == PLAYBOOK_FOUND && (s->what.act != PLAYBOOK_QUERY || c->least == 0))
		return playread_refuse(r, t,
		    "found: asks how many rows (at_least: 1) a step with QUERY found");
	if (c->ask != PLAYBOOK_ANSWER)
		return OK;
	for (size_t i = 0; i < s->n_fields; i++)
		if (str_eq(s->fields[i].name, c->field))
			return c->text.n != 0 ? OK : playread_refuse(r, t, "is: is missing");
	return playread_refuse(r, t, "the form of step %.*s has no such field", STR_ARG(s->id));
}

static enum err
add_about(struct playread *r, const struct tree *t, void *to, enum playbook_ask ask,
    const struct playread_key *keys, size_t n)
{
	struct playbook_cond *c = add(r, to, ask);
	enum err e;

	if (c == NULL)
		return too_many(r, t);
	c->step = PLAYBOOK_STEPS_MAX;
	e = playread_map(r, t, keys, n, c);
	if (e == OK && c->step == PLAYBOOK_STEPS_MAX)
		e = playread_refuse(r, t, "step: is missing");
	if (e == OK && (r->book->steps[r->at].before & UINT64_C(1) << c->step) == 0)
		e = playread_refuse(r, t,
		    "step %.*s has not always ended when this one begins: name it in after:",
		    STR_ARG(r->book->steps[c->step].id));
	return e == OK ? check_about(r, t, c) : e;
}

static enum err
read_result(struct playread *r, const struct tree *t, void *to)
{
	static const struct playread_key keys[] = { { "step", of_step }, { "is", of_is } };

	return add_about(r, t, to, PLAYBOOK_STEP, keys, ARRAY_LEN(keys));
}

static enum err
read_found(struct playread *r, const struct tree *t, void *to)
{
	static const struct playread_key keys[] = { { "step", of_step }, { "at_least", of_least } };

	return add_about(r, t, to, PLAYBOOK_FOUND, keys, ARRAY_LEN(keys));
}

static enum err
read_answer(struct playread *r, const struct tree *t, void *to)
{
	static const struct playread_key keys[] = { { "step", of_step }, { "field", of_field },
		{ "is", of_is } };

	return add_about(r, t, to, PLAYBOOK_ANSWER, keys, ARRAY_LEN(keys));
}

static enum err
add_list(struct playread *r, const struct tree *t, void *to, enum playbook_ask ask)
{
	struct playbook_cond *c = add(r, to, ask);
	enum err e = OK;

	if (c == NULL)
		return too_many(r, t);
	if (t->kind != TREE_LIST || t->n == 0)
		return playread_refuse(r, t, "a list of conditions is wanted here");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		struct playbook_cond *one = add(r, c, PLAYBOOK_ALL);

		e = one != NULL ? read_all(r, m, one) : too_many(r, m);
	}
	return e;
}

static enum err
read_any(struct playread *r, const struct tree *t, void *to)
{
	return add_list(r, t, to, PLAYBOOK_ANY);
}

static enum err
read_not(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_cond *c = add(r, to, PLAYBOOK_NOT);

	return c != NULL ? read_all(r, t, c) : too_many(r, t);
}

static enum err
read_all(struct playread *r, const struct tree *t, struct playbook_cond *to)
{
	static const struct playread_key keys[] = {
		{ "severity", read_severity },
		{ "type", read_type },
		{ "has", read_has },
		{ "alerts", read_alerts },
		{ "addresses", read_addresses },
		{ "users", read_users },
		{ "result", read_result },
		{ "found", read_found },
		{ "answer", read_answer },
		{ "any", read_any },
		{ "not", read_not },
	};
	enum err e = playread_map(r, t, keys, ARRAY_LEN(keys), to);

	if (e == OK && to->first == NULL)
		e = playread_refuse(r, t, "a condition without anything in it");
	return e;
}

enum err
playread_when(struct playread *r, const struct tree *t, const struct playbook_cond **ret)
{
	struct playbook_cond *top = arena_alloc(r->arena, sizeof(*top));

	if (top == NULL)
		return too_many(r, t);
	r->conds = 1;
	*ret = top;
	return read_all(r, t, top);
}
