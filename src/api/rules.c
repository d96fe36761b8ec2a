/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/rules, GET /v1/rules/{id}, POST /v1/rules/{id}/{enable|disable}. */
/* exports: rules_handle */
/* tested by: test/e2e/rules.py */
#include <stdlib.h>

#include "alert/rulestate.h"
#include "alert/verdict.h"
#include "api/body.h"
#include "api/internal.h"
#include "api/person.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "detect/ruletext.h"

#define NOTE_MAX 1000
#define DAYS ARRAY_LEN(((struct alerts_rule_stat *)0)->day)

/* What is known of a rule besides what its file says. */
struct known {
	uint64_t alerts, open, day[DAYS];
	int64_t last;
	bool switched, off;
	char by[65];
	struct str note; /* in `arena` */
	int64_t time;
	struct verdict_tally verdicts;
	struct str hint; /* in `arena` */
};

struct list {
	const struct ruleset *rules;
	struct alerts *alerts;
	struct known *known; /* by index of the rule */
	struct arena *arena;
};

static struct known *
known_of(struct list *l, struct str id)
{
	const struct rule *rule = ruleset_find(l->rules, id);

	return rule != NULL ? &l->known[ruleset_index(l->rules, rule)] : NULL;
}

static enum err
on_stat(void *ctx, const struct alerts_rule_stat *s)
{
	struct known *k = known_of(ctx, s->rule_id);

	if (k == NULL)
		return OK;
	k->alerts = s->alerts;
	k->open = s->open;
	k->last = s->last;
	memcpy(k->day, s->day, sizeof(k->day));
	return OK;
}

static enum err
on_state(void *ctx, const struct rulestate_row *row)
{
	struct list *l = ctx;
	struct known *k = known_of(l, row->rule_id);

	if (k == NULL)
		return OK;
	k->switched = true;
	k->off = !row->enabled;
	k->time = row->time;
	(void)str_to_c(row->by, k->by, sizeof(k->by));
	return arena_copy(l->arena, row->note, &k->note) ? OK : FAIL_LIMIT;
}

static enum err
on_verdicts(void *ctx, const struct verdict_tally *t)
{
	struct list *l = ctx;
	struct known *k = known_of(l, t->rule_id);
	auto_buf struct buf hint = { 0 };
	struct diag why;
	enum err e;

	if (k == NULL)
		return OK;
	k->verdicts = *t;
	e = verdict_rule_hint(l->alerts, t->rule_id, &hint, &why);
	if (e != OK || arena_copy(l->arena, buf_view(&hint), &k->hint))
		return e;
	return FAIL_LIMIT;
}

/* Everything about all of them; list_fini() it also after a failure. */
static enum err
list_init(struct list *l, const struct api *a, struct diag *why)
{
	enum err e;

	*l = (struct list){ .rules = a->host.rules,
		.alerts = a->host.alerts,
		.known = mem_zalloc((ruleset_len(a->host.rules) + 1) * sizeof(*l->known)),
		.arena = arena_new((size_t)RULESTATE_MAX * NOTE_MAX) };
	e = alerts_rules(a->host.alerts, clock_wall(), on_stat, l, why);
	if (e == OK)
		e = rulestate_each(a->host.alerts, on_state, l, why);
	return e == OK ? verdict_each(a->host.alerts, on_verdicts, l, why) : e;
}

static void
list_fini(struct list *l)
{
	free(l->known);
	arena_free(l->arena);
}

static void
put_tags(struct jsonw *w, struct str tags)
{
	jsonw_key(w, STR("tags"));
	jsonw_arr(w);
	while (tags.n != 0)
		jsonw_str(w, str_trim(str_until(&tags, ',')));
	jsonw_end(w);
}

/* "verdicts":{"true_positive":2,"false_positive":7,"benign":0,"precision":0.22,"hint":"..."} */
static void
put_verdicts(struct jsonw *w, const struct known *k)
{
	double precision = verdict_precision(&k->verdicts);

	jsonw_key(w, STR("verdicts"));
	jsonw_obj(w);
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		jsonw_kint(w, verdict_word((enum verdict)i), (int64_t)k->verdicts.n[i]);
	jsonw_key(w, STR("precision"));
	if (precision >= 0)
		jsonw_f64(w, precision);
	else
		jsonw_null(w);
	jsonw_kstr(w, "hint", k->hint);
	jsonw_end(w);
}

