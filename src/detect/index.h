/*
 * What finds the atoms of a record: a finder per channel; which rules an atom
 * wakes; and the conditions as steps.  A rule sleeps until an atom that it
 * cannot do without is found.  Immutable once built; shared by engines, each
 * with a scratch of its own.
 */
#ifndef DETECT_INDEX_H
#define DETECT_INDEX_H

#include "detect/compiled.h"
#include "detect/finder.h"
#include "detect/paths.h"
#include "detect/program.h"

/* How to know whether an atom holds. */
enum index_know {
	INDEX_ASK,       /* by asking */
	INDEX_IF_FOUND,  /* it does when it was found */
	INDEX_ASK_FOUND, /* by asking when it was found; else it does not */
};

struct index {
	struct finder *finder; /* by channel */
	size_t n_chan;
	struct paths *paths;
	struct lists chan_paths; /* by channel, the other way round: places in atoms.path */
	const struct chan_path *path;
	const struct atoms *atoms;
	uint8_t *know;      /* by atom: enum index_know */
	struct lists wakes; /* rules, by atom */
	bool *always;       /* by rule: nothing wakes it, it is evaluated every time */
	program_steps steps;
	uint32_t *begin; /* by rule: its first step */
};

/* For a rule set whose rules and atoms are complete.  FAIL_LIMIT when the matcher refuses. */
enum err index_new(const struct ruleset *rs, struct index **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void index_free(struct index *ix); /* NULL is fine */

/* Grows the scratch of a thread to what scanning needs. */
void index_reserve(const struct index *ix, struct finder_scratch *s) NONNULL;

/* The paths that feed a channel: loop with it = 0 until false. */
bool index_chan_path(const struct index *ix, uint32_t chan, uint32_t *it, struct str *ret_path)
    __attribute__((nonnull(1, 3, 4)));

#endif
