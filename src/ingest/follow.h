/*
 * Reading the files of one source in turns: file.c finds them and calls
 * follow_step() for each; this decides where a file begins, gives its lines
 * to the sink, one batch of a file at a time, and keeps its position.
 */
#ifndef INGEST_FOLLOW_H
#define INGEST_FOLLOW_H

#include "base/clock.h"
#include "ingest/tail.h"

struct follow_tuning {        /* tests turn these */
	int64_t scan_every;   /* the folder is looked through */
	int64_t active_every; /* files are looked at again after something came */
	int64_t idle;         /* after so long a last line without LF is taken, the file closed */
	int64_t unsure;       /* a short new file is taken for a new one after so long */
	size_t batch_bytes, batch_items;
};
extern struct follow_tuning follow_tuning;

struct source_env;

struct follow {
	const struct source_env *env;
	const struct batch_source *bs;
	struct tail *tails;       /* oldest first */
	struct loop_timer *timer; /* set to now when a batch is done */
	bool stopped;
	void (*rescan)(void *ctx); /* look for new files at once */
	void *ctx;
};

enum follow_progress {
	FOLLOW_AT_END,  /* nothing more to read now */
	FOLLOW_MOVING,  /* there is more: go on at once */
	FOLLOW_WAITING, /* for the sink or for the disk */
};

enum follow_progress follow_step(struct follow *f, struct tail *t, int64_t now) NONNULL;
/* Its content belongs to nobody now; copies of it may go on with it. */
void follow_release(struct follow *f, struct tail *t) NONNULL;

#endif
