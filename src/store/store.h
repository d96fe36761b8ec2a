/*
 * The store: a disposable copy of the log in Parquet files, and SQL over
 * both.  `tocsin store` runs store_run(); `tocsin query` runs query_run()
 * (store/query.h).
 *
 * A folder of files named
 *   FIRST-LAST-TMIN-TMAX-LEVEL.parquet   sequence numbers and event times (us), 20 digits each;
 *                                        LEVEL s (sealed), h (hourly), d (daily)
 * The listing is the catalogue: a file whose numbers lie inside another's is dead.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"

struct store_opts {
	const char *log_dir, *dir; /* where the log is; where Parquet goes */
	unsigned seal_rows;        /* 20000 */
	int64_t seal_after;        /* ns; 5 s */
	int64_t retain_age;        /* ns, by event time; 0: for ever */
	uint64_t retain_size;      /* bytes of all files; 0: no limit */
	unsigned memory_mb;        /* of DuckDB */
	int stop_fd;               /* readable or closed: come to an end */
};

/* Follows, seals, merges, retains until stop_fd; then OK.  Process of its own. */
enum err store_run(const struct store_opts *opts, struct diag *why);

/* Newest sequence number that is sealed without a gap from the oldest; 0 when there is none.
 * Only lists the folder: cheap, any process. */
enum err store_through(const char *dir, uint64_t *ret_seq, struct diag *why);

#endif
