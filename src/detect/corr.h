/*
 * Correlation types.  To add one: its .c file with a const struct corr_ops,
 * one line in the table of corr.c.
 */
#ifndef DETECT_CORR_H
#define DETECT_CORR_H

#include "detect/compiled.h"
#include "detect/ydoc.h"

/* What one key of a correlation keeps (detect/window.h). */
struct corr_ops {
	const char *name;
	bool counts_values; /* condition.field names what is counted */
	uint64_t threshold_max;
};

const struct corr_ops *corr_find(struct str name);

/* A rule that the correlation is fed by, as it is written. */
struct corr_ref {
	struct str name;
	uint32_t line, column;
};

struct corr_draft {
	struct corr corr;
	VEC(struct corr_ref) refs;
	struct str group[COMPILED_GROUP_MAX], value[COMPILED_GROUP_MAX]; /* names of fields */
	size_t n_group, n_value;
	bool generate;
};

/* Reads the `correlation` section; free with corr_draft_fini() even after a failure. */
enum err corr_read(const struct ydoc *section, struct corr_draft *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void corr_draft_fini(struct corr_draft *d) NONNULL;

#endif
