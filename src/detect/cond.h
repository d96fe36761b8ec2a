/*
 * The condition of a rule: or, and, not, "1 of", "any of", "all of", "them",
 * parentheses, loosest first.  Words are read before they are looked at, so
 * a selection may be named "notable".
 */
#ifndef DETECT_COND_H
#define DETECT_COND_H

#include "base/err.h"
#include "detect/expr.h"

struct cond_name {
	struct str name;
	const struct expr *expr;
	bool used; /* set when the condition speaks of it */
};

/*
 * why->column counts from the start of `text`.  Names that begin with "_" are
 * taken by "of" only when its pattern begins with "_".
 */
enum err cond_parse(struct str text, struct cond_name *names, size_t n, struct arena *a,
    const struct expr **ret, struct diag *why) __attribute__((nonnull(4, 5)));

#endif
