/* Selections and a condition become one expression: of a rule's `detection`, of a `filter`. */
#ifndef DETECT_DETECTION_H
#define DETECT_DETECTION_H

#include "detect/select.h"

/*
 * `section` is the map; its member `skip` (may be "") is no selection.
 * Warns of selections that the condition does not use.
 */
enum err detection_build(const struct select *s, const struct ydoc *section, const char *skip,
    const struct expr **ret, struct diag *why) __attribute__((nonnull(1, 2, 3, 4)));

#endif
