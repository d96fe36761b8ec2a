/*
 * GET and POST /v1/query: hands a query to a worker process and its answer to
 * the client, no faster than the client takes it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ev/child.h"
#include "ev/loop.h"
#include "http/target.h"
#include "parse/json.h"
#include "parse/time.h"

#define SQL_MAX ((size_t)64 << 10)
#define WHOLE_MAX ((size_t)256 << 10) /* answers up to this get a Content-Length */
#define HEAD_MAX 128
#define GRACE (2 * CLOCK_S) /* for the worker to end a late query by itself */

struct query_job {
	struct api *api;
	struct http *r;
	struct query_job *prev, *next;
	struct child *child;
	struct loop_timer *deadline;
	struct buf got; /* first line and what follows, until it is clear where it goes */
	int status;
	char type[64];
	bool streaming, late;
};

struct wish {
	struct str sql, format;
	uint64_t max_rows;
	int64_t timeout, from, to;
	struct json *json; /* holds the texts of a JSON body */
};

static void
job_free(struct query_job *j)
{
	struct api *a = j->api;

	if (j->prev != NULL)
		j->prev->next = j->next;
	else
		a->jobs = j->next;
	if (j->next != NULL)
		j->next->prev = j->prev;
	if (j->child != NULL)
		a->host.query_release(a->host.query_ctx, j->child);
	loop_timer_free(j->deadline);
	buf_fini(&j->got);
	free(j);
}

static void
on_gone(void *ctx)
{
	job_free(ctx);
}

static void
on_drained(void *ctx)
{
	struct query_job *j = ctx;

	child_pause(j->child, false);
}

static bool
type_good(struct str type)
{
	for (size_t i = 0; i < type.n; i++) {
		char c = type.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			memchr("/+-.;= ", c, 7) != NULL))
			return false;
	}
	return type.n != 0;
}

/* Takes the first line off what was got: "200 application/json".  FAIL_AGAIN: not here yet. */
static enum err
take_head(struct query_job *j)
{
	struct str rest = buf_view(&j->got), line, word;
	uint64_t status;

	if (rest.n == 0 || memchr(rest.p, '\n', rest.n) == NULL)
		return rest.n > HEAD_MAX ? FAIL_SYNTAX : FAIL_AGAIN;
	line = str_until(&rest, '\n');
	word = str_until(&line, ' ');
	if (!str_u64(word, &status) || status < 200 || status > 599 || !type_good(line) ||
	    line.n >= sizeof(j->type))
		return FAIL_SYNTAX;
	j->status = (int)status;
	(void)str_to_c(line, j->type, sizeof(j->type));
	buf_shift(&j->got, j->got.n - rest.n);
	return OK;
}

static void
fail(struct query_job *j, int status, const char *detail)
{
	struct http *r = j->r;
	bool streaming = j->streaming;

	job_free(j);
	if (streaming)
		http_stream_cut(r);
	else
		http_problem(r, status, "%s", detail);
}

static void
on_output(void *ctx, struct str bytes)
{
	struct query_job *j = ctx;

	if (bytes.n == 0)
		return;
	if (j->streaming) {
		if (!http_stream_put(j->r, bytes))
			child_pause(j->child, true);
		return;
	}
	buf_str(&j->got, bytes);
	if (j->status == 0 && take_head(j) == FAIL_SYNTAX) {
		fail(j, 500, "the query worker answered nonsense");
		return;
	}
	if (j->status == 0 || j->got.n <= WHOLE_MAX)
		return;
	j->streaming = true;
	http_stream_begin(j->r, j->status, j->type, on_drained);
	if (!http_stream_put(j->r, buf_view(&j->got)))
		child_pause(j->child, true);
	buf_fini(&j->got);
}

/* It ended by itself or was killed; all it said is here. */
static void
on_exited(void *ctx, int status)
{
	struct query_job *j = ctx;
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	struct http *r = j->r;
	struct buf body;

	if (j->late) {
		fail(j, 504, "the query took too long");
	} else if (j->status == 0) {
		fail(j, 500, "the query worker ended without an answer (out of memory?)");
	} else if (!good && j->status == 200) {
		fail(j, 500, "the query worker broke off");
	} else if (j->streaming) {
		job_free(j);
		http_stream_end(r);
	} else {
		char type[sizeof(j->type)];
		int code = j->status;

		memcpy(type, j->type, sizeof(type));
		body = j->got;
		buf_init(&j->got, 0);
		job_free(j);
		http_reply(r, code, type, buf_view(&body));
		buf_fini(&body);
	}
}

static void
on_late(void *ctx)
{
	struct query_job *j = ctx;

	j->late = true;
	fail(j, 504, "the query took too long");
}

static bool
whole(struct str value, uint64_t least, uint64_t most, uint64_t *ret)
{
	return str_u64(value, ret) && *ret >= least && *ret <= most;
}

/* One parameter; false when it is unknown or bad. */
static bool
wish_set(const struct api *a, struct wish *w, struct str key, struct str value)
{
	if (str_eq(key, STR("sql"))) {
		w->sql = value;
		return true;
	}
	if (str_eq(key, STR("format"))) {
		w->format = value;
		return str_eq(value, STR("json")) || str_eq(value, STR("csv")) ||
		       str_eq(value, STR("parquet"));
	}
	if (str_eq(key, STR("timeout")))
		return clock_span(value, &w->timeout) && w->timeout > 0 &&
		       w->timeout <= a->host.query_timeout;
	if (str_eq(key, STR("max_rows")))
		return whole(value, 1, a->host.query_max_rows, &w->max_rows);
	if (str_eq(key, STR("from")))
		return time_any(value, 0, clock_wall(), &w->from);
	if (str_eq(key, STR("to")))
		return time_any(value, 0, clock_wall(), &w->to);
	return false;
}

