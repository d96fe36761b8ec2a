/* SPDX-License-Identifier: Apache-2.0 */
/* Time of day and week. */
#include "alert/daytime.h"

#define SECOND ((int64_t)1000000000)
#define DAY_MINUTES 1440U

static const char *const weekdays[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

bool
daytime_clock(struct str s, unsigned *ret)
{
	uint64_t hour, minute;

	if (s.n != 5 || s.p[2] != ':' || !str_u64((struct str){ s.p, 2 }, &hour) ||
	    !str_u64(str_from(s, 3), &minute) || hour > 23 || minute > 59)
		return false;
	*ret = (unsigned)(hour * 60 + minute);
	return true;
}

bool
daytime_days(struct str word, unsigned *ret)
{
	if (str_eq(word, STR("weekdays"))) {
		*ret = 0x3e;
		return true;
	}
	if (str_eq(word, STR("weekend"))) {
		*ret = 0x41;
		return true;
	}
	for (unsigned i = 0; i < ARRAY_LEN(weekdays); i++)
		if (str_eq(word, str_c(weekdays[i]))) {
			*ret = 1U << i;
			return true;
		}
	return false;
}

bool
daytime_named(struct str word, struct daytime *ret)
{
	static const struct {
		const char *word;
		struct daytime d;
	} named[] = {
		{ "business", { 8 * 60, 18 * 60, 0x3e } },
		{ "night", { 22 * 60, 6 * 60, DAYTIME_DAYS } },
		{ "weekend", { 0, 0, 0x41 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		if (str_eq(word, str_c(named[i].word))) {
			*ret = named[i].d;
			return true;
		}
	return false;
}

bool
daytime_holds(const struct daytime *d, const struct zone *z, int64_t ns)
{
	struct zone_time t;
	unsigned minute, yesterday;

	zone_local(z, ns, &t);
	minute = t.hour * 60 + t.minute;
	yesterday = (t.weekday + 6) % 7;
	if (d->from == d->to && d->from == 0)
		return (d->days & 1U << t.weekday) != 0;
	if (d->from < d->to)
		return (d->days & 1U << t.weekday) != 0 && minute >= d->from && minute < d->to;
	return ((d->days & 1U << t.weekday) != 0 && minute >= d->from) ||
	       ((d->days & 1U << yesterday) != 0 && minute < d->to);
}

/* The moment of a local time: its offset is that which holds then. */
static int64_t
moment(int64_t day, unsigned minute, const struct zone *z)
{
	const int64_t local = (day * DAY_MINUTES + minute) * 60;
	int64_t t = (local - zone_offset(z, local * SECOND)) * SECOND;

	return (local - zone_offset(z, t)) * SECOND;
}

int64_t
daytime_next(unsigned minute, unsigned days, const struct zone *z, int64_t ns)
{
	struct zone_time now;
	int64_t t = ns;

	zone_local(z, ns, &now);
	for (int64_t ahead = 0; ahead <= 8; ahead++) {
		if ((days & 1U << (now.weekday + ahead) % 7) == 0)
			continue;
		t = moment(now.day + ahead, minute, z);
		if (t > ns)
			return t;
	}
	return t > ns ? t : ns + 7 * DAY_MINUTES * 60 * SECOND;
}
