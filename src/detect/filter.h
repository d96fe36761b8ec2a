/*
 * Filters: meta rules that add a condition to other rules, by and.  What is
 * to be left out is written `condition: not selection`.
 */
#ifndef DETECT_FILTER_H
#define DETECT_FILTER_H

#include "detect/rule_read.h"

struct filter;
typedef VEC(struct filter *) filter_list;

/* A document with a `filter` section, which must outlive the list. */
enum err filter_add(filter_list *list, const struct rule_reader *rd, const struct ydoc *doc,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));
void filter_fini(filter_list *list) NONNULL;

/*
 * Adds to a detection rule the condition of each filter that means it.  FAIL_SYNTAX with the
 * filter's file in `why` when a selection of it cannot be read for the rule's log source.
 */
enum err filter_apply(const filter_list *list, struct crule *rule, struct diag *why)
    __attribute__((nonnull(1, 2)));

/* Warns of rules that filters name and nobody is. */
void filter_finish(const filter_list *list) NONNULL;

#endif
