/* Sending to receivers on loopback that behave in every way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/sender.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "test.h"

/* A receiver for one connection: reads until `until`, says `say`, and so on; then closes. */
struct receiver {
	const char *dialogue[24]; /* "until", "say", ... NULL */
	bool hang;                /* at the end, until the peer goes */
	bool reset;               /* at the end, by RST */
	int fd;
	uint16_t port;
	pthread_t thread;
	struct buf got;
};

static bool
read_until(struct receiver *r, int fd, const char *until, size_t from)
{
	while (str_find(str_from(buf_view(&r->got), from), str_c(until)) < 0) {
		char *room = buf_room(&r->got, 4096);
		const ssize_t n = read(fd, room, 4096);

		if (n <= 0)
			return false;
		buf_added(&r->got, (size_t)n);
	}
	return true;
}

static void *
receive(void *arg)
{
	const struct linger now = { 1, 0 };
	struct receiver *r = arg;
	const int fd = accept(r->fd, NULL, NULL);
	char rest[256];

	for (size_t i = 0; fd >= 0 && r->dialogue[i] != NULL; i += 2) {
		const size_t from = i == 0 ? 0 : r->got.n;

		if (!read_until(r, fd, r->dialogue[i], from))
			break;
		if (r->dialogue[i + 1] == NULL)
			break;
		(void)!write(fd, r->dialogue[i + 1], strlen(r->dialogue[i + 1]));
	}
	while (r->hang && fd >= 0 && read(fd, rest, sizeof(rest)) > 0)
		continue;
	if (r->reset && fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	if (fd >= 0)
		close(fd);
	return NULL;
}

static void
receiver_start(struct receiver *r)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(a);

	r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK_INT(bind(r->fd, (struct sockaddr *)&a, sizeof(a)), 0);
	CHECK_INT(listen(r->fd, 4), 0);
	CHECK_INT(getsockname(r->fd, (struct sockaddr *)&a, &n), 0);
	r->port = ntohs(a.sin_port);
	CHECK_INT(pthread_create(&r->thread, NULL, receive, r), 0);
}

static void
receiver_end(struct receiver *r)
{
	(void)shutdown(r->fd, SHUT_RDWR);
	close(r->fd);
	pthread_join(r->thread, NULL);
}

static struct job_result
send_one(const struct job *j)
{
	struct sender *s = sender_new(NULL, NULL);
	struct job_result r;

	sender_send(s, j, &r);
	sender_free(s);
	return r;
}

static void
prepare(void)
{
	struct diag why = { 0 };

	CHECK_OK(sender_prepare(&why), why);
}

static struct job
hook(const char *url)
{
	return (struct job){ .id = 3,
		.key = STR("0123-hook"),
		.created = STR("2026-11-21T02:03:04Z"),
		.timeout_ms = 2000,
		.channel = { .name = STR("hook"),
		    .type = JOB_WEBHOOK,
		    .url = str_c(url),
		    .allow_private = true,
		    .secret = STR("value:whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") },
		.alert = { .id = STR("0123"), .title = STR("T"), .severity = JOB_LOW } };
}

TEST(webhook_arrives_signed)
{
	struct receiver r = { .dialogue = {
				  "}}", "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n" } };
	struct job_result got;
	char url[64];
	struct job j;

	prepare();
	receiver_start(&r);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/x?y", r.port);
	j = hook(url);
	got = send_one(&j);
	receiver_end(&r);
	CHECK_STR(got.detail, "202");
	CHECK_INT(got.verdict, JOB_OK);
	CHECK_INT(got.id, 3);
	CHECK(str_starts(buf_view(&r.got), STR("POST /x?y HTTP/1.1\r\n")));
	CHECK(str_find(buf_view(&r.got), STR("\r\nwebhook-id: 0123-hook\r\n")) > 0);
	CHECK(str_find(buf_view(&r.got), STR("\r\nwebhook-timestamp: ")) > 0);
	CHECK(str_find(buf_view(&r.got), STR("\r\nwebhook-signature: v1,")) > 0);
	CHECK(str_find(buf_view(&r.got), STR("\r\nContent-Type: application/json\r\n")) > 0);
	CHECK(str_find(buf_view(&r.got), STR("whsec")) < 0);
	buf_fini(&r.got);
}

