/* What a query worker is asked: one line of JSON (store/query.h). */
#ifndef STORE_ASK_H
#define STORE_ASK_H

#include "store/answer.h"
#include "store/duck.h"

#define ASK_LINE_MAX ((size_t)1 << 20)

struct ask {
	struct buf sql;
	const struct answer_ops *form;
	uint64_t timeout_ms, max_rows;
	int64_t from, to; /* ns; 0: no bound */
};

/*
 * Reads a line from `fd`.  FAIL_NOT_FOUND: the caller went away without one;
 * FAIL_LIMIT: too long.
 */
enum err ask_read(int fd, struct buf *ret_line, struct diag *why) __attribute__((nonnull(2)));

/* FAIL_SYNTAX with words for the caller.  DuckDB reads the JSON. */
enum err ask_parse(struct duck *d, struct str line, struct ask *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));
void ask_fini(struct ask *r); /* NULL and zeroed are fine */

#endif
