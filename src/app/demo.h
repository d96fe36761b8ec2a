/*
 * Demonstration data: sent through the pipeline like everything else, piece
 * by piece, under the source REC_SOURCE_DEMO; erased from what people see.
 * Loop thread only.
 */
#ifndef APP_DEMO_H
#define APP_DEMO_H

#include "alert/alerts.h"
#include "api/api.h"
#include "ingest/batch.h"
#include "ingest/ledger.h"
#include "stat/rollup.h"

struct demo;
struct loop;

struct demo_opts { /* borrowed until demo_free() */
	struct loop *loop;
	struct batch_sink sink;
	struct ledger *ledger;
	struct rollup *rollup;
	struct alerts *alerts; /* connection of the loop thread */
	const char *store_dir;
	uint64_t (*log_last)(void *ctx), (*detected)(void *ctx); /* numbers of the log */
	void *ctx;
};

struct demo *demo_new(const struct demo_opts *opts) NONNULL RETURNS_NONNULL;
void demo_free(struct demo *d); /* when no batch is on its way any more; NULL is fine */

enum api_demo demo_state(struct demo *d) NONNULL;

/* For struct api_host; ctx is the struct demo. */
enum err demo_load(void *ctx, struct diag *why) __attribute__((nonnull(1)));
enum err demo_erase(void *ctx, uint64_t *ret_events, uint64_t *ret_alerts, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));

/* Number of the newest demonstration record that is erased; 0: none.  For the start. */
uint64_t demo_erased(const char *store_dir) NONNULL;

#endif
