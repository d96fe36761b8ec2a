/* How the answers of handlers become bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: http_ */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "http/conn.h"

#define STREAM_MAX ((size_t)16 << 20) /* waiting bytes of a stream whose handler does not wait */

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

const char *
http_reason(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

/* "Sat, 21 Nov 2026 02:03:04 GMT", made once a second. */
static const char *
date(struct server *s)
{
	int64_t second = clock_wall() / CLOCK_S;
	time_t t = (time_t)second;
	struct tm tm;

	if (second != s->date_second && gmtime_r(&t, &tm) != NULL) {
		(void)strftime(s->date, sizeof(s->date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		s->date_second = second;
	}
	return s->date;
}

/* What holds for every answer: browsers keep it to themselves and run nothing of it. */
static void
put_security(struct http *r)
{
	static const char page_policy[] =
	    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	    "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; "
	    "form-action 'self'; frame-ancestors 'none'";

	buf_printf(&r->out,
	    "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: %s\r\n"
	    "Referrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin\r\n"
	    "Cross-Origin-Resource-Policy: same-origin\r\n",
	    r->page ? page_policy : "default-src 'none'; frame-ancestors 'none'");
	if (http_secure(r))
		buf_str(&r->out, STR("Strict-Transport-Security: max-age=31536000\r\n"));
}

/* Headers of the handler; "Cache-Control" is one of them or no-store. */
static void
put_own(struct http *r)
{
	bool cache = false;

	for (size_t i = 0; i < r->n_headers; i++) {
		cache = cache || strcmp(r->headers[i].name, "Cache-Control") == 0;
		buf_printf(&r->out, "%s: %s\r\n", r->headers[i].name, r->headers[i].value);
	}
	if (!cache)
		buf_str(&r->out, STR("Cache-Control: no-store\r\n"));
}

/* Status line and headers; `length` SIZE_MAX for a stream. */
static void
put_head(struct http *r, int status, const char *type, size_t length)
{
	struct buf *out = &r->out;
	bool empty = status == 204 || status == 304;

	buf_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, http_reason(status),
	    date(r->server));
	if (!empty)
		buf_printf(out, "Content-Type: %s\r\n", type);
	if (!empty && length != SIZE_MAX)
		buf_printf(out, "Content-Length: %zu\r\n", length);
	else if (!empty && r->stream_chunked)
		buf_str(out, STR("Transfer-Encoding: chunked\r\n"));
	put_security(r);
	put_own(r);
	if (r->close_after || r->server->draining)
		buf_str(out, STR("Connection: close\r\n"));
	else if (r->head.minor == 0)
		buf_str(out, STR("Connection: keep-alive\r\n"));
	buf_str(out, STR("\r\n"));
	r->server->stats.requests++;
	r->server->stats.by_class[status / 100 % 6]++;
}

/* The connection ends at the next turn of the loop. */
static void
break_off(struct http *r)
{
	r->broken = true;
	loop_watch_set(r->watch, false, false);
	loop_timer_after(r->timer, 1);
}

void
http_reply(struct http *r, int status, const char *type, struct str body)
{
	assert(r->state != CONN_STREAM && status >= 200 && status < 600);
	conn_enter(r);
	if (r->state != CONN_DEAD) {
		put_head(r, status, type, body.n);
		if (!r->head.head && status != 204 && status != 304)
			buf_str(&r->out, body);
		if (buf_overflow(&r->out))
			break_off(r);
	}
	conn_answered(r);
	conn_leave(r);
}

void
http_problem_open(const struct http *r, int status, const char *detail, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "type", STR("about:blank"));
	jsonw_kstr(&w, "title", str_c(http_reason(status)));
	jsonw_kint(&w, "status", status);
	jsonw_kstr(&w, "detail", str_c(detail));
	jsonw_kstr(&w, "instance", r->head.path);
}

void
http_problem(struct http *r, int status, const char *fmt, ...)
{
	char detail[256];
	struct buf body;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	buf_init(&body, 0);
	http_problem_open(r, status, detail, &body);
	buf_byte(&body, '}');
	http_reply(r, status, HTTP_PROBLEM, buf_view(&body));
	buf_fini(&body);
}

void
http_hold(struct http *r, void (*gone)(void *ctx), void *ctx)
{
	assert(r->state == CONN_HANDLER && !r->held);
	r->held = true;
	r->gone = gone;
	r->hold_ctx = ctx;
}

void
http_stream_begin(struct http *r, int status, const char *type, void (*drained)(void *ctx))
{
	assert(r->held && r->gone != NULL && r->state == CONN_HANDLER);
	conn_enter(r);
	r->state = CONN_STREAM;
	r->drained = drained;
	r->stream_chunked = r->head.minor != 0;
	if (!r->stream_chunked)
		r->close_after = true;
	if (r->out_at == r->out.n)
		r->since = clock_mono();
	put_head(r, status, type, SIZE_MAX);
	conn_flush(r);
	conn_wait(r);
	conn_leave(r);
}

bool
http_stream_put(struct http *r, struct str bytes)
{
	bool room = false;

	assert(r->state == CONN_STREAM);
	conn_enter(r);
	if (!r->broken && bytes.n != 0 && !r->head.head) {
		if (r->out_at == r->out.n)
			r->since = clock_mono();
		if (r->stream_chunked)
			buf_printf(&r->out, "%zx\r\n", bytes.n);
		buf_str(&r->out, bytes);
		if (r->stream_chunked)
			buf_str(&r->out, STR("\r\n"));
		conn_flush(r);
		if (r->out.n - r->out_at > STREAM_MAX)
			break_off(r);
	}
	if (!r->broken) {
		room = r->out.n - r->out_at <= HTTP_STREAM_WAITING;
		r->stream_full = !room;
		conn_wait(r);
	}
	conn_leave(r);
	return room;
}

void
http_stream_end(struct http *r)
{
	assert(r->state == CONN_STREAM);
	conn_enter(r);
	if (r->stream_chunked && !r->head.head)
		buf_str(&r->out, STR("0\r\n\r\n"));
	conn_answered(r);
	conn_leave(r);
}

void
http_stream_cut(struct http *r)
{
	assert(r->state == CONN_STREAM);
	r->held = false;
	r->gone = NULL;
	r->drained = NULL;
	break_off(r);
}
