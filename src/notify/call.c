/* SPDX-License-Identifier: Apache-2.0 */
/* Makes requests of alerts. */
#include "notify/call.h"

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/uri.h"
#include "notify/mime.h"
#include "notify/secret.h"
#include "notify/sign.h"
#include "notify/template.h"
#include "notify/webhook.h"

#define ANSWER_ARENA ((size_t)4 << 20)
#define SHOWN_MAX 120
#define TICKET_ID 128
#define TICKET_URL 500

void
call_fini(struct call *q)
{
	struct buf *const all[] = { &q->url, &q->body, &q->method, &q->user, &q->password, &q->aws,
		&q->host };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		secret_fini(all[i]);
	for (size_t i = 0; i < q->n_headers; i++)
		secret_fini(&q->headers[i]);
	q->n_headers = 0;
}

static enum err
add_header(struct call *q, struct str name, struct str value, struct diag *why)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	struct buf *h;

	for (size_t i = 0; i < name.n; i++)
		if (memchr(letters, name.p[i], sizeof(letters) - 1) == NULL)
			return err_set(why, FAIL_DENIED, "no such header");
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
			return err_set(why, FAIL_DENIED,
			    "a control character in a header is not sent");
	if (q->n_headers == CALL_HEADERS_MAX)
		return err_set(why, FAIL_LIMIT, "more than %d headers", CALL_HEADERS_MAX);
	h = &q->headers[q->n_headers++];
	buf_str(h, name);
	buf_str(h, STR(": "));
	buf_str(h, value);
	buf_byte(h, '\0');
	return OK;
}

static enum err
sign(const struct job *j, struct str body, int64_t now, struct buf *to, struct diag *why)
{
	auto_secret struct buf secret = { 0 };
	enum err e;

	if (j->channel.secret.n == 0)
		return OK;
	buf_init(&secret, SECRET_MAX);
	e = secret_get(j->channel.secret, &secret, why);
	return e == OK ? sign_put(buf_view(&secret), j->key, now / CLOCK_S, body, to, why) : e;
}

enum err
call_webhook(const struct job *j, int64_t now, struct call *ret, struct diag *why)
{
	auto_buf struct buf signature = { 0 }, at = { 0 };
	enum err e;

	webhook_body(j, &ret->body);
	e = sign(j, buf_view(&ret->body), now, &signature, why);
	if (e != OK)
		return e;
	buf_printf(&ret->url, "%.*s%c", STR_ARG(j->channel.url), '\0');
	buf_i64(&at, now / CLOCK_S);
	e = add_header(ret, STR("Content-Type"), STR("application/json"), why);
	if (e == OK)
		e = add_header(ret, STR("webhook-id"), j->key, why);
	if (e == OK)
		e = add_header(ret, STR("webhook-timestamp"), buf_view(&at), why);
	if (e == OK && signature.n != 0)
		e = add_header(ret, STR("webhook-signature"), buf_view(&signature), why);
	return e;
}

/* What a test message says. */
static struct job_alert
test_alert(const struct job *j)
{
	return (struct job_alert){ .id = j->key,
		.rule_id = STR("test"),
		.title = STR("Test message: Tocsin reaches this channel"),
		.summary = STR("Nothing happened. Alerts will arrive here as this message did."),
		.severity = JOB_INFO,
		.first = j->created,
		.last = j->created,
		.count = 1 };
}

static void
clip(struct str *s, size_t max)
{
	if (s->n <= max)
		return;
	s->n = max;
	while (s->n > 0 && ((unsigned char)s->p[s->n] & 0xc0) == 0x80)
		s->n--;
}

/* What is short by its nature is short, whoever wrote it; texts are cut by the channel file. */
static void
clip_alert(struct job_alert *a)
{
	clip(&a->id, 64);
	clip(&a->rule_id, 256);
	clip(&a->action, 64);
	clip(&a->by, 128);
	clip(&a->user, 256);
	clip(&a->ip, 64);
	clip(&a->ticket, 128);
	for (size_t i = 0; i < a->n_tags; i++)
		clip(&a->tags[i], 64);
}