TEST(webhook_answers_of_all_kinds)
{
	static const struct {
		const char *answer;
		bool hang, reset;
		enum job_verdict want;
		int64_t after_ms;
		const char *detail; /* in it */
	} rows[] = {
		{ "HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\noops", false, false, JOB_RETRY, 0,
		    "500: oops" },
		{ "HTTP/1.1 429 X\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n", false, false,
		    JOB_RETRY, 30000, "429" },
		{ "HTTP/1.1 410 X\r\nContent-Length: 0\r\n\r\n", false, false, JOB_NEVER, 0,
		    "410" },
		{ "HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
		    false, false, JOB_RETRY, 0, "302 (redirects are not followed)" },
		{ NULL, false, true, JOB_RETRY, 0, "reset" },
		{ NULL, false, false, JOB_RETRY, 0, "Empty reply" },
		{ NULL, true, false, JOB_RETRY, 0, "timed out" },
		{ "SSH-2.0-x\r\n", false, false, JOB_RETRY, 0, "HTTP/0.9" },
		{ "HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nhal", true, false, JOB_RETRY, 0,
		    "timed out" },
	};

	prepare();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct receiver r = { .dialogue = { "}}", rows[i].answer },
			.hang = rows[i].hang,
			.reset = rows[i].reset };
		struct job_result got;
		char url[64];
		struct job j;

		receiver_start(&r);
		(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/", r.port);
		j = hook(url);
		j.timeout_ms = 400;
		got = send_one(&j);
		receiver_end(&r);
		buf_fini(&r.got);
		if (got.verdict != rows[i].want || got.after_ms != rows[i].after_ms ||
		    strstr(got.detail, rows[i].detail) == NULL)
			test_fail(TEST_AT(rows), "%s: %d %s", rows[i].detail, (int)got.verdict,
			    got.detail);
		CHECK(got.ms < 3000);
	}
}

TEST(an_answer_without_end_is_cut)
{
	static char flood[200000];
	struct receiver r = { .dialogue = { "}}", flood } };
	struct job_result got;
	char url[64];
	struct job j;

	prepare();
	memset(flood, 'x', sizeof(flood) - 1);
	memcpy(flood, "HTTP/1.1 200 X\r\n\r\n", 18);
	receiver_start(&r);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/", r.port);
	j = hook(url);
	got = send_one(&j);
	receiver_end(&r);
	buf_fini(&r.got);
	CHECK_INT(got.verdict, JOB_OK);
}

TEST(addresses_that_are_refused)
{
	static const struct {
		const char *url, *detail;
		bool allow_private;
	} rows[] = {
		{ "http://127.0.0.1:9/", "127.0.0.1 is a private address", false },
		{ "http://localhost:9/", " is a private address", false },
		{ "http://2130706433:9/", "127.0.0.1 is a private address", false },
		{ "http://0x7f000001:9/", "127.0.0.1 is a private address", false },
		{ "http://0177.0.0.1:9/", "127.0.0.1 is a private address", false },
		{ "http://127.1:9/", "127.0.0.1 is a private address", false },
		{ "http://[::1]:9/", "::1 is a private address", false },
		{ "http://[::ffff:127.0.0.1]:9/", "127.0.0.1 is a private address", false },
		{ "http://[::ffff:7f00:1]:9/", "127.0.0.1 is a private address", false },
		{ "http://169.254.169.254/latest", "never go to", true },
		{ "http://2852039166/latest", "169.254.169.254 is an address that", true },
		{ "http://[::ffff:a9fe:a9fe]/", "169.254.169.254 is an address that", true },
		{ "http://0/", "0.0.0.0 is an address that", true },
		{ "http://0.0.0.0:9/", "0.0.0.0 is an address that", true },
		{ "file:///etc/passwd", "no http or https URL", true },
		{ "gopher://127.0.0.1:9/x", "no http or https URL", true },
		{ "smtp://127.0.0.1:9/", "no http or https URL", true },
		{ "ftp://127.0.0.1/", "no http or https URL", true },
		{ "dict://127.0.0.1:9/", "no http or https URL", true },
		{ "http://", "no http or https URL", true },
		{ "http://a b/", "no http or https URL", true },
		{ "http://127.0.0.1:99999/", "no http or https URL", true },
	};

	prepare();
	CHECK_INT(setenv("http_proxy", "http://127.0.0.1:9", 1), 0); /* is not asked */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct job j = hook(rows[i].url);
		struct job_result got;

		j.channel.allow_private = rows[i].allow_private;
		got = send_one(&j);
		if (got.verdict != JOB_NEVER || strstr(got.detail, rows[i].detail) == NULL)
			test_fail(TEST_AT(rows), "%s: %d %s", rows[i].url, (int)got.verdict,
			    got.detail);
	}
}

