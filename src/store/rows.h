/*
 * Records of the log held in memory as they stand there, and a DuckDB table
 * function over them: all fields of rec/fields.def under their SQL names,
 * `seq`, and `extra` (unknown fields as JSON text).  A scan decodes row by row
 * and only fills the columns a statement asks for.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "log/reader.h"
#include "rec/rec.h"
#include "store/duck.h"

struct rows;

struct rows *rows_new(size_t max_bytes, uint32_t max_rows) RETURNS_NONNULL;
void rows_free(struct rows *t);          /* NULL is fine */
void rows_reset(struct rows *t) NONNULL; /* empty again; gives large memory back */

/* Copies the entry.  FAIL_LIMIT: full, nothing was added; FAIL_CORRUPT: the payload does not
 * decode. */
enum err rows_add(struct rows *t, const struct reader_entry *entry, struct diag *why)
    __attribute__((nonnull(1, 2)));

uint32_t rows_count(const struct rows *t) NONNULL;
/* Event times of the rows in us, negative ones as 0; 0 and 0 without rows. */
void rows_span(const struct rows *t, int64_t *ret_min, int64_t *ret_max) NONNULL;
/* Orders the rows by event time. */
void rows_sort(struct rows *t) NONNULL;

/* Appends "seq", "timestamp" ...: the columns that hold a value in some row (seq, timestamp
 * always). */
void rows_columns(const struct rows *t, struct buf *to) NONNULL;

/*
 * Registers `name`() over `t`, which stays the caller's and may be refilled
 * between statements, not during one.
 */
enum err rows_register(struct duck *d, const char *name, const struct rows *t, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));

#endif
