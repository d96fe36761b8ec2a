/* Collects messages into batches and gets them past a sink that is full at times. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/feed.h"

#include <assert.h>
#include <stdio.h>

#include "ev/loop.h"
#include "ingest/ledger.h"

static void
count(struct feed *f, enum ledger_count what, size_t n)
{
	ledger_add(f->env->ledger, f->bs->ledger, what, n);
}

static void
hold(struct feed *f, struct batch *b)
{
	b->next = NULL;
	*f->held_end = b;
	f->held_end = &b->next;
}

static void
on_done(struct batch *b)
{
	struct feed *f = b->ctx;

	f->in_flight--;
	if (b->result == OK) {
		batch_free(b);
	} else { /* the pipeline counted it as refused: it is received once more */
		count(f, LEDGER_RECEIVED, b->n);
		hold(f, b);
		loop_timer_after(f->retry, FEED_RETRY_FAILED);
	}
	if (f->opts.settled != NULL)
		f->opts.settled(f->opts.ctx);
}

static bool
submit(struct feed *f, struct batch *b)
{
	b->done = on_done;
	b->ctx = f;
	if (f->env->sink.submit(f->env->sink.ctx, b) != OK)
		return false;
	f->in_flight++;
	return true;
}

/* Hands over what is held, then what is being filled when it is due. */
static void
on_retry(void *ctx)
{
	struct feed *f = ctx;

	while (f->held != NULL) {
		struct batch *b = f->held, *next = b->next;

		if (!submit(f, b)) {
			loop_timer_after(f->retry, FEED_RETRY);
			return;
		}
		f->held = next;
		if (next == NULL)
			f->held_end = &f->held;
	}
	feed_flush(f);
	if (f->held == NULL && f->opts.ready != NULL)
		f->opts.ready(f->opts.ctx);
}

static void
on_flush(void *ctx)
{
	feed_flush(ctx);
}

void
feed_init(struct feed *f, const struct source_env *env, const struct batch_source *bs,
    const struct feed_opts *opts)
{
	*f = (struct feed){ .env = env, .bs = bs, .opts = *opts };
	f->held_end = &f->held;
	f->flush = loop_timer_new(env->loop, on_flush, f);
	f->retry = loop_timer_new(env->loop, on_retry, f);
}

void
feed_fini(struct feed *f)
{
	assert(f->in_flight == 0);
	if (f->open != NULL)
		hold(f, TAKE(f->open));
	while (f->held != NULL) {
		struct batch *b = f->held;

		f->held = b->next;
		count(f, LEDGER_REFUSED_OVERLOAD, b->n);
		batch_free(b);
	}
	loop_timer_free(f->flush);
	loop_timer_free(f->retry);
}

void
feed_flush(struct feed *f)
{
	struct batch *b = f->open;

	if (b == NULL || f->held != NULL) /* order: what is held goes first */
		return;
	f->open = NULL;
	loop_timer_stop(f->flush);
	if (submit(f, b))
		return;
	hold(f, b);
	loop_timer_after(f->retry, FEED_RETRY);
}

bool
feed_full(const struct feed *f)
{
	if (f->held == NULL)
		return false;
	return f->open == NULL
		   ? f->opts.hold_items == 0
		   : f->open->n >= f->opts.hold_items || f->open->bytes.n >= f->opts.hold_bytes;
}

enum err
feed_add(struct feed *f, struct str message, bool cut)
{
	if (feed_full(f))
		return FAIL_AGAIN;
	if (f->open == NULL) {
		f->open = batch_new(f->bs, clock_wall());
		(void)snprintf(f->open->peer, sizeof(f->open->peer), "%s", f->peer);
		loop_timer_after(f->flush, FEED_WAIT);
	}
	if (batch_add(f->open, message) != OK)
		return FAIL_AGAIN; /* only while one is held: the limits of a feed are lower */
	count(f, LEDGER_RECEIVED, 1);
	if (cut)
		count(f, LEDGER_CUT, 1);
	if (f->open->n >= f->opts.items || f->open->bytes.n >= f->opts.bytes)
		feed_flush(f);
	return OK;
}

bool
feed_peer(struct feed *f, const char *peer)
{
	feed_flush(f);
	if (f->open != NULL)
		return false;
	(void)snprintf(f->peer, sizeof(f->peer), "%s", peer);
	return true;
}

bool
feed_idle(const struct feed *f)
{
	return f->open == NULL && f->held == NULL && f->in_flight == 0;
}
