/*
 * Made-up events for measuring: the same ones for the same number, always.
 * One line of JSON each, as collectors send them.
 */
#ifndef BENCH_LANES_H
#define BENCH_LANES_H

#include "base/buf.h"

struct lane {
	const char *name, *doc;
	void (*line)(struct buf *to, uint64_t i); /* without a newline */
};

/* Lane by number; NULL behind the last. */
const struct lane *lane_at(size_t i);
const struct lane *lane_find(struct str name);

#endif
