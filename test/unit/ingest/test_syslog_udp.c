/* Syslog over UDP with real datagrams: one message each, drops counted. */
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
begin(struct server *s)
{
	const struct conf_source settings = { .type = CONF_SOURCE_SYSLOG_UDP,
		.listen = "127.0.0.1:0" };
	struct diag why;

	*s = (struct server){ .info = { .name = "udp" } };
	fake_init(&s->fake);
	s->fake.ctx = s;
	s->fake.enough = enough;
	s->info.ledger = ledger_source(s->fake.env.ledger, "udp");
	CHECK_OK(syslog_udp_source.open(&s->fake.env, &s->info, &settings, &s->state, &why), why);
}

static int
dial(const struct server *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)syslog_udp_port(s->state)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

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

/* With so many messages in all. */
static void
end_with(struct server *s, size_t n)
{
	syslog_udp_source.stop(s->state);
	for (unsigned i = 0; i < 200 && !syslog_udp_source.idle(s->state); i++)
		(void)fake_run(&s->fake, 10);
	CHECK(syslog_udp_source.idle(s->state));
	CHECK_INT(s->fake.got.n, n);
	syslog_udp_source.close(s->state);
	fake_check_ledger(&s->fake);
	fake_fini(&s->fake);
}

TEST(a_message_per_datagram)
{
	struct server s;
	int fd;

	begin(&s);
	fd = dial(&s);
	say(fd, STR("<13>one\n"));
	say(fd, STR("<13>two\nlines"));
	say(fd, STR("\n"));
	say(fd, STR("<12>python\0"));
	wait_for(&s, 3);
	check_message(&s, 0, "<13>one");
	check_message(&s, 1, "<13>two\nlines");
	check_message(&s, 2, "<12>python");
	(void)close(fd);
	end_with(&s, 3);
}

TEST(what_was_sent_before_the_stop_counts)
{
	struct server s;
	int fd;

	begin(&s);
	fd = dial(&s);
	say(fd, STR("<13>last words"));
	(void)close(fd);
	end_with(&s, 1);
}

TEST(what_a_full_sink_cannot_take_is_counted)
{
	const size_t sent = 300, size = 50000;
	char *text = mem_alloc(size);
	struct server s;
	uint64_t received, refused, lost;
	int fd;

	begin(&s);
	s.fake.full = 1000000;
	memset(text, 'x', size);
	fd = dial(&s);
	for (size_t i = 0; i < sent; i++) {
		say(fd, (struct str){ text, size });
		(void)fake_run(&s.fake, 1);
	}
	(void)fake_run(&s.fake, 50);
	received = ledger_get(s.fake.env.ledger, s.info.ledger, LEDGER_RECEIVED);
	refused = ledger_get(s.fake.env.ledger, s.info.ledger, LEDGER_REFUSED_OVERLOAD);
	lost = ledger_get(s.fake.env.ledger, s.info.ledger, LEDGER_LOST_KERNEL);
	CHECK(received + lost <= sent);
	CHECK(refused > 0 && refused < received);
	s.fake.full = 0;
	(void)close(fd);
	free(text);
	end_with(&s, (size_t)(received - refused));
}
