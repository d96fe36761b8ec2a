/*
 * From what a clock on the wall shows to an instant.  Where summer time skips
 * that hour it is the moment of the change; where it comes twice, the first.
 */
#ifndef ONCALL_CIVIL_H
#define ONCALL_CIVIL_H

#include "base/zone.h"

#define CIVIL_DAY 86400

/* ns of the first moment at which the clocks of `z` show `s` seconds of `day`, or later. */
int64_t civil_instant(const struct zone *z, int64_t day, int64_t s) NONNULL;
/* Seconds since 1970-01-01 00:00 that the clock on the wall shows. */
int64_t civil_wall(const struct zone *z, int64_t ns) NONNULL;
/* "09:00", "24:00"; seconds of a day. */
bool civil_time(struct str s, int32_t *ret) NONNULL;
/* "2026-12-24": days since 1970-01-01. */
bool civil_date(struct str s, int64_t *ret) NONNULL;
/* "2026-12-24T09:00" of clocks of `z`, a blank for the T too; or with a Z: UTC.  ns. */
bool civil_moment(const struct zone *z, struct str s, int64_t *ret) NONNULL;
/* 0 Sunday to 6. */
unsigned civil_weekday(int64_t day);

#endif
