/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a channel file. */
#include "notify/kind.h"

#include <stdlib.h>

#include "base/jsonw.h"
#include "base/mem.h"
#include "notify/template.h"

#define BODY_MAX ((size_t)1 << 20)
#define NAME_MAX_ 40

struct reading {
	struct kind *k;
	struct diag *why;
	enum err e;
};

static const char *const types[] = { "text", "url", "mail", "mails", "yes", "number", "choice" };
static const char *const shapes[] = { "json", "form", "lines", "text" };

static const struct tree *
member(const struct tree *map, const char *key)
{
	for (const struct tree *t = map != NULL ? map->first : NULL; t != NULL; t = t->next)
		if (str_eq(t->key, str_c(key)))
			return t;
	return NULL;
}

static struct str
text(const struct tree *map, const char *key)
{
	const struct tree *t = member(map, key);

	return t != NULL && t->kind == TREE_TEXT ? t->text : STR("");
}

static void
wrong(struct reading *r, const struct tree *t, const char *words)
{
	if (r->e == OK)
		r->e = err_set(r->why, FAIL_SYNTAX, "line %u: %s", t != NULL ? t->line : 1, words);
}

/* Only these keys. */
static void
only(struct reading *r, const struct tree *map, const char *const *keys, size_t n)
{
	if (map == NULL || map->kind != TREE_MAP) {
		wrong(r, map, "a map is missing here");
		return;
	}
	for (const struct tree *t = map->first; t != NULL; t = t->next) {
		bool known = false;

		for (size_t i = 0; i < n; i++)
			known |= str_eq(t->key, str_c(keys[i]));
		if (!known)
			wrong(r, t, "no such key here");
	}
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr("abcdefghijklmnopqrstuvwxyz0123456789_", s.p[i], 37) == NULL)
			return false;
	return s.n > 0 && s.n <= NAME_MAX_;
}

static unsigned
choose(struct reading *r, const struct tree *t, struct str word, const char *const *words, size_t n)
{
	for (unsigned i = 0; i < n; i++)
		if (str_eq(word, str_c(words[i])))
			return i;
	wrong(r, t, "no such word");
	return 0;
}

static void
read_setting(struct reading *r, const struct tree *t, struct kind_setting *s)
{
	static const char *const keys[] = { "name", "label", "help", "type", "required", "default",
		"words" };

	only(r, t, keys, ARRAY_LEN(keys));
	s->name = text(t, "name");
	s->label = text(t, "label");
	s->help = text(t, "help");
	s->otherwise = text(t, "default");
	s->required = str_eq(text(t, "required"), STR("true"));
	s->words = member(t, "words");
	if (member(t, "type") != NULL)
		s->type = (enum kind_type)choose(r, t, text(t, "type"), types, ARRAY_LEN(types));
	if (!is_name(s->name) || s->label.n == 0)
		wrong(r, t, "a setting needs a name (a-z, 0-9, _) and a label");
	if (s->type == KIND_CHOICE && (s->words == NULL || s->words->kind != TREE_LIST))
		wrong(r, t, "a choice needs its words");
}

static void
read_settings(struct reading *r, const struct tree *list)
{
	if (list == NULL)
		return;
	if (list->kind != TREE_LIST || list->n > KIND_SETTINGS_MAX) {
		wrong(r, list, "settings is a list of at most 16");
		return;
	}
	for (const struct tree *t = list->first; t != NULL; t = t->next)
		read_setting(r, t, &r->k->settings[r->k->n_settings++]);
}

static void
read_secret(struct reading *r, const struct tree *t)
{
	if (t == NULL)
		return;
	read_setting(r, t, &r->k->secret);
	if (!str_eq(r->k->secret.name, STR("secret")))
		wrong(r, t, "the name of the secret is \"secret\"");
}

static void
read_login(struct reading *r, const struct tree *t, struct kind_request *q)
{
	static const char *const keys[] = { "user", "password", "aws" };

	if (t == NULL)
		return;
	only(r, t, keys, ARRAY_LEN(keys));
	q->user = text(t, "user");
	q->password = text(t, "password");
	q->aws = text(t, "aws");
}

