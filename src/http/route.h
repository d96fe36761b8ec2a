/*
 * Routes: one const table from method and path to a handler and the scope its
 * caller must have.  Denied by default: a row without a scope lets nobody in.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/http.h"

enum route_scope {
	ROUTE_CLOSED = 0, /* nobody */
	ROUTE_OPEN = 1,   /* everybody, without a token */
	ROUTE_READ = 2,
	ROUTE_INGEST = 4,
	ROUTE_ADMIN = 8, /* users, tokens, channels, rules */
	ROUTE_WRITE = 16 /* change alerts, silence, send a test */
};
#define ROUTE_ALL (ROUTE_READ | ROUTE_INGEST | ROUTE_ADMIN | ROUTE_WRITE)

#define ROUTE_PARAMS_MAX 4

struct route {
	enum http_method method; /* HTTP_GET also takes HEAD */
	const char *pattern;     /* "/v1/alerts/{id}": {name} is one whole segment */
	enum route_scope scope;
	void (*handler)(void *ctx, struct http *r);
};

struct route_param {
	struct str name, raw; /* raw: not decoded yet */
};

struct route_match {
	const struct route *route;
	bool path_known; /* route NULL, but another method has it */
	struct route_param params[ROUTE_PARAMS_MAX];
	size_t n_params;
};

/*
 * `path` without query; empty segments are skipped, so that repeated and
 * trailing slashes do no harm.  Borrowed from `path` and `routes`.
 */
void route_find(const struct route *routes, size_t n, enum http_method method, struct str path,
    struct route_match *ret) __attribute__((nonnull(1, 5)));

/* "GET, HEAD, POST": methods of a path, for Allow. */
void route_allow(const struct route *routes, size_t n, struct str path, struct buf *to)
    __attribute__((nonnull(1, 4)));

#endif
