/*
 * Who a record was about: its user, its address, and the country and network of
 * that, of the newest records from memory, of older ones from the log.  Detector thread.
 */
#ifndef APP_WHOM_H
#define APP_WHOM_H

#include "alert/alerts.h"
#include "base/buf.h"
#include "rec/rec.h"

#define WHOM_RECENT 16384 /* records in memory, 370 bytes each */

struct whom;

struct whom *whom_new(const char *log_dir) RETURNS_NONNULL NONNULL;
void whom_free(struct whom *w); /* NULL is fine */

/* The user of a record, by name, e-mail address or id; "" when it has none. */
struct str whom_user(const struct rec *r) NONNULL;

#define WHOM_NETWORK 50
/*
 * The network of its address: "AS64500", or where nobody knows the autonomous system the /24 or
 * /56; "" when it has none.  Returns `to`.
 */
char *whom_network(const struct rec *r, char to[WHOM_NETWORK]) NONNULL;

#define WHOM_TEXT 1024 /* of a text that an outsider may have made long: its head */
/*
 * The same of the record that made a finding fire, NULL when time alone did, copied into it.
 * False: the arena is full.
 */
bool whom_copy(const struct rec *r, struct arena *a, struct alerts_finding *to)
    __attribute__((nonnull(2, 3)));

/* Each record as it comes; numbers rise. */
void whom_add(struct whom *w, const struct rec *r) NONNULL;
/* So many records may be read from the log from now on: what they cost is bounded. */
void whom_allow(struct whom *w, unsigned n) NONNULL;
/* Adds all that is known of record `seq` to a set of alert/affected.h; an alerts_whom_fn. */
void whom_put(void *w, uint64_t seq, struct buf *set);

#endif
