/* The text of a loaded rule, as it stands in its file now. */
#ifndef DETECT_RULETEXT_H
#define DETECT_RULETEXT_H

#include "base/buf.h"
#include "detect/ruleset.h"
#include "detect/ydoc.h"

/* FAIL_NOT_FOUND: the file or the rule in it is gone. */
enum err ruletext_read(const struct rule *r, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 2)));

/* The same as a tree, which lives in the arena. */
enum err ruletext_doc(const struct rule *r, struct arena *a, struct ydoc **ret, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));

#endif