TEST(nobody_there_and_no_key)
{
	struct job j = hook("http://127.0.0.1:9/");
	struct job_result got;

	prepare();
	got = send_one(&j);
	CHECK_INT(got.verdict, JOB_RETRY);
	CHECK(strstr(got.detail, "127.0.0.1 port 9") != NULL);
	j.channel.secret = STR("env:NO_SUCH_VARIABLE");
	got = send_one(&j);
	CHECK_INT(got.verdict, JOB_RETRY);
	CHECK_STR(got.detail, "NO_SUCH_VARIABLE is not in the environment");
	j.channel.secret = STR("value:whsec_short");
	got = send_one(&j);
	CHECK_INT(got.verdict, JOB_RETRY);
	CHECK(strstr(got.detail, "signing key") != NULL);
}

static struct job
letter(uint16_t port)
{
	return (struct job){ .id = 4,
		.key = STR("0123-ops"),
		.timeout_ms = 2000,
		.channel = { .name = STR("ops"),
		    .type = JOB_EMAIL,
		    .security = JOB_PLAIN,
		    .host = STR("127.0.0.1"),
		    .port = port,
		    .from = STR("Tocsin <a@example.com>"),
		    .to = { STR("Bob <b@example.com>") },
		    .n_to = 1 },
		.alert = { .id = STR("0123"),
		    .title = STR("T"),
		    .severity = JOB_LOW,
		    .summary = STR(".\r\n.\r\nQUIT\r\n") } };
}

TEST(mail_arrives)
{
	struct receiver r = { .dialogue = { "", "220 hi\r\n", "\r\n", "250 mx\r\n",
				  "MAIL FROM:<a@example.com>\r\n", "250 ok\r\n",
				  "RCPT TO:<b@example.com>\r\n", "250 ok\r\n", "DATA\r\n",
				  "354 go\r\n", "\r\n.\r\n", "250 2.0.0 taken\r\n", "QUIT",
				  "221 bye\r\n" } };
	struct job_result got;
	struct job j;

	prepare();
	receiver_start(&r);
	j = letter(r.port);
	got = send_one(&j);
	receiver_end(&r);
	CHECK_STR(got.detail, "250 2.0.0 taken");
	CHECK_INT(got.verdict, JOB_OK);
	CHECK(str_find(buf_view(&r.got), STR("Subject: [LOW] T\r\n")) > 0);
	buf_fini(&r.got);
}

TEST(a_server_that_hangs_at_quit_has_the_mail_all_the_same)
{
	struct receiver r = { .dialogue = { "", "220 hi\r\n", "\r\n", "250 mx\r\n", "\r\n",
				  "250 ok\r\n", "\r\n", "250 ok\r\n", "DATA\r\n", "354 go\r\n",
				  "\r\n.\r\n", "250 taken\r\n" },
		.hang = true };
	const int64_t start = clock_mono();
	struct job_result got;
	struct job j;

	prepare();
	receiver_start(&r);
	j = letter(r.port);
	got = send_one(&j);
	CHECK(clock_mono() - start < 8 * CLOCK_S);
	receiver_end(&r);
	buf_fini(&r.got);
	CHECK_STR(got.detail, "250 taken");
	CHECK_INT(got.verdict, JOB_OK);
}