static void
check_body(struct reading *r, const struct tree *t, const struct kind_request *q)
{
	static const enum tree_kind shape[] = {
		[KIND_FORM] = TREE_MAP, [KIND_LINES] = TREE_LIST, [KIND_PLAIN] = TREE_TEXT
	};

	if ((q->url.n == 0 && q->over.n == 0) || q->body == NULL)
		wrong(r, t, "a request needs a url and a body: json, form, lines or text");
	else if (q->over.n != 0 && (q->host.n == 0 || q->port.n == 0 || q->body_as != KIND_PLAIN))
		wrong(r, t, "syslog needs over, host and port, and a text");
	else if (q->body_as != KIND_JSON && q->body->kind != shape[q->body_as])
		wrong(r, q->body, "form is a map, lines is a list, text is a text");
}

static void
read_syslog(struct reading *r, const struct tree *t, struct kind_request *q)
{
	static const char *const keys[] = { "over", "host", "port" };

	if (t == NULL)
		return;
	only(r, t, keys, ARRAY_LEN(keys));
	q->over = text(t, "over");
	q->host = text(t, "host");
	q->port = text(t, "port");
}

/* What a request does not say itself is as in the one for alerts that are raised. */
static void
read_head(struct reading *r, const struct tree *t, struct kind_request *q)
{
	uint64_t max = q->max;

	if (text(t, "method").n != 0)
		q->method = text(t, "method");
	if (text(t, "url").n != 0)
		q->url = text(t, "url");
	if (member(t, "headers") != NULL)
		q->headers = member(t, "headers");
	if (text(t, "max").n != 0 && (!str_u64(text(t, "max"), &max) || max > BODY_MAX))
		wrong(r, t, "max: at most 1048576 bytes");
	q->max = (size_t)max;
	read_login(r, member(t, "login"), q);
	read_syslog(r, member(t, "syslog"), q);
}

static void
read_request(struct reading *r, const struct tree *t, enum kind_event event)
{
	static const char *const keys[] = { "method", "url", "type", "headers", "login", "syslog",
		"max", "json", "form", "lines", "text" };
	static const char *const content[] = { "application/json; charset=utf-8",
		"application/x-www-form-urlencoded; charset=utf-8", "application/x-ndjson",
		"text/plain; charset=utf-8" };
	struct kind_request *q = &r->k->requests[event];

	if (event == KIND_RAISE)
		*q = (struct kind_request){ .method = STR("POST"), .max = BODY_MAX };
	else if (t == NULL)
		return;
	else
		*q = r->k->requests[KIND_RAISE];
	q->body = NULL;
	only(r, t, keys, ARRAY_LEN(keys));
	read_head(r, t, q);
	for (unsigned i = 0; i < ARRAY_LEN(shapes); i++)
		if (member(t, shapes[i]) != NULL) {
			q->body = member(t, shapes[i]);
			q->body_as = (enum kind_body)i;
		}
	if (text(t, "type").n != 0)
		q->type = text(t, "type");
	else if (q->type.n == 0)
		q->type = str_c(content[q->body_as]);
	check_body(r, t, q);
}

static void
read_answer(struct reading *r, const struct tree *t)
{
	static const char *const keys[] = { "never", "ok_at", "error_at", "final", "id_at",
		"url_at", "browse" };
	struct kind_answer *a = &r->k->answer;
	const struct tree *never = member(t, "never");

	if (t == NULL)
		return;
	only(r, t, keys, ARRAY_LEN(keys));
	a->ok_at = text(t, "ok_at");
	a->error_at = text(t, "error_at");
	a->id_at = text(t, "id_at");
	a->url_at = text(t, "url_at");
	a->browse = text(t, "browse");
	a->final = member(t, "final");
	for (const struct tree *n = never != NULL ? never->first : NULL; n != NULL; n = n->next) {
		uint64_t status;

		if (a->n_never == KIND_STATUSES_MAX || !str_u64(n->text, &status) || status > 599)
			wrong(r, n, "never is a list of at most 16 statuses");
		else
			a->never[a->n_never++] = (unsigned)status;
	}
}

static bool
has_setting(const void *ctx, struct str name)
{
	const struct kind *k = ctx;

	for (size_t i = 0; i < k->n_settings; i++)
		if (str_eq(k->settings[i].name, name))
			return true;
	return false;
}

static void
add_address(struct reading *r, const struct tree *t)
{
	if (t->kind != TREE_TEXT || !has_setting(r->k, t->text))
		wrong(r, t, "address names settings");
	else if (r->k->n_address == KIND_ADDRESS_MAX)
		wrong(r, t, "address names at most 4 settings");
	else
		r->k->address[r->k->n_address++] = t->text;
}

