/* Stored events as they came in: raw line, source, format and time, by a query of their own. */
#ifndef APP_PASTROWS_H
#define APP_PASTROWS_H

#include "app/datadir.h"
#include "base/str.h"

struct pastrows_opts {
	const struct datadir *dir;
	int64_t from, to; /* received, ns; from 0: the oldest there is; to: before INT64_MAX */
	uint64_t before;  /* only numbers below */
};

struct pastrows_row {
	uint64_t seq;
	int64_t received;
	struct str source, format, raw;
};

typedef enum err (*pastrows_fn)(void *ctx, const struct pastrows_row *row, struct diag *why);

/* In the order of their numbers, a day at a time. */
enum err pastrows_each(const struct pastrows_opts *opts, pastrows_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 2)));

#endif
