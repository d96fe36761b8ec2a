/* The group of a record under a rule, as text that is its key: "client_ip=203.0.113.7". */
#ifndef DETECT_GROUP_H
#define DETECT_GROUP_H

#include "base/buf.h"
#include "detect/compiled.h"
#include "rec/rec.h"

struct finding;
struct ctype_event;

#define GROUP_VALUE_MAX 200 /* longer values are cut and told apart by a digest */

/*
 * Appends "name=value" for each field that is there, with ", " between.  False
 * when there is none of them; a rule without fields has the one group "".
 * Different values never give the same text.
 */
bool group_text(const struct group_by *g, const struct rec *r, struct buf *to) NONNULL;

/* The same for what feeds a correlation: of a chained one the values of what fired come first. */
bool group_event(const struct group_by *g, const struct ctype_event *ev, struct buf *to) NONNULL;

/* For rules that say nothing: the address, else the user, else the host, else "". */
void group_default(const struct rec *r, struct buf *to) NONNULL;

/* 64 bits of the values of the fields; false when all are absent. */
bool group_hash(const struct group_by *g, const struct rec *r, uint64_t seed,
    uint64_t *ret) NONNULL;
uint64_t group_hash_text(uint64_t h, struct str text);

/* Text of a value; false when it is absent or null.  May stand in `scratch`. */
bool group_value(const struct group_field *f, const struct rec *r, struct buf *scratch,
    struct str *ret) NONNULL;
/* The value that the group of a correlation's finding has under this name. */
bool group_pick(const struct finding *x, const struct group_field *f, struct buf *scratch,
    struct str *ret) NONNULL;

#endif
