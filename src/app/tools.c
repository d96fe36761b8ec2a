/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/backtest.py */
/* One child for each command that runs. */
#include "app/tools.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ev/child.h"

#define RUN_MAX 2
#define ARGS_MAX 16
#define OUTPUT_MAX ((size_t)32 << 20)
#define LONGEST (60 * CLOCK_S)

struct run {
	struct tools *t;
	struct child *child; /* NULL: free */
	struct loop_timer *timer;
	struct buf output;
	api_tool_fn done;
	void *done_ctx;
	bool late;
};

struct tools {
	struct tools_opts o;
	struct run run[RUN_MAX];
};

static void
on_output(void *ctx, struct str bytes)
{
	struct run *r = ctx;

	buf_str(&r->output, bytes);
}

static void
on_exited(void *ctx, int status)
{
	struct run *r = ctx;
	bool good = !r->late && WIFEXITED(status) && !buf_overflow(&r->output);
	struct buf output = r->output;

	loop_timer_stop(r->timer);
	child_free(TAKE(r->child));
	r->output = (struct buf){ 0 };
	r->done(r->done_ctx, good ? WEXITSTATUS(status) : -1, buf_view(&output));
	buf_fini(&output);
}

static void
on_late(void *ctx)
{
	struct run *r = ctx;

	r->late = true;
	child_kill(r->child, SIGKILL);
}

struct tools *
tools_new(const struct tools_opts *opts)
{
	struct tools *t = MEM_NEW(struct tools);

	t->o = *opts;
	for (size_t i = 0; i < RUN_MAX; i++) {
		t->run[i].t = t;
		t->run[i].timer = loop_timer_new(opts->loop, on_late, &t->run[i]);
	}
	return t;
}

void
tools_free(struct tools *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < RUN_MAX; i++) {
		child_free(t->run[i].child);
		loop_timer_free(t->run[i].timer);
		buf_fini(&t->run[i].output);
	}
	free(t);
}

static enum err
start(struct run *r, const char *const *args, struct str input, struct diag *why)
{
	const struct tools_opts *o = &r->t->o;
	const char *argv[ARGS_MAX + 8] = { o->program };
	const struct child_spec spec = { .argv = argv,
		.pipe_stdin = true,
		.pipe_stdout = true,
		.output = on_output,
		.exited = on_exited,
		.ctx = r };
	size_t n = 1;
	enum err e;

	for (size_t i = 0; args[i] != NULL && i < ARGS_MAX; i++)
		argv[n++] = args[i];
	argv[n++] = "--data";
	argv[n++] = o->data;
	if (o->conf_file[0] != '\0') {
		argv[n++] = "--config";
		argv[n++] = o->conf_file;
	}
	e = child_start(o->loop, &spec, &r->child, why);
	if (e == OK && input.n != 0)
		e = child_write(r->child, input);
	if (e == OK)
		child_close_input(r->child);
	return e;
}

enum err
tools_run(void *ctx, const char *const *args, struct str input, api_tool_fn done, void *done_ctx,
    struct diag *why)
{
	struct tools *t = ctx;
	struct run *r = NULL;
	enum err e;

	for (size_t i = 0; i < RUN_MAX && r == NULL; i++)
		if (t->run[i].child == NULL)
			r = &t->run[i];
	if (r == NULL)
		return err_set(why, FAIL_AGAIN, "%d such questions are being answered", RUN_MAX);
	r->done = done;
	r->done_ctx = done_ctx;
	r->late = false;
	buf_init(&r->output, OUTPUT_MAX);
	e = start(r, args, input, why);
	if (e == OK)
		loop_timer_after(r->timer, LONGEST);
	else
		child_free(TAKE(r->child));
	return e;
}
