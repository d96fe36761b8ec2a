/* exports: whynot_tell */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/explain.py */
/* Feeds history up to a time, and asks what is there then. */
#include "app/whynot.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/ruleload.h"
#include "app/selections.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "detect/match.h"
#include "detect/whynot.h"

#define FIRED_MAX 20
#define KEYS_MAX 20
#define TEXT_MAX 2000
#define INPUTS_MAX 32
#define DEEP_MAX 4

struct input { /* a rule that feeds the one asked about */
	const struct rule *rule;
	uint32_t number;
	uint64_t matched;
	int64_t last;
};

struct fired {
	int64_t time;
	struct str group;
};

struct job {
	const struct whynot_opts *o;
	struct ruleset *rules;
	const struct rule *rule;
	struct engine *engine;
	struct match *match;
	struct selections *selections; /* of a detection rule, else NULL */
	struct arena *arena;
	VEC(struct input) inputs;
	struct fired fired[FIRED_MAX];
	size_t n_fired; /* all; the last FIRED_MAX are kept, in turn */
	uint64_t events;
	struct engine_stats stats;
	struct buf *to;
	struct jsonw w;
	bool json;
	size_t n_keys;
	double best;
};

static bool
concerns(const struct rec *r, struct str entity)
{
	static const enum field fields[] = { F_CLIENT_IP, F_USER_NAME, F_USER_EMAIL, F_USER_ID,
		F_SESSION_ID, F_API_KEY, F_HOST, F_ENDPOINT };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (str_eq(rec_str(r, fields[i]), entity))
			return true;
	return false;
}

static void
on_finding(void *ctx, const struct finding *f)
{
	struct job *j = ctx;
	struct fired *to = &j->fired[j->n_fired % FIRED_MAX];

	if (f->rule != j->rule || str_find(f->group, str_c(j->o->entity)) < 0)
		return;
	j->n_fired++;
	to->time = f->last;
	if (!arena_copy(j->arena, f->group, &to->group))
		to->group = STR("");
}

static enum err
on_record(void *ctx, struct rec *r, struct diag *why)
{
	struct job *j = ctx;
	int64_t t = rec_int(r, F_TIMESTAMP, 0);
	const uint32_t *rules;
	size_t n;

	(void)why;
	if (t > j->o->at)
		return OK;
	engine_feed(j->engine, r, on_finding, j);
	if (!concerns(r, str_c(j->o->entity)))
		return OK;
	j->events++;
	rules = match_rec(j->match, r, &n);
	for (size_t i = 0; i < j->inputs.n; i++)
		for (size_t k = 0; k < n; k++)
			if (rules[k] == j->inputs.p[i].number) {
				j->inputs.p[i].matched++;
				j->inputs.p[i].last = t;
			}
	if (j->selections != NULL)
		selections_add(j->selections, r);
	return OK;
}

/* The detection rules it counts, directly or through others. */
static void
find_inputs(struct job *j, const struct rule *r, unsigned deep)
{
	uint32_t number = (uint32_t)ruleset_index(j->rules, r), in[INPUTS_MAX];
	size_t n;

	if (!r->correlation) {
		VEC_PUSH(&j->inputs, ((struct input){ r, number, 0, 0 }));
		return;
	}
	n = deep < DEEP_MAX ? whynot_inputs(j->rules, number, in, INPUTS_MAX) : 0;
	for (size_t i = 0; i < n; i++)
		find_inputs(j, ruleset_at(j->rules, in[i]), deep + 1);
}

static void
on_key(void *ctx, const struct whynot_key *k)
{
	struct job *j = ctx;
	struct str text = k->text;

	if (j->n_keys++ >= KEYS_MAX)
		return;
	text.n = text.n < TEXT_MAX ? text.n : TEXT_MAX;
	j->best = k->progress > j->best ? k->progress : j->best;
	if (j->json) {
		jsonw_obj(&j->w);
		jsonw_kstr(&j->w, "group", k->group);
		jsonw_key(&j->w, STR("progress"));
		jsonw_f64(&j->w, k->progress);
		jsonw_kstr(&j->w, "text", text);
		jsonw_end(&j->w);
		return;
	}
	buf_str(j->to, STR("  "));
	utf8_show(k->group, j->to);
	buf_printf(j->to, " (%.0f%% of the way): ", 100 * k->progress);
	utf8_show(text, j->to);
	buf_byte(j->to, '\n');
}

/* In one sentence, what stopped it. */
static const char *
verdict(const struct job *j)
{
	uint64_t matched = 0;

	for (size_t i = 0; i < j->inputs.n; i++)
		matched += j->inputs.p[i].matched;
	if (j->n_fired > 0)
		return "It fired.";
	if (j->events == 0)
		return "No event up to then concerns this entity.";
	if (matched == 0)
		return "Events concern this entity, but none is of the kind that the rule looks "
		       "for.";
	return j->rule->correlation
		   ? "Events of the kind that the rule counts came, but not what it asks for at "
		     "one time."
		   : "It matched, but another alert of the same time has it already.";
}

static const struct fired *
fired_at(const struct job *j, size_t i)
{
	size_t first = j->n_fired > FIRED_MAX ? j->n_fired - FIRED_MAX : 0;

	return first + i < j->n_fired ? &j->fired[(first + i) % FIRED_MAX] : NULL;
}

