/*
 * What happened, once more: records of files, or of a data folder (stored
 * events that the log has dropped, then the log), in the order they came.
 */
#ifndef APP_HISTORY_H
#define APP_HISTORY_H

#include "app/datadir.h"
#include "rec/rec.h"

struct history_opts {
	const char *const *paths; /* files, read as `tocsin scan` reads them */
	size_t n;                 /* 0: the data folder */
	const struct datadir *dir;
	int64_t since; /* ns; records received earlier may come before; 0: from the start */
	int64_t now;
};

struct history_stats {
	uint64_t records, parse_failed;
	int64_t first, last; /* event times; 0: no record */
};

/* The record lives until it returns; its seq is the log's, or the line.  Not OK ends it. */
typedef enum err (*history_fn)(void *ctx, struct rec *r, struct diag *why);

enum err history_each(const struct history_opts *opts, history_fn fn, void *ctx,
    struct history_stats *ret, struct diag *why) __attribute__((nonnull(1, 2, 4)));

#endif
