/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks on the wall. */
#include "oncall/civil.h"

#include "base/clock.h"

static int64_t
offset_at(const struct zone *z, int64_t s)
{
	return zone_offset(z, s * CLOCK_S);
}

/* The clock jumps over `wall` somewhere in (low, high]: when. */
static int64_t
jump(const struct zone *z, int64_t low, int64_t high, int64_t wall)
{
	while (high - low > 1) {
		const int64_t middle = low + (high - low) / 2;

		if (middle + offset_at(z, middle) >= wall)
			high = middle;
		else
			low = middle;
	}
	return high;
}

int64_t
civil_instant(const struct zone *z, int64_t day, int64_t s)
{
	const int64_t wall = day * CIVIL_DAY + s;
	const int64_t before = offset_at(z, wall - CIVIL_DAY);
	const int64_t after = offset_at(z, wall + CIVIL_DAY);

	if (offset_at(z, wall - before) == before)
		return (wall - before) * CLOCK_S;
	if (offset_at(z, wall - after) == after)
		return (wall - after) * CLOCK_S;
	return jump(z, wall - CIVIL_DAY, wall + CIVIL_DAY, wall) * CLOCK_S;
}

int64_t
civil_wall(const struct zone *z, int64_t ns)
{
	int64_t s = ns / CLOCK_S;

	if (ns % CLOCK_S < 0)
		s--;
	return s + zone_offset(z, ns);
}

/* Exactly `n` digits. */
static bool
digits(struct str s, size_t n, uint64_t *ret)
{
	return s.n == n && s.p[0] != '+' && str_u64(s, ret);
}

bool
civil_time(struct str s, int32_t *ret)
{
	uint64_t h, m;
	struct str hour = str_until(&s, ':');

	if (!digits(hour, 2, &h) || !digits(s, 2, &m) || m > 59 || h * 60 + m > 24 * 60)
		return false;
	*ret = (int32_t)(h * 3600 + m * 60);
	return true;
}

bool
civil_date(struct str s, int64_t *ret)
{
	struct str year = str_until(&s, '-');
	struct str month = str_until(&s, '-');
	uint64_t y, m, d;
	int64_t y2, days;
	unsigned m2, d2;

	if (!digits(year, 4, &y) || !digits(month, 2, &m) || !digits(s, 2, &d) || y < 1970 ||
	    y > 2200 || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	days = clock_days((int64_t)y, (unsigned)m, (unsigned)d);
	clock_civil(days, &y2, &m2, &d2);
	if (m2 != m || d2 != d)
		return false;
	*ret = days;
	return true;
}

bool
civil_moment(const struct zone *z, struct str s, int64_t *ret)
{
	const bool utc = str_ends(s, STR("Z"));
	int64_t day;
	int32_t time;

	if (utc)
		s.n--;
	if (s.n < 16 || (s.p[10] != 'T' && s.p[10] != ' ') ||
	    !civil_date((struct str){ s.p, 10 }, &day))
		return false;
	s = str_from(s, 11);
	if (s.n == 8 && str_ends(s, STR(":00")))
		s.n = 5;
	if (!civil_time(s, &time))
		return false;
	*ret = utc ? (day * CIVIL_DAY + time) * CLOCK_S : civil_instant(z, day, time);
	return true;
}

unsigned
civil_weekday(int64_t day)
{
	const int64_t n = (day + 4) % 7; /* the first was a Thursday */

	return (unsigned)(n < 0 ? n + 7 : n);
}
