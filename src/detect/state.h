/* The inside of an engine, for feeding it (engine.c), firing (fire.c) and saving it (state.c). */
#ifndef DETECT_STATE_H
#define DETECT_STATE_H

#include "detect/ahead.h"
#include "detect/ctype.h"
#include "detect/due.h"
#include "detect/engine.h"
#include "detect/keys.h"
#include "detect/link.h"
#include "detect/mark.h"
#include "detect/match.h"
#include "detect/storm.h"

/* Room for one firing; a chain needs one for each of its correlations at a time. */
struct level {
	struct buf group, other, summary, text, details;
	uint64_t evidence[ENGINE_EVIDENCE_MAX];
	struct ctype_hit hit;
};

struct engine {
	const struct ruleset *rs;
	struct match *match;
	struct keys *keys;
	struct mark *mark;
	struct due due;
	struct engine_opts opts;
	struct engine_stats stats;
	void **shared;        /* by rule, NULL where its type has nothing to share */
	uint64_t *evicted;    /* by rule */
	struct storm **storm; /* by rule, NULL where nothing is counted */
	struct buf others;    /* the summary of those that are too many */
	uint64_t *refs;       /* by rule: what the present record feeds it as */
	uint32_t *pending;    /* correlations that it feeds */
	size_t sweep;         /* the next key that may have nothing to say any more */
	int64_t said;         /* event time of the last word on forgotten keys; KEY_NEVER */
	uint32_t forgot;      /* a rule that lost a key since, and ... */
	bool forgets;         /* ... that there is one */
	bool began;           /* groups that are expected are there */
	VEC(uint32_t) empty;
	struct ahead ahead;
	struct level *level[LINK_DEPTH_MAX + 3];
	/* While a record is fed: */
	finding_fn raise;
	void *ctx;
	uint64_t seq;
	bool late, demo;
};

static inline struct ctype_at
state_at(const struct engine *e, struct key *k)
{
	return (struct ctype_at){ e->rs->rule.p[k->rule].corr, e->shared[k->rule], k->state };
}

/*
 * For measuring: the record feeds the correlation with this number as these of
 * its rules; a detection rule with this number holds, if it is one.
 */
void engine_signal(struct engine *e, uint32_t number, uint64_t refs, const struct rec *r,
    finding_fn raise, void *ctx) __attribute__((nonnull(1, 4, 5)));
/* As engine_ahead(), for engine_signal(). */
void engine_signal_ahead(struct engine *e, uint32_t number, const struct rec *r) NONNULL;

#endif
