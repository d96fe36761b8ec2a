/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/respond.py */
/* A socket, written and read when it is ready. */
#include "app/gatelink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"

#define AGAIN (2 * CLOCK_S)
#define ANSWER_MAX ((size_t)1 << 20)

struct gatelink {
	struct gatelink_opts o;
	struct loop_timer *again;
	struct loop_watch *watch;
	int fd; /* -1: nobody listens */
	struct buf out, next, in;
	size_t sent;
	bool busy; /* an answer is owed */
};

static void
hang_up(struct gatelink *g)
{
	loop_watch_free(g->watch);
	g->watch = NULL;
	if (g->fd >= 0)
		(void)close(g->fd);
	g->fd = -1;
	g->busy = false;
	buf_reset(&g->out);
	buf_reset(&g->next);
	buf_reset(&g->in);
	loop_timer_after(g->again, AGAIN);
}

/* The waiting state goes on its way. */
static void
begin(struct gatelink *g)
{
	struct buf was = g->out;

	if (g->busy || g->next.n == 0)
		return;
	g->out = g->next;
	g->next = was;
	buf_reset(&g->next);
	g->sent = 0;
	g->busy = true;
	loop_watch_set(g->watch, true, true);
}

static bool
put(struct gatelink *g)
{
	ssize_t n = 0;

	while (g->sent < g->out.n) {
		n = send(g->fd, g->out.p + g->sent, g->out.n - g->sent, MSG_NOSIGNAL);
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		g->sent += (size_t)n;
	}
	loop_watch_set(g->watch, true, false);
	return true;
}

static void
take(struct gatelink *g, struct str line)
{
	struct wire_answer *a = MEM_NEW(struct wire_answer);
	struct diag why = { 0 };

	g->busy = false;
	if (wire_read_answer(line, a, &why) == OK)
		g->o.answered(g->o.ctx, a);
	else
		log_diag("respond", "the helper says what is no answer", &why);
	free(a);
	begin(g);
}

static bool
get(struct gatelink *g)
{
	char part[4096];
	const ssize_t n = recv(g->fd, part, sizeof(part), 0);
	const char *lf;

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	buf_put(&g->in, part, (size_t)n);
	if (buf_overflow(&g->in))
		return false;
	while (g->in.n != 0 && (lf = memchr(g->in.p, '\n', g->in.n)) != NULL) {
		const size_t len = (size_t)(lf - g->in.p);

		take(g, (struct str){ g->in.p, len });
		buf_shift(&g->in, len + 1);
	}
	return true;
}

static void
on_ready(void *ctx, bool readable, bool writable)
{
	struct gatelink *g = ctx;

	if ((writable && !put(g)) || (readable && !get(g))) {
		log_warn("respond", "the helper is gone: what it blocked ends by itself",
		    LOG_C("socket", g->o.path));
		hang_up(g);
	}
}

static void
dial(void *ctx)
{
	struct gatelink *g = ctx;
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", g->o.path);
	g->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (g->fd < 0 || strlen(g->o.path) >= sizeof(a.sun_path) ||
	    connect(g->fd, (const struct sockaddr *)(const void *)&a, sizeof(a)) != 0) {
		log_warn("respond", "nobody listens: blocks are not carried out in the kernel",
		    LOG_C("socket", g->o.path));
		hang_up(g);
		return;
	}
	g->watch = loop_watch_new(g->o.loop, g->fd, on_ready, g);
	loop_watch_set(g->watch, true, false);
	g->o.up(g->o.ctx);
}

struct gatelink *
gatelink_new(const struct gatelink_opts *o)
{
	struct gatelink *g = MEM_NEW(struct gatelink);

	g->o = *o;
	g->fd = -1;
	buf_init(&g->out, WIRE_LINE_MAX);
	buf_init(&g->next, WIRE_LINE_MAX);
	buf_init(&g->in, ANSWER_MAX);
	g->again = loop_timer_new(o->loop, dial, g);
	loop_timer_after(g->again, 0);
	return g;
}

void
gatelink_free(struct gatelink *g)
{
	if (g == NULL)
		return;
	loop_watch_free(g->watch);
	loop_timer_free(g->again);
	if (g->fd >= 0)
		(void)close(g->fd);
	buf_fini(&g->out);
	buf_fini(&g->next);
	buf_fini(&g->in);
	free(g);
}

void
gatelink_say(struct gatelink *g, const struct wire_state *s)
{
	if (g->fd < 0)
		return;
	buf_reset(&g->next);
	wire_put_state(&g->next, s);
	if (buf_overflow(&g->next)) {
		log_error("respond", "there are too many blocks for one line");
		buf_reset(&g->next);
		return;
	}
	begin(g);
}

bool
gatelink_up(const struct gatelink *g)
{
	return g->fd >= 0;
}