static void
put_text(struct job *j)
{
	const struct fired *f;
	char when[40];

	buf_printf(j->to, "%s  (%s)\n", j->rule->title, j->rule->id);
	buf_str(j->to, STR("for "));
	utf8_show(str_c(j->o->entity), j->to);
	buf_printf(j->to, " at %s: %s\n", clock_text(j->o->at, when), verdict(j));
	for (size_t i = 0; (f = fired_at(j, i)) != NULL; i++)
		buf_printf(j->to, "  fired at %s for %.*s\n", clock_text(f->time, when),
		    STR_ARG(f->group));
	buf_printf(j->to, "%llu events concern it", (unsigned long long)j->events);
	if (j->stats.late != 0)
		buf_printf(j->to, "; %llu of all events were too late to be counted",
		    (unsigned long long)j->stats.late);
	buf_byte(j->to, '\n');
	for (size_t i = 0; i < j->inputs.n; i++) {
		buf_printf(j->to, "  %llu match '%s'", (unsigned long long)j->inputs.p[i].matched,
		    j->inputs.p[i].rule->title);
		if (j->inputs.p[i].matched != 0)
			buf_printf(j->to, ", the last at %s",
			    clock_text(j->inputs.p[i].last, when));
		buf_byte(j->to, '\n');
	}
	if (j->rule->correlation)
		whynot_each(j->engine, ruleset_index(j->rules, j->rule), str_c(j->o->entity),
		    j->o->at, on_key, j);
	if (j->rule->correlation && j->n_keys == 0)
		buf_str(j->to, STR("  nothing is counted for it at that time\n"));
	if (j->selections != NULL)
		selections_text(j->selections, j->to);
}

static void
put_lists(struct job *j)
{
	const struct fired *f;
	struct jsonw *w = &j->w;

	jsonw_key(w, STR("fired"));
	jsonw_arr(w);
	for (size_t i = 0; (f = fired_at(j, i)) != NULL; i++) {
		jsonw_obj(w);
		jsonw_ktime(w, "time", f->time);
		jsonw_kstr(w, "group", f->group);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_key(w, STR("inputs"));
	jsonw_arr(w);
	for (size_t i = 0; i < j->inputs.n; i++) {
		jsonw_obj(w);
		jsonw_kstr(w, "title", str_c(j->inputs.p[i].rule->title));
		jsonw_kint(w, "matched", (int64_t)j->inputs.p[i].matched);
		jsonw_key(w, STR("last"));
		if (j->inputs.p[i].matched != 0)
			jsonw_time(w, j->inputs.p[i].last);
		else
			jsonw_null(w);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_key(w, STR("keys"));
	jsonw_arr(w);
	if (j->rule->correlation)
		whynot_each(j->engine, ruleset_index(j->rules, j->rule), str_c(j->o->entity),
		    j->o->at, on_key, j);
	jsonw_end(w);
}

static void
put_json(struct job *j)
{
	struct jsonw *w = &j->w;

	jsonw_init(w, j->to);
	jsonw_obj(w);
	jsonw_key(w, STR("rule"));
	jsonw_obj(w);
	jsonw_kstr(w, "id", str_c(j->rule->id));
	jsonw_kstr(w, "title", str_c(j->rule->title));
	jsonw_kstr(w, "type", j->rule->correlation ? STR("correlation") : STR("detection"));
	jsonw_end(w);
	jsonw_kstr(w, "entity", str_c(j->o->entity));
	jsonw_ktime(w, "at", j->o->at);
	jsonw_kstr(w, "verdict", str_c(verdict(j)));
	jsonw_kint(w, "events", (int64_t)j->events);
	jsonw_kint(w, "late", (int64_t)j->stats.late);
	put_lists(j);
	jsonw_key(w, STR("records"));
	if (j->selections != NULL) {
		selections_json(j->selections, w);
	} else {
		jsonw_arr(w);
		jsonw_end(w);
	}
	jsonw_end(w);
	buf_byte(j->to, '\n');
}

static enum err
prepare(struct job *j, struct diag *why)
{
	enum err e = ruleload(j->o->rules, j->o->profile, NULL, NULL, &j->rules, why);

	if (e != OK)
		return e;
	j->rule = whynot_rule(j->rules, str_c(j->o->rule));
	if (j->rule == NULL)
		return err_set(why, FAIL_NOT_FOUND, "no rule is called '%.150s'", j->o->rule);
	j->engine = engine_new(j->rules, &j->o->engine);
	j->match = match_new(j->rules);
	find_inputs(j, j->rule, 0);
	return j->rule->correlation ? OK : selections_new(j->rule, &j->selections, why);
}

enum err
whynot_tell(const struct whynot_opts *opts, bool json, struct buf *to, struct diag *why)
{
	struct job *j = MEM_NEW(struct job);
	struct history_stats stats;
	enum err e;

	j->o = opts;
	j->to = to;
	j->json = json;
	j->arena = arena_new((size_t)64 << 20);
	e = prepare(j, why);
	if (e == OK)
		e = history_each(&opts->history, on_record, j, &stats, why);
	if (e == OK) {
		engine_stats(j->engine, &j->stats);
		(json ? put_json : put_text)(j);
	}
	selections_free(j->selections);
	match_free(j->match);
	engine_free(j->engine);
	ruleset_free(j->rules);
	VEC_FINI(&j->inputs);
	arena_free(j->arena);
	free(j);
	return e;
}
