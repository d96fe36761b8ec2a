/* What time brings to silences (alert/silence.h), in the thread that finds alerts. */
#ifndef APP_HUSH_H
#define APP_HUSH_H

#include "alert/alerts.h"

/* At most once a second, by *at, which is 0 at first.  True: alerts changed. */
bool hush_tick(struct alerts *a, int64_t *at) NONNULL;

#endif
