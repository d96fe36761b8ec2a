/*
 * The event loop: one thread runs it, and all of this but loop_post() and
 * loop_stop() belongs to that thread.
 */
#ifndef EV_LOOP_H
#define EV_LOOP_H

#include <stdbool.h>

#include "base/err.h"

struct loop;
struct loop_timer;
struct loop_watch;
struct loop_signal;
struct event_base;

typedef void (*loop_fn)(void *ctx);

/* Makes the process ignore SIGPIPE: writing to who has gone is an error like any other. */
enum err loop_new(struct loop **ret, struct diag *why);
/* Runs what was posted and not run yet, then lets go.  Timers, watches and signals go before it. */
void loop_free(struct loop *l); /* NULL is fine */

/* Until loop_stop(); what was posted before the stop is run. */
enum err loop_run(struct loop *l, struct diag *why);
/* From any thread, also before loop_run(), which then returns at once. */
void loop_stop(struct loop *l) NONNULL;

/*
 * Runs fn(ctx) on the loop thread, soon.  From any thread; nothing is lost,
 * and what one thread posts runs in the order of its posts.  Unbounded: what
 * an outsider causes to be posted is bounded by who posts it.
 */
void loop_post(struct loop *l, loop_fn fn, void *ctx) __attribute__((nonnull(1, 2)));

/* A timer that does not run yet. */
struct loop_timer *loop_timer_new(struct loop *l, loop_fn fn, void *ctx)
    __attribute__((nonnull(1, 2), returns_nonnull));
void loop_timer_after(struct loop_timer *t, int64_t ns) NONNULL; /* once; restarts a running one */
void loop_timer_every(struct loop_timer *t, int64_t ns) NONNULL; /* until stopped */
void loop_timer_stop(struct loop_timer *t) NONNULL;
bool loop_timer_pending(const struct loop_timer *t) NONNULL;
void loop_timer_free(struct loop_timer *t); /* NULL is fine; also from its own callback */

/*
 * Calls fn while fd is readable (writable), as asked for by loop_watch_set();
 * nothing is asked for at first.  The descriptor stays the caller's: free the
 * watch before closing it.
 */
typedef void (*loop_ready_fn)(void *ctx, bool readable, bool writable);
struct loop_watch *loop_watch_new(struct loop *l, int fd, loop_ready_fn fn, void *ctx)
    __attribute__((nonnull(1, 3), returns_nonnull));
void loop_watch_set(struct loop_watch *w, bool read, bool write) NONNULL;
void loop_watch_free(struct loop_watch *w); /* NULL is fine; also from its own callback */

/* Calls fn on the loop thread for a signal; several may ask for the same one. */
struct loop_signal *loop_signal_new(struct loop *l, int signo, loop_fn fn, void *ctx)
    __attribute__((nonnull(1, 3), returns_nonnull));
void loop_signal_free(struct loop_signal *s); /* NULL is fine; also from its own callback */

/* For layer http alone, whose server is libevent's. */
struct event_base *loop_base(struct loop *l) NONNULL;

#endif
