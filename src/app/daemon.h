/*
 * The daemon: starts every part in order, runs the loop, and ends them in the
 * opposite order.
 */
#ifndef APP_DAEMON_H
#define APP_DAEMON_H

#include "app/datadir.h"
#include "conf/conf.h"

struct daemon_opts {
	const struct conf *conf;
	const struct datadir *dir;
	const char *listen; /* instead of http.listen; may be NULL */
	bool no_store;      /* without the store process: for measuring */
};

/* Until SIGINT or SIGTERM; then OK.  Main thread. */
enum err daemon_run(const struct daemon_opts *opts, struct diag *why) NONNULL;

#endif
