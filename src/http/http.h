/*
 * A request and its answer, as a handler sees them.  Loop thread only.
 *
 * A handler answers at once with http_reply() or http_problem(), or calls
 * http_hold() and answers later.  Text of the request is borrowed until it is
 * answered.  An answered request is gone: do not touch it any more.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/buf.h"

enum http_method {
	HTTP_GET,
	HTTP_HEAD, /* handlers see HTTP_GET; the body is left out of what is sent */
	HTTP_POST,
	HTTP_PUT,
	HTTP_DELETE,
	HTTP_OTHER
};

#define HTTP_JSON "application/json"
#define HTTP_STREAM_WAITING                                                                        \
	((size_t)256 << 10) /* bytes waiting past which a stream should pause                      \
			     */

struct http; /* one request */

enum http_method http_method(const struct http *r) NONNULL;
struct str http_path(const struct http *r) NONNULL;  /* as sent, without the query */
const char *http_peer(const struct http *r) NONNULL; /* address without port */
/* Inflated, in one piece. */
struct str http_body(const struct http *r) NONNULL;
/* Value of "{name}" in the route's pattern, decoded; empty when there is none. */
struct str http_param(const struct http *r, const char *name) NONNULL;
/* Query value, decoded; false when it is absent.  No name comes twice. */
bool http_query(const struct http *r, const char *name, struct str *ret) NONNULL;
/* i-th query parameter; false past the end. */
bool http_query_at(const struct http *r, size_t i, struct str *ret_name,
    struct str *ret_value) NONNULL;
/* First header of that name (any case), trimmed; empty when it is absent. */
struct str http_header(const struct http *r, const char *name) NONNULL;

/* Adds a header to the answer; before it.  At most 8; name and value without CR and LF. */
void http_add_header(struct http *r, const char *name, const char *value) NONNULL;
void http_reply(struct http *r, int status, const char *type, struct str body)
    __attribute__((nonnull(1, 3)));
/* RFC 9457: {"type":"about:blank","title":"Not Found","status":404,"detail":...,"instance":path}.
 */
void http_problem(struct http *r, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same as JSON text without its closing brace, to add members to; then http_reply(). */
void http_problem_open(const struct http *r, int status, const char *detail,
    struct buf *to) NONNULL;
#define HTTP_PROBLEM "application/problem+json"

/*
 * The answer comes later.  gone(ctx) is called when the client went away
 * before that; then the request is gone too.  With gone NULL the request lives
 * until it is answered, whatever the client does.
 */
void http_hold(struct http *r, void (*gone)(void *ctx), void *ctx) __attribute__((nonnull(1)));

/*
 * An answer of any size: begin, put ..., end.  After http_hold() with a gone().
 * http_stream_put() returns false when HTTP_STREAM_WAITING is passed: the bytes
 * are taken, but wait for drained(ctx) before putting more.
 * http_stream_cut() ends it too, by closing the connection: the client sees a broken answer.
 */
void http_stream_begin(struct http *r, int status, const char *type, void (*drained)(void *ctx))
    __attribute__((nonnull(1, 3)));
bool http_stream_put(struct http *r, struct str bytes) __attribute__((nonnull(1)));
void http_stream_end(struct http *r) NONNULL;
void http_stream_cut(struct http *r) NONNULL;

/* "Not Found"; "Unknown" for a status that has no name here. */
const char *http_reason(int status);

#endif
