/* The store process: `tocsin store` with what the configuration says, started again when it ends.
 */
#ifndef APP_STOREPROC_H
#define APP_STOREPROC_H

#include "app/datadir.h"
#include "conf/conf.h"
#include "ev/loop.h"

struct storeproc;

/* Everything is borrowed until storeproc_free().  program: this very program. */
struct storeproc *storeproc_start(struct loop *l, const char *program, const struct conf *conf,
    const struct datadir *dir) NONNULL RETURNS_NONNULL;
bool storeproc_runs(const struct storeproc *s) NONNULL;
uint64_t storeproc_starts(const struct storeproc *s) NONNULL;
/* Ends it well; then stopped(ctx). */
void storeproc_stop(struct storeproc *s, void (*stopped)(void *ctx), void *ctx)
    __attribute__((nonnull(1, 2)));
void storeproc_free(struct storeproc *s); /* NULL is fine */

#endif