static enum err
put_lines(const struct fill *f, const struct tree *list, struct buf *to, struct diag *why)
{
	enum err e = OK;

	for (const struct tree *t = list->first; t != NULL && e == OK; t = t->next) {
		e = template_json(f, t, to, why);
		buf_byte(to, '\n');
	}
	return e;
}

static enum err
put_body(const struct kind_request *q, const struct fill *f, struct buf *to, struct diag *why)
{
	const struct tree *body = q->body;

	switch (q->body_as) {
	case KIND_FORM:
		return template_form(f, body, to, why);
	case KIND_LINES:
		return put_lines(f, body, to, why);
	case KIND_PLAIN:
		return fill_text(f, body->text, FILL_TEXT, to, why);
	case KIND_JSON:
		break;
	}
	return template_json(f, body, to, why);
}

static enum err
put_headers(const struct kind_request *q, const struct fill *f, struct call *ret, struct diag *why)
{
	const struct tree *h = q->headers;
	enum err e = add_header(ret, STR("Content-Type"), q->type, why);

	for (h = h != NULL ? h->first : NULL; h != NULL && e == OK; h = h->next) {
		auto_secret struct buf value = { 0 };
		const bool perhaps = str_ends(h->key, STR("?"));

		if (perhaps && f->secret.n == 0)
			continue;
		e = fill_text(f, h->text, FILL_LINE, &value, why);
		if (e == OK)
			e = add_header(ret, (struct str){ h->key.p, h->key.n - perhaps },
			    buf_view(&value), why);
	}
	return e;
}

static enum err
put_login(const struct kind_request *q, const struct fill *f, struct call *ret, struct diag *why)
{
	enum err e = OK;

	if (q->user.n != 0) {
		e = fill_text(f, q->user, FILL_LINE, &ret->user, why);
		if (e == OK)
			e = fill_text(f, q->password, FILL_LINE, &ret->password, why);
		buf_byte(&ret->user, '\0');
		buf_byte(&ret->password, '\0');
	}
	if (q->aws.n != 0 && e == OK) {
		buf_str(&ret->aws, STR("aws:amz:"));
		e = fill_text(f, q->aws, FILL_LINE, &ret->aws, why);
		buf_byte(&ret->aws, '\0');
	}
	return e;
}

static bool
is_mails(const struct kind *k, struct str setting)
{
	for (size_t i = 0; i < k->n_settings; i++)
		if (str_eq(k->settings[i].name, setting))
			return k->settings[i].type == KIND_MAILS ||
			       k->settings[i].type == KIND_MAIL;
	return false;
}

/* Can the message go to the address that it is for? */
static enum err
check_address(const struct kind *k, struct str address, struct diag *why)
{
	if (address.n == 0)
		return OK;
	if (k->n_address == 0)
		return err_set(why, FAIL_DENIED, "%.*s sends to no address of a person",
		    STR_ARG(k->name));
	for (size_t i = 0; i < address.n; i++)
		if ((unsigned char)address.p[i] < 0x20 || address.p[i] == 0x7f)
			return err_set(why, FAIL_SYNTAX, "the address holds control characters");
	if (address.n > JOB_ADDRESS_MAX ||
	    (is_mails(k, k->address[0]) && !mime_is_address(address)))
		return err_set(why, FAIL_SYNTAX, "the address is no mail address");
	return OK;
}

/* The request for what a message tells; a bundle is told as an alert is. */
static const struct kind_request *
request_of(const struct kind *k, const struct job *j)
{
	static const enum kind_event of[JOB_EVENTS] = {
		[JOB_ACK] = KIND_ACK,
		[JOB_RESOLVE] = KIND_RESOLVE,
		[JOB_COMMENT] = KIND_COMMENT,
		[JOB_CLOSE] = KIND_CLOSE,
	};

	return kind_tells(k, of[j->event]) ? &k->requests[of[j->event]] : NULL;
}

