/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks as CACAO 2.0. */
#include "incident/cacao.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/jsonw.h"
#include "incident/playword.h"

#define ID_SIZE 56

struct cacao {
	const struct playbook *p;
	struct jsonw w;
	size_t level[PLAYBOOK_STEPS_MAX], levels;
};

/* "action--UUID", version 5 in look, made of the playbook's name, a step's and what it is. */
static const char *
id_of(const struct cacao *c, const char *type, struct str what, size_t n, char to[ID_SIZE])
{
	auto_buf struct buf text = { 0 };
	uint8_t d[DIGEST_SIZE];
	char hex[33];

	buf_printf(&text, "tocsin/%.*s/%s/%.*s/%zu", STR_ARG(c->p->name), type, STR_ARG(what), n);
	digest_sha256(buf_view(&text), d);
	d[6] = (uint8_t)((d[6] & 0x0f) | 0x50);
	d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
	(void)digest_hex(d, 16, hex);
	(void)snprintf(to, ID_SIZE, "%s--%.8s-%.4s-%.4s-%.4s-%.12s", type, hex, hex + 8, hex + 12,
	    hex + 16, hex + 20);
	return to;
}

static void
put_id(struct cacao *c, const char *key, const char *type, struct str what, size_t n)
{
	char id[ID_SIZE];

	jsonw_kstr(&c->w, key, str_c(id_of(c, type, what, n, id)));
}

static void
key_id(struct cacao *c, const char *type, struct str what, size_t n)
{
	char id[ID_SIZE];

	jsonw_key(&c->w, str_c(id_of(c, type, what, n, id)));
	jsonw_obj(&c->w);
	jsonw_kstr(&c->w, "type", str_c(type));
}

/* How many must have ended one after the other before each. */
static void
set_levels(struct cacao *c)
{
	for (size_t round = 0; round < c->p->n; round++)
		for (size_t i = 0; i < c->p->n; i++)
			for (size_t k = 0; k < c->p->n; k++)
				if ((c->p->steps[i].after & UINT64_C(1) << k) != 0 &&
				    c->level[i] <= c->level[k])
					c->level[i] = c->level[k] + 1;
	for (size_t i = 0; i < c->p->n; i++)
		if (c->level[i] >= c->levels)
			c->levels = c->level[i] + 1;
}

static size_t
width(const struct cacao *c, size_t level, size_t *ret_one)
{
	size_t n = 0;

	for (size_t i = 0; i < c->p->n; i++)
		if (c->level[i] == level) {
			*ret_one = i;
			n++;
		}
	return n;
}

/* Conditions, as a boolean expression over variables. */

static void put_cond(const struct cacao *c, const struct playbook_cond *k, struct buf *to);

static void
put_all(const struct cacao *c, const struct playbook_cond *k, const char *word, struct buf *to)
{
	buf_byte(to, '(');
	for (const struct playbook_cond *m = k->first; m != NULL; m = m->next) {
		if (m != k->first)
			buf_printf(to, " %s ", word);
		put_cond(c, m, to);
	}
	buf_byte(to, ')');
}

/* Is the variable one of the words of the set? */
static void
put_set(const char *variable, enum playword_of table, unsigned set, struct buf *to)
{
	const char *between = "";

	buf_byte(to, '(');
	for (unsigned i = 0; i < 32; i++)
		if ((set & 1U << i) != 0) {
			buf_printf(to, "%s%s:value = '%.*s'", between, variable,
			    STR_ARG(playword_at(table, i)));
			between = " OR ";
		}
	buf_byte(to, ')');
}

static void
put_quoted(struct str s, struct buf *to)
{
	buf_byte(to, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'' || s.p[i] == '\\')
			buf_byte(to, '\\');
		buf_byte(to, s.p[i]);
	}
	buf_byte(to, '\'');
}

static void
put_about(const struct cacao *c, const struct playbook_cond *k, struct buf *to)
{
	const struct str id = c->p->steps[k->step].id;
	char variable[PLAYBOOK_NAME_MAX + 40];

	if (k->ask == PLAYBOOK_STEP) {
		(void)snprintf(variable, sizeof(variable), "__step_%.*s_state__", STR_ARG(id));
		put_set(variable, PLAYWORD_ENDED, k->set, to);
	} else if (k->ask == PLAYBOOK_FOUND) {
		buf_printf(to, "__step_%.*s_found__:value >= %llu", STR_ARG(id),
		    (unsigned long long)k->least);
	} else {
		buf_printf(to, "__step_%.*s_%.*s__:value = ", STR_ARG(id), STR_ARG(k->field));
		put_quoted(k->text, to);
	}
}

