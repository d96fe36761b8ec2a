/*
 * Records of the log that are read and not fed yet: as many as an engine is
 * told of ahead (detect/engine.h).
 */
#ifndef APP_COMING_H
#define APP_COMING_H

#include "base/arena.h"
#include "base/buf.h"
#include "detect/engine.h"
#include "log/reader.h"

struct coming_rec {
	struct rec rec;
	struct arena *arena;
	struct buf payload;
	uint64_t seq;
	bool good; /* it could be decoded */
};

struct coming {
	struct coming_rec at[ENGINE_AHEAD];
	unsigned first, n;
};

void coming_init(struct coming *c) NONNULL;
void coming_fini(struct coming *c) NONNULL; /* a zeroed one too */

/* Reads one more; there must be room.  Errors are those of reader_next(). */
enum err coming_read(struct coming *c, struct reader *reader, const struct coming_rec **ret,
    struct diag *why);
/* The oldest, which is good until the next is read; NULL: there is none. */
const struct coming_rec *coming_take(struct coming *c) NONNULL;

static inline bool
coming_full(const struct coming *c)
{
	return c->n == ENGINE_AHEAD;
}

#endif
