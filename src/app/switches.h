/* Which rules are switched off: asked by the detector thread, set by the loop thread. */
#ifndef APP_SWITCHES_H
#define APP_SWITCHES_H

#include "alert/alerts.h"
#include "detect/ruleset.h"

struct switches;

struct switches *switches_new(const struct ruleset *rules) NONNULL RETURNS_NONNULL;
void switches_free(struct switches *s); /* NULL is fine */
/* As they were left: alert/rulestate.h. */
enum err switches_load(struct switches *s, struct alerts *a, struct diag *why)
    __attribute__((nonnull(1, 2)));

/* A rule that is not there is nobody's.  For struct api_host; ctx is the switches. */
void switches_set(void *ctx, struct str rule_id, bool enabled) __attribute__((nonnull(1)));
/* A finding of the rule: is it to be dropped?  Counts it then. */
bool switches_drop(struct switches *s, const struct rule *rule) NONNULL;
uint64_t switches_dropped(const struct switches *s) NONNULL; /* any thread */

#endif
