/*
 * What the page shows live: running figures, demonstration data, and word to
 * the streams when alerts change.  Loop thread, but for live_committed().
 */
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include "app/datadir.h"
#include "app/demo.h"
#include "app/detector.h"

struct journal;
struct live;

/* Before the detector starts, whose options it fills in. */
struct live *live_new(struct loop *loop, const struct datadir *dir,
    struct detector_opts *detector) NONNULL RETURNS_NONNULL;
/* Before the api is made, whose host it fills in; the rest of `host` is there already. */
void live_join(struct live *l, struct api_host *host, struct detector *detector,
    struct journal *journal) NONNULL;
/* From here on streams are told. */
void live_api(struct live *l, struct api *api) NONNULL;
void live_facts(struct live *l, struct api_facts *ret) NONNULL;
void live_free(struct live *l); /* after the last done() and the detector; NULL is fine */

#endif
