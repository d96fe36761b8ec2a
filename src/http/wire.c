/* Bytes of one connection, plain or under TLS, with the meaning of recv(2) and send(2). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/conn.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "http/tls.h"

bool
wire_begin(struct http *r)
{
	const struct tls *t = r->server->opts.tls;

	r->secured = t != NULL;
	if (t != NULL)
		r->ssl = tls_accept(t, r->fd);
	return t == NULL || r->ssl != NULL;
}

void
wire_free(struct http *r)
{
	SSL_free(TAKE(r->ssl));
}

/* TLS is over: the client broke it, or speaks something else. */
static void
fail(struct http *r)
{
	char finished[64];

	r->unsecured = ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_HTTP_REQUEST;
	if (SSL_get_peer_finished(r->ssl, finished, sizeof(finished)) == 0)
		r->server->stats.tls_failed++;
	wire_free(r);
	ERR_clear_error();
}

/* What a failed call means: 0 for the end, -1 with errno; *other when the other direction must be
 * waited for. */
static ssize_t
failed(struct http *r, int n, int other_error, bool *other)
{
	int error = SSL_get_error(r->ssl, n);

	if (error == SSL_ERROR_ZERO_RETURN)
		return 0;
	*other = error == other_error;
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
		errno = EAGAIN;
		return -1;
	}
	fail(r);
	errno = EPROTO;
	return -1;
}

ssize_t
wire_recv(struct http *r, void *to, size_t n)
{
	int got;

	if (r->secured && r->ssl == NULL && r->state != CONN_LINGER) {
		errno = EPROTO;
		return -1;
	}
	if (r->ssl == NULL || r->state == CONN_LINGER)
		return recv(r->fd, to, n, 0);
	ERR_clear_error();
	got = SSL_read(r->ssl, to, n < INT_MAX ? (int)n : INT_MAX);
	r->read_writes = false;
	return got > 0 ? got : failed(r, got, SSL_ERROR_WANT_WRITE, &r->read_writes);
}

ssize_t
wire_send(struct http *r, const void *p, size_t n)
{
	int sent;

	if (r->ssl == NULL && r->secured && !r->unsecured) {
		errno = EPROTO;
		return -1;
	}
	if (r->ssl == NULL)
		return send(r->fd, p, n, MSG_NOSIGNAL);
	ERR_clear_error();
	sent = SSL_write(r->ssl, p, n < INT_MAX ? (int)n : INT_MAX);
	r->write_reads = false;
	return sent > 0 ? sent : failed(r, sent, SSL_ERROR_WANT_READ, &r->write_reads);
}

bool
wire_more(const struct http *r)
{
	return r->ssl != NULL && r->state != CONN_LINGER && SSL_pending(r->ssl) > 0;
}

void
wire_end(struct http *r)
{
	if (r->ssl != NULL && SSL_is_init_finished(r->ssl)) {
		ERR_clear_error();
		(void)SSL_shutdown(r->ssl);
	}
}
