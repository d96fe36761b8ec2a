/* Selections of a detection rule: maps, lists and keywords become expressions over atoms. */
#ifndef DETECT_SELECT_H
#define DETECT_SELECT_H

#include "detect/atom.h"
#include "detect/expand.h"
#include "detect/expr.h"
#include "detect/ydoc.h"

struct select {
	struct atoms *atoms;
	const struct expand *expand; /* placeholders; may be NULL */
	struct str category; /* of the rule's log source: decides what its field names mean */
	struct str product;  /* of it; "" when it says none */
	/* A warning with its place; may be NULL. */
	void (*warn)(void *ctx, const struct ydoc *at, const char *text);
	void *ctx;
};

enum err select_build(const struct select *s, const struct ydoc *def, const struct expr **ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

#endif
