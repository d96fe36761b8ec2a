/*
 * The answer of a query as a Parquet file.  DuckDB writes it to a file that
 * has lost its name already when the jail closes: the one file the process
 * may write, of limited size, gone with the process.  Then it is sent.
 */
#ifndef STORE_EXPORT_H
#define STORE_EXPORT_H

#include "store/duck.h"
#include "store/out.h"

#define EXPORT_MAX ((uint64_t)512 << 20) /* bytes of a file */
#define EXPORT_PATH_SIZE 32

/* A file in `dir`, without a name.  From here on writing too much is an error, no signal. */
enum err export_open(const char *dir, int *ret_fd, struct diag *why) __attribute__((nonnull(1, 2)));
/* The path that opens it again; returns `to`. */
char *export_path(int fd, char to[EXPORT_PATH_SIZE]) __attribute__((nonnull(2)));

/* Runs the query, at most max_rows of it, and sends the file.  `words` gets reasons at full length.
 */
enum err export_run(struct duck *d, struct str sql, uint64_t max_rows, int fd, struct out *out,
    struct buf *words, struct diag *why) __attribute__((nonnull(1, 5, 6)));

#endif
