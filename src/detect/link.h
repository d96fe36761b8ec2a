/* Ties correlations to the rules they name, and reads of them what those rules decide. */
#ifndef DETECT_LINK_H
#define DETECT_LINK_H

#include "base/map.h"
#include "detect/rule_read.h"

#define LINK_DEPTH_MAX 16 /* correlations of correlations of ... */

struct link_in {
	struct ruleset *rs;       /* gets its rules */
	struct rule_draft *draft; /* with rule.digest: of what is written */
	size_t n;
	const struct map *names; /* id or name to place in draft, uint32_t */
	ruleset_note_fn note;    /* may be NULL */
	void *ctx;
};

/* What is refused is noted and left out, with every correlation that names it. */
void link_rules(const struct link_in *in) NONNULL;

/* The digest of a rule that filters (NULL: none) and values of placeholders change. */
void link_surroundings(struct crule *rule, const struct buf *filters, const struct buf *values)
    __attribute__((nonnull(1, 3)));

/* While a type reads its keys: detect/ctype.h */
struct ctype_reader {
	struct rule_reader rule;
	struct arena *arena;
	const struct ydoc *section;
	const struct corr *corr;
	struct str category; /* of the rules that are named */
	uint32_t line;       /* of the rule */
};

/* Names of fields, one or a list, as fields of events of this category. */
enum err link_fields(const struct ctype_reader *rd, const struct ydoc *v, struct group_by *ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

#endif