/* `address: to`, or `address: [phone, topic]`. */
static void
read_address(struct reading *r, const struct tree *t)
{
	if (t != NULL && t->kind != TREE_LIST)
		add_address(r, t);
	else
		for (t = t != NULL ? t->first : NULL; t != NULL; t = t->next)
			add_address(r, t);
}

static void
check_texts(struct reading *r, const struct tree *request)
{
	const struct fill_names n = { r->k->tables, has_setting, r->k, r->k->secret.name.n != 0 };

	if (r->e == OK && request != NULL)
		r->e = template_check(&n, request, r->why);
}

static void
read_wait(struct reading *r, const struct tree *t)
{
	uint64_t ms = 0;

	if (t != NULL && (!str_u64(t->text, &ms) || ms > KIND_WAIT_MAX_MS))
		wrong(r, t, "wait_ms: at most 2000");
	r->k->wait_ms = (unsigned)ms;
}

static void
read_top(struct reading *r, const struct tree *top)
{
	static const char *const keys[] = { "name", "label", "about", "settings", "secret",
		"address", "tables", "request", "ack", "resolve", "comment", "close", "answer",
		"wait_ms" };
	static const char *const requests[] = { "request", "ack", "resolve", "comment", "close" };

	only(r, top, keys, ARRAY_LEN(keys));
	if (r->e != OK)
		return;
	r->k->name = text(top, "name");
	r->k->label = text(top, "label");
	r->k->about = text(top, "about");
	r->k->tables = member(top, "tables");
	if (!is_name(r->k->name) || r->k->label.n == 0)
		wrong(r, top, "name (a-z, 0-9, _) and label are needed");
	read_settings(r, member(top, "settings"));
	read_secret(r, member(top, "secret"));
	read_address(r, member(top, "address"));
	read_wait(r, member(top, "wait_ms"));
	for (unsigned i = 0; i < ARRAY_LEN(requests); i++)
		read_request(r, member(top, requests[i]), (enum kind_event)i);
	read_answer(r, member(top, "answer"));
	for (unsigned i = 0; i < ARRAY_LEN(requests); i++)
		check_texts(r, member(top, requests[i]));
}

enum err
kind_parse(struct str t, const char *file, struct kind **ret, struct diag *why)
{
	struct kind *k = MEM_NEW(struct kind);
	struct diag inner = { 0 };
	struct reading r = { .k = k, .why = &inner };
	struct tree *top = NULL;
	struct str own;

	k->arena = arena_new((size_t)4 << 20);
	if (t.n > KIND_FILE_MAX || !arena_copy(k->arena, t, &own))
		r.e = err_set(&inner, FAIL_LIMIT, "longer than %zu bytes", KIND_FILE_MAX);
	else
		r.e = tree_read_once(own, k->arena, &top, &inner);
	if (r.e == OK)
		read_top(&r, top);
	if (r.e == OK) {
		*ret = k;
		return OK;
	}
	kind_free(k);
	return err_set(why, r.e, "%s: %s", file, inner.text);
}

void
kind_free(struct kind *k)
{
	if (k != NULL)
		arena_free(k->arena);
	free(k);
}

bool
kind_tells(const struct kind *k, enum kind_event e)
{
	return k->requests[e].body != NULL;
}

static void
describe(struct jsonw *w, const struct kind_setting *s)
{
	jsonw_obj(w);
	jsonw_kstr(w, "name", s->name);
	jsonw_kstr(w, "label", s->label);
	jsonw_kstr(w, "help", s->help);
	jsonw_kstr(w, "type", str_c(types[s->type]));
	jsonw_kbool(w, "required", s->required);
	jsonw_kstr(w, "default", s->otherwise);
	jsonw_key(w, STR("words"));
	jsonw_arr(w);
	for (const struct tree *t = s->words != NULL ? s->words->first : NULL; t != NULL;
	     t = t->next)
		jsonw_str(w, t->text);
	jsonw_end(w);
	jsonw_end(w);
}

void
kind_describe(const struct kind *k, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "name", k->name);
	jsonw_kstr(&w, "label", k->label);
	jsonw_kstr(&w, "about", k->about);
	jsonw_key(&w, STR("settings"));
	jsonw_arr(&w);
	for (size_t i = 0; i < k->n_settings; i++)
		describe(&w, &k->settings[i]);
	jsonw_end(&w);
	jsonw_key(&w, STR("secret"));
	if (k->secret.name.n != 0)
		describe(&w, &k->secret);
	else
		jsonw_null(&w);
	jsonw_kbool(&w, "takes_address", k->n_address != 0);
	jsonw_end(&w);
}
