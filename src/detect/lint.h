/*
 * What the specification says of a rule beside its detection, and what is
 * seldom meant.  None of it keeps a rule from working, so all are warnings.
 */
#ifndef DETECT_LINT_H
#define DETECT_LINT_H

#include "detect/ydoc.h"

typedef void (*lint_fn)(void *ctx, const struct ydoc *at, const char *text);

/* A document that is a rule of any kind. */
void lint_rule(const struct ydoc *doc, lint_fn warn, void *ctx) __attribute__((nonnull(1, 2)));

#endif
