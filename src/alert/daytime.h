/* Hours of the day and days of the week, in a zone: is it night, and when is it eight again. */
#ifndef ALERT_DAYTIME_H
#define ALERT_DAYTIME_H

#include "base/str.h"
#include "base/zone.h"

#define DAYTIME_DAYS 0x7fU /* every day; bit 0 is Sunday */

struct daytime { /* minutes of the day; `to` at or before `from` is that of the next day */
	unsigned from, to; /* the same: all day */
	unsigned days;     /* on which it begins */
};

/* "08:00", 00:00 to 23:59, as minutes. */
bool daytime_clock(struct str s, unsigned *ret) NONNULL;
/* "mon" to "sun", "weekdays", "weekend": bits. */
bool daytime_days(struct str word, unsigned *ret) NONNULL;
/* "business" (weekdays 08:00 to 18:00), "night" (22:00 to 06:00), "weekend". */
bool daytime_named(struct str word, struct daytime *ret) NONNULL;

bool daytime_holds(const struct daytime *d, const struct zone *z, int64_t ns) NONNULL;
/*
 * The first moment after `ns` at which clocks show that minute on one of `days` (not 0).  A time
 * that summer time leaves out is taken as if clocks had not been changed yet.
 */
int64_t daytime_next(unsigned minute, unsigned days, const struct zone *z, int64_t ns) NONNULL;

#endif
