/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* A small pool of query processes. */
#include "app/queries.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ev/child.h"
#include "ev/loop.h"

struct worker {
	struct queries *pool;
	struct child *child; /* NULL: free place */
	bool taken;
	struct api_query_user user;
};

struct queries {
	struct queries_opts o;
	char memory[16], threads[16];
	const char *argv[16];
	struct worker *workers; /* opts.workers, and one more for the warm one */
	unsigned n;
	uint64_t starts;
	struct loop_timer *cool;
};

static void
on_output(void *ctx, struct str bytes)
{
	struct worker *w = ctx;

	if (w->taken)
		w->user.output(w->user.ctx, bytes);
}

static void
on_gone(void *ctx, int status)
{
	struct worker *w = ctx;

	if (w->taken) {
		w->user.exited(w->user.ctx, status);
		return;
	}
	child_free(w->child);
	w->child = NULL;
}

static enum err
start(struct queries *q, struct worker *w, struct diag *why)
{
	struct child_spec spec = { .argv = q->argv,
		.pipe_stdin = true,
		.pipe_stdout = true,
		.output = on_output,
		.exited = on_gone,
		.ctx = w };

	w->pool = q;
	w->taken = false;
	q->starts++;
	return child_start(q->o.loop, &spec, &w->child, why);
}

static struct worker *
find(struct queries *q, bool warm)
{
	for (unsigned i = 0; i < q->n; i++)
		if (warm ? q->workers[i].child != NULL && !q->workers[i].taken
			 : q->workers[i].child == NULL)
			return &q->workers[i];
	return NULL;
}

static void
cool_down(void *ctx)
{
	struct queries *q = ctx;
	struct worker *w = find(q, true);

	if (w == NULL)
		return;
	child_free(w->child);
	w->child = NULL;
}

struct queries *
queries_new(const struct queries_opts *opts)
{
	struct queries *q = MEM_NEW(struct queries);
	size_t n = 0;

	q->o = *opts;
	q->n = opts->workers + 1;
	q->workers = mem_zalloc(q->n * sizeof(*q->workers));
	(void)snprintf(q->memory, sizeof(q->memory), "%u", opts->memory_mb);
	(void)snprintf(q->threads, sizeof(q->threads), "%u", opts->threads);
	q->argv[n++] = opts->program;
	q->argv[n++] = "query";
	q->argv[n++] = "--log";
	q->argv[n++] = opts->log_dir;
	q->argv[n++] = "--dir";
	q->argv[n++] = opts->store_dir;
	q->argv[n++] = "--alerts";
	q->argv[n++] = opts->alerts_path;
	q->argv[n++] = "--memory";
	q->argv[n++] = q->memory;
	q->argv[n++] = "--threads";
	q->argv[n++] = q->threads;
	q->cool = loop_timer_new(opts->loop, cool_down, q);
	return q;
}

void
queries_free(struct queries *q)
{
	if (q == NULL)
		return;
	for (unsigned i = 0; i < q->n; i++)
		child_free(q->workers[i].child);
	loop_timer_free(q->cool);
	free(q->workers);
	free(q);
}

unsigned
queries_running(const struct queries *q)
{
	unsigned n = 0;

	for (unsigned i = 0; i < q->n; i++)
		n += q->workers[i].child != NULL && q->workers[i].taken;
	return n;
}

uint64_t
queries_starts(const struct queries *q)
{
	return q->starts;
}

enum err
queries_take(void *ctx, const struct api_query_user *user, struct child **ret, struct diag *why)
{
	struct queries *q = ctx;
	struct worker *w;
	enum err e;

	if (queries_running(q) >= q->o.workers)
		return err_set(why, FAIL_AGAIN, "all %u query workers are busy", q->o.workers);
	w = find(q, true);
	if (w == NULL) {
		w = find(q, false);
		e = start(q, w, why);
		if (e != OK)
			return e;
	}
	w->taken = true;
	w->user = *user;
	*ret = w->child;
	loop_timer_after(q->cool, q->o.keep_warm);
	return OK;
}

enum err
queries_take_spare(void *ctx, const struct api_query_user *user, struct child **ret,
    struct diag *why)
{
	const struct queries *q = ctx;

	if (q->o.workers > 1 && queries_running(q) + 1 >= q->o.workers)
		return err_set(why, FAIL_AGAIN, "the last query worker is left for people");
	return queries_take(ctx, user, ret, why);
}

void
queries_release(void *ctx, struct child *c)
{
	struct queries *q = ctx;
	struct diag why;

	for (unsigned i = 0; i < q->n; i++) {
		struct worker *w = &q->workers[i];

		if (w->child != c)
			continue;
		child_free(c);
		w->child = NULL;
		w->taken = false;
		/* The next query finds one ready.  A failing start is its matter. */
		if (find(q, true) == NULL && start(q, w, &why) != OK)
			w->child = NULL;
		return;
	}
}
