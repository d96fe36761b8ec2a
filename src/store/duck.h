/*
 * DuckDB, thinly: one in-memory instance with one connection.  Used by one
 * thread, but for duck_interrupt().
 */
#ifndef STORE_DUCK_H
#define STORE_DUCK_H

#include <duckdb.h>

#include "base/buf.h"
#include "base/err.h"

struct duck {
	duckdb_database db;
	duckdb_connection conn;
};

/* Nothing is installed or loaded from outside; time zone UTC.  threads 1 starts no thread. */
enum err duck_open(unsigned memory_mb, unsigned threads, struct duck *ret, struct diag *why);
void duck_close(struct duck *d) NONNULL; /* a zeroed one is fine */

/* Runs statements whose result does not matter. */
enum err duck_run(struct duck *d, const char *sql, struct diag *why) __attribute__((nonnull(1, 2)));
/* First column of the first row, 0 when it is NULL; FAIL_NOT_FOUND without a row. */
enum err duck_i64(struct duck *d, const char *sql, int64_t *ret, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));

void duck_interrupt(struct duck *d) NONNULL; /* any thread */

/* Appends 'text' as an SQL literal, "text" as an SQL name. */
void duck_quote(struct buf *to, struct str text) __attribute__((nonnull(1)));
void duck_name(struct buf *to, struct str name) __attribute__((nonnull(1)));

/* Ends what is in `b` with a NUL and returns it; "" on overflow. */
const char *duck_sql(struct buf *b) NONNULL;

#endif
