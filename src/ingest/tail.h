/*
 * One file that is being followed: opening, reading (compressed or not), and
 * finding out whether its content was read before under another name.
 * file.c decides when; this is how.
 */
#ifndef INGEST_TAIL_H
#define INGEST_TAIL_H

#include "base/inflate.h"
#include "ingest/batch.h"
#include "ingest/content.h"
#include "ingest/cursor.h"

enum tail_state {
	TAIL_NEW,     /* not known yet where to begin */
	TAIL_WAITING, /* a copy of what another tail still reads: that one comes first */
	TAIL_SEEK,    /* compressed, on the way to where its content was left */
	TAIL_READ,
	TAIL_DONE /* nothing in it, unless it changes */
};

struct tail {
	struct tail *next;
	struct follow *follow; /* who reads it */
	char *path;
	uint64_t dev, ino;
	uint64_t size; /* by the last scan */
	int fd;        /* -1: closed */
	bool primary;  /* matches the setting; others are looked at for content begun there */
	bool behind;   /* waits until all before it in the list are read to their end */
	bool seen;     /* by the running scan */
	bool to_end;   /* begun at its end when it is new */
	enum tail_state state;
	struct tail *original; /* WAITING: for this one */
	struct cursor_row *row;
	uint32_t skip;       /* messages that are in the log already */
	int64_t born, grown; /* monotonic: found, last found longer */

	struct content content;
	enum inflate_kind kind;
	struct inflate *z;
	struct buf packed; /* read, not yet inflated, from packed_at on */
	size_t packed_at;
	uint64_t raw; /* bytes of the compressed file that were read */

	struct batch *held; /* not taken by the sink, or failed */
	int64_t held_until;
	bool in_flight;
	struct content_print flight_to;
};

/* What a look at its content says. */
enum tail_match {
	TAIL_OTHER,   /* nobody read this before */
	TAIL_SAME,    /* *ret_row's content, or that and more: go on behind it */
	TAIL_COVERED, /* the beginning of *ret_row's content */
	TAIL_UNSURE   /* too short to say */
};

struct tail *tail_new(const char *path, uint64_t dev, uint64_t ino) RETURNS_NONNULL;
void tail_free(struct tail *t) NONNULL; /* its row is not touched */

/* FAIL_NOT_FOUND when another file stands there by now. */
enum err tail_open(struct tail *t, struct diag *why) __attribute__((nonnull(1)));
void tail_close(struct tail *t) NONNULL;
/* Finds out whether it is compressed; before anything is read. */
void tail_look(struct tail *t) NONNULL;
/* From the beginning again, knowing nothing. */
void tail_rewind(struct tail *t) NONNULL;

/*
 * Up to n more bytes of content; *ret_n is 0 at the present end.  FAIL_SYNTAX
 * when a compressed file is broken.
 */
enum err tail_read(struct tail *t, size_t n, size_t *ret_n, struct diag *why)
    __attribute__((nonnull(1, 3)));
/* A compressed file was read to a proper end. */
bool tail_complete(const struct tail *t) NONNULL;

/* Compares a file just opened with what was read of its source, by itself or by another tail. */
enum tail_match tail_match(struct tail *t, struct cursors *c, const char *source,
    struct cursor_row **ret_row) NONNULL;
/* Its first bytes are those of the row's content. */
bool tail_alike(struct tail *t, const struct cursor_row *row) NONNULL;
/* Sets a plain file to where `row` ends; false when its content is another. */
bool tail_resume(struct tail *t, const struct cursor_row *row) NONNULL;
/* Sets a plain file to its present end. */
bool tail_to_end(struct tail *t) NONNULL;
/* The file got shorter, or holds something else where we left it. */
bool tail_truncated(struct tail *t) NONNULL;

#endif
