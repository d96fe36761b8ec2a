/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/backtest.py */
/* Two engines over one history. */
#include "app/backtest.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/backtest_in.h"
#include "app/paths.h"
#include "app/ruleload.h"
#include "base/clock.h"
#include "base/mem.h"
#include "detect/whynot.h"

#define INPUTS_MAX 64
#define DEEP_MAX 4

struct load {
	struct diag first; /* what is broken in the file */
	const char *file;  /* NULL: nothing may be */
	bool broken;
};

/* What the file has of its own takes the place of what is in force: those are refused as doubles.
 */
static void
on_note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	struct load *l = ctx;

	if (kind != RULESET_ERROR || l->broken || l->file == NULL ||
	    !str_eq(str_c(why->file), str_c(l->file)))
		return;
	l->broken = true;
	l->first = *why;
}

static bool
is_file(const char *rule)
{
	return (strchr(rule, '/') != NULL || str_ends(str_c(rule), STR(".yml")) ||
		   str_ends(str_c(rule), STR(".yaml"))) &&
	       access(rule, R_OK) == 0;
}

/* The rules in force with those of the file before them. */
static enum err
load_with(const struct backtest_opts *o, struct ruleset **ret, struct diag *why)
{
	const char **list = mem_alloc((o->rules->n + 1) * sizeof(*list));
	char shipped_path[PATHS_MAX];
	const char *shipped = paths_shipped("rules", shipped_path);
	struct conf_list paths = { list, o->rules->n + 1 };
	struct load l = { .file = o->rule };
	enum err e;

	list[0] = o->rule;
	for (size_t i = 0; i < o->rules->n; i++) {
		bool absent = access(o->rules->p[i], R_OK) != 0;

		list[i + 1] =
		    absent && shipped != NULL && o->rules->n == 1 ? shipped : o->rules->p[i];
	}
	e = ruleload(&paths, o->profile, on_note, &l, ret, why);
	free(list);
	if (e == OK && l.broken) {
		*why = l.first;
		return FAIL_SYNTAX;
	}
	return e;
}

static bool
is_asked(const struct rule *r, const char *rule)
{
	return strcmp(r->id, rule) == 0 || strcmp(r->title, rule) == 0;
}

/* Does the rule with this number count, directly or through others, one of the file? */
static bool
builds_on(const struct ruleset *rs, size_t number, const char *file, unsigned deep)
{
	uint32_t in[INPUTS_MAX];
	size_t n = whynot_inputs(rs, number, in, INPUTS_MAX);

	for (size_t i = 0; i < n; i++)
		if (strcmp(ruleset_at(rs, in[i])->file, file) == 0 ||
		    (deep < DEEP_MAX && builds_on(rs, in[i], file, deep + 1)))
			return true;
	return false;
}

static void
ask(struct backtest *b, const struct rule *r, bool file)
{
	VEC_PUSH(&b->asked, r);
	if (file && ruleset_find(b->now.rules, str_c(r->id)) != NULL)
		b->compares = true;
}

/* Which rules are looked at: those of the file, or the one named; and what they are now.  When
 * the file's raise nothing themselves: those that build on them. */
static enum err
choose(struct backtest *b, const struct backtest_opts *o, bool file, struct diag *why)
{
	const struct ruleset *rs = b->would.rules;
	bool feeds_only;

	for (size_t i = 0; i < ruleset_len(rs); i++) {
		const struct rule *r = ruleset_at(rs, i);

		if (file ? strcmp(r->file, o->rule) == 0 && r->alerts : is_asked(r, o->rule))
			ask(b, r, file);
	}
	feeds_only = file && b->asked.n == 0;
	for (size_t i = 0; feeds_only && i < ruleset_len(rs); i++)
		if (ruleset_at(rs, i)->alerts && builds_on(rs, i, o->rule, 0))
			ask(b, ruleset_at(rs, i), file);
	return b->asked.n != 0 ? OK
			       : err_set(why, FAIL_NOT_FOUND,
				     file ? "%.150s has no rule that raises alerts"
					  : "no rule is called '%.150s', and there is no such file",
				     o->rule);
}

static bool
looked_at(const struct backtest *b, const struct rule *r)
{
	for (size_t i = 0; i < b->asked.n; i++)
		if (strcmp(b->asked.p[i]->id, r->id) == 0)
			return true;
	return false;
}

static void
on_finding(void *ctx, const struct finding *f)
{
	struct backtest_side *s = ctx;

	if (f->last >= s->b->since && looked_at(s->b, f->rule))
		report_add(s->report, f);
}

static enum err
on_record(void *ctx, struct rec *r, struct diag *why)
{
	struct backtest *b = ctx;

	(void)why;
	engine_feed(b->would.engine, r, on_finding, &b->would);
	if (b->compares)
		engine_feed(b->now.engine, r, on_finding, &b->now);
	return OK;
}

static void
side_init(struct backtest_side *s, struct backtest *b, const struct engine_opts *opts)
{
	s->b = b;
	s->engine = engine_new(s->rules, opts);
	s->report = report_new();
}

static void
side_fini(struct backtest_side *s)
{
	engine_free(s->engine);
	if (s->report != NULL)
		report_free(s->report);
	ruleset_free(s->rules);
}

enum err
backtest_run(const struct backtest_opts *o, struct backtest **ret, struct diag *why)
{
	struct backtest *b = MEM_NEW(struct backtest);
	struct load any = { .file = NULL };
	bool file = is_file(o->rule);
	int64_t began = clock_mono();
	enum err e = ruleload(o->rules, o->profile, on_note, &any, &b->now.rules, why);

	b->since = o->history.since;
	if (e == OK && file)
		e = load_with(o, &b->would.rules, why);
	else if (e == OK)
		e = ruleload(o->rules, o->profile, on_note, &any, &b->would.rules, why);
	if (e == OK)
		e = choose(b, o, file, why);
	if (e == OK) {
		side_init(&b->would, b, &o->engine);
		side_init(&b->now, b, &o->engine);
		e = history_each(&o->history, on_record, b, &b->stats, why);
	}
	b->seconds = (double)(clock_mono() - began) / (double)CLOCK_S;
	if (e != OK) {
		backtest_free(b);
		return e;
	}
	*ret = b;
	return OK;
}

void
backtest_free(struct backtest *b)
{
	if (b == NULL)
		return;
	side_fini(&b->would);
	side_fini(&b->now);
	VEC_FINI(&b->asked);
	free(b);
}