/* Without the end of the object. */
static void
put_rule(struct jsonw *w, const struct rule *rule, const struct known *k)
{
	jsonw_obj(w);
	jsonw_kstr(w, "id", str_c(rule->id));
	jsonw_kstr(w, "title", str_c(rule->title));
	jsonw_kstr(w, "description", str_c(rule->description));
	jsonw_kstr(w, "severity", str_c(rule->severity));
	jsonw_kstr(w, "status", str_c(rule->status));
	jsonw_kstr(w, "level", str_c(rule->level));
	put_tags(w, str_c(rule->tags));
	jsonw_kstr(w, "action", str_c(rule->action));
	jsonw_kstr(w, "type", rule->correlation ? STR("correlation") : STR("detection"));
	jsonw_kstr(w, "file", str_c(rule->file));
	jsonw_kint(w, "line", rule->line);
	jsonw_kbool(w, "raises", rule->alerts);
	jsonw_kbool(w, "off_by_profile", rule->off);
	jsonw_kbool(w, "enabled", !k->off);
	jsonw_key(w, STR("switched"));
	if (k->switched) {
		jsonw_obj(w);
		jsonw_kstr(w, "by", str_c(k->by));
		jsonw_kstr(w, "note", k->note);
		jsonw_ktime(w, "time", k->time);
		jsonw_end(w);
	} else {
		jsonw_null(w);
	}
	jsonw_kint(w, "alerts", (int64_t)k->alerts);
	jsonw_kint(w, "open", (int64_t)k->open);
	put_verdicts(w, k);
	person_put_time(w, "last_fired", k->last);
	jsonw_key(w, STR("spark"));
	jsonw_arr(w);
	for (size_t i = 0; i < DAYS; i++)
		jsonw_int(w, (int64_t)k->day[i]);
	jsonw_end(w);
}

/* The rule as it stands in its file; null when that cannot be read. */
static void
put_source(struct jsonw *w, const struct rule *rule)
{
	auto_buf struct buf text = { 0 };
	struct diag why = { 0 };

	jsonw_key(w, STR("source"));
	if (ruletext_read(rule, &text, &why) == OK)
		jsonw_str(w, buf_view(&text));
	else
		jsonw_null(w);
}

void
rules_handle_list(void *ctx, struct http *r)
{
	struct api *a = ctx;
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct list l;
	struct jsonw w;

	if (!person_no_query(r))
		return;
	if (list_init(&l, a, &why) == OK) {
		jsonw_init(&w, &body);
		jsonw_obj(&w);
		jsonw_key(&w, STR("rules"));
		jsonw_arr(&w);
		for (size_t i = 0; i < ruleset_len(l.rules); i++) {
			put_rule(&w, ruleset_at(l.rules, i), &l.known[i]);
			jsonw_end(&w);
		}
		jsonw_end(&w);
		jsonw_end(&w);
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	} else {
		http_problem(r, 503, "%s", why.text);
	}
	list_fini(&l);
}

/* The rule of the path; answered with 404 when there is none. */
static const struct rule *
wanted(const struct api *a, struct http *r)
{
	const struct rule *rule = ruleset_find(a->host.rules, http_param(r, "id"));

	if (rule == NULL)
		http_problem(r, 404, "no rule that is loaded has this id");
	return rule;
}

static void
reply_one(const struct api *a, struct http *r, const struct rule *rule)
{
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct list l;
	struct jsonw w;

	if (list_init(&l, a, &why) == OK) {
		jsonw_init(&w, &body);
		put_rule(&w, rule, &l.known[ruleset_index(l.rules, rule)]);
		jsonw_kstr(&w, "advice", str_c(rule->advice));
		put_source(&w, rule);
		jsonw_end(&w);
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	} else {
		http_problem(r, 503, "%s", why.text);
	}
	list_fini(&l);
}

void
rules_handle_get(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const struct rule *rule;

	if (!person_no_query(r))
		return;
	rule = wanted(a, r);
	if (rule != NULL)
		reply_one(a, r, rule);
}

static void
set(struct api *a, struct http *r, bool enabled)
{
	struct str note = { "", 0 };
	const struct body_field fields[] = { { "note", BODY_TEXT, false, &note, NULL } };
	const struct rule *rule;
	struct diag why = { 0 };
	enum err e;

	if (!person_no_query(r) || !body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	if (note.n > NOTE_MAX) {
		http_problem(r, 422, "note: at most %d bytes", NOTE_MAX);
		return;
	}
	rule = wanted(a, r);
	if (rule == NULL)
		return;
	e = rulestate_set(a->host.alerts, str_c(rule->id), enabled, str_c(http_caller(r)->name),
	    note, clock_wall(), &why);
	if (e != OK) {
		http_problem(r, e == FAIL_LIMIT ? 409 : 503, "%s", why.text);
		return;
	}
	a->host.rule_switch(a->host.rules_ctx, str_c(rule->id), enabled);
	reply_one(a, r, rule);
}

void
rules_handle_enable(void *ctx, struct http *r)
{
	set(ctx, r, true);
}

void
rules_handle_disable(void *ctx, struct http *r)
{
	set(ctx, r, false);
}
