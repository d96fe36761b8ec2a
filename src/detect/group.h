/* The group of a record under a rule, as text that is its key: "client_ip=203.0.113.7". */
#ifndef DETECT_GROUP_H
#define DETECT_GROUP_H

#include "base/buf.h"
#include "detect/compiled.h"
#include "rec/rec.h"

#define GROUP_VALUE_MAX 200 /* longer values are cut and told apart by a digest */

/*
 * Appends "name=value" for each field that is there, with ", " between.  False
 * when there is none of them; a rule without fields has the one group "".
 * Different values never give the same text.
 */
bool group_text(const struct group_by *g, const struct rec *r, struct buf *to) NONNULL;

/* For rules that say nothing: the address, else the user, else the host, else "". */
void group_default(const struct rec *r, struct buf *to) NONNULL;

/* 64 bits of the values of all fields; false when one is absent. */
bool group_hash(const struct group_by *g, const struct rec *r, uint64_t seed,
    uint64_t *ret) NONNULL;

#endif
