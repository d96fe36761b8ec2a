/*
 * Ids that are gone through in order: 1001, 1002, 1003 ... or downwards, with
 * gaps of up to `step`.  A key follows up to WALK_PATHS of them at once, so
 * other requests between, several walkers and repeated requests do not hide
 * one.  It fires when the newest `threshold` steps of a path lie within the
 * timespan and are at least `share` of what the key asked for meanwhile,
 * repetitions aside: ids at random, of however small a range, do not fire.
 *
 * A sequence: ids count in the order they come; one that comes up to `step`
 * behind where its path is fills the gap there, so events that changed places
 * count as they would have.
 */
#ifndef DETECT_WALK_H
#define DETECT_WALK_H

#include "base/hash.h"
#include "detect/timeline.h"

#define WALK_PATHS 16
#define WALK_STEP_MAX 32
#define WALK_THRESHOLD_MAX 1000

struct walk_shape {
	int64_t timespan;
	uint32_t threshold; /* 3 to WALK_THRESHOLD_MAX */
	uint32_t step;      /* 1 to WALK_STEP_MAX */
	double share;
};

struct walk_path {
	uint64_t space;        /* what stands around the number */
	int64_t at;            /* the foremost id */
	int64_t t;             /* newest step */
	uint64_t seen;         /* bit i: the id i + 1 behind it was asked for */
	int8_t way;            /* 1, -1; 0: has one id */
	uint64_t seq, nth;     /* of the first step, while it is the only one */
	struct timeline steps; /* from the second on: the newest threshold; a: nth, b: the id */
};

struct walk {
	struct walk_path *path;
	uint32_t n, size;
	uint64_t events; /* without repetitions */
};

/* The last number in the text, and what else stands there; false when there is none. */
bool walk_id(struct str text, struct hash_key key, uint64_t *ret_space, int64_t *ret_id) NONNULL;

/* The path that fires, or NULL. */
const struct walk_path *walk_add(struct walk *w, const struct walk_shape *s, int64_t t,
    uint64_t seq, uint64_t space, int64_t id) NONNULL;
void walk_fini(struct walk *w) NONNULL;

void walk_save(const struct walk *w, struct buf *to) NONNULL;
bool walk_load(struct walk *w, const struct walk_shape *s, struct str *from) NONNULL;
size_t walk_bytes(const struct walk *w) NONNULL;

#endif