/* Where syslog goes. */
static enum err
put_syslog(const struct kind_request *q, const struct fill *f, struct call *ret, struct diag *why)
{
	static const char *const words[] = { "http", "udp", "tcp", "tls" };
	auto_buf struct buf over = { 0 }, port = { 0 };
	uint64_t n;
	enum err e = fill_text(f, q->over, FILL_LINE, &over, why);

	if (e == OK)
		e = fill_text(f, q->host, FILL_LINE, &ret->host, why);
	if (e == OK)
		e = fill_text(f, q->port, FILL_LINE, &port, why);
	for (unsigned i = CALL_UDP; i < ARRAY_LEN(words); i++)
		if (str_eq(buf_view(&over), str_c(words[i])))
			ret->over = (enum call_over)i;
	if (e == OK && ret->over == CALL_HTTP)
		e = err_set(why, FAIL_SYNTAX, "syslog goes over udp, tcp or tls");
	if (e == OK && (!str_u64(buf_view(&port), &n) || n == 0 || n > UINT16_MAX))
		e = err_set(why, FAIL_SYNTAX, "no such port");
	if (e == OK && !uri_host(buf_view(&ret->host)))
		e = err_set(why, FAIL_SYNTAX, "the host is no name and no address");
	if (e == OK)
		ret->port = (uint16_t)n;
	buf_byte(&ret->host, '\0');
	buf_byte(&ret->url, '\0');
	return e;
}

/* One record is one line. */
static enum err
check_record(const struct buf *body, struct diag *why)
{
	for (size_t i = 0; i < body->n; i++)
		if ((unsigned char)body->p[i] < 0x20 || body->p[i] == 0x7f)
			return err_set(why, FAIL_DENIED,
			    "a control character in a record of syslog is not sent");
	return OK;
}

/* All of HTTP but the body. */
static enum err
put_head(const struct kind_request *q, const struct fill *f, struct call *ret, struct diag *why)
{
	enum err e = fill_text(f, q->url, FILL_URL, &ret->url, why);

	if (e == OK && !uri_http(buf_view(&ret->url)))
		e = err_set(why, FAIL_SYNTAX, "the address is no http or https URL");
	buf_byte(&ret->url, '\0');
	if (e == OK)
		e = put_headers(q, f, ret, why);
	return e == OK ? put_login(q, f, ret, why) : e;
}

static enum err
put_request(const struct kind_request *q, const struct fill *f, struct call *ret, struct diag *why)
{
	enum err e = q->over.n != 0 ? put_syslog(q, f, ret, why) : put_head(q, f, ret, why);

	buf_init(&ret->body, q->max);
	buf_str(&ret->method, q->method);
	buf_byte(&ret->method, '\0');
	if (e == OK)
		e = put_body(q, f, &ret->body, why);
	if (e == OK && buf_overflow(&ret->body))
		e = err_set(why, FAIL_LIMIT, "the message is longer than %zu bytes", q->max);
	return e == OK && q->over.n != 0 ? check_record(&ret->body, why) : e;
}

enum err
call_make(const struct kind *k, const struct job *j, struct str secret, struct call *ret,
    struct diag *why)
{
	const struct kind_request *q = request_of(k, j);
	struct job as = *j;
	const struct fill f = { .job = &as,
		.tables = k->tables,
		.settings = j->channel.settings,
		.secret = secret,
		.address = k->address,
		.n_address = k->n_address };
	const enum err e = check_address(k, j->address, why);

	if (e != OK)
		return e;
	if (q == NULL)
		return err_set(why, FAIL_DENIED, "%.*s has no message for that", STR_ARG(k->name));
	if (j->test)
		as.alert = test_alert(j);
	clip_alert(&as.alert);
	return put_request(q, &f, ret, why);
}

