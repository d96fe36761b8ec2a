/*
 * A record as one JSON object in native names: geolocation and logsource are
 * nested, times are RFC 3339 with up to nine digits, unknown fields stand
 * under their own names ("extra.NAME" when a field has that name) with
 * repeated paths as arrays.  Fields and extras that were null are null.
 */
#ifndef REC_VIEW_H
#define REC_VIEW_H

#include "base/buf.h"
#include "rec/rec.h"

/* Appends the object, without a newline.  `raw` is left out unless with_raw. */
void view_rec(const struct rec *r, bool with_raw, struct buf *to) NONNULL;

/* Appends only the unknown fields as an object ("{}" when there are none). */
void view_extra(const struct rec *r, struct buf *to) NONNULL;

#endif
