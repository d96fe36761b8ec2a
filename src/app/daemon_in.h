/* The inside of the daemon, for starting its parts (daemon_start.c) and ending them (daemon.c). */
#ifndef APP_DAEMON_IN_H
#define APP_DAEMON_IN_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/api.h"
#include "app/access.h"
#include "app/carriers.h"
#include "app/bundles.h"
#include "app/chanconf.h"
#include "app/chankind.h"
#include "app/delivery.h"
#include "app/detector.h"
#include "app/front.h"
#include "app/greet.h"
#include "app/hotrules.h"
#include "app/incidents.h"
#include "app/inputs.h"
#include "app/live.h"
#include "app/daemon.h"
#include "app/pager.h"
#include "app/paths.h"
#include "app/pipeline.h"
#include "app/playbooks.h"
#include "app/queries.h"
#include "app/reload.h"
#include "app/responder.h"
#include "app/storeproc.h"
#include "app/ticker.h"
#include "app/tools.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "store/store.h"

struct daemon {
	const struct daemon_opts *o;
	const struct conf *conf;
	int64_t started, stop_since;
	uint64_t log_start;
	struct loop *loop;
	struct loop_signal *sigint, *sigterm, *sighup;
	struct conf *reloaded; /* by the last SIGHUP, or NULL */
	const char *geoip;     /* in shipped_geoip, or NULL */
	struct loop_timer *stopping;
	struct ledger *ledger;
	struct enrich *enrich;
	struct journal *journal;
	struct pipeline *pipeline;
	struct hotrules *rules;
	struct detector *detector;
	struct live *live;
	struct alerts *alerts;
	struct access *access;
	struct front *front;
	struct queries *queries;
	struct api *api;
	struct server *server;
	struct ticker *ticker;
	struct tools *tools;
	struct inputs *inputs;
	struct cursors *cursors;
	struct storeproc *store; /* NULL: without it */
	struct delivery *delivery;
	struct pager *pager;
	struct bundles *bundles;
	struct responder *responder;
	struct carriers *carriers;
	struct incidents_desk *incidents;
	struct playbooks *playbooks;
	struct kinds kinds;    /* of channels */
	struct buf kinds_json; /* what people are told of them */
	char made[80];         /* token of the first start, "" else */
	char self[PATHS_MAX], shipped_geoip[PATHS_MAX];
	pthread_t house;
	bool house_runs;
	atomic_bool house_stop, store_stopped;
	bool delivery_stopped;
	_Atomic uint64_t stored_through;
};

/* Every part in the order they need each other; what was started has to be ended after a failure.
 */
enum err daemon_start(struct daemon *d, struct diag *why) __attribute__((nonnull(1)));

#endif
