/* A short rule that was read, written out in the long form. */
#ifndef DETECT_BRIEF_WRITE_H
#define DETECT_BRIEF_WRITE_H

#include "detect/brief_cond.h"
#include "detect/ydoc.h"

struct brief_entry {
	const struct ydoc *key, *condition;
	struct str name, text; /* of the rule; its condition */
	const char *level;
	struct str id, title, description, advice, suppress;
	const struct ydoc *tags;
	struct brief_cond cond;
};

/* Appends YAML documents: the rule, and before it those that feed it. */
void brief_write(const struct brief_entry *e, struct buf *to) NONNULL;

#endif
