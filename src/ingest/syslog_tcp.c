/* Syslog over TCP: each connection with its framing, its batches and its limits. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: syslog_tcp_ */
#include "ingest/syslog.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "ingest/feed.h"
#include "ingest/framing.h"
#include "ingest/net.h"
#include "ingest/sources.h"

#define READ_SIZE ((size_t)64 << 10)
#define READS_PER_TURN 4
#define ACCEPTS_PER_TURN 64
#define SWEEP (5 * CLOCK_S)

struct conn {
	struct tcp *tcp;
	struct conn *prev, *next;
	int fd; /* -1: over; waits for its batches */
	struct loop_watch *watch;
	struct framing framing;
	struct buf in;
	struct feed feed;
	bool ended;           /* the peer will say nothing more */
	int64_t heard, begun; /* when bytes came last; when an unfinished message began, 0: none */
};

struct tcp {
	const struct source_env *env;
	const struct batch_source *bs;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *sweep;
	struct conn *conns;
	size_t open, open_max; /* connections with a descriptor */
};

static void
hang_up(struct conn *c)
{
	if (c->fd < 0)
		return;
	loop_watch_free(TAKE(c->watch));
	fs_closep(&c->fd);
	c->tcp->open--;
}

static void
conn_free(struct conn *c)
{
	hang_up(c);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		c->tcp->conns = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	feed_fini(&c->feed);
	buf_fini(&c->in);
	free(c);
}

/* Takes messages out of what was read; false when the sink makes us wait. */
static bool
take_messages(struct conn *c)
{
	size_t at = 0, used;
	struct str message;
	bool cut = false, room = true;

	while ((room = !feed_full(&c->feed))) {
		enum framing_result r = framing_next(&c->framing, str_from(buf_view(&c->in), at),
		    c->ended, &used, &message, &cut);

		if (r == FRAMING_MORE)
			break;
		at += used;
		if (r == FRAMING_MESSAGE && feed_add(&c->feed, message, cut) != OK)
			break; /* cannot be: it is not full */
	}
	if (at > 0)
		buf_shift(&c->in, at);
	if (c->in.n == 0)
		c->begun = 0;
	else if (at > 0 || c->begun == 0)
		c->begun = c->heard;
	if (c->in.n == 0 && c->in.size > READ_SIZE) {
		buf_fini(&c->in);
		buf_init(&c->in, SYSLOG_FRAME_MAX + FRAMING_SLACK + READ_SIZE);
	}
	return room;
}

