/*
 * A batch: messages of one source on their way to the log, and what became
 * of them.  A source fills it, hands it to `submit` and hears back once
 * through `done`, on the loop thread, after the records are on disk.
 *
 * Back-pressure: submit answers FAIL_AGAIN when the pipeline is full; the
 * batch stays the caller's, who tells the sender to wait (429, not reading).
 */
#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include "base/buf.h"
#include "base/err.h"

#define BATCH_ITEMS_MAX 10000 /* a source cuts larger input into several batches */
#define BATCH_BYTES_MAX ((size_t)16 << 20)
#define BATCH_CURSOR_MAX 320

struct batch_source {    /* lives as long as the program; one per configured input */
	char name[64];   /* "http", "file:/var/log/auth.log", "syslog_tcp:5514" */
	char format[32]; /* "auto" or the name of a format (parse/format.h) */
	bool trust_time; /* false: event time is the receive time */
	unsigned ledger; /* its line in the ledger (ingest/ledger.h) */
};

struct batch_item {
	size_t at, n;      /* its bytes in `bytes` */
	bool parse_failed; /* result: kept as parse.failed */
	char error[96];    /* result: why, when parse_failed; "" else */
};

struct batch {
	const struct batch_source *source;
	char peer[46]; /* address of the sender, "" when there is none */
	/*
	 * "" or where in a file these messages stand: the pipeline writes it into the batch's FIRST
	 * record with cursor_attach() (ingest/cursor.h) and keeps the batch's records together and
	 * in order, so that after a crash the log itself tells how far the file was read.
	 */
	char cursor[BATCH_CURSOR_MAX];
	int64_t received; /* ns UTC */
	struct buf bytes; /* messages, framing removed, one after the other */
	struct batch_item *items;
	size_t n, size;

	/* Result, set before done(): items[i] has number first_seq + i in the log. */
	enum err result; /* OK: all on disk.  Else nothing of it is. */
	uint64_t first_seq;
	void (*done)(struct batch *b); /* loop thread, in log order; frees the batch or keeps it */
	void *ctx;                     /* the source's own */
	struct batch *next;            /* the holder's own */
};

/* Where sources hand batches to; given to each source by app. */
struct batch_sink {
	enum err (*submit)(void *ctx, struct batch *b); /* any thread; OK: done() will be called */
	void *ctx;
};

struct batch *batch_new(const struct batch_source *source, int64_t received) RETURNS_NONNULL;
void batch_free(struct batch *b); /* NULL is fine */

/* Copies one message of at most REC_RAW_MAX bytes (rec/rec.h).  FAIL_LIMIT when the batch is full:
 * submit it and begin another. */
enum err batch_add(struct batch *b, struct str message) __attribute__((nonnull(1)));
static inline struct str
batch_message(const struct batch *b, size_t i)
{
	return (struct str){ b->bytes.p + b->items[i].at, b->items[i].n };
}

#endif