static void
put_cond(const struct cacao *c, const struct playbook_cond *k, struct buf *to)
{
	static const char *const counts[] = { [PLAYBOOK_ALERTS] = "__alerts__",
		[PLAYBOOK_ADDRESSES] = "__addresses__",
		[PLAYBOOK_USERS] = "__users__" };

	if (k->ask == PLAYBOOK_ALL || k->ask == PLAYBOOK_ANY) {
		put_all(c, k, k->ask == PLAYBOOK_ALL ? "AND" : "OR", to);
	} else if (k->ask == PLAYBOOK_NOT) {
		buf_str(to, STR("NOT "));
		put_all(c, k, "AND", to);
	} else if (k->ask == PLAYBOOK_SEVERITY) {
		put_set("__severity__", PLAYWORD_SEVERITY, k->set, to);
	} else if (k->ask == PLAYBOOK_TYPE) {
		put_set("__type__", PLAYWORD_TYPE, k->set, to);
	} else if (k->ask == PLAYBOOK_HAS_TICKET) {
		buf_str(to, STR("__ticket__:value = 'true'"));
	} else if (k->ask <= PLAYBOOK_USERS) {
		buf_printf(to, "%s:value >= %llu", counts[k->ask], (unsigned long long)k->least);
	} else {
		put_about(c, k, to);
	}
}

/* {{address}} is __address__:value here. */
static struct str
variables(struct str text, struct buf *to)
{
	const struct playword_values v = { STR("__address__:value"), STR("__user__:value"),
		STR("__incident__:value"), STR("__title__:value"), STR("__type__:value"),
		STR("__severity__:value"), STR("__owner__:value"), STR("__url__:value") };

	buf_reset(to);
	playword_put(text, &v, to);
	return buf_view(to);
}

/* A response is a request to this program; everything else is said in words. */
static void
put_http(struct cacao *c, const struct playbook_do *d)
{
	static const char *const entity[] = { "*", "__address__:value", "__user__:value",
		"__address__:value" };
	const bool query = d->act == PLAYBOOK_QUERY;
	auto_buf struct buf content = { 0 }, text = { 0 };
	struct jsonw w;

	jsonw_init(&w, &content);
	jsonw_obj(&w);
	if (query) {
		jsonw_kstr(&w, "sql", variables(d->sql, &text));
	} else {
		jsonw_kstr(&w, "action", playword_at(PLAYWORD_ACT, d->act));
		jsonw_kstr(&w, "entity", str_c(entity[playword_to(d->act)]));
		if (d->span != 0) {
			buf_printf(&text, "%llds", (long long)(d->span / CLOCK_S));
			jsonw_kstr(&w, "for", buf_view(&text));
		}
	}
	jsonw_end(&w);
	jsonw_kstr(&c->w, "type", STR("http-api"));
	jsonw_kstr(&c->w, "command",
	    query ? STR("POST /v1/query HTTP/1.1") : STR("POST /v1/blocks HTTP/1.1"));
	jsonw_key(&c->w, STR("headers"));
	jsonw_obj(&c->w);
	jsonw_key(&c->w, STR("Content-Type"));
	jsonw_arr(&c->w);
	jsonw_str(&c->w, STR("application/json"));
	jsonw_end(&c->w);
	jsonw_end(&c->w);
	jsonw_kstr(&c->w, "content", buf_view(&content));
}

static void
put_manual(struct cacao *c, const struct playbook_step *s)
{
	auto_buf struct buf text = { 0 }, words = { 0 };

	if (s->what.act != PLAYBOOK_MANUAL)
		buf_printf(&words, "%.*s. ", STR_ARG(playword_at(PLAYWORD_ACT, s->what.act)));
	if (s->what.say.n != 0)
		buf_str(&words, variables(s->what.say, &text));
	if (s->instructions.n != 0)
		buf_str(&words, variables(s->instructions, &text));
	for (size_t i = 0; i < s->n_fields; i++)
		buf_printf(&words, "%s%.*s", i == 0 ? " Note: " : ", ",
		    STR_ARG(s->fields[i].title.n != 0 ? s->fields[i].title : s->fields[i].name));
	jsonw_kstr(&c->w, "type", STR("manual"));
	jsonw_kstr(&c->w, "command", str_trim(buf_view(&words)));
}

static bool
by_http(const struct playbook_step *s)
{
	return s->what.act < PLAYBOOK_DEEDS || s->what.act == PLAYBOOK_QUERY;
}

/* Where a step leads: on when it is done, to the end when its failing stops all. */
static void
put_next(struct cacao *c, const struct playbook_step *s, const char *type, struct str what,
    size_t n)
{
	if (s->on_fail == PLAYBOOK_FAIL_CONTINUE) {
		put_id(c, "on_completion", type, what, n);
		return;
	}
	put_id(c, "on_success", type, what, n);
	put_id(c, "on_failure", "end", STR("failed"), 0);
}

