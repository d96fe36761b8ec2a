/* Lines from standard input: a pipe, a terminal or a file. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: stdin_ */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ev/loop.h"
#include "ingest/content.h"
#include "ingest/feed.h"
#include "ingest/ledger.h"
#include "ingest/sources.h"

#define READ_SIZE ((size_t)256 << 10)

struct input {
	const struct source_env *env;
	const struct batch_source *bs;
	struct loop_watch *watch; /* NULL: a plain file, which is always readable */
	struct loop_timer *again;
	struct content content;
	struct feed feed;
	bool ended, told;
};

/* False when the sink makes us wait. */
static bool
take_lines(struct input *in)
{
	struct str line;
	bool cut;

	while (!feed_full(&in->feed)) {
		if (!content_line(&in->content, in->ended, &line, &cut))
			return true;
		if (feed_add(&in->feed, line, cut) != OK)
			return false; /* cannot be: it is not full */
	}
	return false;
}

static void
read_some(struct input *in)
{
	char *room = content_room(&in->content, READ_SIZE);
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n;

	/* The descriptor is shared with others: it is not ours to make non-blocking. */
	if (in->watch != NULL && poll(&p, 1, 0) <= 0)
		return;
	n = read(STDIN_FILENO, room, READ_SIZE);
	if (n > 0)
		content_added(&in->content, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		in->ended = true;
}

static void
on_settled(void *ctx)
{
	struct input *in = ctx;

	if (!in->ended || in->told || !feed_idle(&in->feed))
		return;
	in->told = true;
	if (in->env->ended != NULL)
		in->env->ended(in->env->ctx, in->bs);
}

static void
turn(void *ctx)
{
	struct input *in = ctx;
	bool room = take_lines(in);

	if (room && !in->ended) {
		read_some(in);
		room = take_lines(in);
	}
	if (in->watch != NULL)
		loop_watch_set(in->watch, room && !in->ended, false);
	else if (room && !in->ended)
		loop_timer_after(in->again, 0);
	if (room && in->ended) {
		feed_flush(&in->feed);
		on_settled(in);
	}
}

static void
on_readable(void *ctx, bool readable, bool writable)
{
	(void)readable;
	(void)writable;
	turn(ctx);
}

static enum err
input_open(const struct source_env *env, const struct batch_source *bs,
    const struct conf_source *settings, void **ret, struct diag *why)
{
	struct input *in;
	struct stat st;

	(void)settings;
	if (fstat(STDIN_FILENO, &st) != 0)
		return err_sys(why, "standard input is closed");
	in = MEM_NEW(struct input);
	in->env = env;
	in->bs = bs;
	content_init(&in->content);
	feed_init(&in->feed, env, bs,
	    &(struct feed_opts){ .items = BATCH_ITEMS_MAX,
		.bytes = (size_t)1 << 20,
		.ready = turn,
		.settled = on_settled,
		.ctx = in });
	in->again = loop_timer_new(env->loop, turn, in);
	if (!S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode) && !isatty(STDIN_FILENO)) {
		loop_timer_after(in->again, 0);
	} else {
		in->watch = loop_watch_new(env->loop, STDIN_FILENO, on_readable, in);
		loop_watch_set(in->watch, true, false);
	}
	*ret = in;
	return OK;
}

static void
input_stop(void *s)
{
	struct input *in = s;

	loop_watch_free(TAKE(in->watch));
	loop_timer_stop(in->again);
	in->told = true; /* not the end of the input */
	in->ended = true;
	(void)take_lines(in);
	feed_flush(&in->feed);
}

static bool
input_idle(const void *s)
{
	const struct input *in = s;

	return feed_idle(&in->feed);
}

static void
input_close(void *s)
{
	struct input *in = s;
	struct str line;
	bool cut;

	while (content_line(&in->content, true, &line, &cut)) {
		ledger_add(in->env->ledger, in->bs->ledger, LEDGER_RECEIVED, 1);
		ledger_add(in->env->ledger, in->bs->ledger, LEDGER_REFUSED_OVERLOAD, 1);
	}
	loop_watch_free(in->watch);
	loop_timer_free(in->again);
	feed_fini(&in->feed);
	content_fini(&in->content);
	free(in);
}

const struct source_ops stdin_source = {
	.name = "stdin",
	.doc = "Lines from standard input.",
	.open = input_open,
	.stop = input_stop,
	.idle = input_idle,
	.close = input_close,
};
