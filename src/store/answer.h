/* Forms of an answer: JSON, CSV, a table for terminals. */
#ifndef STORE_ANSWER_H
#define STORE_ANSWER_H

#include "store/cell.h"
#include "store/out.h"

struct answer_column {
	const char *name;
	struct cell_type *type;
};

struct answer {
	struct out *out;
	const struct answer_column *columns;
	size_t n;
	uint64_t rows;
	struct jsonw json;
	struct buf text; /* a cell; in the table form all of them, NUL after each */
};

/* What the end of an answer says. */
struct answer_end {
	bool truncated;
	uint64_t behind; /* newest records that were left out, the store being so far behind */
	int64_t elapsed_ms;
};

struct answer_ops {
	const char *name;                /* "json" */
	const char *type;                /* content type */
	void (*begin)(struct answer *a); /* NULL: rows are not written one by one */
	void (*row)(struct answer *a, duckdb_data_chunk chunk, idx_t row);
	void (*end)(struct answer *a, const struct answer_end *end);
};

/* NULL when there is no such form. */
const struct answer_ops *answer_find(struct str name);

#endif