/* "data.issueCreate.success", "errors.0.message" */
static const struct jsonr *
at_path(const struct jsonr *v, struct str path)
{
	while (path.n != 0 && v != NULL) {
		const struct str step = str_until(&path, '.');
		char key[64];
		uint64_t i;

		if (v->type == JSONR_LIST && str_u64(step, &i)) {
			for (v = v->first; v != NULL && i > 0; i--)
				v = v->next;
		} else {
			v = jsonr_get(v, str_to_c(step, key, sizeof(key)));
		}
	}
	return v;
}

static bool
is_final(const struct kind_answer *a, struct str error)
{
	for (const struct tree *t = a->final != NULL ? a->final->first : NULL; t != NULL;
	     t = t->next)
		if (str_eq(t->text, error))
			return true;
	return false;
}

/* A 2xx of a receiver that says in its body whether it means it. */
static void
look_inside(const struct kind_answer *a, struct str said, struct job_result *ret)
{
	struct arena *arena = arena_new(ANSWER_ARENA);
	const struct jsonr *top = NULL, *ok, *error;
	struct str words = STR("the answer does not say that it was taken");

	(void)!jsonr_parse(arena, said, &top, NULL);
	ok = at_path(top, a->ok_at);
	error = at_path(top, a->error_at);
	if (error != NULL && error->type == JSONR_TEXT && a->error_at.n != 0)
		words = error->s;
	if (ok == NULL || ok->type != JSONR_BOOL || !ok->b)
		job_result_set(ret, is_final(a, words) ? JOB_NEVER : JOB_RETRY, "%.*s",
		    (int)(words.n < SHOWN_MAX ? words.n : SHOWN_MAX), words.p);
	arena_free(arena);
}

void
call_verdict(const struct kind *k, long status, struct str retry_after, struct str said,
    int64_t now, struct job_result *ret)
{
	webhook_verdict(status, retry_after, said, now, ret);
	if (ret->verdict == JOB_OK && k->answer.ok_at.n != 0) {
		look_inside(&k->answer, said, ret);
		return;
	}
	for (size_t i = 0; i < k->answer.n_never; i++)
		if (status == (long)k->answer.never[i]) {
			ret->verdict = JOB_NEVER;
			ret->after_ms = 0;
		}
}

/* Text, or a whole number, at a path. */
static struct str
word_at(const struct jsonr *top, struct str path)
{
	const struct jsonr *v = path.n != 0 ? at_path(top, path) : NULL;

	if (v != NULL && v->type == JSONR_TEXT)
		return v->s;
	return v != NULL && v->type == JSONR_INT ? v->raw : STR("");
}

void
call_ticket(const struct kind *k, const struct job *j, struct str said, struct job_result *ret)
{
	struct arena *arena = arena_new(ANSWER_ARENA);
	auto_buf struct buf url = { 0 }, to = { 0 };
	const struct jsonr *top = NULL;
	struct jsonw w;
	struct str id;

	if (k->answer.id_at.n != 0)
		(void)!jsonr_parse(arena, said, &top, NULL);
	id = word_at(top, k->answer.id_at);
	if (k->answer.browse.n != 0)
		buf_printf(&url, "%.*s%.*s%.*s",
		    STR_ARG(jsonr_text(j->channel.settings, "url", STR(""))),
		    STR_ARG(k->answer.browse), STR_ARG(id));
	else
		buf_str(&url, word_at(top, k->answer.url_at));
	if (id.n != 0 && id.n <= TICKET_ID && url.n <= TICKET_URL &&
	    str_starts(buf_view(&url), STR("http"))) {
		jsonw_init(&w, &to);
		jsonw_obj(&w);
		jsonw_kstr(&w, "id", id);
		jsonw_kstr(&w, "url", buf_view(&url));
		jsonw_end(&w);
		if (to.n < sizeof(ret->said))
			(void)str_to_c(buf_view(&to), ret->said, sizeof(ret->said));
	}
	arena_free(arena);
}
