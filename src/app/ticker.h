/*
 * Notes in the log that time has passed, while nothing else comes in and a
 * rule waits for something that does not come: detection knows no clock but
 * the log.  The notes (rec_is_tick() in rec/rec.h) are no events: no rule
 * matches one, and neither counts nor searches show them.  Loop thread.
 */
#ifndef APP_TICKER_H
#define APP_TICKER_H

#include "ingest/batch.h"

struct detector;
struct journal;
struct loop;
struct ticker;

struct ticker_opts { /* borrowed until ticker_free() */
	struct loop *loop;
	struct batch_sink sink;
	int64_t every; /* ns */
	bool started;  /* note first that we listen again from now on */
	const struct journal *journal;
	const struct detector *detector; /* tells whether a rule waits */
};

/* What it has to note first is on its way when it returns: open inputs after it. */
struct ticker *ticker_new(const struct ticker_opts *opts) NONNULL RETURNS_NONNULL;
uint64_t ticker_notes(const struct ticker *t); /* that are in the log; NULL: none */
void ticker_stop(struct ticker *t);            /* no more notes; NULL is fine */
void ticker_free(struct ticker *t);            /* once nothing is in flight; NULL is fine */

#endif