static void
put_action(struct cacao *c, size_t i, const char *type, struct str what, size_t n)
{
	const struct playbook_step *s = &c->p->steps[i];
	char variable[PLAYBOOK_NAME_MAX + 40];

	key_id(c, "action", s->id, 0);
	jsonw_kstr(&c->w, "name", s->title);
	if (s->about.n != 0)
		jsonw_kstr(&c->w, "description", s->about);
	if (s->timeout != 0)
		jsonw_kint(&c->w, "timeout", s->timeout / CLOCK_MS);
	jsonw_key(&c->w, STR("commands"));
	jsonw_arr(&c->w);
	jsonw_obj(&c->w);
	if (by_http(s))
		put_http(c, &s->what);
	else
		put_manual(c, s);
	jsonw_end(&c->w);
	jsonw_end(&c->w);
	put_id(c, "agent", by_http(s) ? "http-api" : "group", STR("agent"), 0);
	jsonw_key(&c->w, STR("out_args"));
	jsonw_arr(&c->w);
	(void)snprintf(variable, sizeof(variable), "__step_%.*s_state__", STR_ARG(s->id));
	jsonw_str(&c->w, str_c(variable));
	jsonw_end(&c->w);
	put_next(c, s, type, what, n);
	jsonw_end(&c->w);
}

static void
put_end(struct cacao *c, struct str what, size_t n)
{
	key_id(c, "end", what, n);
	jsonw_end(&c->w);
}

/* A step and, around it, its condition; it leads to the step that is named by type, what and n. */
static void
put_step(struct cacao *c, size_t i, const char *type, struct str what, size_t n)
{
	const struct playbook_step *s = &c->p->steps[i];
	auto_buf struct buf condition = { 0 };

	if (s->when == NULL) {
		put_action(c, i, type, what, n);
		return;
	}
	put_cond(c, s->when, &condition);
	key_id(c, "if-condition", s->id, 0);
	jsonw_kstr(&c->w, "name", s->title);
	jsonw_kstr(&c->w, "condition", buf_view(&condition));
	put_id(c, "on_true", "action", s->id, 0);
	put_id(c, "on_completion", type, what, n);
	jsonw_end(&c->w);
	put_action(c, i, "end", s->id, 1);
	put_end(c, s->id, 1);
}

static const char *
head_type(const struct playbook_step *s)
{
	return s->when != NULL ? "if-condition" : "action";
}

/* The id under `key` of what begins a level; past the last: the end. */
static void
put_head(struct cacao *c, const char *key, size_t level)
{
	size_t one = 0;

	if (level == c->levels)
		put_id(c, key, "end", STR("done"), 0);
	else if (width(c, level, &one) == 1)
		put_id(c, key, head_type(&c->p->steps[one]), c->p->steps[one].id, 0);
	else
		put_id(c, key, "parallel", STR("level"), level);
}

static void
put_parallel(struct cacao *c, size_t level)
{
	char id[ID_SIZE];

	key_id(c, "parallel", STR("level"), level);
	jsonw_key(&c->w, STR("next_steps"));
	jsonw_arr(&c->w);
	for (size_t i = 0; i < c->p->n; i++)
		if (c->level[i] == level)
			jsonw_str(&c->w,
			    str_c(id_of(c, head_type(&c->p->steps[i]), c->p->steps[i].id, 0, id)));
	jsonw_end(&c->w);
	put_head(c, "on_completion", level + 1);
	jsonw_end(&c->w);
	for (size_t i = 0; i < c->p->n; i++)
		if (c->level[i] == level) {
			put_step(c, i, "end", c->p->steps[i].id, 2);
			put_end(c, c->p->steps[i].id, 2);
		}
}

/* What a level of one step leads to. */
static void
put_alone(struct cacao *c, size_t i)
{
	size_t one = 0;
	const size_t next = c->level[i] + 1;

	if (next == c->levels)
		put_step(c, i, "end", STR("done"), 0);
	else if (width(c, next, &one) == 1)
		put_step(c, i, head_type(&c->p->steps[one]), c->p->steps[one].id, 0);
	else
		put_step(c, i, "parallel", STR("level"), next);
}

