/* The role: lines in, results out; what hangs holds up nobody else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/notify.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "notify/job.h"
#include "notify/sender.h"
#include "test.h"

struct role {
	int in[2], out[2], stop[2];
	pthread_t thread;
	enum err e;
	struct diag why;
	struct buf got;
};

static void *
run(void *arg)
{
	struct role *r = arg;
	const struct notify_opts o = { .in = r->in[0], .out = r->out[1], .stop_fd = r->stop[0] };

	r->e = notify_run(&o, &r->why);
	close(r->out[1]);
	return NULL;
}

static void
begin(struct role *r)
{
	*r = (struct role){ 0 };
	CHECK_INT(pipe(r->in), 0);
	CHECK_INT(pipe(r->out), 0);
	CHECK_INT(pipe(r->stop), 0);
	CHECK_OK(sender_prepare(&r->why), r->why);
	CHECK_INT(pthread_create(&r->thread, NULL, run, r), 0);
}

static void
say(struct role *r, const char *text)
{
	CHECK_INT(write(r->in[1], text, strlen(text)), strlen(text));
}

/* The next result. */
static struct job_result
hear(struct role *r)
{
	struct job_result result = { 0 };
	const char *lf;

	while ((lf = r->got.n != 0 ? memchr(r->got.p, '\n', r->got.n) : NULL) == NULL) {
		char *room = buf_room(&r->got, 4096);
		const ssize_t n = read(r->out[0], room, 4096);

		CHECK(n > 0);
		buf_added(&r->got, (size_t)n);
	}
	CHECK_OK(job_result_parse((struct str){ r->got.p, (size_t)(lf - r->got.p) }, &result,
		     &r->why),
	    r->why);
	buf_shift(&r->got, (size_t)(lf - r->got.p) + 1);
	return result;
}

/* Nothing more comes and it ends. */
static void
end(struct role *r)
{
	char c;

	close(r->in[1]);
	CHECK_INT(r->got.n, 0);
	CHECK_INT(read(r->out[0], &c, 1), 0);
	pthread_join(r->thread, NULL);
	buf_fini(&r->got);
}

static void
job(struct role *r, int id, const char *channel, unsigned port, unsigned timeout_ms)
{
	char line[512];

	(void)snprintf(line, sizeof(line),
	    "{\"id\":%d,\"key\":\"k%d\",\"timeout_ms\":%u,\"channel\":{\"name\":\"%s\",\"type\":"
	    "\"webhook\",\"settings\":{\"url\":\"http://127.0.0.1:%u/"
	    "\",\"allow_private\":true}}}\n",
	    id, id, timeout_ms, channel, port);
	say(r, line);
}

/* A port that accepts and says nothing. */
static int
silent(unsigned *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(a);
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK_INT(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	CHECK_INT(listen(fd, 64), 0);
	CHECK_INT(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

TEST(each_job_has_a_result_and_the_end_of_input_is_the_end)
{
	struct role r;
	unsigned seen = 0;

	begin(&r);
	for (int id = 1; id <= 20; id++)
		job(&r, id, id % 2 == 0 ? "a" : "b", 9, 1000);
	for (int i = 0; i < 20; i++) {
		const struct job_result got = hear(&r);

		CHECK_INT(got.verdict, JOB_RETRY);
		CHECK((seen >> got.id & 1) == 0);
		seen |= 1U << got.id;
	}
	CHECK_INT(seen, 0x1ffffe);
	end(&r);
	CHECK_INT(r.e, OK);
}

TEST(a_receiver_that_hangs_holds_up_its_own_channel_alone)
{
	const int64_t start = clock_mono();
	unsigned port;
	int fd = silent(&port);
	struct role r;

	begin(&r);
	job(&r, 1, "slow", port, 3000);
	job(&r, 2, "slow", port, 100);
	for (int id = 3; id < 30; id++)
		job(&r, id, "quick", 9, 1000);
	for (int id = 3; id < 30; id++)
		CHECK_INT(hear(&r).id, id);
	CHECK(clock_mono() - start < 2 * CLOCK_S);
	CHECK_INT(hear(&r).id, 1);
	CHECK_INT(hear(&r).id, 2);
	end(&r);
	close(fd);
}

TEST(a_test_message_does_not_wait_for_others)
{
	const int64_t start = clock_mono();
	unsigned port;
	int fd = silent(&port);
	struct role r;

	begin(&r);
	job(&r, 1, "slow", port, 3000);
	say(&r, "{\"id\":2,\"key\":\"t\",\"test\":true,\"channel\":{\"name\":\"slow\",\"type\":"
		"\"webhook\",\"settings\":{\"url\":\"http://127.0.0.1:9/"
		"\",\"allow_private\":true}}}\n");
	CHECK_INT(hear(&r).id, 2);
	CHECK(clock_mono() - start < 2 * CLOCK_S);
	CHECK_INT(hear(&r).id, 1);
	end(&r);
	close(fd);
}

TEST(asked_to_stop_it_does_not_wait)
{
	const int64_t start = clock_mono();
	unsigned port;
	int fd = silent(&port), conn;
	struct job_result got;
	struct role r;

	begin(&r);
	job(&r, 1, "slow", port, 60000);
	job(&r, 2, "slow", port, 60000);
	job(&r, 3, "quick", 9, 1000);
	CHECK_INT(hear(&r).id, 3);
	conn = accept(fd, NULL, NULL); /* so 1 is on its way */
	CHECK(conn >= 0);
	CHECK_INT(write(r.stop[1], "x", 1), 1);
	got = hear(&r);
	CHECK_INT(got.id, 1);
	CHECK_INT(got.verdict, JOB_RETRY);
	end(&r);
	CHECK_INT(r.e, OK);
	CHECK(clock_mono() - start < 10 * CLOCK_S);
	close(conn);
	close(fd);
}

TEST(too_many_for_one_channel_are_turned_away)
{
	unsigned port, turned_away = 0;
	int fd = silent(&port);
	struct role r;

	begin(&r);
	for (int id = 1; id <= NOTIFY_WAITING_MAX + 3; id++)
		job(&r, id, "slow", port, 20);
	for (int i = 0; i < NOTIFY_WAITING_MAX + 3; i++)
		turned_away += strstr(hear(&r).detail, "too many") != NULL;
	CHECK(turned_away <= 3);
	end(&r);
	close(fd);
}

TEST(bad_lines)
{
	struct role r;

	begin(&r);
	say(&r, "{\"id\":5}\n\n");
	CHECK_INT(hear(&r).verdict, JOB_NEVER);
	say(&r, "{\"id\":6,\"key\":\"k\",\"channel\":{\"type\":\"webhook\",\"settings\":{\"url\":"
		"\"x\"},"
		"\"name\":\"a-name-that-is-much-longer-than-any-channel-may-have-whoever-made-it-"
		"up\"}}\n");
	CHECK_INT(hear(&r).verdict, JOB_NEVER);
	say(&r, "nonsense\n");
	end(&r);
	CHECK_INT(r.e, FAIL_SYNTAX);
}

TEST(a_line_without_end)
{
	static char text[65536];
	struct role r;

	begin(&r);
	memset(text, ' ', sizeof(text));
	for (int i = 0; i < 6; i++) /* more than a line may have, no more than pipe and role take */
		CHECK_INT(write(r.in[1], text, sizeof(text)), sizeof(text));
	end(&r);
	CHECK_INT(r.e, FAIL_LIMIT);
}
