/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs and results as lines of JSON. */
#include "notify/job.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/jsonr.h"
#include "base/jsonw.h"
#include "base/utf8.h"

#define TIMEOUT_DEFAULT_MS 15000
#define RESULT_ARENA ((size_t)1 << 16)

static const char *const severities[] = { "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO" };
static const char *const events[] = { "raise", "ack", "resolve", "bundle", "comment", "close" };
static const char *const types[] = { "email", "webhook", "action" };
static const char *const securities[] = { "starttls", "tls", "none" };
static const char *const verdicts[] = { "ok", "retry", "never" };

const char *
job_severity_word(enum job_severity s)
{
	return severities[s];
}

void
job_put(const struct job_order *o, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kint(&w, "id", o->id);
	jsonw_kstr(&w, "key", o->key);
	jsonw_kstr(&w, "created", o->created);
	jsonw_kint(&w, "timeout_ms", o->timeout_ms);
	jsonw_kbool(&w, "test", o->test);
	jsonw_kstr(&w, "event", o->event.n != 0 ? o->event : STR("raise"));
	jsonw_kstr(&w, "person", o->person);
	jsonw_kstr(&w, "address", o->address);
	jsonw_kstr(&w, "url", o->url);
	jsonw_kstr(&w, "ack_url", o->ack_url);
	jsonw_key(&w, STR("channel"));
	jsonw_raw(&w, o->channel);
	jsonw_key(&w, STR("alert"));
	jsonw_raw(&w, o->alert.n != 0 ? o->alert : STR("{}"));
	jsonw_end(&w);
	buf_byte(to, '\n');
}

/* The place of a member's word in a list of words. */
static enum err
read_word(const struct jsonr *map, const char *key, const char *const *words, size_t n,
    unsigned *ret, struct diag *why)
{
	const struct str word = jsonr_text(map, key, STR(""));

	for (unsigned i = 0; i < n; i++)
		if (str_eq(word, str_c(words[i]))) {
			*ret = i;
			return OK;
		}
	return err_set(why, FAIL_SYNTAX, "job: no such %s: %.*s", key, STR_ARG(word));
}

/* Texts of a list; what is no text or too many is an error. */
static enum err
read_texts(const struct jsonr *map, const char *key, struct str *to, size_t max, size_t *ret_n,
    struct diag *why)
{
	const struct jsonr *list = jsonr_get(map, key);
	size_t n = 0;

	*ret_n = 0;
	if (list == NULL)
		return OK;
	if (list->type != JSONR_LIST || list->n > max)
		return err_set(why, FAIL_SYNTAX, "job: %s is no list of up to %zu texts", key, max);
	for (const struct jsonr *v = list->first; v != NULL; v = v->next) {
		if (v->type != JSONR_TEXT)
			return err_set(why, FAIL_SYNTAX, "job: %s holds what is no text", key);
		to[n++] = v->s;
	}
	*ret_n = n;
	return OK;
}

static enum err
read_email(const struct jsonr *s, struct job_channel *c, struct diag *why)
{
	const int64_t port = jsonr_int(s, "port", 0);
	unsigned security = JOB_STARTTLS;
	enum err e = OK;

	if (jsonr_get(s, "security") != NULL)
		e = read_word(s, "security", securities, ARRAY_LEN(securities), &security, why);
	if (e == OK)
		e = read_texts(s, "to", c->to, JOB_TO_MAX, &c->n_to, why);
	if (e != OK)
		return e;
	if (port < 0 || port > UINT16_MAX)
		return err_set(why, FAIL_SYNTAX, "job: no such port");
	c->security = (enum job_security)security;
	c->port = (uint16_t)port;
	c->host = jsonr_text(s, "host", STR(""));
	c->user = jsonr_text(s, "user", STR(""));
	c->from = jsonr_text(s, "from", STR(""));
	if (c->host.n == 0 || c->from.n == 0 || c->n_to == 0)
		return err_set(why, FAIL_SYNTAX, "job: mail needs host, from and to");
	return OK;
}

static enum err
read_channel(const struct jsonr *m, struct job_channel *c, struct diag *why)
{
	const struct jsonr *s = jsonr_get(m, "settings");

	c->kind = jsonr_text(m, "type", STR(""));
	c->type = JOB_KIND;
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(c->kind, str_c(types[i])))
			c->type = (enum job_type)i;
	c->name = jsonr_text(m, "name", STR(""));
	c->secret = jsonr_text(m, "secret", STR(""));
	c->settings = s;
	if (c->type == JOB_EMAIL)
		return read_email(s, c, why);
	c->url = jsonr_text(s, "url", STR(""));
	c->allow_private = jsonr_bool(s, "allow_private", false);
	if (c->kind.n == 0)
		return err_set(why, FAIL_SYNTAX, "job: no type");
	if (c->type != JOB_KIND && c->url.n == 0)
		return err_set(why, FAIL_SYNTAX, "job: a webhook needs url");
	return OK;
}