static void
put_workflow(struct cacao *c)
{
	bool stops = false;
	size_t one = 0;

	jsonw_key(&c->w, STR("workflow"));
	jsonw_obj(&c->w);
	key_id(c, "start", STR(""), 0);
	put_head(c, "on_completion", 0);
	jsonw_end(&c->w);
	for (size_t level = 0; level < c->levels; level++) {
		if (width(c, level, &one) == 1)
			put_alone(c, one);
		else
			put_parallel(c, level);
	}
	put_end(c, STR("done"), 0);
	for (size_t i = 0; i < c->p->n; i++)
		stops |= c->p->steps[i].on_fail != PLAYBOOK_FAIL_CONTINUE;
	if (stops)
		put_end(c, STR("failed"), 0);
	jsonw_end(&c->w);
}

static void
put_variable(struct cacao *c, const char *head, struct str id, const char *tail, bool external)
{
	char name[2 * PLAYBOOK_NAME_MAX + 40];

	(void)snprintf(name, sizeof(name), "__%s%.*s%s__", head, STR_ARG(id), tail);
	jsonw_key(&c->w, str_c(name));
	jsonw_obj(&c->w);
	jsonw_kstr(&c->w, "type", STR("string"));
	jsonw_kbool(&c->w, "external", external);
	jsonw_end(&c->w);
}

static void
put_variables(struct cacao *c)
{
	static const char *const given[] = { "address", "user", "incident", "title", "type",
		"severity", "owner", "url", "alerts", "addresses", "users", "ticket", "tocsin" };

	jsonw_key(&c->w, STR("playbook_variables"));
	jsonw_obj(&c->w);
	for (size_t i = 0; i < ARRAY_LEN(given); i++)
		put_variable(c, given[i], STR(""), "", true);
	for (size_t i = 0; i < c->p->n; i++) {
		const struct playbook_step *s = &c->p->steps[i];

		put_variable(c, "step_", s->id, "_state", false);
		if (s->what.act == PLAYBOOK_QUERY)
			put_variable(c, "step_", s->id, "_found", false);
		for (size_t k = 0; k < s->n_fields; k++) {
			char tail[PLAYBOOK_NAME_MAX + 2];

			(void)snprintf(tail, sizeof(tail), "_%.*s", STR_ARG(s->fields[k].name));
			put_variable(c, "step_", s->id, tail, false);
		}
	}
	jsonw_end(&c->w);
}

static void
put_agents(struct cacao *c)
{
	jsonw_key(&c->w, STR("agent_definitions"));
	jsonw_obj(&c->w);
	key_id(c, "http-api", STR("agent"), 0);
	jsonw_kstr(&c->w, "name", STR("Tocsin"));
	jsonw_key(&c->w, STR("address"));
	jsonw_obj(&c->w);
	jsonw_key(&c->w, STR("dname"));
	jsonw_arr(&c->w);
	jsonw_str(&c->w, STR("__tocsin__:value"));
	jsonw_end(&c->w);
	jsonw_end(&c->w);
	jsonw_end(&c->w);
	key_id(c, "group", STR("agent"), 0);
	jsonw_kstr(&c->w, "name", STR("Security team"));
	jsonw_end(&c->w);
	jsonw_end(&c->w);
}

/* With exactly three digits, as it has to be. */
static void
put_time(struct cacao *c, const char *key, int64_t ns)
{
	char text[40];

	(void)clock_text(ns / CLOCK_S * CLOCK_S, text);
	(void)snprintf(text + strlen(text) - 1, 8, ".%03dZ", (int)(ns % CLOCK_S / CLOCK_MS));
	jsonw_kstr(&c->w, key, str_c(text));
}

void
cacao_put(const struct playbook *p, int64_t changed, struct buf *to)
{
	struct cacao c = { .p = p };

	set_levels(&c);
	jsonw_init(&c.w, to);
	jsonw_obj(&c.w);
	jsonw_kstr(&c.w, "type", STR("playbook"));
	jsonw_kstr(&c.w, "spec_version", STR("cacao-2.0"));
	put_id(&c, "id", "playbook", STR(""), 0);
	jsonw_kstr(&c.w, "name", p->title);
	if (p->about.n != 0)
		jsonw_kstr(&c.w, "description", p->about);
	put_id(&c, "created_by", "identity", STR(""), 0);
	put_time(&c, "created", changed);
	put_time(&c, "modified", changed);
	if (p->types != 0) {
		jsonw_key(&c.w, STR("labels"));
		jsonw_arr(&c.w);
		for (unsigned i = 0; i < INCIDENT_TYPES; i++)
			if ((p->types & 1U << i) != 0)
				jsonw_str(&c.w, playword_at(PLAYWORD_TYPE, i));
		jsonw_end(&c.w);
	}
	put_variables(&c);
	put_id(&c, "workflow_start", "start", STR(""), 0);
	put_workflow(&c);
	put_agents(&c);
	jsonw_end(&c.w);
}
