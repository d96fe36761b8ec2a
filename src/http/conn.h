/*
 * One connection with the request it is at: what server.c, conn.c, request.c
 * and http.c share.  Nothing outside this layer includes it.
 *
 * server.c accepts; conn.c moves bytes, keeps time and ends connections;
 * request.c goes from bytes to the handler; http.c and caller.c are what the handler
 * sees; answer.c goes from the handler to bytes.
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <sys/types.h>

#include "ev/loop.h"
#include "http/chunk.h"
#include "http/forward.h"
#include "http/head.h"
#include "http/server.h"
#include "http/target.h"

#define CONN_HEADERS_MAX 12

enum conn_state {
	CONN_HEAD,    /* waiting for a request, or reading its head */
	CONN_BODY,    /* reading its body */
	CONN_HANDLER, /* a handler has it, or holds it */
	CONN_STREAM,  /* a handler streams its answer */
	CONN_FLUSH,   /* answered; `out` is on its way */
	CONN_LINGER,  /* all sent; reading over what the client still sends */
	CONN_DEAD     /* descriptor closed; freed as soon as nobody uses it */
};

struct ssl_st;

struct http {
	struct server *server; /* NULL: it was freed while this was held */
	struct http *prev, *next;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *timer;
	enum conn_state state;
	unsigned depth; /* calls into this connection under way */
	bool want_read, want_write;
	bool eof;    /* the client sends no more */
	bool broken; /* writing failed; ends at the next turn of the loop */
	char peer[46];
	struct ssl_st *ssl;            /* NULL: plain, or TLS has failed */
	bool secured;                  /* the connection is to be TLS ... */
	bool unsecured;                /* ... but the client spoke HTTP in the clear */
	bool read_writes, write_reads; /* reading (writing) waits until it can write (read) */

	struct buf in; /* received, not used yet */
	size_t seen;   /* of `in`, searched for the end of the head */
	int64_t since; /* monotonic: when the present state began */
	struct buf out;
	size_t out_at; /* of `out`, sent already */
	uint64_t sent;

	/* The request. */
	struct buf head_text; /* what `head` borrows from */
	struct head head;
	struct forward forward;
	struct http_caller caller;
	char refusal[200]; /* words for it; "" for the usual ones */
	bool page;         /* the answer is of the pages, not of the interface */
	struct target_query query;
	struct route_match match;
	struct str params[ROUTE_PARAMS_MAX];
	char *decoded; /* text of query and params */
	struct chunk chunk;
	struct buf body, plain; /* as received; inflated, when it was compressed */
	size_t counted;         /* bytes of both in server->body_bytes */
	bool close_after, answered, held;
	void (*gone)(void *ctx);
	void (*drained)(void *ctx);
	void *hold_ctx;
	bool stream_full, stream_chunked;
	size_t n_headers;
	struct {
		char name[32], value[320];
	} headers[CONN_HEADERS_MAX];
};

struct server {
	struct server_opts opts;
	struct loop *loop;
	int fd;
	unsigned port;
	struct loop_watch *watch;
	struct http *conns;
	bool draining, full;
	struct server_stats stats;
	int64_t date_second;
	char date[40];
};

/* server.c */
void server_conn_gone(struct server *s); /* a place is free */

/* wire.c: as recv() and send() */
bool wire_begin(struct http *r); /* false: no memory */
ssize_t wire_recv(struct http *r, void *to, size_t n);
ssize_t wire_send(struct http *r, const void *p, size_t n);
bool wire_more(const struct http *r); /* bytes are in hand that poll() does not tell of */
void wire_end(struct http *r);        /* says that nothing more will be sent */
void wire_free(struct http *r);

/* conn.c */
void conn_new(struct server *s, int fd, const char *peer);
void conn_kill(struct http *r); /* now: closes, calls gone(), frees when nobody uses it */
/* Sends what it can; a failure ends the connection at the next turn of the loop. */
void conn_flush(struct http *r);
void conn_enter(struct http *r);
void conn_leave(struct http *r);    /* r may be gone after the outermost */
void conn_wait(struct http *r);     /* sets descriptor and timer to what the state needs */
void conn_answered(struct http *r); /* the answer is in `out`: on to the next request, or the end */

/* request.c */
bool request_step(struct http *r); /* goes on with the bytes in hand; false: more are needed */
void request_fini(struct http *r); /* forgets the request */
/* The server's own refusal, before a handler; the connection ends after it. */
void request_refuse(struct http *r, int status, const char *detail);

#endif
