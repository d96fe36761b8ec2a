/* What every text that a regular expression takes must contain. */
#ifndef DETECT_REGEX_H
#define DETECT_REGEX_H

#include "base/arena.h"
#include "base/str.h"

/*
 * The longest run of ASCII characters that is in every match but for case, in
 * lower case and in the arena; "" when there is none, or none that is easy to see.
 */
struct str regex_literal(struct str re, struct arena *arena) NONNULL;

#endif
