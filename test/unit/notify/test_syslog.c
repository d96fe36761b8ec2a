/* Records of syslog by UDP, TCP and TLS to receivers on loopback. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/syslog.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "kinds.h"
#include "notify/sender.h"

struct collector {
	int fd;
	uint16_t port;
	bool reset, deaf; /* resets what connects; reads nothing */
	pthread_t thread;
	struct buf got;
};

static void *
collect(void *arg)
{
	const struct linger now = { 1, 0 };
	struct collector *c = arg;
	const int fd = accept(c->fd, NULL, NULL);
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && !c->reset && !c->deaf) {
		n = read(fd, buf_room(&c->got, 4096), 4096);
		if (n > 0)
			buf_added(&c->got, (size_t)n);
	}
	if (c->reset)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	if (c->deaf)
		(void)usleep(400000);
	close(fd);
	return NULL;
}

static void
listen_on(struct collector *c, int type)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(a);

	c->fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	CHECK_INT(bind(c->fd, (struct sockaddr *)&a, sizeof(a)), 0);
	CHECK(type == SOCK_DGRAM || listen(c->fd, 4) == 0);
	CHECK_INT(getsockname(c->fd, (struct sockaddr *)&a, &n), 0);
	c->port = ntohs(a.sin_port);
	if (type == SOCK_STREAM)
		CHECK_INT(pthread_create(&c->thread, NULL, collect, c), 0);
}

/* Sends one by the kind that ships. */
static struct job_result
send_over(const char *over, uint16_t port, bool allow, size_t summary)
{
	static char longest[300000];
	auto_buf struct buf given = { 0 }, settings = { 0 };
	struct arena *a = arena_new(1 << 20);
	const struct kind *k;
	struct job_result r;
	struct diag why = { 0 };
	struct sender *s;
	struct job j;

	CHECK_OK(sender_prepare(&why), why);
	load();
	k = kinds_find(&kinds, STR("cef"));
	buf_printf(&given,
	    "{\"host\":\"127.0.0.1\",\"port\":%u,\"over\":\"%s\",\"allow_private\":%s}", port, over,
	    allow ? "true" : "false");
	j = a_job(k, settings_of(a, k, buf_view(&given), &settings));
	j.channel.allow_private = allow;
	j.timeout_ms = 300;
	memset(longest, 'x', sizeof(longest));
	if (summary != 0)
		j.alert.summary = (struct str){ longest, summary };
	s = sender_new(NULL, &kinds);
	sender_send(s, &j, &r);
	sender_free(s);
	kinds_fini(&kinds);
	arena_free(a);
	return r;
}

static void
is_record(struct str s)
{
	CHECK(str_starts(s,
	    STR("<83>1 2026-11-21T02:03:04.5Z tocsin tocsin - - - CEF:0|Tocsin|Tocsin|")));
	CHECK(str_find(s, STR(" src=192.0.2.1 suser=ann act=BLOCK_IP msg=12 failed")) > 0);
}

TEST(counted_octets_over_tcp)
{
	struct collector c = { 0 };
	struct job_result r;
	struct str rest;
	uint64_t n;

	listen_on(&c, SOCK_STREAM);
	r = send_over("tcp", c.port, true, 0);
	pthread_join(c.thread, NULL);
	CHECK_INT(r.verdict, JOB_OK);
	rest = buf_view(&c.got);
	CHECK(str_u64(str_until(&rest, ' '), &n));
	CHECK_INT(n, rest.n);
	is_record(rest);
	buf_fini(&c.got);
	close(c.fd);
}

TEST(one_datagram_over_udp)
{
	struct collector c = { 0 };
	static char got[65536];
	ssize_t n;

	listen_on(&c, SOCK_DGRAM);
	CHECK_INT(send_over("udp", c.port, true, 0).verdict, JOB_OK);
	n = recv(c.fd, got, sizeof(got), MSG_DONTWAIT);
	CHECK(n > 0);
	is_record((struct str){ got, (size_t)n });
	CHECK(recv(c.fd, got, sizeof(got), MSG_DONTWAIT) < 0);
	/* However long the texts are, it is one datagram. */
	CHECK_INT(send_over("udp", c.port, true, 300000).verdict, JOB_OK);
	CHECK(recv(c.fd, got, sizeof(got), MSG_DONTWAIT) > 1000);
	close(c.fd);
	CHECK_INT(send_over("udp", c.port, true, 0).verdict, JOB_RETRY);
}

TEST(what_did_not_arrive_is_tried_again)
{
	struct collector reset = { .reset = true }, tls = { .deaf = true };
	struct job_result r;

	listen_on(&reset, SOCK_STREAM);
	r = send_over("tcp", reset.port, true, 0);
	pthread_join(reset.thread, NULL);
	/* What the other side's machine took before it was reset cannot be told from what was read.
	 */
	CHECK(r.verdict == JOB_RETRY || r.verdict == JOB_OK);
	close(reset.fd);
	CHECK_INT(send_over("tcp", reset.port, true, 0).verdict, JOB_RETRY);
	listen_on(&tls, SOCK_STREAM);
	r = send_over("tls", tls.port, true, 0); /* no TLS there */
	pthread_join(tls.thread, NULL);
	CHECK_INT(r.verdict, JOB_RETRY);
	CHECK(r.ms < 1500);
	close(tls.fd);
}

TEST(private_addresses_need_leave)
{
	static const char *const over[] = { "udp", "tcp", "tls" };

	for (size_t i = 0; i < ARRAY_LEN(over); i++) {
		const struct job_result r = send_over(over[i], 6514, false, 0);

		CHECK_INT(r.verdict, JOB_NEVER);
		CHECK(strstr(r.detail, "private") != NULL);
	}
}

static ptrdiff_t
put_some(void *ctx, struct str octets)
{
	int *state = ctx;

	return ++*state == 3 ? -1 : octets.n > 4 ? 4 : 0;
}

TEST(what_is_written_in_part_is_not_delivered)
{
	struct call q = { 0 };
	struct job_result r = { 0 };
	int fds[2], state = 0;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	buf_str(&q.body, STR("0123456789"));
	syslog_stream(&q, fds[0], put_some, &state, clock_mono() + CLOCK_S, &r);
	CHECK_INT(r.verdict, JOB_RETRY);
	state = 10;
	syslog_stream(&q, fds[0], put_some, &state, clock_mono() + 20 * CLOCK_MS, &r);
	CHECK_INT(r.verdict, JOB_RETRY);
	buf_fini(&q.body);
	close(fds[0]);
	close(fds[1]);
}
