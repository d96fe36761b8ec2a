/*
 * How far each file was read, so that every line gets into the log exactly
 * once, over restarts and kill -9.  Loop thread only (learning: before it).
 *
 * The log is the truth, this database a shortcut.  Each batch of a file
 * carries a mark in its first record (extra field CURSOR_PATH): which file,
 * up to where, how many messages.  Positions are saved about once a
 * second together with the sequence number they are true through.  At start,
 * before any source is opened and before anything is appended:
 *
 *   cursor_open(path, loop, &c, why);
 *   if (cursor_through(c) < journal_last(j))
 *           reader_open(dir, cursor_through(c) + 1, ...), for each entry:
 *                   if (cursor_marked(entry.payload)) {
 *                           codec_decode(entry.payload, &rec, NULL);
 *                           cursor_learn(c, entry.seq, &rec);
 *                   }
 *   cursor_learned(c, journal_last(j), why);
 *
 * While running, the pipeline calls cursor_attach() for the first record of a
 * batch whose `cursor` is not "", and, on the loop thread after a batch's
 * done(), cursor_passed() with its last number.
 *
 * A crash may leave the first k records of a batch: its mark is then counted
 * for k messages, which the file source skips.
 *
 * A file is known by the content that was read of it (length, hash of the
 * first 4 KiB and of the last 1 KiB), not by its name, so that a renamed, copied
 * or compressed file goes on where it was.  Marks carry a keyed checksum: what
 * a sender writes into CURSOR_PATH is not believed.
 */
#ifndef INGEST_CURSOR_H
#define INGEST_CURSOR_H

#include "ingest/batch.h"
#include "ingest/content.h"

#define CURSOR_PATH "_cursor"
#define CURSOR_ROWS_MAX 4096 /* per source; the one longest unseen makes room */
#define CURSOR_SAME_MIN 64   /* less content than this says nothing about being the same */

struct cursors;
struct loop;
struct rec;

struct cursor_row { /* owned by the set */
	uint64_t id;
	char source[64];
	uint64_t dev, ino;          /* where the content was read last; 0, 0: nowhere now */
	struct content_print print; /* of what is in the log */
	uint32_t skip;              /* messages after it that are in the log as well */
	bool done;                  /* a compressed file read to its end */
	uint64_t seq;               /* of the batch that led here */
	int64_t seen;               /* ns UTC */
	bool dirty;
	void *owner; /* the file source's own: who reads it now */
};

/* With a loop, changes are saved by themselves after a second. */
enum err cursor_open(const char *path, struct loop *loop, struct cursors **ret, struct diag *why);
void cursor_close(struct cursors *c); /* without saving: see cursor_save().  NULL is fine */

uint64_t cursor_through(const struct cursors *c) NONNULL;
bool cursor_marked(struct str payload);
void cursor_learn(struct cursors *c, uint64_t seq, const struct rec *r) NONNULL;
/* `last`: newest number in the log.  Saves; nothing may be appended before it returned OK. */
enum err cursor_learned(struct cursors *c, uint64_t last, struct diag *why)
    __attribute__((nonnull(1)));

/* Adds the mark to a record, in place of another field when there is no room. */
enum err cursor_attach(struct rec *r, const char *mark) NONNULL;
void cursor_passed(struct cursors *c, uint64_t seq) NONNULL;

/* Now, in one transaction.  At the end, after the last done(). */
enum err cursor_save(struct cursors *c, struct diag *why) __attribute__((nonnull(1)));

/* For the file source. */
struct cursor_row *cursor_new(struct cursors *c, const char *source) NONNULL RETURNS_NONNULL;
/* Walks the rows of a source: start with NULL. */
struct cursor_row *cursor_next(const struct cursors *c, const char *source,
    const struct cursor_row *after) __attribute__((nonnull(1, 2)));
void cursor_touch(struct cursors *c, struct cursor_row *row) NONNULL; /* it changed: save it */
/* The mark of a batch of n messages that leads from the row's position to `to`. */
void cursor_mark(const struct cursors *c, const struct cursor_row *row,
    const struct content_print *to, size_t n, char ret[BATCH_CURSOR_MAX]) NONNULL;
/* That batch is on disk under `seq`. */
void cursor_reached(struct cursors *c, struct cursor_row *row, const struct content_print *to,
    uint64_t seq) NONNULL;

#endif
