/* Syslog over TCP with real connections: framing, ends, limits, a full sink. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/clock.h"
#include "fake.h"
#include "ingest/sources.h"
#include "ingest/syslog.h"

struct server {
	struct fake fake;
	struct batch_source info;
	void *state;
	size_t want;
};

static bool
enough(struct fake *fake)
{
	return fake->got.n >= ((struct server *)fake->ctx)->want;
}

static void
begin(struct server *s, int connections)
{
	const struct conf_source settings = { .type = CONF_SOURCE_SYSLOG_TCP,
		.listen = "127.0.0.1:0",
		.max_connections = connections };
	struct diag why;

	*s = (struct server){ .info = { .name = "tcp" } };
	fake_init(&s->fake);
	s->fake.ctx = s;
	s->fake.enough = enough;
	s->info.ledger = ledger_source(s->fake.env.ledger, "tcp");
	CHECK_OK(syslog_tcp_source.open(&s->fake.env, &s->info, &settings, &s->state, &why), why);
}

static int
dial(const struct server *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)syslog_tcp_port(s->state)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(fd >= 0);
	CHECK_INT(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void
say(int fd, struct str text)
{
	CHECK_INT(send(fd, text.p, text.n, MSG_NOSIGNAL), text.n);
}

static void
wait_for(struct server *s, size_t n)
{
	s->want = n;
	if (s->fake.got.n < n)
		CHECK(fake_run(&s->fake, 10000));
	CHECK_INT(s->fake.got.n, n);
}

static void
check_message(struct server *s, size_t i, const char *want)
{
	CHECK_BYTES(s->fake.got.p[i].p, s->fake.got.p[i].n, want, strlen(want));
	CHECK_STR(s->fake.got.p[i].peer, "127.0.0.1");
}

static void
end(struct server *s)
{
	syslog_tcp_source.stop(s->state);
	for (unsigned i = 0; i < 200 && !syslog_tcp_source.idle(s->state); i++)
		(void)fake_run(&s->fake, 10);
	CHECK(syslog_tcp_source.idle(s->state));
	syslog_tcp_source.close(s->state);
	fake_check_ledger(&s->fake);
	fake_fini(&s->fake);
}

TEST(each_framing_in_one_connection)
{
	struct server s;
	int fd;

	begin(&s, 10);
	fd = dial(&s);
	say(fd, STR("<13>one\n8 <13>two\n<13>three\0"));
	wait_for(&s, 3);
	check_message(&s, 0, "<13>one");
	check_message(&s, 1, "<13>two");
	check_message(&s, 2, "<13>three");
	say(fd, STR("<13>half"));
	(void)fake_run(&s.fake, 50);
	CHECK_INT(s.fake.got.n, 3);
	(void)close(fd); /* the end of the stream ends the message */
	wait_for(&s, 4);
	check_message(&s, 3, "<13>half");
	(void)fake_run(&s.fake, 50);
	CHECK_INT(syslog_tcp_connections(s.state), 0);
	end(&s);
}

TEST(a_message_too_long_is_cut)
{
	const size_t n = SYSLOG_FRAME_MAX + 70000;
	char *text = mem_alloc(n);
	struct server s;
	int fd;

	begin(&s, 10);
	memset(text, 'x', n);
	text[n - 1] = '\n';
	fd = dial(&s);
	for (size_t at = 0; at < n;) {
		ssize_t sent = send(fd, text + at, n - at, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0)
			at += (size_t)sent;
		else
			(void)fake_run(&s.fake, 5);
	}
	say(fd, STR("<13>next\n"));
	wait_for(&s, 2);
	CHECK_INT(s.fake.got.p[0].n, SYSLOG_FRAME_MAX);
	check_message(&s, 1, "<13>next");
	CHECK_INT(ledger_get(s.fake.env.ledger, s.info.ledger, LEDGER_CUT), 1);
	(void)close(fd);
	free(text);
	end(&s);
}

TEST(connections_have_a_cap)
{
	struct server s;
	int a, b;
	char byte;

	begin(&s, 1);
	a = dial(&s);
	(void)fake_run(&s.fake, 50);
	b = dial(&s);
	(void)fake_run(&s.fake, 50);
	CHECK_INT(syslog_tcp_connections(s.state), 1);
	CHECK_INT(recv(b, &byte, 1, MSG_DONTWAIT), 0); /* hung up */
	say(a, STR("<13>still here\n"));
	wait_for(&s, 1);
	(void)close(a);
	(void)close(b);
	end(&s);
}

TEST(a_full_sink_loses_nothing)
{
	struct server s;
	int fd;
	size_t i;

	begin(&s, 10);
	s.fake.full = 5;
	fd = dial(&s);
	for (i = 0; i < 2000; i++) {
		char text[40];
		int n = snprintf(text, sizeof(text), "<13>number %zu\n", i);

		say(fd, (struct str){ text, (size_t)n });
	}
	(void)close(fd);
	wait_for(&s, 2000);
	CHECK_INT(s.fake.refused, 5);
	for (i = 0; i < 2000; i++) {
		char text[40];

		(void)snprintf(text, sizeof(text), "<13>number %zu", i);
		check_message(&s, i, text);
	}
	end(&s);
}
