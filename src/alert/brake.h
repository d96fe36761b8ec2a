/*
 * The storm brake: of one channel at most `limit` messages in a window, which
 * begins with the first; what comes after is held for a summary at the end of
 * it.  CRITICAL is never held, and counts.
 */
#ifndef ALERT_BRAKE_H
#define ALERT_BRAKE_H

#include "alert/alerts.h"

struct brake {
	unsigned limit; /* 0: none */
	int64_t window; /* ns */
};

/*
 * One more message for `channel`, in a transaction of the caller.  *ret_until: 0, it may go; else
 * it is to be held until then.
 */
enum err brake_ask(struct alerts *a, const struct brake *b, struct str channel,
    enum alerts_severity severity, int64_t now, int64_t *ret_until, struct diag *why)
    __attribute__((nonnull(1, 2, 6)));

/* Its table: a part of the schema's step 4. */
#define BRAKE_SCHEMA                                                                               \
	"CREATE TABLE brakes(channel TEXT PRIMARY KEY, begin_ns INTEGER NOT NULL,"                 \
	" n INTEGER NOT NULL) WITHOUT ROWID;"

#endif
