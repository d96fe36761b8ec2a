/*
 * Growable bytes with a hard maximum.  An append past the maximum adds
 * nothing and is remembered: check buf_overflow() once at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/attr.h"
#include "base/str.h"

struct buf {
	char *p;
	size_t n, size, max;
	bool overflow;
};

/* max 0 means 1 GiB.  No allocation happens before the first append. */
void buf_init(struct buf *b, size_t max) NONNULL;
void buf_fini(struct buf *b);          /* NULL and zeroed are fine */
void buf_reset(struct buf *b) NONNULL; /* empty again; memory is kept */

/* Room for n more bytes at the end, or NULL past the maximum; then buf_added(). */
char *buf_room(struct buf *b, size_t n) NONNULL;
static inline void
buf_added(struct buf *b, size_t n)
{
	b->n += n;
}

void buf_put(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_byte(struct buf *b, char c) NONNULL;
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_u64(struct buf *b, uint64_t v) NONNULL; /* decimal */
void buf_i64(struct buf *b, int64_t v) NONNULL;

/* Drops the first n bytes. */
void buf_shift(struct buf *b, size_t n) NONNULL;

static inline struct str
buf_view(const struct buf *b) /* borrowed until the next change */
{
	return (struct str){ b->p, b->n };
}
static inline bool
buf_overflow(const struct buf *b)
{
	return b->overflow;
}

#define auto_buf AUTO(buf_fini)

#endif
