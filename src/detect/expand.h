/*
 * Placeholders: names with values, written %name% in a rule behind the
 * modifier `expand`.  An empty list is good: nothing is of it.  They stand in any
 * rule file as a document of their own:
 *
 *   placeholders:
 *     admins: [root, 'adm*']
 */
#ifndef DETECT_EXPAND_H
#define DETECT_EXPAND_H

#include "base/map.h"
#include "detect/ydoc.h"

#define EXPAND_MAX 10000 /* texts one value may become */

struct expand;

struct expand *expand_new(void) RETURNS_NONNULL;
void expand_free(struct expand *x); /* NULL is fine */

/* Takes in the map of a document, which must outlive this.  A name that is there is an error. */
enum err expand_add(struct expand *x, const struct ydoc *map, struct diag *why)
    __attribute__((nonnull(1, 2)));

typedef enum err (*expand_fn)(void *ctx, struct str text);
/*
 * Calls fn with `value` for each choice of values for its placeholders, "\%" being a percent
 * sign.  FAIL_SYNTAX names an unknown placeholder, or says that there is none; FAIL_LIMIT.
 */
enum err expand_each(const struct expand *x, struct str value, expand_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(3)));

#endif
