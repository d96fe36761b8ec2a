/* SPDX-License-Identifier: Apache-2.0 */
/* Records of syslog on their way. */
#include "notify/syslog.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define REFUSAL_MS 20 /* a port where nobody listens says so within */
#define ARRIVAL_MS 5  /* between two looks whether all has arrived */

struct str
syslog_head(size_t n, char to[SYSLOG_HEAD_SIZE])
{
	(void)snprintf(to, SYSLOG_HEAD_SIZE, "%zu ", n);
	return str_c(to);
}

static void
send_datagram(int fd, struct str record, struct job_result *ret)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char none;

	if (send(fd, record.p, record.n, 0) != (ssize_t)record.n) {
		job_result_set(ret, errno == EMSGSIZE ? JOB_NEVER : JOB_RETRY, "%s",
		    strerror(errno));
		return;
	}
	if (poll(&p, 1, REFUSAL_MS) > 0 && recv(fd, &none, 1, MSG_DONTWAIT) < 0 &&
	    errno == ECONNREFUSED)
		job_result_set(ret, JOB_RETRY, "nobody listens there");
	else
		job_result_set(ret, JOB_OK, "sent by UDP, which says nothing");
}

bool
syslog_udp(const struct call *q, struct guard *g, struct job_result *ret)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *list = NULL;
	char port[8];
	int fd = -1, failed;

	(void)snprintf(port, sizeof(port), "%u", q->port);
	failed = getaddrinfo(q->host.p, port, &hints, &list);
	if (failed != 0) {
		job_result_set(ret, JOB_RETRY, "%s: %s", q->host.p, gai_strerror(failed));
		return true;
	}
	for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
		if (!guard_admits(g, a->ai_addr, a->ai_addrlen))
			continue;
		fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			continue;
		job_result_set(ret, JOB_RETRY, "%s", strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	if (fd < 0)
		return g->refused[0] == '\0';
	send_datagram(fd, buf_view(&q->body), ret);
	(void)close(fd);
	return true;
}

/* False: it does not work out. */
static bool
put_all(int fd, struct str octets, syslog_put_fn put, void *ctx, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	while (octets.n != 0 && clock_mono() < deadline) {
		const ptrdiff_t n = put(ctx, octets);

		if (n < 0)
			return false;
		octets = str_from(octets, (size_t)n);
		if (n == 0)
			(void)poll(&p, 1, ARRIVAL_MS);
	}
	return octets.n == 0;
}

/* Octets that the other side has not confirmed; -1: the connection is gone. */
static int
on_their_way(int fd)
{
	socklen_t size = sizeof(int);
	int n = 0, error = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0 ||
	    ioctl(fd, SIOCOUTQ, &n) != 0)
		return -1;
	return n;
}

void
syslog_stream(const struct call *q, int fd, syslog_put_fn put, void *ctx, int64_t deadline,
    struct job_result *ret)
{
	char head[SYSLOG_HEAD_SIZE];
	auto_buf struct buf frame = { 0 };
	int left = 1;

	buf_str(&frame, syslog_head(q->body.n, head));
	buf_str(&frame, buf_view(&q->body));
	if (!put_all(fd, buf_view(&frame), put, ctx, deadline)) {
		job_result_set(ret, JOB_RETRY, "the receiver did not take all of it");
		return;
	}
	while ((left = on_their_way(fd)) > 0 && clock_mono() < deadline)
		(void)poll(NULL, 0, ARRIVAL_MS);
	if (left == 0)
		job_result_set(ret, JOB_OK, "%zu octets arrived", frame.n);
	else
		job_result_set(ret, JOB_RETRY,
		    left < 0 ? "the receiver closed the connection" : "no sign that it arrived");
}
