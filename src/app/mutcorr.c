/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules_test.py */
/* What can be another in the section of a correlation, key by key. */
#include "app/mutcorr.h"

#include "base/clock.h"

struct key {
	const char *name;
	void (*mutate)(struct mutant *m, const struct ydoc *section, const struct ydoc *v);
};

static void
map_numbers(struct mutant *m, const struct ydoc *map)
{
	for (const struct ydoc *c = map->first; c != NULL; c = c->next)
		if (mutant_is_bound(c->key->text))
			mutant_number(m, map->key->text, map, c, 0);
}

/* A list of fields within a map: each left out. */
static void
map_fields(struct mutant *m, const struct ydoc *map)
{
	const struct ydoc *fields = ydoc_get(map, "field");

	if (fields == NULL || fields->kind != YDOC_LIST || fields->n < 2)
		return;
	for (const struct ydoc *c = fields->first; c != NULL; c = c->next)
		mutant_without(m, map->key->text, map, c);
}

static void
condition(struct mutant *m, const struct ydoc *section, const struct ydoc *v)
{
	(void)section;
	if (v->kind != YDOC_MAP)
		return;
	map_numbers(m, v);
	map_fields(m, v);
}

/* Lower bounds that a single event reaches: it fires whatever the window. */
static bool
one_is_enough(const struct ydoc *section)
{
	const struct ydoc *type = ydoc_get(section, "type");
	const struct ydoc *bound = ydoc_get(section, "condition");
	int64_t n;

	if (type == NULL || !str_eq(type->text, STR("event_count")) ||
	    ydoc_get(section, "escalate") != NULL || bound == NULL || bound->n != 1 ||
	    bound->kind != YDOC_MAP || !ydoc_int(bound->first, &n))
		return false;
	return (str_eq(bound->first->key->text, STR("gte")) && n <= 1) ||
	       (str_eq(bound->first->key->text, STR("gt")) && n <= 0);
}

static void
span(struct mutant *m, const struct ydoc *section, const struct ydoc *v)
{
	int64_t ns;

	(void)section;
	if (!clock_span(v->text, &ns))
		return;
	for (int k = 0; k < 2; k++) {
		int64_t s = (k == 0 ? ns / 2 : ns * 2) / CLOCK_S;

		if (s == 0 || s > (int64_t)366 * 86400)
			continue;
		mutant_begin(m, v->key->text);
		buf_printf(&m->text, "%llds", (long long)s);
		mutant_give(m, "%.*s %.*s %s", STR_ARG(v->key->text), STR_ARG(v->text),
		    k == 0 ? "halved" : "doubled");
	}
}

/*
 * Where one event is enough, no window is asked for: the count of any window that holds the event
 * is at least one, and an episode lasts `suppress`, not the timespan.
 */
static void
timespan(struct mutant *m, const struct ydoc *section, const struct ydoc *v)
{
	if (!one_is_enough(section))
		span(m, section, v);
}

static void
number(struct mutant *m, const struct ydoc *section, const struct ydoc *v)
{
	(void)section;
	mutant_number(m, v->key->text, v, v, 0);
}

static void
group(struct mutant *m, const struct ydoc *section, const struct ydoc *v)
{
	(void)section;
	mutant_each_without(m, v->key->text, v, true);
}

static void
members(struct mutant *m, const struct ydoc *section, const struct ydoc *v)
{
	(void)section;
	mutant_each_without(m, v->key->text, v, false);
}

static void
becomes(struct mutant *m, const struct ydoc *v, struct str to)
{
	if (str_eq(v->text, to))
		return;
	mutant_begin(m, v->key->text);
	buf_str(&m->text, to);
	mutant_give(m, "%.*s %.*s -> %.*s", STR_ARG(v->key->text), STR_ARG(v->text), STR_ARG(to));
}

/* A rule that the section names: each of the others. */
static void
name(struct mutant *m, const struct ydoc *section, const struct ydoc *v)
{
	const struct ydoc *rules = ydoc_get(section, "rules");

	if (rules == NULL || rules->kind != YDOC_LIST)
		return;
	for (const struct ydoc *c = rules->first; c != NULL; c = c->next)
		becomes(m, v, c->text);
}

/* A word of few. */
static void
word(struct mutant *m, const struct ydoc *section, const struct ydoc *v)
{
	static const struct {
		const char *key, *words[4];
	} of[] = {
		{ "full", { "true", "false" } },
		{ "seasonal", { "none", "day", "week" } },
		{ "side", { "above", "below", "both" } },
		{ "count", { "rules", "tactics" } },
		{ "measure", { "count", "sum" } },
	};

	(void)section;
	for (size_t i = 0; i < ARRAY_LEN(of); i++)
		for (size_t k = 0; k < ARRAY_LEN(of[i].words); k++)
			if (str_eq(v->key->text, str_c(of[i].key)) && of[i].words[k] != NULL)
				becomes(m, v, str_c(of[i].words[k]));
}

static void
escalate(struct mutant *m, const struct ydoc *section, const struct ydoc *v)
{
	const struct ydoc *level = ydoc_get(v, "level");

	(void)section;
	if (v->kind != YDOC_MAP || level == NULL)
		return;
	map_numbers(m, v);
	map_fields(m, v);
	mutant_begin(m, v->key->text);
	mutant_put(m, v, level, "informational");
	mutant_give(m, "escalate to no level");
}

static const struct key keys[] = {
	{ "rules", members },
	{ "group-by", group },
	{ "timespan", timespan },
	{ "condition", condition },
	{ "escalate", escalate },
	{ "part", name },
	{ "reset", name },
	{ "end", name },
	{ "distinct", members },
	{ "features", members },
	{ "expect", members },
	{ "days", members },
	{ "minimum", number },
	{ "minimum_km", number },
	{ "learn", number },
	{ "step", number },
	{ "share", number },
	{ "contamination", number },
	{ "drift", number },
	{ "gap", span },
	{ "half_life", span },
	{ "interval", span },
	{ "train", span },
	{ "retrain", span },
	{ "clock_error", span },
	{ "full", word },
	{ "seasonal", word },
	{ "side", word },
	{ "count", word },
	{ "measure", word },
};

void
mutcorr_each(struct mutant *m, const struct ydoc *section)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct ydoc *v = ydoc_get(section, keys[i].name);

		if (v != NULL)
			keys[i].mutate(m, section, v);
	}
}
