/* Time: int64 nanoseconds.  Read it at the edge and hand it down; nothing below app reads it. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/buf.h"

#define CLOCK_S ((int64_t)1000000000)
#define CLOCK_MS ((int64_t)1000000)

int64_t clock_wall(void); /* UTC since 1970 */
int64_t clock_mono(void); /* since some start; never goes back */

/* Days since 1970-01-01 of a proleptic Gregorian date, and back. */
int64_t clock_days(int64_t year, unsigned month, unsigned day);
void clock_civil(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day) NONNULL;

/* RFC 3339 in UTC, fraction only as long as needed (0, 3, 6 or 9 digits). */
void clock_put(int64_t ns, struct buf *to) NONNULL;
/* The same into a char[40]; returns `to`. */
char *clock_text(int64_t ns, char to[40]) NONNULL;

/* "90s", "15m", "24h", "7d", "250ms", or a bare number of seconds; false when it is none. */
bool clock_span(struct str s, int64_t *ret_ns) NONNULL;

#endif
