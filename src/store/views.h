/* The tables users see: views over Parquet files and the unsealed rows. */
#ifndef STORE_VIEWS_H
#define STORE_VIEWS_H

#include "store/catalog.h"
#include "store/duck.h"
#include "store/erased.h"

struct views_opts {
	const struct catalog *files; /* the living ones that from..to allows are read */
	int64_t from, to;            /* event time, ns; 0: no bound */
	const struct erased *erased; /* what is not to be seen */
};

/* Whether the file can hold an event of from..to. */
bool views_wants(const struct catalog_file *f, int64_t from, int64_t to) NONNULL;

/*
 * Creates every view.  The current folder is the store's: files are named
 * without it, so that no query ever shows where it lies.  The table function
 * tail() must be registered, the table alerts be there.
 */
enum err views_create(struct duck *d, const struct views_opts *opts, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
