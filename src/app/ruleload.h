/* The rules that a configuration or a command names, with the profile that goes before them. */
#ifndef APP_RULELOAD_H
#define APP_RULELOAD_H

#include "conf/conf.h"
#include "detect/ruleset.h"

/*
 * Loads the files and folders.  The default ("rules" alone) stands for the shipped rules where
 * there is no such folder.  `profile` is a file, the name of one in the folder `profiles` beside
 * the rules or of one that ships with the program, "none", or "" for `default`, which is used
 * with rules that have it beside them.
 */
enum err ruleload(const struct conf_list *paths, const char *profile, ruleset_note_fn note,
    void *ctx, struct ruleset **ret, struct diag *why) __attribute__((nonnull(1, 2, 5)));

/* For commands, as `note`: a rule that is left out is said on stderr, and counted in *ctx
 * (unsigned). */
void ruleload_say(void *ctx, enum ruleset_note kind, const struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
