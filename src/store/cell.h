/* One value of a DuckDB result as JSON or as text. */
#ifndef STORE_CELL_H
#define STORE_CELL_H

#include <duckdb.h>

#include "base/err.h"
#include "base/jsonw.h"

struct cell_type; /* the type of a column, with those inside it */

/* FAIL_LIMIT: nested too deep, or too many members; FAIL_SYNTAX: a type that has no text here. */
enum err cell_type_new(duckdb_logical_type type, struct cell_type **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void cell_type_free(struct cell_type *t); /* NULL is fine */

/* "BIGINT", "VARCHAR[]", "STRUCT(country VARCHAR)" */
void cell_type_name(const struct cell_type *t, struct buf *to) NONNULL;
bool cell_is_text(const struct cell_type *t) NONNULL; /* VARCHAR: bytes chosen by somebody else */

void cell_json(const struct cell_type *t, duckdb_vector v, idx_t row, struct jsonw *to) NONNULL;
/* Appends the value, nested ones as JSON; false and nothing when it is NULL. */
bool cell_text(const struct cell_type *t, duckdb_vector v, idx_t row, struct buf *to) NONNULL;

#endif
