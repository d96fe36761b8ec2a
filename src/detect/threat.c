/* SPDX-License-Identifier: Apache-2.0 */
/* Firings on one entity within a timespan, and what they amount to. */
#include "detect/threat.h"

#include <stdlib.h>

#include "base/mem.h"

static const char *const levels[] = { "informational", "low", "medium", "high", "critical" };
#define RANK_MAX (ARRAY_LEN(levels) - 1)

void
threat_fini(struct threat *th)
{
	free(th->rules);
	free(th->firings);
	*th = (struct threat){ 0 };
}

const char *
threat_level(unsigned rank)
{
	return levels[rank < RANK_MAX ? rank : RANK_MAX];
}

static uint8_t
rank_of(const char *level)
{
	for (uint8_t i = 0; i < ARRAY_LEN(levels); i++)
		if (strcmp(level, levels[i]) == 0)
			return i;
	return 0;
}

static void
drop_firing(struct threat *th, size_t at)
{
	th->n_firings--;
	memmove(th->firings + at, th->firings + at + 1,
	    (th->n_firings - at) * sizeof(*th->firings));
}

/* A rule and its firings go; the last one takes its place. */
static void
drop_rule(struct threat *th, uint8_t rule)
{
	for (size_t i = th->n_firings; i-- > 0;) {
		if (th->firings[i].rule == rule)
			drop_firing(th, i);
		else if (th->firings[i].rule == th->n_rules - 1)
			th->firings[i].rule = rule;
	}
	th->n_rules--;
	th->rules[rule] = th->rules[th->n_rules];
}

/* Rules without a firing that is kept are forgotten. */
static void
drop_silent(struct threat *th)
{
	for (uint8_t i = th->n_rules; i-- > 0;) {
		bool fired = false;

		for (size_t k = 0; k < th->n_firings && !fired; k++)
			fired = th->firings[k].rule == i;
		if (!fired)
			drop_rule(th, i);
	}
}

/* The rule whose newest firing is the oldest. */
static uint8_t
oldest_rule(const struct threat *th)
{
	uint32_t seen = 0;
	uint8_t last = 0;

	for (size_t i = th->n_firings; i-- > 0;) {
		if ((seen >> th->firings[i].rule & 1) == 0)
			last = th->firings[i].rule;
		seen |= (uint32_t)1 << th->firings[i].rule;
	}
	return last;
}

static uint8_t
rule_of(struct threat *th, const struct threat_event *ev)
{
	char cut[THREAT_ID];
	struct threat_rule *r;

	(void)str_to_c(ev->id, cut, sizeof(cut));
	for (uint8_t i = 0; i < th->n_rules; i++)
		if (strcmp(th->rules[i].id, cut) == 0)
			return i;
	if (th->n_rules == THREAT_RULES)
		drop_rule(th, oldest_rule(th));
	if (th->n_rules == th->size_rules) {
		th->size_rules = (uint8_t)(th->size_rules == 0 ? 2 : 2 * th->size_rules);
		th->rules = mem_resize(th->rules, th->size_rules, sizeof(*th->rules));
	}
	r = &th->rules[th->n_rules];
	*r = (struct threat_rule){ .tactics = tactic_bits(ev->tags) };
	memcpy(r->id, cut, sizeof(cut));
	(void)str_to_c(ev->title, r->title, sizeof(r->title));
	return th->n_rules++;
}

/* Its place in time. */
static size_t
insert(struct threat *th, const struct threat_firing *f)
{
	size_t at = th->n_firings;

	while (at > 0 && th->firings[at - 1].t > f->t)
		at--;
	if (th->n_firings == th->size_firings) {
		th->size_firings = (uint8_t)(th->size_firings == 0 ? 4 : 2 * th->size_firings);
		th->firings = mem_resize(th->firings, th->size_firings, sizeof(*th->firings));
	}
	memmove(th->firings + at + 1, th->firings + at,
	    (th->n_firings - at) * sizeof(*th->firings));
	th->firings[at] = *f;
	th->n_firings++;
	return at;
}

/* Of the rule's firings those between two others inside a timespan. */
static void
thin(struct threat *th, uint8_t rule, int64_t timespan)
{
	size_t before = SIZE_MAX, middle = SIZE_MAX;

	for (size_t i = 0; i < th->n_firings; i++) {
		if (th->firings[i].rule != rule)
			continue;
		if (before != SIZE_MAX && th->firings[i].t - th->firings[before].t < timespan) {
			drop_firing(th, middle);
			i--;
		} else {
			before = middle;
		}
		middle = i;
	}
}

