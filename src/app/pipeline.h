/*
 * The path of a message: batch -> parse, enrich, encode (workers) -> log
 * (writer) -> done() (loop thread).  The only place the layers of the middle
 * row meet.  Batches reach the log in the order they were submitted.
 */
#ifndef APP_PIPELINE_H
#define APP_PIPELINE_H

#include "enrich/enrich.h"
#include "ingest/batch.h"
#include "ingest/cursor.h"
#include "ingest/ledger.h"
#include "log/journal.h"
#include "parse/parser.h"

struct loop;
struct pipeline;

struct pipeline_opts { /* all borrowed until pipeline_stop() */
	struct journal *journal;
	struct ledger *ledger;
	struct enrich *enrich;
	struct loop *loop;
	struct cursors *cursors; /* positions of files, or NULL */
	struct parser_opts parser;
	unsigned workers;
	size_t queue; /* batches waiting for a worker */
	/* How far every follower has read: what retention may let go.  Writer thread. */
	uint64_t (*followed)(void *ctx);
	void *ctx;
};

/* Starts the threads. */
struct pipeline *pipeline_start(const struct pipeline_opts *opts) NONNULL RETURNS_NONNULL;

/* For struct batch_sink; ctx is the pipeline. */
enum err pipeline_submit(void *ctx, struct batch *b) NONNULL;

/* What was submitted is written; the threads end.  The loop still has to run the done() calls. */
void pipeline_stop(struct pipeline *p); /* NULL is fine */
void pipeline_free(struct pipeline *p); /* after that; NULL is fine */

/* Events in flight: submitted, not answered. */
uint64_t pipeline_in_flight(const struct pipeline *p) NONNULL;
size_t pipeline_waiting(const struct pipeline *p) NONNULL; /* batches no worker has taken yet */
bool pipeline_log_ok(const struct pipeline *p) NONNULL;    /* the last append succeeded */

#endif
