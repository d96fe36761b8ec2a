/*
 * What a file holds, as it is read: lines come out, and a fingerprint of all
 * that came out is kept.  Pure; knows nothing of files.
 */
#ifndef INGEST_CONTENT_H
#define INGEST_CONTENT_H

#include "base/buf.h"

#define CONTENT_HEAD 4096
#define CONTENT_LAST 1024

/* Fingerprint of the first n bytes of some content. */
struct content_print {
	uint64_t n;
	uint8_t head[16]; /* of the first CONTENT_HEAD bytes, or of all */
	uint8_t last[8];  /* of the last CONTENT_LAST bytes, or of all */
};

/* What content_print is made of. */
struct content_prefix {
	uint64_t n;
	char head[CONTENT_HEAD], last[CONTENT_LAST]; /* `last` is filled from its start */
};
void content_prefix_add(struct content_prefix *p, struct str bytes) __attribute__((nonnull(1)));
void content_prefix_print(const struct content_prefix *p, struct content_print *ret) NONNULL;
bool content_same(const struct content_print *a, const struct content_print *b) NONNULL;
/* How much of head and last are in use. */
static inline size_t
content_head_n(uint64_t n)
{
	return n < CONTENT_HEAD ? (size_t)n : CONTENT_HEAD;
}
static inline size_t
content_last_n(uint64_t n)
{
	return n < CONTENT_LAST ? (size_t)n : CONTENT_LAST;
}

struct content {
	struct content_prefix prefix; /* what came out, up to `folded` */
	struct buf pending;
	size_t folded, at; /* in pending: came out up to `at`; what follows was read only */
	size_t scanned;    /* no LF between `at` and here */
	uint64_t dropped;  /* bytes taken out of the middle of a line that is too long */
};

void content_init(struct content *c) NONNULL;
void content_fini(struct content *c) NONNULL;
/* Empty, as if what `prefix` stands for had come out. */
void content_begin(struct content *c, const struct content_prefix *prefix) NONNULL;

/* Room for n bytes that follow; then content_added().  Ends the life of lines. */
char *content_room(struct content *c, size_t n) NONNULL RETURNS_NONNULL;
void content_added(struct content *c, size_t n) NONNULL;

/*
 * The next line without LF, CRLF and leading NULs; empty ones are passed over.  With `end`, also
 * what stands behind the last LF.  Longer ones than REC_RAW_MAX are cut and *ret_cut set.
 */
bool content_line(struct content *c, bool end, struct str *ret, bool *ret_cut) NONNULL;

/* The next n pending bytes come out without being looked at. */
void content_pass(struct content *c, size_t n) NONNULL;

/* Bytes that came out / that were put in, and the fingerprint of the former. */
static inline uint64_t
content_out(const struct content *c)
{
	return c->prefix.n + (c->at - c->folded);
}
static inline uint64_t
content_in(const struct content *c)
{
	return c->prefix.n + (c->pending.n - c->folded) + c->dropped;
}
static inline struct str
content_pending(const struct content *c) /* read, not come out */
{
	return (struct str){ c->pending.p + c->at, c->pending.n - c->at };
}
void content_print_out(struct content *c, struct content_print *ret) NONNULL;

#endif
