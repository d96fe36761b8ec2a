/* Ends a query that runs too long: first politely, then for good.  One per process. */
#ifndef STORE_WATCHDOG_H
#define STORE_WATCHDOG_H

#include "store/duck.h"
#include "store/out.h"

/* A thread that interrupts at began + timeout_ms, and a second later answers and ends the process.
 */
enum err watchdog_start(struct duck *d, struct out *o, int64_t began, uint64_t timeout_ms,
    struct diag *why) __attribute__((nonnull(1, 2)));

/* The query is through: waits for the thread to end. */
void watchdog_stop(void);

#endif
