/* From received bytes to the handler: head, route, caller, body, inflating. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/conn.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/inflate.h"
#include "base/mem.h"
#include "http/asset.h"

#define BODY_FIRST ((size_t)1 << 20) /* memory given to a body on its sender's word alone */

void
request_fini(struct http *r)
{
	if (r->server != NULL)
		r->server->stats.body_bytes -= r->counted;
	r->counted = 0;
	buf_fini(&r->body);
	buf_fini(&r->plain);
	free(TAKE(r->decoded));
	buf_reset(&r->head_text);
	r->n_headers = 0;
	r->caller = (struct http_caller){ 0 };
	r->refusal[0] = '\0';
	r->page = false;
	r->query.n = 0;
	r->match.route = NULL;
	r->match.n_params = 0;
	r->stream_full = false;
	r->drained = NULL;
}

void
request_refuse(struct http *r, int status, const char *detail)
{
	if (r->match.route != NULL && r->server->opts.refused != NULL)
		r->server->opts.refused(r->server->opts.ctx, r->match.route, status);
	r->close_after = true;
	http_problem(r, status, "%s", detail);
}

/* Charges the memory of bodies to the server; false past its budget. */
static bool
charge(struct http *r)
{
	struct server *s = r->server;
	size_t now = r->body.size + r->plain.size;

	s->stats.body_bytes += now - r->counted;
	r->counted = now;
	return s->stats.body_bytes <= s->opts.max_bodies;
}

static void
refuse_budget(struct http *r)
{
	http_add_header(r, "Retry-After", "1");
	request_refuse(r, 503, "too many large requests at a time");
}

/* Decodes query and parameters of the route. */
static bool
decode(struct http *r, struct diag *why)
{
	size_t room = r->head.query.n;
	char *to;

	for (size_t i = 0; i < r->match.n_params; i++)
		room += r->match.params[i].raw.n;
	to = r->decoded = mem_alloc(room);
	for (size_t i = 0; i < r->match.n_params; i++) {
		if (target_decode(r->match.params[i].raw, false, to, &r->params[i], why) != OK)
			return false;
		to += r->params[i].n;
	}
	return target_query(r->head.query, to, &r->query, why) == OK;
}

/* The same, leaving the connection open when no body is on its way. */
static void
turn_away(struct http *r, int status, const char *detail)
{
	bool body = r->head.chunked || r->head.length != 0;

	if (r->match.route != NULL && r->server->opts.refused != NULL && status != 401 &&
	    status != 403)
		r->server->opts.refused(r->server->opts.ctx, r->match.route, status);
	r->close_after = r->close_after || body;
	http_problem(r, status, "%s", r->refusal[0] != '\0' ? r->refusal : detail);
}

static void
refuse_method(struct http *r)
{
	const struct server_opts *o = &r->server->opts;
	char text[96];
	struct buf allow;

	buf_init(&allow, sizeof(text));
	route_allow(o->routes, o->n_routes, r->head.path, &allow);
	http_add_header(r, "Allow", str_to_c(buf_view(&allow), text, sizeof(text)));
	buf_fini(&allow);
	turn_away(r, 405, "this path does not take that method");
}

/* Is the caller let in?  Answers when not. */
static bool
admitted(struct http *r)
{
	const struct server_opts *o = &r->server->opts;
	const struct route *route = r->match.route;
	bool told = head_get(&r->head, STR("authorization")).n != 0;
	int status = 0;

	if (route->scope != ROUTE_CLOSED && o->authorize != NULL)
		status = o->authorize(o->authorize_ctx, r, route);
	if (status == 0 && (route->scope == ROUTE_OPEN || (r->caller.scopes & route->scope) != 0))
		return true;
	if (status == 0 && (route->scope == ROUTE_CLOSED || r->caller.kind != HTTP_CALLER_NONE))
		status = 403;
	if (status == 0 || status == 401) {
		http_add_header(r, "WWW-Authenticate", "Bearer realm=\"tocsin\"");
		turn_away(r, 401,
		    told ? "the token is not known here"
			 : "a token is needed: Authorization: Bearer TOKEN");
		return false;
	}
	turn_away(r, status,
	    r->caller.kind == HTTP_CALLER_SESSION ? "your role does not allow this"
						  : "the token does not allow this");
	return false;
}

static void
page_handle(void *ctx, struct http *r)
{
	const struct server_opts *o = &r->server->opts;
	const struct http_asset *a = asset_find(o->assets, o->n_assets, r->head.path);

	(void)ctx;
	if (a != NULL)
		asset_reply(r, a);
	else
		http_problem(r, 404, "there is nothing here");
}

/* What is no route may be a page. */
static const struct route *
page_route(const struct http *r)
{
	static const struct route page = { HTTP_GET, "/", ROUTE_OPEN, page_handle };
	const struct server_opts *o = &r->server->opts;

	if (r->head.method != HTTP_GET || asset_find(o->assets, o->n_assets, r->head.path) == NULL)
		return NULL;
	return &page;
}

/* Everything that can be said before the body; false when it was answered. */
static bool
accepted(struct http *r)
{
	const struct server_opts *o = &r->server->opts;
	struct diag why;

	route_find(o->routes, o->n_routes, r->head.method, r->head.path, &r->match);
	if (r->match.route == NULL && r->match.path_known) {
		refuse_method(r);
		return false;
	}
	if (r->match.route == NULL)
		r->match.route = page_route(r);
	if (r->match.route == NULL) {
		turn_away(r, 404, "there is nothing here");
		return false;
	}
	if (!admitted(r))
		return false;
	if (!decode(r, &why)) {
		request_refuse(r, 400, why.text);
		return false;
	}
	if (r->head.has_length && r->head.length > o->max_body) {
		request_refuse(r, 413, "the body is larger than http.max_body");
		return false;
	}
	return true;
}