/* One read; false: nothing more now. */
static bool
read_some(struct conn *c)
{
	size_t most = SYSLOG_FRAME_MAX + FRAMING_SLACK + READ_SIZE - c->in.n;
	size_t want = most < READ_SIZE ? most : READ_SIZE;
	char *room = buf_room(&c->in, want);
	ssize_t n;

	if (room == NULL)
		return false;
	n = recv(c->fd, room, want, MSG_DONTWAIT);
	if (n > 0) {
		buf_added(&c->in, (size_t)n);
		c->heard = clock_mono();
		return true;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		c->ended = true;
	return false;
}

/* All that can be done for a connection now; may free it. */
static void
conn_turn(struct conn *c)
{
	bool room = take_messages(c);

	for (unsigned i = 0; i < READS_PER_TURN && room && !c->ended && c->fd >= 0; i++) {
		bool more = read_some(c);

		room = take_messages(c);
		if (!more)
			break;
	}
	if (c->watch != NULL)
		loop_watch_set(c->watch, room && !c->ended, false);
	if (!c->ended || !room)
		return;
	feed_flush(&c->feed);
	hang_up(c);
	if (feed_idle(&c->feed))
		conn_free(c);
}

static void
on_readable(void *ctx, bool readable, bool writable)
{
	(void)readable;
	(void)writable;
	conn_turn(ctx);
}

static void
on_ready(void *ctx)
{
	conn_turn(ctx);
}

static void
on_settled(void *ctx)
{
	struct conn *c = ctx;

	if (c->fd < 0 && feed_idle(&c->feed))
		conn_free(c);
}

static void
conn_new(struct tcp *t, int fd, const struct sockaddr_storage *from)
{
	struct conn *c = MEM_NEW(struct conn);
	const struct feed_opts opts = { .items = SYSLOG_BATCH_ITEMS,
		.bytes = SYSLOG_BATCH_BYTES,
		.ready = on_ready,
		.settled = on_settled,
		.ctx = c };
	int on = 1;

	c->tcp = t;
	c->fd = fd;
	c->framing.max = SYSLOG_FRAME_MAX;
	c->heard = clock_mono();
	buf_init(&c->in, SYSLOG_FRAME_MAX + FRAMING_SLACK + READ_SIZE);
	feed_init(&c->feed, t->env, t->bs, &opts);
	(void)net_peer(from, c->feed.peer);
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	c->next = t->conns;
	if (c->next != NULL)
		c->next->prev = c;
	t->conns = c;
	t->open++;
	c->watch = loop_watch_new(t->env->loop, fd, on_readable, c);
	loop_watch_set(c->watch, true, false);
}

static void
on_connect(void *ctx, bool readable, bool writable)
{
	struct tcp *t = ctx;

	(void)readable;
	(void)writable;
	for (unsigned i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage from;
		socklen_t n = sizeof(from);
		char name[46];
		int fd = accept4(t->fd, (struct sockaddr *)&from, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		if (t->open < t->open_max) {
			conn_new(t, fd, &from);
			continue;
		}
		(void)close(fd);
		log_warn("ingest", "too many syslog connections", LOG_C("source", t->bs->name),
		    LOG_C("peer", net_peer(&from, name)), LOG_INT("max", t->open_max));
	}
}

/* Ends connections that are silent for too long, or stuck inside a message. */
static void
on_sweep(void *ctx)
{
	struct tcp *t = ctx;
	int64_t now = clock_mono();

	for (struct conn *c = t->conns, *next; c != NULL; c = next) {
		bool silent = now - c->heard > SYSLOG_IDLE;
		bool half = c->begun != 0 && now - c->begun > SYSLOG_HALF;

		next = c->next;
		if (c->fd < 0 || c->feed.held != NULL || (!silent && !half))
			continue;
		c->ended = true;
		conn_turn(c);
	}
}

static enum err
tcp_open(const struct source_env *env, const struct batch_source *bs,
    const struct conf_source *settings, void **ret, struct diag *why)
{
	struct tcp *t;
	int fd;
	enum err e = net_listen(settings->listen, SOCK_STREAM, &fd, why);

	if (e != OK)
		return e;
	t = MEM_NEW(struct tcp);
	t->env = env;
	t->bs = bs;
	t->fd = fd;
	t->open_max = (size_t)settings->max_connections;
	t->watch = loop_watch_new(env->loop, fd, on_connect, t);
	loop_watch_set(t->watch, true, false);
	t->sweep = loop_timer_new(env->loop, on_sweep, t);
	loop_timer_every(t->sweep, SWEEP);
	*ret = t;
	return OK;
}

static void
tcp_stop(void *s)
{
	struct tcp *t = s;

	loop_watch_free(TAKE(t->watch));
	loop_timer_stop(t->sweep);
	for (struct conn *c = t->conns, *next; c != NULL; c = next) {
		next = c->next;
		/* A message that has not come whole is the sender's to send again. */
		(void)take_messages(c);
		feed_flush(&c->feed);
		hang_up(c);
		if (feed_idle(&c->feed))
			conn_free(c);
	}
}

static bool
tcp_idle(const void *s)
{
	const struct tcp *t = s;

	for (const struct conn *c = t->conns; c != NULL; c = c->next) {
		if (!feed_idle(&c->feed))
			return false;
	}
	return true;
}

static void
tcp_close(void *s)
{
	struct tcp *t = s;

	while (t->conns != NULL)
		conn_free(t->conns);
	loop_watch_free(t->watch);
	loop_timer_free(t->sweep);
	fs_closep(&t->fd);
	free(t);
}

unsigned
syslog_tcp_port(const void *s)
{
	return net_port(((const struct tcp *)s)->fd);
}

size_t
syslog_tcp_connections(const void *s)
{
	return ((const struct tcp *)s)->open;
}

const struct source_ops syslog_tcp_source = {
	.name = "syslog_tcp",
	.doc = "Syslog over TCP; octet counting, LF and NUL framing are told apart by themselves.",
	.open = tcp_open,
	.stop = tcp_stop,
	.idle = tcp_idle,
	.close = tcp_close,
};
