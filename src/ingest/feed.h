/*
 * From single messages to batches: collects what one sender says, hands it to
 * the sink after a few milliseconds or some hundred messages, keeps what the
 * sink does not take and tries again.  For the sources but files, which count
 * bytes as well.  Loop thread only.
 */
#ifndef INGEST_FEED_H
#define INGEST_FEED_H

#include "base/clock.h"
#include "ingest/source.h"

#define FEED_WAIT (5 * CLOCK_MS)           /* a message waits no longer for others */
#define FEED_RETRY (10 * CLOCK_MS)         /* the sink was full */
#define FEED_RETRY_FAILED (500 * CLOCK_MS) /* the log could not be written */

struct feed_opts {
	size_t items, bytes; /* a batch goes out at this size */
	size_t hold_items,
	    hold_bytes; /* what is collected while one waits for the sink; 0: nothing */
	/* All that waited is taken: go on reading.  May be NULL. */
	void (*ready)(void *ctx);
	/* Something became of a batch: ask feed_idle().  May be NULL. */
	void (*settled)(void *ctx);
	void *ctx;
};

struct feed {
	const struct source_env *env;
	const struct batch_source *bs;
	struct feed_opts opts;
	char peer[46];
	struct batch *open;             /* being filled */
	struct batch *held, **held_end; /* not taken by the sink, oldest first */
	size_t in_flight;
	struct loop_timer *flush, *retry;
};

void feed_init(struct feed *f, const struct source_env *env, const struct batch_source *bs,
    const struct feed_opts *opts) NONNULL;
/* feed_idle() but for what is held or open: that is counted as refused. */
void feed_fini(struct feed *f) NONNULL;

/* Takes a message and counts it as received.  FAIL_AGAIN: not taken, wait for ready(). */
enum err feed_add(struct feed *f, struct str message, bool cut) __attribute__((nonnull(1)));
/* What follows is said by another; false: not now, something is held. */
bool feed_peer(struct feed *f, const char *peer) NONNULL;
/* Hands over what is collected. */
void feed_flush(struct feed *f) NONNULL;
bool feed_full(const struct feed *f) NONNULL; /* feed_add() would say FAIL_AGAIN */
bool feed_idle(const struct feed *f) NONNULL;

#endif