/* Moves from `in` what belongs to the body; true when it is complete.  Answers when it is refused.
 */
static bool
body_feed(struct http *r)
{
	struct str in = buf_view(&r->in);
	enum err e;

	if (r->head.has_length) {
		size_t left = (size_t)r->head.length - r->body.n;
		size_t n = in.n < left ? in.n : left;

		buf_put(&r->body, in.p, n);
		buf_shift(&r->in, n);
		e = r->body.n == r->head.length ? OK : FAIL_AGAIN;
	} else {
		e = chunk_step(&r->chunk, &in, &r->body);
		buf_shift(&r->in, r->in.n - in.n);
	}
	if (!charge(r))
		refuse_budget(r);
	else if (e == FAIL_SYNTAX)
		request_refuse(r, 400, "the chunks of the body are malformed");
	else if (e == FAIL_LIMIT)
		request_refuse(r, 413, "the body is larger than http.max_body");
	return e == OK && r->state == CONN_BODY;
}

static bool
encoding_known(struct str encoding)
{
	static const struct str known[] = { { "", 0 }, { "identity", 8 }, { "gzip", 4 },
		{ "x-gzip", 6 }, { "deflate", 7 }, { "zstd", 4 } };

	while (encoding.n != 0) {
		struct str word = str_trim(str_until(&encoding, ','));
		size_t i = 0;

		while (i < ARRAY_LEN(known) && !str_eq_nocase(word, known[i]))
			i++;
		if (i == ARRAY_LEN(known))
			return false;
	}
	return true;
}

/* Inflates by the first bytes, whatever the header says; false when it was answered. */
static bool
body_inflate(struct http *r)
{
	struct str encoding = head_get(&r->head, STR("content-encoding"));
	enum inflate_kind kind = inflate_sniff(buf_view(&r->body));
	struct diag why;
	enum err e;

	if (kind == INFLATE_NONE) {
		if (encoding_known(encoding))
			return true;
		http_add_header(r, "Accept-Encoding", "gzip, deflate, zstd");
		request_refuse(r, 415, "Content-Encoding is none of gzip, deflate and zstd");
		return false;
	}
	buf_init(&r->plain, r->server->opts.max_body);
	e = inflate_all(buf_view(&r->body), r->server->opts.max_body, &r->plain, &why);
	if (e == OK) {
		buf_fini(&r->body);
		if (charge(r))
			return true;
		refuse_budget(r);
	} else if (e == FAIL_LIMIT) {
		request_refuse(r, 413, "the inflated body is larger than http.max_body");
	} else if (kind == INFLATE_ZLIB && encoding.n == 0) {
		buf_fini(&r->plain); /* text that only looks like zlib */
		return true;
	} else {
		request_refuse(r, 400, "the compressed body is damaged");
	}
	return false;
}

static void
handle(struct http *r)
{
	r->state = CONN_HANDLER;
	r->match.route->handler(r->server->opts.ctx, r);
	if (r->state == CONN_HANDLER && !r->held)
		http_problem(r, 500, "nothing was answered");
}

/* The head is here: decides, and begins the body. */
static void
begin(struct http *r, size_t n)
{
	int status = 400;
	struct diag why;
	enum err e;

	buf_put(&r->head_text, r->in.p, n);
	buf_shift(&r->in, n);
	r->forward = (struct forward){ .host = { "", 0 } };
	e = head_parse(buf_view(&r->head_text), &r->head, &status, &why);
	r->state = CONN_HANDLER;
	r->close_after = e != OK || !r->head.keep_alive;
	if (e != OK) {
		request_refuse(r, status, why.text);
		return;
	}
	forward_read(r->server->opts.trusted, r->server->opts.n_trusted, r->peer, &r->head,
	    &r->forward);
	r->forward.secure = r->forward.secure || r->secured;
	if (!accepted(r))
		return;
	buf_init(&r->body, r->server->opts.max_body);
	r->chunk = (struct chunk){ .state = CHUNK_SIZE };
	r->head.has_length = r->head.has_length || !r->head.chunked;
	if (r->head.length != 0)
		(void)buf_room(&r->body,
		    r->head.length < BODY_FIRST ? (size_t)r->head.length : BODY_FIRST);
	if (r->head.expect && r->in.n == 0 && (r->head.chunked || r->head.length != 0)) {
		buf_str(&r->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
		conn_flush(r);
	}
	r->state = CONN_BODY;
	r->since = clock_mono();
}

bool
request_step(struct http *r)
{
	size_t max = r->server->opts.max_head, n;

	if (r->state == CONN_HEAD) {
		n = head_end(buf_view(&r->in), r->seen);
		r->seen = r->in.n;
		if (n > max || (n == 0 && r->in.n > max)) {
			r->head.minor = 1;
			request_refuse(r, 431, "the head of the request is too large");
			return true;
		}
		if (n == 0)
			return false;
		begin(r, n);
		return true;
	}
	if (!body_feed(r))
		return r->state != CONN_BODY;
	if (body_inflate(r))
		handle(r);
	return true;
}
