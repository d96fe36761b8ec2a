/* Listens, accepts within limits, holds the connections together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "http/conn.h"
#include "http/tls.h"

#define ACCEPT_TURNS 64
#define HEAD_MOST ((size_t)48 << 10) /* conn.c reads ahead no more than 64 KiB */
#define BACKLOG 1024

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* "127.0.0.1:80", "[::1]:80". */
static enum err
address_parse(const char *text, union address *ret, socklen_t *ret_n, struct diag *why)
{
	struct str s = str_c(text), host;
	const char *colon = strrchr(text, ':');
	char host_c[64];
	uint64_t port;

	if (colon == NULL || !str_u64(str_c(colon + 1), &port) || port > 65535)
		return err_set(why, FAIL_SYNTAX, "%s is not ADDRESS:PORT", text);
	host = (struct str){ s.p, (size_t)(colon - text) };
	memset(ret, 0, sizeof(*ret));
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		(void)str_to_c((struct str){ host.p + 1, host.n - 2 }, host_c, sizeof(host_c));
		ret->v6.sin6_family = AF_INET6;
		ret->v6.sin6_port = htons((uint16_t)port);
		*ret_n = sizeof(ret->v6);
		if (inet_pton(AF_INET6, host_c, &ret->v6.sin6_addr) == 1)
			return OK;
	} else {
		(void)str_to_c(host, host_c, sizeof(host_c));
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons((uint16_t)port);
		*ret_n = sizeof(ret->v4);
		if (inet_pton(AF_INET, host_c, &ret->v4.sin_addr) == 1)
			return OK;
	}
	return err_set(why, FAIL_SYNTAX, "%s is no IP address", host_c);
}

static enum err
listen_on(const char *text, int *ret_fd, unsigned *ret_port, struct diag *why)
{
	union address at;
	socklen_t n;
	int yes = 1;
	enum err e = address_parse(text, &at, &n, why);
	auto_close int fd = -1;

	if (e != OK)
		return e;
	fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(why, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0)
		return err_sys(why, "SO_REUSEADDR");
	if (bind(fd, &at.any, n) != 0 || listen(fd, BACKLOG) != 0 ||
	    getsockname(fd, &at.any, &n) != 0)
		return err_sys(why, "cannot listen on %s", text);
	*ret_port = ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
	*ret_fd = fd;
	fd = -1;
	return OK;
}

static void
peer_text(const union address *at, char *to, socklen_t size)
{
	to[0] = '\0';
	if (at->any.sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &at->v4.sin_addr, to, size);
	else if (IN6_IS_ADDR_V4MAPPED(&at->v6.sin6_addr))
		(void)inet_ntop(AF_INET, &at->v6.sin6_addr.s6_addr[12], to, size);
	else
		(void)inet_ntop(AF_INET6, &at->v6.sin6_addr, to, size);
}

static void
server_accept(void *ctx, bool readable, bool writable)
{
	struct server *s = ctx;

	(void)readable;
	(void)writable;
	for (unsigned i = 0; i < ACCEPT_TURNS; i++) {
		union address at;
		socklen_t n = sizeof(at);
		char peer[46];
		int yes = 1, fd;

		if (s->stats.connections >= s->opts.max_connections) {
			s->full = true;
			loop_watch_set(s->watch, false, false);
			return;
		}
		fd = accept4(s->fd, &at.any, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE) && s->stats.connections != 0) {
			s->full = true; /* until a connection ends */
			loop_watch_set(s->watch, false, false);
		}
		if (fd < 0)
			return;
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
		peer_text(&at, peer, sizeof(peer));
		s->stats.connections++;
		s->stats.accepted++;
		conn_new(s, fd, peer);
	}
}

void
server_conn_gone(struct server *s)
{
	s->stats.connections--;
	if (s->full && !s->draining) {
		s->full = false;
		loop_watch_set(s->watch, true, false);
	}
}

static void
defaults(struct server_opts *o)
{
	if (o->max_body == 0)
		o->max_body = (size_t)32 << 20;
	if (o->max_bodies == 0)
		o->max_bodies = 4 * o->max_body;
	if (o->max_head == 0)
		o->max_head = (size_t)32 << 10;
	if (o->max_head > HEAD_MOST)
		o->max_head = HEAD_MOST;
	if (o->max_connections == 0)
		o->max_connections = 1024;
	if (o->head_timeout == 0)
		o->head_timeout = 10 * CLOCK_S;
	if (o->body_timeout == 0)
		o->body_timeout = 20 * CLOCK_S;
	if (o->idle_timeout == 0)
		o->idle_timeout = 60 * CLOCK_S;
	if (o->write_timeout == 0)
		o->write_timeout = 30 * CLOCK_S;
}

enum err
server_new(struct loop *l, const struct server_opts *opts, struct server **ret, struct diag *why)
{
	struct str url = str_c(opts->public_url);
	struct server *s;
	unsigned port;
	int fd;
	enum err e;

	if (url.n != 0 && !http_public_url_good(url))
		return err_set(why, FAIL_SYNTAX,
		    "http.public_url: write https://NAME, not \"%.100s\"", opts->public_url);
	e = listen_on(opts->listen, &fd, &port, why);
	if (e != OK)
		return e;
	s = MEM_NEW(struct server);
	s->opts = *opts;
	defaults(&s->opts);
	s->loop = l;
	s->fd = fd;
	s->port = port;
	s->watch = loop_watch_new(l, fd, server_accept, s);
	loop_watch_set(s->watch, true, false);
	*ret = s;
	return OK;
}

static void
server_close(struct server *s)
{
	loop_watch_free(TAKE(s->watch));
	fs_closep(&s->fd);
	s->draining = true;
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	server_close(s);
	while (s->conns != NULL)
		conn_kill(s->conns);
	free(s);
}

void
server_drain(struct server *s)
{
	struct http *next;

	if (!s->draining)
		server_close(s);
	for (struct http *r = s->conns; r != NULL; r = next) {
		next = r->next;
		if (r->state == CONN_HEAD && r->in.n == 0 && r->out_at == r->out.n && r->depth == 0)
			conn_kill(r);
	}
}

unsigned
server_port(const struct server *s)
{
	return s->port;
}

void
server_tls_set(struct server *s, const struct tls *t)
{
	s->opts.tls = t;
}

void
server_stats(const struct server *s, struct server_stats *ret)
{
	*ret = s->stats;
	ret->tls_expires = s->opts.tls != NULL ? tls_expires(s->opts.tls) : 0;
}
