/* Syslog over UDP: a message per datagram. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: syslog_udp_ */
#include "ingest/syslog.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "ingest/feed.h"
#include "ingest/framing.h"
#include "ingest/ledger.h"
#include "ingest/net.h"
#include "ingest/sources.h"

#define DATAGRAMS 64 /* taken by one call */
#define CALLS 8      /* in one turn of the loop */
#define DATAGRAM_MAX 65536
#define HOLD_BYTES ((size_t)1 << 20)

/* A sender whose messages are being collected. */
struct peer {
	struct feed feed;
	uint64_t used; /* when last: the rank among the others */
};

struct udp {
	const struct source_env *env;
	const struct batch_source *bs;
	int fd;
	struct loop_watch *watch;
	struct peer peers[SYSLOG_PEERS];
	uint64_t clock;
	uint32_t dropped; /* what the kernel last said */
	char *room;
	struct mmsghdr msgs[DATAGRAMS];
	struct iovec iov[DATAGRAMS];
	struct sockaddr_storage from[DATAGRAMS];
	char control[DATAGRAMS][CMSG_SPACE(sizeof(uint32_t))] __attribute__((aligned(8)));
};

/* Where messages of this sender are collected; NULL when every place is held up. */
static struct feed *
feed_of(struct udp *u, const char *name)
{
	struct peer *oldest = NULL;

	for (size_t i = 0; i < SYSLOG_PEERS; i++) {
		struct peer *p = &u->peers[i];

		if (strcmp(p->feed.peer, name) == 0) {
			p->used = ++u->clock;
			return &p->feed;
		}
		if (p->feed.held == NULL && (oldest == NULL || p->used < oldest->used))
			oldest = p;
	}
	if (oldest == NULL || !feed_peer(&oldest->feed, name))
		return NULL;
	oldest->used = ++u->clock;
	return &oldest->feed;
}

static void
take(struct udp *u, size_t i)
{
	struct str message =
	    framing_strip((struct str){ u->room + i * DATAGRAM_MAX, u->msgs[i].msg_len });
	struct feed *f;
	char name[46];

	if (message.n == 0)
		return;
	f = feed_of(u, net_peer(&u->from[i], name));
	if (f != NULL && feed_add(f, message, false) == OK)
		return;
	ledger_add(u->env->ledger, u->bs->ledger, LEDGER_RECEIVED, 1);
	ledger_add(u->env->ledger, u->bs->ledger, LEDGER_REFUSED_OVERLOAD, 1);
}

/* The kernel counts what it dropped on this socket, since the start and modulo 2^32. */
static void
count_dropped(struct udp *u, struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		uint32_t now;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
			continue;
		memcpy(&now, CMSG_DATA(c), sizeof(now));
		ledger_add(u->env->ledger, u->bs->ledger, LEDGER_LOST_KERNEL,
		    (uint32_t)(now - u->dropped));
		u->dropped = now;
	}
}

static void
prepare(struct udp *u)
{
	for (size_t i = 0; i < DATAGRAMS; i++) {
		u->iov[i] = (struct iovec){ u->room + i * DATAGRAM_MAX, DATAGRAM_MAX };
		u->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &u->from[i],
			.msg_namelen = sizeof(u->from[i]),
			.msg_iov = &u->iov[i],
			.msg_iovlen = 1,
			.msg_control = u->control[i],
			.msg_controllen = sizeof(u->control[i]),
		};
	}
}

static bool
read_some(struct udp *u)
{
	int n;

	prepare(u);
	n = recvmmsg(u->fd, u->msgs, DATAGRAMS, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++) {
		count_dropped(u, &u->msgs[i].msg_hdr);
		take(u, (size_t)i);
	}
	return n == DATAGRAMS;
}

static void
on_readable(void *ctx, bool readable, bool writable)
{
	struct udp *u = ctx;

	(void)readable;
	(void)writable;
	for (unsigned i = 0; i < CALLS && read_some(u); i++)
		continue;
}

static void
grow_buffer(int fd)
{
	int size = SYSLOG_RCVBUF, on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	(void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
}

static enum err
udp_open(const struct source_env *env, const struct batch_source *bs,
    const struct conf_source *settings, void **ret, struct diag *why)
{
	const struct feed_opts opts = { .items = SYSLOG_BATCH_ITEMS,
		.bytes = SYSLOG_BATCH_BYTES,
		.hold_items = BATCH_ITEMS_MAX,
		.hold_bytes = HOLD_BYTES };
	struct udp *u;
	int fd;
	enum err e = net_listen(settings->listen, SOCK_DGRAM, &fd, why);

	if (e != OK)
		return e;
	grow_buffer(fd);
	u = MEM_NEW(struct udp);
	u->env = env;
	u->bs = bs;
	u->fd = fd;
	u->room = mem_alloc((size_t)DATAGRAMS * DATAGRAM_MAX);
	for (size_t i = 0; i < SYSLOG_PEERS; i++)
		feed_init(&u->peers[i].feed, env, bs, &opts);
	u->watch = loop_watch_new(env->loop, fd, on_readable, u);
	loop_watch_set(u->watch, true, false);
	*ret = u;
	return OK;
}

static void
udp_stop(void *s)
{
	struct udp *u = s;

	on_readable(u, true, false); /* what the kernel holds was sent in time */
	loop_watch_free(TAKE(u->watch));
	for (size_t i = 0; i < SYSLOG_PEERS; i++)
		feed_flush(&u->peers[i].feed);
}

static bool
udp_idle(const void *s)
{
	const struct udp *u = s;

	for (size_t i = 0; i < SYSLOG_PEERS; i++) {
		if (!feed_idle(&u->peers[i].feed))
			return false;
	}
	return true;
}

static void
udp_close(void *s)
{
	struct udp *u = s;

	loop_watch_free(u->watch);
	for (size_t i = 0; i < SYSLOG_PEERS; i++)
		feed_fini(&u->peers[i].feed);
	fs_closep(&u->fd);
	free(u->room);
	free(u);
}

unsigned
syslog_udp_port(const void *s)
{
	return net_port(((const struct udp *)s)->fd);
}

const struct source_ops syslog_udp_source = {
	.name = "syslog_udp",
	.doc =
	    "Syslog over UDP, a message per datagram.  What comes while the log is full is lost, "
	    "and counted.",
	.open = udp_open,
	.stop = udp_stop,
	.idle = udp_idle,
	.close = udp_close,
};
