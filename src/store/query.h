/*
 * One worker answers one request and ends.  It is started early (a warm one
 * costs its caller no wait), reads one line of JSON on stdin,
 *   {"sql":"SELECT
 * ...","format":"json"|"csv"|"parquet"|"table","timeout_ms":N,"max_rows":N,"from":ns,"to":ns} locks
 * itself in (rlimits, Landlock, no network, SELECT only), and answers on stdout: a line "200
 * application/json" or "400 application/problem+json", then the body. Killing it cancels the query.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "base/err.h"

struct query_opts {
	const char *log_dir, *store_dir, *alerts_path;
	unsigned memory_mb; /* of DuckDB; the process's own limit lies above it */
	unsigned threads;
};

/* Exit status of the process. */
int query_run(const struct query_opts *opts, int in_fd, int out_fd);

#endif
