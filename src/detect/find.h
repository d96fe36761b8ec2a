/*
 * How a value makes it known that a text atom may hold: by being the key, by
 * beginning or ending with it, or by containing it.
 */
#ifndef DETECT_FIND_H
#define DETECT_FIND_H

#include "detect/atom.h"

/* Sets find, sure and key of an atom of text from its wildcards; the key is in the arena. */
void find_text(struct atom *a, struct arena *arena) NONNULL;

/* False for what is not worth looking for: short literals are in every other text, running an
 * expression is dear. */
bool find_is_rare(const struct atom *a) NONNULL;

#endif
