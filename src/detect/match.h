/* Which detection rules a record satisfies.  One matcher per engine; allocates nothing per record.
 */
#ifndef DETECT_MATCH_H
#define DETECT_MATCH_H

#include "detect/compiled.h"
#include "rec/rec.h"

struct match;

struct match *match_new(const struct ruleset *rs) RETURNS_NONNULL;
void match_free(struct match *m); /* NULL is fine */

/* Numbers of the rules that hold, ascending; borrowed until the next call. */
const uint32_t *match_rec(struct match *m, const struct rec *r, size_t *ret_n) NONNULL;

/* The first half of it: what is in the record is looked for.  To be measured alone. */
void match_scan(struct match *m, const struct rec *r) NONNULL;

#endif
