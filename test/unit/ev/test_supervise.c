/* Supervision: starts again, waits longer, stops politely, then not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ev/supervise.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "ev/loop.h"
#include "test.h"

struct seen {
	struct loop *loop;
	struct supervise *s;
	unsigned ups, downs, wanted, stops;
	bool stop_at_up;
	int status;
	struct buf out;
	char why[240];
};

static void
on_stopped(void *ctx)
{
	struct seen *v = ctx;

	v->stops++;
	supervise_free(v->s);
	loop_stop(v->loop);
}

static void
on_up(void *ctx, struct child *c)
{
	struct seen *v = ctx;

	CHECK(child_pid(c) > 0);
	v->ups++;
}

static void
on_down(void *ctx, int status, const struct diag *why)
{
	struct seen *v = ctx;

	v->downs++;
	v->status = status;
	if (why != NULL)
		(void)snprintf(v->why, sizeof(v->why), "%s", why->text);
	if (v->downs == v->wanted)
		supervise_stop(v->s, on_stopped, v);
}

static void
on_output(void *ctx, struct str bytes)
{
	struct seen *v = ctx;

	buf_str(&v->out, bytes);
	if (v->stop_at_up && bytes.n > 0)
		supervise_stop(v->s, on_stopped, v);
}

static void
run(struct seen *v, const char *const *argv, int64_t grace)
{
	struct supervise_spec spec = {
		.name = "test",
		.child = { .argv = argv, .pipe_stdout = true, .output = on_output, .ctx = v },
		.grace = grace,
		.up = on_up,
		.down = on_down,
		.ctx = v,
	};
	struct diag why;

	buf_init(&v->out, 0);
	CHECK_OK(loop_new(&v->loop, &why), why);
	v->s = supervise_new(v->loop, &spec);
	CHECK_OK(loop_run(v->loop, &why), why);
	loop_free(v->loop);
}

TEST(the_wait_doubles_up_to_five_seconds)
{
	static const int64_t want_ms[] = { 100, 200, 400, 800, 1600, 3200, 5000, 5000 };

	for (unsigned i = 0; i < ARRAY_LEN(want_ms); i++)
		CHECK_INT(supervise_backoff(i), want_ms[i] * CLOCK_MS);
	CHECK_INT(supervise_backoff(1000000), 5000 * CLOCK_MS);
}

TEST(what_ends_is_started_again_later_each_time)
{
	const char *argv[] = { "/bin/sh", "-c", "echo hello; exit 2", NULL };
	struct seen v = { .wanted = 3 };
	int64_t start = clock_mono();

	run(&v, argv, 0);
	CHECK_INT(v.ups, 3);
	CHECK_INT(v.stops, 1);
	CHECK_INT(WEXITSTATUS(v.status), 2);
	CHECK_SLICE(buf_view(&v.out), "hello\nhello\nhello\n");
	CHECK(clock_mono() - start >= 300 * CLOCK_MS);
	buf_fini(&v.out);
}

TEST(what_does_not_start_is_tried_again)
{
	const char *argv[] = { "/nonexistent/program", NULL };
	struct seen v = { .wanted = 2 };

	run(&v, argv, 0);
	CHECK_INT(v.ups, 0);
	CHECK_INT(v.status, -1);
	CHECK(strstr(v.why, "/nonexistent/program") != NULL);
}

TEST(stop_is_polite_first)
{
	const char *argv[] = { "/bin/sh", "-c",
		"trap 'exit 9' TERM; echo up; while :; do sleep 0.02; done", NULL };
	struct seen v = { .stop_at_up = true };

	run(&v, argv, 0);
	CHECK_INT(v.ups, 1);
	CHECK_INT(v.stops, 1);
	CHECK_INT(WEXITSTATUS(v.status), 9);
	buf_fini(&v.out);
}

TEST(stop_kills_after_the_grace)
{
	const char *argv[] = { "/bin/sh", "-c",
		"trap '' TERM; echo up; while :; do sleep 0.02; done", NULL };
	struct seen v = { .stop_at_up = true };
	int64_t start = clock_mono();

	run(&v, argv, 200 * CLOCK_MS);
	CHECK_INT(WTERMSIG(v.status), SIGKILL);
	CHECK(clock_mono() - start >= 190 * CLOCK_MS);
	CHECK_INT(v.stops, 1);
	buf_fini(&v.out);
}
