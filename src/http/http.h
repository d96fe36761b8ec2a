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

#define HTTP_ORIGIN_SIZE 300

struct http; /* one request */

enum http_caller_kind { HTTP_CALLER_NONE, HTTP_CALLER_TOKEN, HTTP_CALLER_SESSION };

struct http_caller {
	char name[65];   /* of the user or token, "" for nobody */
	unsigned scopes; /* of enum route_scope */
	enum http_caller_kind kind;
	char id[33];     /* of the token or session */
	char csrf[65];   /* of the session */
	int64_t expires; /* ns UTC; 0: never */
};

/* Who calls: set by server_opts.authorize, read by handlers.  Nobody until it is set. */
void http_caller_set(struct http *r, const struct http_caller *c) NONNULL;
const struct http_caller *http_caller(const struct http *r) NONNULL RETURNS_NONNULL;
/* Words for the refusal that authorize is about to return. */
void http_refusal(struct http *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

enum http_method http_method(const struct http *r) NONNULL;
struct str http_path(const struct http *r) NONNULL; /* as sent, without the query */
/* Address of the client, without port: behind trusted proxies the one they vouch for. */
const char *http_peer(const struct http *r) NONNULL;
bool http_secure(const struct http *r) NONNULL; /* TLS here, or at a trusted proxy */
/* "https://host:port" as the client wrote it; "" when its Host is no name.  Returns `to`. */
char *http_origin(const struct http *r, char to[HTTP_ORIGIN_SIZE]) NONNULL;
/* "https://host" or "http://host:port", at most with a '/' behind it. */
bool http_public_url_good(struct str url);
/* Is it the request's own origin, or that of server_opts.public_url? */
bool http_own_origin(const struct http *r, struct str origin) __attribute__((nonnull(1)));
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

/*
 * Adds a header to the answer; before it.  At most 12; a name of at most 31 bytes and a value of
 * at most 319, both without CR and LF.  "Cache-Control" stands instead of "no-store".
 */
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
