/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, the Gregorian calendar, RFC 3339, spans. */
#include "base/clock.h"

#include <time.h>

#define DAY_S ((int64_t)86400)
#define ERA_DAYS ((int64_t)146097)   /* 400 years */
#define EPOCH_DAYS ((int64_t)719468) /* 0000-03-01 to 1970-01-01 */

static int64_t
read_clock(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (int64_t)t.tv_sec * CLOCK_S + t.tv_nsec;
}

int64_t
clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
clock_mono(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Years begin in March here, so that the leap day is a year's last. */
int64_t
clock_days(int64_t year, unsigned month, unsigned day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t month_from_march = month > 2 ? (int64_t)month - 3 : (int64_t)month + 9;
	int64_t of_year = (153 * month_from_march + 2) / 5 + (int64_t)day - 1;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAYS;
}

void
clock_civil(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	int64_t z = days + EPOCH_DAYS;
	int64_t era = (z >= 0 ? z : z - (ERA_DAYS - 1)) / ERA_DAYS;
	int64_t of_era = z - era * ERA_DAYS;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t from_march = (5 * of_year + 2) / 153;

	*ret_day = (unsigned)(of_year - (153 * from_march + 2) / 5 + 1);
	*ret_month = (unsigned)(from_march < 10 ? from_march + 3 : from_march - 9);
	*ret_year = era * 400 + year + (*ret_month <= 2);
}

static char *
digits(char *to, uint64_t v, unsigned n)
{
	for (unsigned i = n; i-- > 0; v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + n;
}

/* An int64 of nanoseconds spans the years 1677 to 2262: four digits always. */
char *
clock_text(int64_t ns, char to[40])
{
	int64_t s = ns / CLOCK_S, rest = ns % CLOCK_S, year;
	unsigned month, day;
	uint64_t of_day, fraction;
	char *p = to;

	if (rest < 0) {
		rest += CLOCK_S;
		s--;
	}
	fraction = (uint64_t)rest;
	of_day = (uint64_t)(s % DAY_S + (s % DAY_S < 0 ? DAY_S : 0));
	clock_civil((s - (int64_t)of_day) / DAY_S, &year, &month, &day);
	p = digits(p, (uint64_t)year, 4);
	*p++ = '-';
	p = digits(p, month, 2);
	*p++ = '-';
	p = digits(p, day, 2);
	*p++ = 'T';
	p = digits(p, of_day / 3600, 2);
	*p++ = ':';
	p = digits(p, of_day / 60 % 60, 2);
	*p++ = ':';
	p = digits(p, of_day % 60, 2);
	if (fraction != 0) {
		*p++ = '.';
		if (fraction % 1000000 == 0)
			p = digits(p, fraction / 1000000, 3);
		else if (fraction % 1000 == 0)
			p = digits(p, fraction / 1000, 6);
		else
			p = digits(p, fraction, 9);
	}
	*p++ = 'Z';
	*p = '\0';
	return to;
}

void
clock_put(int64_t ns, struct buf *to)
{
	char text[40];

	buf_str(to, str_c(clock_text(ns, text)));
}

bool
clock_span(struct str s, int64_t *ret_ns)
{
	static const struct {
		struct str name;
		int64_t ns;
	} units[] = {
		{ { "", 0 }, CLOCK_S },
		{ { "ms", 2 }, CLOCK_MS },
		{ { "s", 1 }, CLOCK_S },
		{ { "m", 1 }, 60 * CLOCK_S },
		{ { "h", 1 }, 3600 * CLOCK_S },
		{ { "d", 1 }, DAY_S * CLOCK_S },
	};
	size_t n = 0;
	uint64_t v;
	int64_t ns;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	if (!str_u64((struct str){ s.p, n }, &v) || v > INT64_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (!str_eq(str_from(s, n), units[i].name))
			continue;
		if (__builtin_mul_overflow((int64_t)v, units[i].ns, &ns))
			return false;
		*ret_ns = ns;
		return true;
	}
	return false;
}
