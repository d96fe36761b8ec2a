/*
 * The HTTP/1.1 server: listens, reads requests within limits, finds the route,
 * asks who calls, calls the handler.  Loop thread only.
 *
 * A request that is refused before its handler (400, 401, 404, 405, 408, 413,
 * 415, 429, 431, 501, 503 ...) is answered with a problem too.  Bodies may be chunked
 * and compressed (gzip, zlib, zstd: by their first bytes, whatever the header says).
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/err.h"
#include "http/route.h"

struct http_asset;
struct ip_net;
struct loop;
struct server;
struct tls;

struct server_opts {
	const char *listen;         /* "127.0.0.1:8321", "[::1]:0"; port 0: any free one */
	const struct route *routes; /* live as long as the server */
	size_t n_routes;
	void *ctx; /* of the handlers */
	/*
	 * Who calls?  After the head of every request to a route that is not closed, before
	 * its body: http_caller_set() for whoever is known.  0 goes on: the server itself
	 * then refuses a caller without the route's scope.  Else the status of the refusal
	 * (401, 403, 429), worded with http_refusal(); headers may have been added.  NULL: nobody
	 * is known.
	 */
	int (*authorize)(void *ctx, struct http *r, const struct route *route);
	void *authorize_ctx;

	/* All borrowed, for as long as the server lives. */
	const struct ip_net *trusted; /* proxies whose X-Forwarded-... headers count */
	size_t n_trusted;
	const char *public_url; /* "https://tocsin.example": an origin of ours too; may be NULL */
	const struct tls *tls;  /* TLS and nothing else is spoken; NULL: HTTP in the clear */
	const struct http_asset *assets; /* pages: http/asset.h */
	size_t n_assets;

	/* 0: the default in brackets. */
	size_t max_body;          /* of one body, inflated [32 MiB] */
	size_t max_bodies;        /* of all bodies together; past it 503 [4 * max_body] */
	size_t max_head;          /* request line and headers [32 KiB] */
	unsigned max_connections; /* more wait in the kernel's queue [1024] */
	int64_t
	    head_timeout; /* ns from the first byte of a request to the end of its head [10 s] */
	int64_t body_timeout;  /* ns for a body, and 1 s more for each 16 KiB received [20 s] */
	int64_t idle_timeout;  /* ns between requests of a connection [60 s] */
	int64_t write_timeout; /* ns without the client taking a byte [30 s] */

	/* A request to `route` was refused by the server itself, before the handler.  May be NULL.
	 */
	void (*refused)(void *ctx, const struct route *route, int status);
};

struct server_stats {
	uint64_t connections; /* now */
	uint64_t accepted;    /* ever */
	uint64_t requests;    /* answered */
	uint64_t by_class[6]; /* answered with 2xx at [2] ... */
	uint64_t bytes_in, bytes_out;
	uint64_t timeouts;   /* connections ended for being slow */
	uint64_t tls_failed; /* connections that could not agree on TLS */
	uint64_t body_bytes; /* memory of bodies now */
	int64_t tls_expires; /* of the certificate in use, seconds since 1970; 0: none */
};

/* FAIL_SYNTAX for a bad address or public_url, FAIL_IO when it cannot be listened on. */
enum err server_new(struct loop *l, const struct server_opts *opts, struct server **ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));
/*
 * Closes every connection; gone() of held requests is called.  A held request
 * without gone() may still be answered later: the answer is dropped.
 */
void server_free(struct server *s); /* NULL is fine */

/* Accepts no more; connections close after the answer they owe, idle ones at once. */
void server_drain(struct server *s) NONNULL;
/* For connections from now on; those that are go on as they are.  Borrowed. */
void server_tls_set(struct server *s, const struct tls *t) __attribute__((nonnull(1)));
unsigned server_port(const struct server *s) NONNULL;
void server_stats(const struct server *s, struct server_stats *ret) NONNULL;

#endif