TEST(mail_servers_that_refuse)
{
	static const struct {
		const char *dialogue[14];
		bool hang;
		enum job_verdict want;
		const char *detail;
	} rows[] = {
		{ { "", "421 later\r\n" }, false, JOB_RETRY, "421 later" },
		{ { "", "554 never\r\n" }, false, JOB_RETRY, "554 never" },
		{ { "", "220 hi\r\n", "\r\n", "250 mx\r\n", "MAIL", "250 ok\r\n", "RCPT",
		      "550 5.1.1 nobody\r\n" },
		    false, JOB_NEVER, "550 5.1.1 nobody" },
		{ { "", "220 hi\r\n", "\r\n", "250 mx\r\n", "MAIL", "250 ok\r\n", "RCPT",
		      "450 4.7.1 greylisted\r\n" },
		    false, JOB_RETRY, "450 4.7.1 greylisted" },
		{ { "", "220 hi\r\n", "\r\n", "250 mx\r\n", "MAIL", "250 ok\r\n", "RCPT",
		      "250 ok\r\n", "DATA\r\n", "354 go\r\n", "\r\n.\r\n", "554 5.7.1 spam\r\n" },
		    false, JOB_NEVER, "554 5.7.1 spam" },
		/* It may or may not have the mail: once more. */
		{ { "", "220 hi\r\n", "\r\n", "250 mx\r\n", "MAIL", "250 ok\r\n", "RCPT",
		      "250 ok\r\n", "DATA\r\n", "354 go\r\n", "\r\n.\r\n" },
		    false, JOB_RETRY, "" },
		{ { "", "220 hi\r\n" }, true, JOB_RETRY, "timed out" },
		{ { "" }, true, JOB_RETRY, "timed out" },
	};

	prepare();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct receiver r = { .hang = rows[i].hang };
		struct job_result got;
		struct job j;

		memcpy(r.dialogue, rows[i].dialogue, sizeof(rows[i].dialogue));
		receiver_start(&r);
		j = letter(r.port);
		j.timeout_ms = 500;
		got = send_one(&j);
		receiver_end(&r);
		buf_fini(&r.got);
		if (got.verdict != rows[i].want || strstr(got.detail, rows[i].detail) == NULL)
			test_fail(TEST_AT(rows), "%zu: %d %s", i, (int)got.verdict, got.detail);
	}
}

TEST(without_starttls_nothing_is_sent_when_it_is_wanted)
{
	struct receiver r = { .dialogue = {
				  "", "220 hi\r\n", "\r\n", "250-mx\r\n250 AUTH PLAIN\r\n" } };
	struct job_result got;
	struct job j;

	prepare();
	receiver_start(&r);
	j = letter(r.port);
	j.channel.security = JOB_STARTTLS;
	j.channel.user = STR("u");
	j.channel.secret = STR("value:hunter2");
	got = send_one(&j);
	receiver_end(&r);
	CHECK_INT(got.verdict, JOB_RETRY);
	CHECK(str_find(buf_view(&r.got), STR("AUTH")) < 0);
	CHECK(str_find(buf_view(&r.got), STR("MAIL")) < 0);
	buf_fini(&r.got);
}

TEST(settings_that_cannot_be)
{
	struct job_result got;
	struct job j;

	prepare();
	j = letter(25);
	j.channel.host = STR("mx/..@evil");
	got = send_one(&j);
	CHECK_INT(got.verdict, JOB_NEVER);
	j = letter(25);
	j.channel.host = STR("169.254.169.254");
	got = send_one(&j);
	CHECK_INT(got.verdict, JOB_NEVER);
	CHECK(strstr(got.detail, "169.254.169.254") != NULL);
	j = letter(25);
	j.channel.to[0] = STR("x\r\n@y");
	got = send_one(&j);
	CHECK_INT(got.verdict, JOB_NEVER);
}

TEST(cancelled)
{
	struct sender *s = sender_new(NULL, NULL);
	struct job j = hook("http://127.0.0.1:9/");
	struct job_result got;

	prepare();
	sender_cancel(s);
	sender_send(s, &j, &got);
	CHECK_INT(got.verdict, JOB_RETRY);
	CHECK_STR(got.detail, "stopped");
	sender_free(s);
}
