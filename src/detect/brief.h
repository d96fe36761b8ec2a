/*
 * The short form of rules: blocks of a name with a condition in words, and lists of thresholds.
 *
 *   brute_force:
 *     condition: "failed_attempts > 20 from same IP in 1 hour"
 *     severity: High
 *     action: Block IP and alert
 *
 * Each becomes what the long form of it would be: a detection rule, or a
 * correlation named like the block and the rule that feeds it.
 * Vocabulary: detect/brief.def, doc/reference/short-form.md.
 */
#ifndef DETECT_BRIEF_H
#define DETECT_BRIEF_H

#include "base/arena.h"
#include "base/err.h"
#include "detect/ydoc.h"

/* Is the document of this shape, rather than a Sigma rule? */
bool brief_is(const struct ydoc *doc);

struct brief_sink {
	/* A rule in the long form; its places are those of the condition.  Lives in the arena. */
	void (*rule)(void *ctx, struct ydoc *doc);
	/* A block that makes no sense, with its place; the others go on. */
	void (*refused)(void *ctx, struct diag *why);
	void *ctx;
};

void brief_each(const struct ydoc *doc, struct arena *a, const struct brief_sink *sink) NONNULL;

#endif
