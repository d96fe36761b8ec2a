/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/overview.py */
/* Joins figures, demonstration, streams and detector. */
#include "app/live.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ev/loop.h"
#include "log/journal.h"

struct live {
	struct loop *loop;
	const struct datadir *dir;
	struct rollup *rollup;
	struct demo *demo;
	struct detector *detector;
	struct journal *journal;
	struct api *api;
	atomic_bool told; /* word is on its way to the loop */
};

static void
on_told(void *ctx)
{
	struct live *l = ctx;

	atomic_store(&l->told, false);
	if (l->api != NULL)
		api_alerts_changed(l->api);
}

/* Detector thread: alerts are on disk.  One word at a time is enough. */
static void
on_committed(void *ctx)
{
	struct live *l = ctx;

	if (!atomic_exchange(&l->told, true))
		loop_post(l->loop, on_told, l);
}

struct live *
live_new(struct loop *loop, const struct datadir *dir, struct detector_opts *detector)
{
	struct live *l = MEM_NEW(struct live);

	l->loop = loop;
	l->dir = dir;
	l->rollup = rollup_new();
	detector->rollup = l->rollup;
	detector->rollup_path = dir->rollup;
	detector->demo_erased = demo_erased(dir->store);
	detector->committed = on_committed;
	detector->committed_ctx = l;
	return l;
}

static uint64_t
log_last(void *ctx)
{
	return journal_last(((struct live *)ctx)->journal);
}

static uint64_t
detected(void *ctx)
{
	struct detector_stats s;

	detector_stats(((struct live *)ctx)->detector, &s);
	return s.through;
}

void
live_join(struct live *l, struct api_host *host, struct detector *detector, struct journal *journal)
{
	l->detector = detector;
	l->journal = journal;
	l->demo = demo_new(&(struct demo_opts){ .loop = l->loop,
	    .sink = host->sink,
	    .ledger = host->ledger,
	    .rollup = l->rollup,
	    .alerts = host->alerts,
	    .store_dir = l->dir->store,
	    .log_last = log_last,
	    .detected = detected,
	    .ctx = l });
	host->rollup = l->rollup;
	host->demo_load = demo_load;
	host->demo_erase = demo_erase;
	host->demo_ctx = l->demo;
}

void
live_api(struct live *l, struct api *api)
{
	l->api = api;
}

void
live_facts(struct live *l, struct api_facts *ret)
{
	ret->demo = demo_state(l->demo);
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	demo_free(l->demo);
	rollup_free(l->rollup);
	free(l);
}
