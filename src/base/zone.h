/*
 * Local time of a zone, without the process' own time zone being touched:
 * "UTC", an offset ("+02:00"), a name of the system's tz database
 * ("Europe/Berlin"), or a rule as POSIX writes it ("CET-1CEST,M3.5.0,M10.5.0/3").
 * A value without pointers: copy it as you like.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/err.h"
#include "base/str.h"

#define ZONE_CHANGES_MAX 300 /* older ones are left out */

/* When summer time begins or ends. */
struct zone_change {
	char kind;                   /* 'M' month.week.day, 'J' day 1 to 365, 'D' day 0 to 365 */
	int32_t month, week, day, s; /* s: of that day, local time; may be outside of it */
};

struct zone_rule {
	int32_t standard, summer; /* seconds east of UTC */
	bool has_summer;
	struct zone_change begin, end;
};

struct zone {
	size_t n;
	int64_t at[ZONE_CHANGES_MAX];         /* seconds since 1970 */
	int32_t offset[ZONE_CHANGES_MAX + 1]; /* before at[0], from at[0] on, ... */
	bool has_rule;                        /* for times from the last change on */
	struct zone_rule rule;
};

struct zone_time {
	int64_t day;                   /* since 1970-01-01 */
	unsigned weekday;              /* 0 is Sunday */
	unsigned hour, minute, second; /* a leap second is the one after it */
};

/* FAIL_NOT_FOUND for an unknown name, FAIL_SYNTAX for a bad rule, FAIL_CORRUPT for a bad file. */
enum err zone_find(struct str name, struct zone *ret, struct diag *why) __attribute__((nonnull(2)));
/* From the bytes of a TZif file (RFC 9636). */
enum err zone_read(struct str bytes, struct zone *ret, struct diag *why)
    __attribute__((nonnull(2)));

int32_t zone_offset(const struct zone *z, int64_t ns) NONNULL; /* seconds east of UTC */
void zone_local(const struct zone *z, int64_t ns, struct zone_time *ret) NONNULL;

#endif
