/* Bytes in and out of one connection, its deadlines, its end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define READ_SIZE ((size_t)16 << 10)
#define READ_TURNS 8 /* calls of recv() for one connection in one turn of the loop */
#define READ_AHEAD ((size_t)64 << 10)
#define BODY_FIRST ((size_t)1 << 20) /* memory given to a body on its sender's word alone */
#define LINGER_FOR (2 * CLOCK_S)

static void conn_ready(void *ctx, bool readable, bool writable);
static void conn_late(void *ctx);

void
conn_new(struct server *s, int fd, const char *peer)
{
	struct http *r = MEM_NEW(struct http);

	r->server = s;
	r->fd = fd;
	(void)snprintf(r->peer, sizeof(r->peer), "%s", peer);
	r->watch = loop_watch_new(s->loop, fd, conn_ready, r);
	r->timer = loop_timer_new(s->loop, conn_late, r);
	buf_init(&r->in, READ_AHEAD + s->opts.max_head);
	buf_init(&r->out, 0);
	buf_init(&r->head_text, s->opts.max_head);
	r->since = clock_mono();
	r->next = s->conns;
	if (r->next != NULL)
		r->next->prev = r;
	s->conns = r;
	if (wire_begin(r))
		conn_wait(r);
	else
		conn_kill(r);
}

static void
conn_unlink(struct http *r)
{
	struct server *s = r->server;

	if (s == NULL)
		return;
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		s->conns = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	r->server = NULL;
	server_conn_gone(s);
}

static void
conn_free(struct http *r)
{
	request_fini(r);
	buf_fini(&r->in);
	buf_fini(&r->out);
	buf_fini(&r->head_text);
	free(r);
}

void
conn_kill(struct http *r)
{
	if (r->state == CONN_DEAD)
		return;
	loop_watch_free(TAKE(r->watch));
	loop_timer_free(TAKE(r->timer));
	if (!r->broken && r->state != CONN_LINGER)
		wire_end(r);
	wire_free(r);
	(void)close(r->fd);
	r->fd = -1;
	r->state = CONN_DEAD;
	conn_enter(r);
	if (r->held && r->gone != NULL) {
		r->held = false;
		r->gone(r->hold_ctx);
	}
	if (r->server != NULL)
		r->server->stats.body_bytes -= r->counted;
	r->counted = 0;
	conn_unlink(r);
	conn_leave(r);
}

void
conn_enter(struct http *r)
{
	r->depth++;
}

void
conn_leave(struct http *r)
{
	if (--r->depth == 0 && r->state == CONN_DEAD && !r->held)
		conn_free(r);
}

/* When the present state has lasted too long; 0: it may last. */
static int64_t
conn_deadline(const struct http *r)
{
	const struct server_opts *o = &r->server->opts;

	if (r->out_at < r->out.n)
		return r->since + o->write_timeout;
	switch (r->state) {
	case CONN_HEAD:
		return r->since +
		       (r->in.n != 0 || r->sent == 0 ? o->head_timeout : o->idle_timeout);
	case CONN_BODY:
		return r->since + o->body_timeout + (int64_t)(r->body.n >> 14) * CLOCK_S;
	case CONN_LINGER:
		return r->since + LINGER_FOR;
	case CONN_HANDLER:
	case CONN_STREAM:
	case CONN_FLUSH:
	case CONN_DEAD:
		break;
	}
	return 0;
}

void
conn_wait(struct http *r)
{
	bool write = r->out_at < r->out.n, read = !r->eof && r->in.n < READ_AHEAD;
	int64_t deadline, now;

	if (r->state == CONN_DEAD || r->broken)
		return;
	if (r->state == CONN_FLUSH)
		read = false;
	read = read || r->write_reads;
	write = write || (read && r->read_writes);
	if (read != r->want_read || write != r->want_write)
		loop_watch_set(r->watch, read, write);
	r->want_read = read;
	r->want_write = write;
	deadline = conn_deadline(r);
	now = deadline != 0 ? clock_mono() : 0;
	if (read && wire_more(r))
		loop_timer_after(r->timer, 1);
	else if (deadline == 0)
		loop_timer_stop(r->timer);
	else
		loop_timer_after(r->timer, deadline > now ? deadline - now : 1);
}

void
conn_flush(struct http *r)
{
	while (r->state != CONN_DEAD && !r->broken && r->out_at < r->out.n) {
		ssize_t n = wire_send(r, r->out.p + r->out_at, r->out.n - r->out_at);

		if (n > 0) {
			r->out_at += (size_t)n;
			r->sent += (uint64_t)n;
			r->since = clock_mono();
			r->server->stats.bytes_out += (uint64_t)n;
		} else if (n < 0 && errno != EINTR) {
			r->broken = errno != EAGAIN;
			break;
		}
	}
	if (r->broken) {
		loop_watch_set(r->watch, false, false);
		loop_timer_after(r->timer, 1);
	}
	if (r->out_at == r->out.n) {
		r->out_at = 0;
		if (r->out.size > READ_AHEAD)
			buf_fini(&r->out);
		else
			buf_reset(&r->out);
	}
}

