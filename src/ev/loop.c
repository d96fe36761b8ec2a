/* The event loop over libevent, with an eventfd for what other threads post. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ev/loop.h"

#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/vec.h"

struct post {
	loop_fn fn;
	void *ctx;
};

struct post_list {
	VEC(struct post) v;
};

struct loop {
	struct event_base *base;
	struct event *wake;
	int wake_fd;
	pthread_mutex_t lock;
	struct post_list posts; /* under lock */
	struct post_list spare; /* empty, with memory to use again; loop thread */
};

struct loop_timer {
	struct event *ev;
	int64_t every; /* ns; 0: once */
	loop_fn fn;
	void *ctx;
};

struct loop_watch {
	struct loop *loop;
	struct event *ev;
	int fd;
	bool read, write;
	loop_ready_fn fn;
	void *ctx;
};

struct loop_signal {
	struct event *ev;
	loop_fn fn;
	void *ctx;
};

/* libevent says no only when memory or the kernel's watches have run out: see base/mem.h. */
static void
must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "event loop: %s\n", what);
	abort();
}

static struct event *
event_must(struct event_base *base, int fd, short what, event_callback_fn fn, void *ctx)
{
	struct event *ev = event_new(base, fd, what, fn, ctx);

	must(ev != NULL, "out of memory");
	return ev;
}

/* Runs what is posted by now; false when there was nothing. */
static bool
posts_run(struct loop *l)
{
	struct post_list taken;

	pthread_mutex_lock(&l->lock);
	taken = l->posts;
	l->posts = l->spare;
	pthread_mutex_unlock(&l->lock);
	l->spare = (struct post_list){ 0 };

	for (size_t i = 0; i < taken.v.n; i++)
		taken.v.p[i].fn(taken.v.p[i].ctx);

	l->spare = taken;
	l->spare.v.n = 0;
	return taken.v.n > 0;
}

static void
on_wake(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *l = ctx;
	eventfd_t count;

	(void)what;
	(void)eventfd_read(fd, &count); /* before the list is taken: a later post wakes again */
	(void)posts_run(l);
}

enum err
loop_new(struct loop **ret, struct diag *why)
{
	struct loop *l = MEM_NEW(struct loop);

	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->wake_fd < 0) {
		free(l);
		return err_sys(why, "cannot make an eventfd");
	}
	(void)signal(SIGPIPE, SIG_IGN);
	l->base = event_base_new();
	if (l->base == NULL) {
		(void)close(l->wake_fd);
		free(l);
		return err_set(why, FAIL_IO, "cannot start the event loop");
	}
	pthread_mutex_init(&l->lock, NULL);
	l->wake = event_must(l->base, l->wake_fd, EV_READ | EV_PERSIST, on_wake, l);
	must(event_add(l->wake, NULL) == 0, "cannot watch the eventfd");
	*ret = l;
	return OK;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	while (posts_run(l))
		continue;
	event_free(l->wake);
	event_base_free(l->base);
	(void)close(l->wake_fd);
	pthread_mutex_destroy(&l->lock);
	VEC_FINI(&l->posts.v);
	VEC_FINI(&l->spare.v);
	free(l);
}

enum err
loop_run(struct loop *l, struct diag *why)
{
	if (event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0)
		return err_set(why, FAIL_IO, "the event loop failed");
	return OK;
}

static void
stop_now(void *ctx)
{
	struct loop *l = ctx;

	(void)event_base_loopbreak(l->base);
}

void
loop_stop(struct loop *l)
{
	loop_post(l, stop_now, l);
}

void
loop_post(struct loop *l, loop_fn fn, void *ctx)
{
	bool first;

	pthread_mutex_lock(&l->lock);
	first = l->posts.v.n == 0;
	VEC_PUSH(&l->posts.v, ((struct post){ fn, ctx }));
	pthread_mutex_unlock(&l->lock);
	if (first)
		(void)eventfd_write(l->wake_fd, 1); /* fails only when it is awake already */
}

static struct timeval
span(int64_t ns)
{
	int64_t us = ns <= 0 ? 0 : (ns + 999) / 1000;

	return (struct timeval){ us / 1000000, us % 1000000 };
}

static void
on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct loop_timer *t = ctx;

	(void)fd;
	(void)what;
	if (t->every > 0) {
		struct timeval tv = span(t->every);

		must(event_add(t->ev, &tv) == 0, "cannot set a timer");
	}
	t->fn(t->ctx);
}

struct loop_timer *
loop_timer_new(struct loop *l, loop_fn fn, void *ctx)
{
	struct loop_timer *t = MEM_NEW(struct loop_timer);

	t->fn = fn;
	t->ctx = ctx;
	t->ev = event_must(l->base, -1, 0, on_timer, t);
	return t;
}

void
loop_timer_after(struct loop_timer *t, int64_t ns)
{
	struct timeval tv = span(ns);

	t->every = 0;
	must(event_add(t->ev, &tv) == 0, "cannot set a timer");
}

void
loop_timer_every(struct loop_timer *t, int64_t ns)
{
	loop_timer_after(t, ns);
	t->every = ns;
}

void
loop_timer_stop(struct loop_timer *t)
{
	t->every = 0;
	(void)event_del(t->ev);
}

bool
loop_timer_pending(const struct loop_timer *t)
{
	return event_pending(t->ev, EV_TIMEOUT, NULL) != 0;
}

void
loop_timer_free(struct loop_timer *t)
{
	if (t == NULL)
		return;
	event_free(t->ev);
	free(t);
}

static void
on_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct loop_watch *w = ctx;

	(void)fd;
	w->fn(w->ctx, (what & EV_READ) != 0, (what & EV_WRITE) != 0);
}

struct loop_watch *
loop_watch_new(struct loop *l, int fd, loop_ready_fn fn, void *ctx)
{
	struct loop_watch *w = MEM_NEW(struct loop_watch);

	w->loop = l;
	w->fd = fd;
	w->fn = fn;
	w->ctx = ctx;
	return w;
}

void
loop_watch_set(struct loop_watch *w, bool read, bool write)
{
	short what = (short)(EV_PERSIST | (read ? EV_READ : 0) | (write ? EV_WRITE : 0));

	if (read == w->read && write == w->write)
		return;
	w->read = read;
	w->write = write;
	if (w->ev != NULL)
		event_free(w->ev);
	w->ev = NULL;
	if (!read && !write)
		return;
	w->ev = event_must(w->loop->base, w->fd, what, on_ready, w);
	must(event_add(w->ev, NULL) == 0, "cannot watch a descriptor");
}

void
loop_watch_free(struct loop_watch *w)
{
	if (w == NULL)
		return;
	if (w->ev != NULL)
		event_free(w->ev);
	free(w);
}

static void
on_signal(evutil_socket_t signo, short what, void *ctx)
{
	struct loop_signal *s = ctx;

	(void)signo;
	(void)what;
	s->fn(s->ctx);
}

struct loop_signal *
loop_signal_new(struct loop *l, int signo, loop_fn fn, void *ctx)
{
	struct loop_signal *s = MEM_NEW(struct loop_signal);

	s->fn = fn;
	s->ctx = ctx;
	s->ev = event_must(l->base, signo, EV_SIGNAL | EV_PERSIST, on_signal, s);
	must(event_add(s->ev, NULL) == 0, "cannot catch a signal");
	return s;
}

void
loop_signal_free(struct loop_signal *s)
{
	if (s == NULL)
		return;
	event_free(s->ev);
	free(s);
}

struct event_base *
loop_base(struct loop *l)
{
	return l->base;
}
