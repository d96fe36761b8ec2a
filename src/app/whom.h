/*
 * Who a record was about: its user and its address, of the newest records from
 * memory, of older ones from the log.  Detector thread.
 */
#ifndef APP_WHOM_H
#define APP_WHOM_H

#include "base/buf.h"
#include "rec/rec.h"

#define WHOM_RECENT 16384 /* records in memory, 150 bytes each */

struct whom;

struct whom *whom_new(const char *log_dir) RETURNS_NONNULL NONNULL;
void whom_free(struct whom *w); /* NULL is fine */

/* The user of a record, by name, e-mail address or id; "" when it has none. */
struct str whom_user(const struct rec *r) NONNULL;

/* Each record as it comes; numbers rise. */
void whom_add(struct whom *w, const struct rec *r) NONNULL;
/* So many records may be read from the log from now on: what they cost is bounded. */
void whom_allow(struct whom *w, unsigned n) NONNULL;
/* Adds user and address of record `seq` to a set of alert/affected.h; an alerts_whom_fn. */
void whom_put(void *w, uint64_t seq, struct buf *set);

#endif