static enum err
read_alert(const struct jsonr *m, struct job_alert *a, struct diag *why)
{
	const struct {
		const char *key;
		struct str *to;
	} texts[] = {
		{ "id", &a->id },
		{ "rule_id", &a->rule_id },
		{ "title", &a->title },
		{ "group", &a->group },
		{ "summary", &a->summary },
		{ "advice", &a->advice },
		{ "action", &a->action },
		{ "by", &a->by },
		{ "user", &a->user },
		{ "ip", &a->ip },
		{ "ticket", &a->ticket },
		{ "first", &a->first },
		{ "last", &a->last },
	};
	unsigned severity = JOB_INFO;
	enum err e = OK;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i].to = jsonr_text(m, texts[i].key, STR(""));
	a->count = jsonr_int(m, "count", 0);
	a->confidence = jsonr_int(m, "confidence", 0);
	if (jsonr_get(m, "severity") != NULL)
		e = read_word(m, "severity", severities, ARRAY_LEN(severities), &severity, why);
	if (e == OK)
		e = read_texts(m, "tags", a->tags, JOB_TAGS_MAX, &a->n_tags, why);
	a->severity = (enum job_severity)severity;
	return e;
}

/* It stands in headers. */
static bool
is_key(struct str s)
{
	static const char ok[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";

	for (size_t i = 0; i < s.n; i++)
		if (memchr(ok, s.p[i], sizeof(ok) - 1) == NULL)
			return false;
	return s.n > 0 && s.n <= 200;
}

enum err
job_parse(struct arena *a, struct str line, struct job *ret, struct diag *why)
{
	const struct jsonr *top;
	unsigned event = JOB_RAISE;
	int64_t timeout;
	enum err e;

	*ret = (struct job){ 0 };
	if (line.n > JOB_LINE_MAX)
		return err_set(why, FAIL_LIMIT, "job: longer than %zu bytes", JOB_LINE_MAX);
	e = jsonr_parse(a, line, &top, why);
	if (e != OK)
		return e;
	ret->id = jsonr_int(top, "id", 0);
	if (ret->id <= 0)
		return err_set(why, FAIL_SYNTAX, "job: no id");
	ret->key = jsonr_text(top, "key", STR(""));
	if (!is_key(ret->key))
		return err_set(why, FAIL_SYNTAX, "job: no key");
	timeout = jsonr_int(top, "timeout_ms", TIMEOUT_DEFAULT_MS);
	if (timeout < 1 || timeout > JOB_TIMEOUT_MAX_MS)
		return err_set(why, FAIL_SYNTAX, "job: no such timeout");
	ret->timeout_ms = (unsigned)timeout;
	ret->created = jsonr_text(top, "created", STR(""));
	ret->url = jsonr_text(top, "url", STR(""));
	ret->ack_url = jsonr_text(top, "ack_url", STR(""));
	ret->test = jsonr_bool(top, "test", false);
	ret->person = jsonr_text(top, "person", STR(""));
	ret->address = jsonr_text(top, "address", STR(""));
	if (jsonr_get(top, "event") != NULL)
		e = read_word(top, "event", events, ARRAY_LEN(events), &event, why);
	if (e != OK)
		return e;
	ret->event = (enum job_event)event;
	e = read_channel(jsonr_get(top, "channel"), &ret->channel, why);
	if (ret->channel.type == JOB_EMAIL && ret->address.n != 0) {
		ret->channel.to[0] = ret->address;
		ret->channel.n_to = 1;
	}
	return e == OK ? read_alert(jsonr_get(top, "alert"), &ret->alert, why) : e;
}

void
job_result_put(const struct job_result *r, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kint(&w, "id", r->id);
	jsonw_kstr(&w, "verdict", str_c(verdicts[r->verdict]));
	jsonw_kint(&w, "after_ms", r->after_ms);
	jsonw_kint(&w, "ms", r->ms);
	jsonw_kstr(&w, "detail", str_c(r->detail));
	if (r->said[0] != '\0')
		jsonw_kstr(&w, "said", str_c(r->said));
	jsonw_end(&w);
	buf_byte(to, '\n');
}

enum err
job_result_parse(struct str line, struct job_result *ret, struct diag *why)
{
	struct arena *a = arena_new(RESULT_ARENA);
	struct job_result r = { 0 };
	const struct jsonr *top;
	unsigned verdict = 0;
	enum err e = jsonr_parse(a, line, &top, why);

	if (e == OK)
		e = read_word(top, "verdict", verdicts, ARRAY_LEN(verdicts), &verdict, why);
	if (e == OK) {
		r.id = jsonr_int(top, "id", 0);
		r.verdict = (enum job_verdict)verdict;
		r.after_ms = jsonr_int(top, "after_ms", 0);
		r.ms = jsonr_int(top, "ms", 0);
		(void)str_to_c(jsonr_text(top, "detail", STR("")), r.detail, sizeof(r.detail));
		(void)str_to_c(jsonr_text(top, "said", STR("")), r.said, sizeof(r.said));
		if (r.id <= 0 || r.after_ms < 0 || r.ms < 0)
			e = err_set(why, FAIL_SYNTAX, "result: numbers that cannot be");
	}
	if (e == OK)
		*ret = r;
	arena_free(a);
	return e;
}

void
job_result_set(struct job_result *r, enum job_verdict v, const char *fmt, ...)
{
	char plain[JOB_DETAIL_SIZE];
	auto_buf struct buf shown = { 0 };
	struct str s;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(plain, sizeof(plain), fmt, ap);
	va_end(ap);
	utf8_show(str_trim(str_c(plain)), &shown);
	s = buf_view(&shown);
	if (s.n >= sizeof(r->detail)) { /* no half character at the end */
		s.n = sizeof(r->detail) - 1;
		while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
			s.n--;
	}
	r->verdict = v;
	(void)str_to_c(s, r->detail, sizeof(r->detail));
}
