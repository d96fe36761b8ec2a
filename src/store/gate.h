/* What may run: one SELECT, or EXPLAIN of one.  Short forms are made whole first. */
#ifndef STORE_GATE_H
#define STORE_GATE_H

#include "store/duck.h"

/*
 * Prepares the statement.  FAIL_DENIED: not a query; FAIL_SYNTAX: DuckDB does
 * not take it.  `words` gets the reason at full length.
 */
enum err gate_prepare(struct duck *d, struct str sql, duckdb_prepared_statement *ret,
    struct buf *words) __attribute__((nonnull(1, 3, 4)));

/*
 * Instead of preparing it, writes it to `to` between `before` and `after`.  The
 * statement is one by itself, so it cannot close the brackets it is put in.
 * FAIL_DENIED for EXPLAIN too.
 */
enum err gate_put(struct duck *d, struct str sql, const char *before, const char *after,
    struct buf *to, struct buf *words) __attribute__((nonnull(1, 3, 4, 5, 6)));

#endif
