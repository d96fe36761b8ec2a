/*
 * Mutants of a rule: the same rule with one thing changed, written as a
 * profile (detect/profile.h), so that what a mutant is can be read.
 *   bounds     gte 10 becomes 9, and 11 (a large one a twentieth more and less), as do other
 * numbers of a type: minimum, learn, share ... windows    timespan halved, and doubled; also
 * interval, gap, half_life ... fields     of group-by, field, distinct: each left out rules each
 * left out; part, reset, end: another one words      seasonal, count, side, full ...: each other
 * one; an escalation to no level selections each item and each value left out, exists turned round
 *   condition  and <-> or, not left out, all of <-> 1 of
 * What cannot change anything is not made: the window of a count that one event reaches.
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