static bool
refuse_parameter(struct http *r, struct str key)
{
	http_problem(r, 400, "parameter %.*s is unknown, malformed or out of range",
	    (int)(key.n < 64 ? key.n : 64), key.p);
	return false;
}

/* {"sql": "...", "format": "csv", "max_rows": 10}: the parameters as members. */
static bool
body_json(const struct api *a, struct http *r, struct wish *w, struct str body)
{
	struct json_value root, key, value;
	struct json_doc doc;
	struct diag why;
	char number[24];

	w->json = json_new(SQL_MAX + 4096);
	if (json_parse(w->json, body, &doc, &why) != OK) {
		http_problem(r, 400, "%s", why.text);
		return false;
	}
	json_read(&doc, 1, &root);
	for (size_t at = root.first;; at = value.next) {
		json_read(&doc, at, &key);
		if (key.type == JSON_END)
			return true;
		json_read(&doc, key.next, &value);
		if (value.type == JSON_INT && !str_eq(key.s, STR("sql")) &&
		    !str_eq(key.s, STR("format"))) {
			(void)snprintf(number, sizeof(number), "%lld", (long long)value.i);
			value.s = str_c(number);
			value.type = JSON_TEXT;
		}
		if (value.type != JSON_TEXT || !wish_set(a, w, key.s, value.s))
			return refuse_parameter(r, key.s);
	}
}

/* A body is JSON or a form when it begins like one, else the SQL itself. */
static bool
body_read(const struct api *a, struct http *r, struct wish *w, char **ret_text)
{
	struct str body = http_body(r);
	struct target_query form;
	struct diag why;

	if (str_trim(body).n == 0)
		return true;
	if (str_starts(str_trim(body), STR("{")))
		return body_json(a, r, w, body);
	if (!str_starts(body, STR("sql=")) ||
	    !str_starts(http_header(r, "Content-Type"), STR("application/x-www-form-urlencoded"))) {
		w->sql = body;
		return true;
	}
	*ret_text = mem_alloc(body.n);
	if (target_query(body, *ret_text, &form, &why) != OK) {
		http_problem(r, 400, "%s", why.text);
		return false;
	}
	for (size_t i = 0; i < form.n; i++)
		if (!wish_set(a, w, form.pairs[i].name, form.pairs[i].value))
			return refuse_parameter(r, form.pairs[i].name);
	return true;
}

/* What is asked for; answers when that makes no sense.  *ret_text holds decoded text. */
static bool
wish_read(const struct api *a, struct http *r, struct wish *w, char **ret_text)
{
	struct str key, value;

	*w = (struct wish){ .format = STR("json"),
		.max_rows = a->host.query_max_rows,
		.timeout = a->host.query_timeout };
	for (size_t i = 0; http_query_at(r, i, &key, &value); i++)
		if (!wish_set(a, w, key, value))
			return refuse_parameter(r, key);
	if (http_method(r) == HTTP_POST && !body_read(a, r, w, ret_text))
		return false;
	w->sql = str_trim(w->sql);
	if (w->sql.n == 0 || w->sql.n > SQL_MAX) {
		http_problem(r, w->sql.n == 0 ? 400 : 413,
		    "sql is missing, or longer than %zu bytes", SQL_MAX);
		return false;
	}
	return true;
}

static void
put_request(const struct wish *w, struct buf *to)
{
	struct jsonw j;

	jsonw_init(&j, to);
	jsonw_obj(&j);
	jsonw_kstr(&j, "sql", w->sql);
	jsonw_kstr(&j, "format", w->format);
	jsonw_kint(&j, "timeout_ms", w->timeout / CLOCK_MS > 0 ? w->timeout / CLOCK_MS : 1);
	jsonw_kint(&j, "max_rows", (int64_t)w->max_rows);
	if (w->from != 0)
		jsonw_kint(&j, "from", w->from);
	if (w->to != 0)
		jsonw_kint(&j, "to", w->to);
	jsonw_end(&j);
	buf_byte(to, '\n');
}

/* Starts the worker on it; answers when none is free. */
static void
job_start(struct api *a, struct http *r, const struct wish *w)
{
	struct query_job *j = MEM_NEW(struct query_job);
	struct buf request;
	struct diag why;
	enum err e;

	j->api = a;
	j->r = r;
	j->next = a->jobs;
	if (j->next != NULL)
		j->next->prev = j;
	a->jobs = j;
	j->deadline = loop_timer_new(a->host.loop, on_late, j);
	buf_init(&j->got, 0);
	e = a->host.query_take(a->host.query_ctx,
	    &(struct api_query_user){ on_output, on_exited, j }, &j->child, &why);
	if (e != OK) {
		http_add_header(r, "Retry-After", "1");
		fail(j, 503,
		    e == FAIL_AGAIN ? "all query workers are busy"
				    : "no query worker can be started");
		return;
	}
	http_hold(r, on_gone, j);
	buf_init(&request, 0);
	put_request(w, &request);
	e = child_write(j->child, buf_view(&request));
	child_close_input(j->child);
	buf_fini(&request);
	if (e != OK) {
		fail(j, 500, "the query worker does not listen");
		return;
	}
	loop_timer_after(j->deadline, w->timeout + GRACE);
}

void
query_handle(void *ctx, struct http *r)
{
	auto_free char *text = NULL;
	struct api *a = ctx;
	struct wish w;

	if (wish_read(a, r, &w, &text))
		job_start(a, r, &w);
	json_free(w.json);
}

void
query_end(struct api *a)
{
	while (a->jobs != NULL)
		job_free(a->jobs);
}
