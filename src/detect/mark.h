/*
 * The watermark: how far time has come, told from the records alone.
 *
 * Each source (the fields `source` and `host`) has its own: its newest event
 * time less the allowed lateness.  A record before it is late.  The watermark
 * of all is the least of those that are active: a source more than the idle
 * timeout behind the newest of all does not hold it up.  It never goes back.
 *
 * At most MARK_SOURCES sources are told apart, since hosts are what senders
 * say; those beyond it share one, until idle ones can be forgotten.
 */
#ifndef DETECT_MARK_H
#define DETECT_MARK_H

#include "base/buf.h"

#define MARK_SOURCES 4096
#define MARK_NONE INT64_MIN /* before the first record */

struct mark;

struct mark *mark_new(int64_t lateness, int64_t idle) RETURNS_NONNULL;
void mark_free(struct mark *m); /* NULL is fine */

/* A record of the source with this hash; false when it is late. */
bool mark_add(struct mark *m, uint64_t source, int64_t t) NONNULL;
/* A source whose time goes back by more than `far` begins anew at t; before mark_add(). */
void mark_again(struct mark *m, uint64_t source, int64_t t, int64_t far) NONNULL;
/* Time has come to t, as no source says: those that are idle by then hold nothing up. */
void mark_tick(struct mark *m, int64_t t) NONNULL;
/* How far time has come for this source: at most mark_now(), less where it is behind the others. */
int64_t mark_own(const struct mark *m, uint64_t source) NONNULL;
int64_t mark_now(const struct mark *m) NONNULL;
size_t mark_len(const struct mark *m) NONNULL;

void mark_save(const struct mark *m, struct buf *to) NONNULL;
bool mark_load(struct mark *m, struct str *from) NONNULL; /* false: corrupt; m is then unusable */

#endif