/* Room to read into, and how much: the body itself when its length is known, else `in`. */
static char *
conn_room(struct http *r, size_t *ret_n, struct buf **ret_buf)
{
	size_t n = READ_SIZE;

	*ret_buf = &r->in;
	if (r->state == CONN_BODY && r->head.has_length) {
		n = (size_t)r->head.length - r->body.n;
		if (n > BODY_FIRST)
			n = BODY_FIRST;
		*ret_buf = &r->body;
	} else if (r->state == CONN_BODY) {
		n = READ_AHEAD;
	}
	*ret_n = n;
	return buf_room(*ret_buf, n);
}

/* One wire_recv().  False when there is no more for now, or the connection is over. */
static bool
conn_receive(struct http *r)
{
	struct buf *to;
	size_t room = 0;
	char *p = conn_room(r, &room, &to);
	ssize_t n;

	if (p == NULL)
		return false;
	n = wire_recv(r, p, room);
	if (n > 0) {
		r->server->stats.bytes_in += (uint64_t)n;
		if (r->state == CONN_LINGER)
			return true;
		if (r->state == CONN_HEAD && r->in.n == 0)
			r->since = clock_mono();
		buf_added(to, (size_t)n);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n < 0 && r->unsecured) {
		r->head.minor = 1;
		request_refuse(r, 400, "this port speaks HTTPS: write https://");
		return false;
	}
	r->eof = true;
	if (n < 0)
		r->broken = true;
	return false;
}

/*
 * The client sends no more.  What it is owed it still gets, unless somebody
 * asked to be told: then it counts as gone.
 */
static void
conn_eof(struct http *r)
{
	bool owed = r->state == CONN_FLUSH || (r->held && r->gone == NULL);

	if (r->broken || !owed)
		conn_kill(r);
}

/* All of an answer is sent: the next request, or the end. */
static void
conn_next(struct http *r)
{
	r->since = clock_mono();
	if (!r->close_after && !r->server->draining) {
		r->state = CONN_HEAD;
		r->seen = 0;
		if (r->in.n == 0)
			buf_fini(&r->in);
		return;
	}
	if (r->eof) {
		conn_kill(r);
		return;
	}
	wire_end(r);
	(void)shutdown(r->fd, SHUT_WR);
	r->state = CONN_LINGER;
	buf_fini(&r->in);
}

static bool
conn_all_sent(const struct http *r)
{
	return r->state != CONN_DEAD && !r->broken && r->out_at == r->out.n;
}

/* From request to request, as far as what was received and sent allows. */
static void
conn_go(struct http *r)
{
	bool more = true;

	if (r->state == CONN_STREAM && r->stream_full && conn_all_sent(r)) {
		r->stream_full = false;
		if (r->drained != NULL)
			r->drained(r->hold_ctx);
	}
	while (more) {
		more = false;
		if (r->state == CONN_FLUSH && conn_all_sent(r))
			conn_next(r);
		if ((r->state == CONN_HEAD || r->state == CONN_BODY) && conn_all_sent(r))
			more = request_step(r);
	}
	if (r->eof && (r->state == CONN_HEAD || r->state == CONN_BODY) && conn_all_sent(r))
		conn_kill(r);
}

static void
conn_read(struct http *r)
{
	for (unsigned turn = 0; turn < READ_TURNS; turn++) {
		bool more = conn_receive(r);

		if (more || r->unsecured)
			conn_go(r);
		if (!more)
			break;
		if (r->state != CONN_HEAD && r->state != CONN_BODY && r->state != CONN_LINGER)
			break;
		if (r->broken || r->in.n >= READ_AHEAD)
			break;
	}
	if (r->eof && r->state != CONN_DEAD)
		conn_eof(r);
}

void
conn_answered(struct http *r)
{
	r->held = false;
	r->gone = NULL;
	request_fini(r);
	if (r->state == CONN_DEAD)
		return;
	r->state = CONN_FLUSH;
	r->since = clock_mono();
	conn_flush(r);
	if (r->depth == 1) /* else a caller further up goes on */
		conn_go(r);
	conn_wait(r);
}

static void
conn_ready(void *ctx, bool readable, bool writable)
{
	struct http *r = ctx;

	conn_enter(r);
	if (writable || r->write_reads)
		conn_flush(r);
	conn_go(r);
	if ((readable || r->read_writes) && r->want_read && r->state != CONN_DEAD && !r->broken)
		conn_read(r);
	conn_wait(r);
	conn_leave(r);
}

/* The timer: a state lasted too long, or writing failed a moment ago. */
static void
conn_late(void *ctx)
{
	struct http *r = ctx;
	int64_t deadline = r->broken ? 1 : conn_deadline(r);

	conn_enter(r);
	if (deadline != 0 && clock_mono() >= deadline) {
		bool half = (r->state == CONN_HEAD && r->in.n != 0) || r->state == CONN_BODY;

		if (!r->broken && r->state != CONN_LINGER)
			r->server->stats.timeouts++;
		if (half && conn_all_sent(r))
			request_refuse(r, 408, "the request took too long to arrive");
		else
			conn_kill(r);
		conn_go(r);
	} else if (r->want_read && wire_more(r)) {
		conn_read(r);
	}
	conn_wait(r);
	conn_leave(r);
}
