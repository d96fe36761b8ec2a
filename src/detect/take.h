/* One rule set in place of another while the engine runs: what goes over. */
#ifndef DETECT_TAKE_H
#define DETECT_TAKE_H

#include "detect/engine.h"

/* How many correlations of `now` ask anything that none of `before` asked. */
size_t take_fresh(const struct ruleset *now, const struct ruleset *before) NONNULL;

/*
 * Moves what `from` remembers for those rules that the last engine_load() of
 * `e` gave nothing.  Both are of one rule set and have seen the same records;
 * `from` is only good for engine_free() then.
 */
void take_missing(struct engine *e, struct engine *from) NONNULL;

#endif
