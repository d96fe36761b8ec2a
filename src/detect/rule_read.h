/* From one YAML document to one rule that is not yet part of a set. */
#ifndef DETECT_RULE_READ_H
#define DETECT_RULE_READ_H

#include "detect/compiled.h"
#include "detect/corr.h"
#include "detect/select.h"
#include "detect/ydoc.h"

struct rule_draft {
	struct crule rule;       /* correlations: without what the rules it names decide */
	struct corr_draft draft; /* of a correlation */
};

struct rule_reader {
	struct atoms *atoms;
	const struct expand *expand; /* placeholders */
	const char *file;            /* lives as long as the rule */
	ruleset_note_fn note;
	void *ctx;
};

/* Free with rule_read_fini() even after a failure. */
enum err rule_read(const struct rule_reader *rd, const struct ydoc *doc, struct rule_draft *ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));
void rule_read_fini(struct rule_draft *d) NONNULL;

/* The log source of a rule or filter; at least one dimension is stated. */
enum err rule_read_source(struct arena *a, const struct ydoc *doc, struct str source[DIM_COUNT],
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

/* What builds selections for rules of this category. */
struct select rule_read_select(const struct rule_reader *rd, struct str category)
    __attribute__((nonnull(1)));

/* A field to group by or to count, named in a rule of this category; *ret_known as atoms_field().
 */
struct group_field rule_read_field(struct arena *a, struct str name, struct str category,
    bool *ret_known) __attribute__((nonnull(1, 4)));

/* Calls the reader's note with a warning. */
void rule_read_warn(const struct rule_reader *rd, uint32_t line, uint32_t column,
    const char *text) NONNULL;

#endif
