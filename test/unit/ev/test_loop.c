/* The event loop: posts from threads, timers, watches, signals. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ev/loop.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "test.h"

#define POSTERS 4
#define POSTS 20000

struct poster {
	struct loop *loop;
	pthread_t thread;
	unsigned next; /* the number that must come next; loop thread */
	unsigned *done;
};

struct posted {
	struct poster *by;
	unsigned n;
};

static struct loop *
new_loop(void)
{
	struct loop *l;
	struct diag why;

	CHECK_OK(loop_new(&l, &why), why);
	return l;
}

static void
on_post(void *ctx)
{
	struct posted *p = ctx;

	CHECK_INT(p->n, p->by->next);
	p->by->next++;
	if (p->by->next == POSTS && ++*p->by->done == POSTERS)
		loop_stop(p->by->loop);
	free(p);
}

static void *
post_many(void *ctx)
{
	struct poster *by = ctx;

	for (unsigned i = 0; i < POSTS; i++) {
		struct posted *p = malloc(sizeof(*p));

		*p = (struct posted){ by, i };
		loop_post(by->loop, on_post, p);
	}
	return NULL;
}

TEST(posts_of_threads_arrive_all_and_in_order)
{
	struct loop *l = new_loop();
	struct poster by[POSTERS];
	unsigned done = 0;
	struct diag why;

	for (size_t i = 0; i < POSTERS; i++) {
		by[i] = (struct poster){ .loop = l, .done = &done };
		CHECK_INT(pthread_create(&by[i].thread, NULL, post_many, &by[i]), 0);
	}
	CHECK_OK(loop_run(l, &why), why);
	for (size_t i = 0; i < POSTERS; i++) {
		CHECK_INT(pthread_join(by[i].thread, NULL), 0);
		CHECK_INT(by[i].next, POSTS);
	}
	loop_free(l);
}

static void
count(void *ctx)
{
	++*(unsigned *)ctx;
}

TEST(stop_before_run_returns_and_free_runs_what_is_left)
{
	struct loop *l = new_loop();
	unsigned n = 0;
	struct diag why;

	loop_post(l, count, &n);
	loop_stop(l);
	CHECK_OK(loop_run(l, &why), why);
	CHECK_INT(n, 1);
	loop_post(l, count, &n);
	loop_free(l);
	CHECK_INT(n, 2);
}

struct ticks {
	struct loop *loop;
	struct loop_timer *timer;
	unsigned n;
};

static void
tick(void *ctx)
{
	struct ticks *t = ctx;

	if (++t->n == 3) {
		loop_timer_stop(t->timer);
		loop_stop(t->loop);
	}
}

static void
stop(void *ctx)
{
	loop_stop(ctx);
}

TEST(timers_run_once_or_again)
{
	struct ticks t = { .loop = new_loop() };
	struct loop_timer *once = loop_timer_new(t.loop, stop, t.loop);
	int64_t start = clock_mono();
	struct diag why;

	loop_timer_after(once, 20 * CLOCK_MS);
	CHECK(loop_timer_pending(once));
	CHECK_OK(loop_run(t.loop, &why), why);
	CHECK(!loop_timer_pending(once));
	CHECK(clock_mono() - start >= 19 * CLOCK_MS);

	start = clock_mono();
	t.timer = loop_timer_new(t.loop, tick, &t);
	loop_timer_every(t.timer, 10 * CLOCK_MS);
	CHECK_OK(loop_run(t.loop, &why), why);
	CHECK_INT(t.n, 3);
	CHECK(clock_mono() - start >= 29 * CLOCK_MS);
	CHECK(!loop_timer_pending(t.timer));
	loop_timer_free(t.timer);
	loop_timer_free(once);
	loop_free(t.loop);
}

struct ends {
	struct loop *loop;
	struct loop_watch *r, *w;
	int fd[2];
	char got[8];
	size_t n;
};

static void
on_writable(void *ctx, bool readable, bool writable)
{
	struct ends *e = ctx;

	CHECK(!readable && writable);
	CHECK_INT(write(e->fd[1], "x", 1), 1);
	loop_watch_set(e->w, false, false);
}

static void
on_readable(void *ctx, bool readable, bool writable)
{
	struct ends *e = ctx;

	CHECK(readable && !writable);
	CHECK_INT(read(e->fd[0], e->got + e->n, 1), 1);
	if (++e->n == 3) {
		loop_watch_free(e->r); /* in its own callback */
		loop_stop(e->loop);
		return;
	}
	loop_watch_set(e->w, false, true);
}

TEST(watches_tell_what_was_asked)
{
	struct ends e = { .loop = new_loop() };
	struct diag why;

	CHECK_INT(pipe2(e.fd, O_CLOEXEC | O_NONBLOCK), 0);
	e.r = loop_watch_new(e.loop, e.fd[0], on_readable, &e);
	e.w = loop_watch_new(e.loop, e.fd[1], on_writable, &e);
	loop_watch_set(e.r, true, false);
	loop_watch_set(e.w, false, true);
	CHECK_OK(loop_run(e.loop, &why), why);
	CHECK_INT(e.n, 3);
	loop_watch_free(e.w);
	loop_free(e.loop);
	(void)close(e.fd[0]);
	(void)close(e.fd[1]);
}

TEST(signals_reach_all_who_asked)
{
	struct loop *l = new_loop();
	unsigned n = 0;
	struct loop_signal *a = loop_signal_new(l, SIGHUP, count, &n),
			   *b = loop_signal_new(l, SIGHUP, stop, l);
	struct diag why;

	CHECK_INT(raise(SIGHUP), 0);
	CHECK_OK(loop_run(l, &why), why);
	loop_signal_free(b);
	CHECK_INT(n, 1);
	loop_signal_free(a);
	loop_free(l);
}

TEST(broken_pipes_are_errors_not_deaths)
{
	struct loop *l = new_loop();
	int fd[2];

	CHECK_INT(pipe2(fd, O_CLOEXEC), 0);
	(void)close(fd[0]);
	CHECK_INT(write(fd[1], "x", 1), -1);
	(void)close(fd[1]);
	loop_free(l);
}
