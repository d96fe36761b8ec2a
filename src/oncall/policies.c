/* SPDX-License-Identifier: Apache-2.0 */
/* Escalation policies, whom the levels name, and how soon alerts are taken on. */
/* tested by: test/unit/oncall/test_book.c */
#include "base/clock.h"
#include "oncall/internal.h"

#define EVERY ((int64_t)30 * 60 * CLOCK_S)
#define EVERY_LEAST ((int64_t)60 * CLOCK_S)

static enum err
target_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_target *to = ctx;
	const struct book_rota *rota;
	enum err e;

	if (part_is(t, "person")) {
		to->kind = BOOK_PERSON;
		e = part_person(p, t, &to->index);
		to->name = t->text;
		return e;
	}
	if (!part_is(t, "rota") && !part_is(t, "channel"))
		return part_unknown(p, t, "whom to tell is a rota, a person or a channel");
	e = part_name(p, t, &to->name);
	if (e != OK || part_is(t, "channel")) {
		to->kind = BOOK_CHANNEL;
		return e;
	}
	rota = book_rota(p->b, to->name);
	if (rota == NULL)
		return part_refuse(p, t, "there is no rota '%.*s'", STR_ARG(to->name));
	to->kind = BOOK_ROTA;
	to->index = (size_t)(rota - p->b->rotas);
	return OK;
}

static enum err
read_target(struct part *p, const struct tree *t, void *ctx)
{
	struct book_targets *to = ctx;

	if (t->kind != TREE_MAP || t->n != 1)
		return part_refuse(p, t, "whom to tell is like {rota: NAME} or {person: NAME}");
	return part_map(p, t, target_member, &to->p[to->n++]);
}

static bool
find_level(struct str word, unsigned *ret)
{
	if (word.n != 2 || (word.p[0] != 'L' && word.p[0] != 'l') || word.p[1] < '1' ||
	    word.p[1] > '0' + BOOK_LEVELS)
		return false;
	*ret = (unsigned)(word.p[1] - '0');
	return true;
}

static enum err
step_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_step *s = ctx;

	if (part_is(t, "after"))
		return part_span(p, t, &s->after);
	if (part_is(t, "tell"))
		return part_list(p, t, BOOK_TELL_MAX, read_target, &s->tell);
	if (part_is(t, "level"))
		return t->kind == TREE_TEXT && find_level(t->text, &s->level)
			   ? OK
			   : part_refuse(p, t, "level: is L1, L2, L3 or L4");
	if (!part_is(t, "until"))
		return part_unknown(p, t, "a step has after, level, tell and until");
	s->resolved = t->kind == TREE_TEXT && str_eq(t->text, STR("resolved"));
	if (s->resolved || (t->kind == TREE_TEXT && str_eq(t->text, STR("acknowledged"))))
		return OK;
	return part_refuse(p, t, "until: is acknowledged or resolved");
}

static enum err
read_step(struct part *p, const struct tree *t, void *ctx)
{
	struct book_policy *to = ctx;
	struct book_step *s = &to->steps[to->n++];
	enum err e;

	*s = (struct book_step){ .level = 1 };
	e = part_map(p, t, step_member, s);
	if (e == OK && to->n > 1 && s->after < s[-1].after)
		e = part_refuse(p, t, "a step is not earlier than the one before it");
	return e;
}

static enum err
policy_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_policy *to = ctx;
	enum err e;

	if (part_is(t, "name"))
		return part_name(p, t, &to->name);
	if (part_is(t, "title"))
		return part_text(p, t, 100, &to->title);
	if (part_is(t, "repeat"))
		return part_count(p, t, BOOK_REPEAT_MAX, &to->repeat);
	if (part_is(t, "every")) {
		e = part_span(p, t, &to->every);
		if (e == OK && to->every < EVERY_LEAST)
			e = part_refuse(p, t, "every: is at least 1m");
		return e;
	}
	if (!part_is(t, "steps"))
		return part_unknown(p, t, "a policy has name, title, steps, repeat and every");
	e = part_grow(p, (void **)&to->steps, 0, BOOK_STEPS_MAX, sizeof(struct book_step));
	return e == OK ? part_list(p, t, BOOK_STEPS_MAX, read_step, to) : e;
}

/* Those of the first file were there when the list began. */
static enum err
read_policy(struct part *p, const struct tree *t, void *ctx)
{
	struct book_policy one = { .every = EVERY };
	const struct book_policy *other;
	const size_t *before = ctx;
	enum err e = part_map(p, t, policy_member, &one);

	if (e != OK)
		return e;
	if (one.name.n == 0 || one.n == 0)
		return part_refuse(p, t, "a policy has at least name and steps");
	other = book_policy(p->b, one.name);
	if (other != NULL)
		return other < p->b->policies + *before
			   ? OK
			   : part_refuse(p, t, "there are two policies called '%.*s'",
				 STR_ARG(one.name));
	if (one.title.n == 0)
		one.title = one.name;
	p->b->policies[p->b->n_policies++] = one;
	return OK;
}

enum err
policies_read(struct part *p, const struct tree *t)
{
	size_t before = p->b->n_policies;
	enum err e = part_grow(p, (void **)&p->b->policies, before, BOOK_POLICIES_MAX,
	    sizeof(struct book_policy));

	return e == OK ? part_list(p, t, BOOK_POLICIES_MAX, read_policy, &before) : e;
}

static enum err
level_member(struct part *p, const struct tree *t, void *ctx)
{
	unsigned level = 0;

	(void)ctx;
	if (!find_level(t->key, &level))
		return part_unknown(p, t, "levels are L1, L2, L3 and L4");
	if (p->b->levels[level - 1].n != 0)
		return OK; /* said by an earlier file */
	return part_list(p, t, BOOK_TELL_MAX, read_target, &p->b->levels[level - 1]);
}

enum err
policies_levels(struct part *p, const struct tree *t)
{
	return part_map(p, t, level_member, NULL);
}

static enum err
response_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_response *r = ctx;

	if (part_is(t, "within"))
		return part_span(p, t, &r->within);
	if (part_is(t, "policy"))
		return part_name(p, t, &r->policy);
	return part_unknown(p, t, "a response has within and policy");
}

static enum err
respond_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_response r = { .set = true };
	struct tree word = *t;
	unsigned rank = 0;
	enum err e;

	(void)ctx;
	word.kind = TREE_TEXT;
	word.text = t->key;
	word.line = t->key_line;
	word.column = t->key_column;
	e = part_rank(p, &word, &rank);
	if (e == OK)
		e = part_map(p, t, response_member, &r);
	if (e == OK && r.within <= 0)
		e = part_refuse(p, t, "within: is a time like 15m");
	if (e == OK && !p->b->responses[rank].set)
		p->b->responses[rank] = r;
	return e;
}

enum err
policies_respond(struct part *p, const struct tree *t)
{
	return part_map(p, t, respond_member, NULL);
}