/* What the window that ends with firing `end` holds. */
static unsigned
count(const struct threat *th, size_t end, int64_t timespan, size_t *ret_from)
{
	uint32_t seen = 0;
	size_t i = end + 1;

	while (i > 0 && th->firings[i - 1].t > th->firings[end].t - timespan)
		seen |= (uint32_t)1 << th->firings[--i].rule;
	*ret_from = i;
	return (unsigned)__builtin_popcount(seen);
}

/* Every tactic of the window with the time it came first. */
static unsigned
tactics_of(const struct threat *th, const struct threat_view *v, int64_t first[TACTIC_COUNT])
{
	unsigned n = 0;

	for (unsigned i = 0; i < TACTIC_COUNT; i++)
		first[i] = INT64_MAX;
	for (size_t k = v->from; k < v->to; k++)
		for (unsigned i = 0; i < TACTIC_COUNT; i++) {
			const struct threat_firing *f = &th->firings[k];

			if ((th->rules[f->rule].tactics >> i & 1) == 0 || first[i] <= f->t)
				continue;
			first[i] = f->t;
			n++;
		}
	return n;
}

static unsigned
at_most(unsigned n, unsigned most)
{
	return n < most ? n : most;
}

/*
 * As sure as its surest part, and surer by each further rule and tactic, by 5 percent
 * each; by 10 when three tactics or more came in the order of an attack, 5 for two.
 */
static void
weigh(const struct threat *th, struct threat_view *v)
{
	int64_t first[TACTIC_COUNT];
	unsigned sure = 0, rank = 0;

	v->tactics = tactics_of(th, v, first);
	v->in_order = tactic_in_order(first);
	for (size_t i = v->from; i < v->to; i++) {
		const struct threat_rule *r = &th->rules[th->firings[i].rule];

		sure = r->confidence > sure ? r->confidence : sure;
		rank = r->rank > rank ? r->rank : rank;
	}
	sure += 5 * at_most(v->rules > 1 ? v->rules - 1 : 0, 3);
	sure += 5 * at_most(v->tactics > 1 ? v->tactics - 1 : 0, 3);
	if (v->tactics > 1 && v->in_order == v->tactics)
		sure += v->tactics > 2 ? 10 : 5;
	v->confidence = at_most(sure, 99);
	v->rank = at_most(rank + (v->rules > 1), (unsigned)RANK_MAX);
}

static void
note(struct threat_rule *r, const struct threat_event *ev)
{
	uint8_t rank = rank_of(ev->level);

	r->rank = rank > r->rank ? rank : r->rank;
	r->confidence = (uint8_t)(ev->confidence > r->confidence ? at_most(ev->confidence, 100)
								 : r->confidence);
	r->n++;
}

/* Forgets what no window holds any more; false: t itself is so old. */
static bool
make_room(struct threat *th, int64_t t, int64_t timespan)
{
	int64_t newest = th->firings[th->n_firings - 1].t, horizon;

	newest = t > newest ? t : newest;
	horizon = newest - 2 * timespan;
	if (t <= horizon)
		return false;
	while (th->n_firings > 0 && th->firings[0].t <= horizon)
		drop_firing(th, 0);
	drop_silent(th);
	return true;
}

bool
threat_add(struct threat *th, const struct threat_event *ev, int64_t timespan,
    struct threat_view *ret)
{
	struct threat_firing f = { .t = ev->t, .seq = ev->seq };
	size_t at;

	*ret = (struct threat_view){ 0 };
	if (th->n_firings > 0 && !make_room(th, ev->t, timespan))
		return false;
	f.rule = rule_of(th, ev);
	note(&th->rules[f.rule], ev);
	thin(th, f.rule, timespan);
	if (th->n_firings == THREAT_FIRINGS)
		drop_firing(th, 0);
	at = insert(th, &f);
	for (size_t end = at; end < th->n_firings; end++) {
		size_t from;
		unsigned n;

		if (th->firings[end].t - ev->t >= timespan)
			break;
		n = count(th, end, timespan, &from);
		if (n <= ret->rules)
			continue;
		ret->rules = n;
		ret->from = from;
		ret->to = end + 1;
	}
	ret->first = th->firings[ret->from].t;
	ret->last = th->firings[ret->to - 1].t;
	weigh(th, ret);
	return true;
}
