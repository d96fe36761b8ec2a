/*
 * Mutants of a rule: the same rule with one thing changed, written as a
 * profile (detect/profile.h), so that what a mutant is can be read.
 *   bounds     gte 10 becomes 9, and 11; also of a selection's lt, lte, gt, gte and of own numbers
 *   windows    timespan halved, and doubled
 *   group-by   each field left out
 *   condition  and <-> or, not left out, all of <-> 1 of
 */
#ifndef APP_MUTATE_H
#define APP_MUTATE_H

#include "detect/ruleset.h"

/* `what` says it in short: "timespan 5m -> 10m"; `profile` is the document. */
typedef void (*mutate_fn)(void *ctx, const char *what, struct str profile);

/* Reads the rule's text anew from its file.  FAIL_NOT_FOUND: it is not there any more. */
enum err mutate_each(const struct rule *r, mutate_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
