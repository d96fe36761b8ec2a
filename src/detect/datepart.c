/* Parts of times. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_modifiers.c */
#include "detect/datepart.h"

#include "base/clock.h"
#include "detect/modifier.h"

#define DAY (86400 * CLOCK_S)

static int64_t
weekday(int64_t days) /* Monday is 0 */
{
	return ((days + 3) % 7 + 7) % 7;
}

/* The week with the year's first Thursday is its first. */
static int64_t
iso_week(int64_t days)
{
	int64_t thursday = days - weekday(days) + 3, year;
	unsigned month, day;

	clock_civil(thursday, &year, &month, &day);
	return (thursday - clock_days(year, 1, 1)) / 7 + 1;
}

static int64_t
part(int64_t days, int64_t second, unsigned mods)
{
	unsigned month, day;
	int64_t year;

	if ((mods & MOD_MINUTE) != 0)
		return second / 60 % 60;
	if ((mods & MOD_HOUR) != 0)
		return second / 3600;
	if ((mods & MOD_WEEK) != 0)
		return iso_week(days);
	clock_civil(days, &year, &month, &day);
	if ((mods & MOD_DAY) != 0)
		return day;
	return (mods & MOD_MONTH) != 0 ? month : year;
}

int64_t
datepart_ns(int64_t ns, unsigned mods)
{
	int64_t days = ns / DAY - (ns % DAY < 0);

	return part(days, (ns - days * DAY) / CLOCK_S, mods);
}

/* Digits of a fixed number at *s, which moves on. */
static bool
take(struct str *s, size_t digits, unsigned max, unsigned *ret)
{
	uint64_t v;

	if (s->n < digits || !str_u64((struct str){ s->p, digits }, &v) || v > max)
		return false;
	*s = str_from(*s, digits);
	*ret = (unsigned)v;
	return true;
}

static bool
take_one(struct str *s, const char *of)
{
	if (s->n == 0 || s->p[0] == '\0' || strchr(of, s->p[0]) == NULL)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* Seconds, or the finer unit whose numbers are so large. */
static bool
epoch(struct str text, unsigned mods, int64_t *ret)
{
	int64_t v, unit = CLOCK_S;

	if (!str_i64(text, &v) || v < 0)
		return false;
	for (int64_t limit = 100000000000; unit > 1 && v >= limit; limit *= 1000)
		unit /= 1000;
	*ret = datepart_ns(v * unit, mods);
	return true;
}

/* "14:02", "14:02:11" and whatever follows. */
static bool
take_clock(struct str *s, int64_t *ret_second)
{
	unsigned hour, minute, second = 0;

	if (!take(s, 2, 23, &hour) || !take_one(s, ":") || !take(s, 2, 59, &minute))
		return false;
	if (take_one(s, ":") && !take(s, 2, 60, &second))
		return false;
	*ret_second = (hour * 60 + minute) * 60 + (second < 60 ? second : 59);
	return true;
}

static bool
take_date(struct str *s, int64_t *ret_days)
{
	unsigned year, month, day, m, d;
	int64_t y;

	if (!take(s, 4, 9999, &year) || !take_one(s, "-/") || !take(s, 2, 12, &month) ||
	    !take_one(s, "-/") || !take(s, 2, 31, &day) || month == 0 || day == 0)
		return false;
	*ret_days = clock_days(year, month, day);
	clock_civil(*ret_days, &y, &m, &d);
	return m == month; /* no 30th of February */
}

bool
datepart_text(struct str text, unsigned mods, int64_t *ret)
{
	int64_t days, second = 0;
	struct str s = text;

	if (!take_date(&s, &days))
		return epoch(text, mods, ret);
	if (take_one(&s, "Tt ")) {
		if (!take_clock(&s, &second))
			return false;
	} else if (s.n > 0 || (mods & (MOD_HOUR | MOD_MINUTE)) != 0) {
		return false;
	}
	*ret = part(days, second, mods);
	return true;
}
