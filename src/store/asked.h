/* What a query worker is asked: one line of JSON (store/query.h). */
#ifndef STORE_ASKED_H
#define STORE_ASKED_H

#include "store/answer.h"
#include "store/duck.h"

#define ASKED_LINE_MAX ((size_t)1 << 20)

struct asked {
	struct buf sql;
	const struct answer_ops *form;
	uint64_t timeout_ms, max_rows;
	int64_t from, to; /* ns; 0: no bound */
};

/*
 * Reads a line from `fd`.  FAIL_NOT_FOUND: the caller went away without one;
 * FAIL_LIMIT: too long.
 */
enum err asked_read(int fd, struct buf *ret_line, struct diag *why) __attribute__((nonnull(2)));

/* FAIL_SYNTAX with words for the caller.  DuckDB reads the JSON. */
enum err asked_parse(struct duck *d, struct str line, struct asked *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));
void asked_fini(struct asked *r); /* NULL and zeroed are fine */

#endif
