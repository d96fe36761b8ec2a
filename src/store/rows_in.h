/* What rows.c keeps and rows_scan.c reads; nobody else includes this. */
#ifndef STORE_ROWS_IN_H
#define STORE_ROWS_IN_H

#include "base/vec.h"
#include "store/rows.h"

struct rows_one {
	uint64_t seq;
	int64_t received, time; /* ns; us */
	size_t at;              /* in bytes */
	uint32_t n;
};

struct rows {
	struct buf bytes; /* payloads */
	VEC(struct rows_one) rows;
	uint32_t max_rows;
	uint64_t have[2]; /* fields some row has */
	bool extra;       /* some row has unknown fields */
	struct arena *scratch;
};

static inline int64_t
rows_us(int64_t ns) /* rounded down */
{
	return ns >= 0 ? ns / 1000 : -((999 - ns) / 1000);
}

#endif
