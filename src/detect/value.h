/* Values of a record as rules see them: text, one at a time, per channel. */
#ifndef DETECT_VALUE_H
#define DETECT_VALUE_H

#include "detect/atom.h"
#include "rec/rec.h"

#define VALUE_NUMBER_SIZE 48

/* Canonical text of a value; numbers are written to `number`. */
struct str value_text(enum field_type type, const union rec_value *v,
    char number[VALUE_NUMBER_SIZE]) NONNULL;

/* `s` with %XX replaced once, in `to`; false when there is none to replace. */
bool value_decode(struct str s, struct buf *to) NONNULL;

/*
 * What the request asked for: the field `url`, else path and query put together
 * in `to`.  p is NULL when the record has none of them.
 */
struct str value_target(const struct rec *r, struct buf *to) NONNULL;

#endif
