/* Keeps a child process running, with a rising wait between the starts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ev/supervise.h"

#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ev/loop.h"

#define BACKOFF_FIRST (100 * CLOCK_MS)
#define BACKOFF_LAST (5 * CLOCK_S)
#define GOOD_RUN (10 * CLOCK_S)
#define GRACE_DEFAULT (5 * CLOCK_S)

struct supervise {
	struct loop *loop;
	struct supervise_spec spec;
	struct child *child;      /* NULL: none runs */
	struct loop_timer *timer; /* the next start, or the end of the grace */
	int64_t started;
	uint64_t starts;
	unsigned failures;          /* in a row */
	void (*stopped)(void *ctx); /* set: stopping */
	void *stopped_ctx;
};

int64_t
supervise_backoff(unsigned n)
{
	int64_t wait = BACKOFF_FIRST;

	for (unsigned i = 0; i < n && wait < BACKOFF_LAST; i++)
		wait *= 2;
	return wait < BACKOFF_LAST ? wait : BACKOFF_LAST;
}

static void
start_later(struct supervise *s)
{
	loop_timer_after(s->timer, supervise_backoff(s->failures));
	s->failures++;
}

static void
on_output(void *ctx, struct str bytes)
{
	struct supervise *s = ctx;

	if (s->spec.child.output != NULL)
		s->spec.child.output(s->spec.child.ctx, bytes);
}

static void
on_written(void *ctx)
{
	struct supervise *s = ctx;

	if (s->spec.child.written != NULL)
		s->spec.child.written(s->spec.child.ctx);
}

static void
on_exited(void *ctx, int status)
{
	struct supervise *s = ctx;

	child_free(TAKE(s->child));
	if (clock_mono() - s->started >= GOOD_RUN)
		s->failures = 0;
	if (s->stopped != NULL) {
		loop_timer_after(s->timer, 0); /* the owner may free us there */
	} else {
		start_later(s);
	}
	if (s->spec.child.exited != NULL)
		s->spec.child.exited(s->spec.child.ctx, status);
	if (s->spec.down != NULL)
		s->spec.down(s->spec.ctx, status, NULL);
}

static void
start(struct supervise *s)
{
	struct child_spec spec = s->spec.child;
	struct diag why;

	spec.ctx = s;
	spec.output = on_output;
	spec.written = on_written;
	spec.exited = on_exited;
	s->started = clock_mono();
	if (child_start(s->loop, &spec, &s->child, &why) != OK) {
		s->child = NULL;
		start_later(s);
		if (s->spec.down != NULL)
			s->spec.down(s->spec.ctx, -1, &why);
		return;
	}
	s->starts++;
	if (s->spec.up != NULL)
		s->spec.up(s->spec.ctx, s->child);
}

static void
on_timer(void *ctx)
{
	struct supervise *s = ctx;

	if (s->stopped == NULL)
		start(s);
	else if (s->child != NULL)
		child_kill(s->child, SIGKILL);
	else
		s->stopped(s->stopped_ctx);
}

struct supervise *
supervise_new(struct loop *l, const struct supervise_spec *spec)
{
	struct supervise *s = MEM_NEW(struct supervise);

	s->loop = l;
	s->spec = *spec;
	s->timer = loop_timer_new(l, on_timer, s);
	loop_timer_after(s->timer, 0);
	return s;
}

void
supervise_free(struct supervise *s)
{
	if (s == NULL)
		return;
	child_free(s->child);
	loop_timer_free(s->timer);
	free(s);
}

void
supervise_stop(struct supervise *s, void (*stopped)(void *ctx), void *ctx)
{
	bool first = s->stopped == NULL;

	s->stopped = stopped;
	s->stopped_ctx = ctx;
	if (!first)
		return;
	if (s->child == NULL) {
		loop_timer_after(s->timer, 0);
		return;
	}
	child_kill(s->child, SIGTERM);
	loop_timer_after(s->timer, s->spec.grace > 0 ? s->spec.grace : GRACE_DEFAULT);
}

struct child *
supervise_child(const struct supervise *s)
{
	return s->child;
}

uint64_t
supervise_starts(const struct supervise *s)
{
	return s->starts;
}
