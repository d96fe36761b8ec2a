/* The inside of an engine, for feeding it (engine.c) and for saving it (state.c). */
#ifndef DETECT_STATE_H
#define DETECT_STATE_H

#include "detect/engine.h"
#include "detect/keys.h"
#include "detect/match.h"

struct engine {
	const struct ruleset *rs;
	struct match *match;
	struct keys *keys;
	struct engine_opts opts;
	struct engine_stats stats;
	uint64_t seed;     /* of value hashes: from the rule set, so that it is always the same */
	uint32_t *pending; /* correlations that the present record feeds */
	uint64_t *fed;     /* by rule: number of the last record that did */
	uint64_t turn;
	struct buf group, summary;
	uint64_t evidence[ENGINE_EVIDENCE_MAX];
};

/* What a correlation's windows look like. */
struct window_shape state_shape(const struct engine *e, const struct corr *c) NONNULL;

#endif
