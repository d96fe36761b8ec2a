/*
 * Parts of a time for the modifiers minute, hour, day, week, month and year.
 * What a text says stands: no time zone is applied, "23:30+02:00" is hour 23.
 */
#ifndef DETECT_DATEPART_H
#define DETECT_DATEPART_H

#include "base/str.h"

/* `mods`: one of MOD_TIME.  Of nanoseconds since 1970, in UTC. */
int64_t datepart_ns(int64_t ns, unsigned mods);

/*
 * Of a date ("2026-08-05", "2026/08/05"), a time ("2026-08-05T14:02:11.5Z", also with a blank)
 * or the number of seconds, or finer, since 1970.  False when it is none of them.
 */
bool datepart_text(struct str text, unsigned mods, int64_t *ret) NONNULL;

#endif
