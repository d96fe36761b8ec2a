/* Readers of every form of time that logs hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/time.h"

#include <math.h>

#include "base/clock.h"

#define DAY_S 86400
#define YEAR_MIN 1678 /* what fits int64 ns */
#define YEAR_MAX 2261
#define EPOCH_MIN 100000000 /* seconds: 1973 */
#define BAD 255U

struct moment {
	unsigned year, month, day, hour, minute, second;
	unsigned ns;
};

static inline unsigned
two(const char *p)
{
	unsigned a = (unsigned)(unsigned char)p[0] - '0', b = (unsigned)(unsigned char)p[1] - '0';

	return a > 9 || b > 9 ? BAD : a * 10 + b;
}

static bool
leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool
to_ns(const struct moment *m, int offset_s, int64_t *ret)
{
	static const unsigned char days[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t s;

	if (m->year < YEAR_MIN || m->year > YEAR_MAX || m->month - 1 > 11 || m->day == 0)
		return false;
	if (m->day > (unsigned)days[m->month] + (m->month == 2 && leap(m->year)))
		return false;
	if (m->hour > 23 || m->minute > 59 || m->second > 60)
		return false;
	s = clock_days(m->year, m->month, m->day) * DAY_S - offset_s;
	s += (int64_t)(m->hour * 3600 + m->minute * 60 + m->second);
	if (m->second == 60 && s % DAY_S != 0)
		return false;
	*ret = s * CLOCK_S + m->ns;
	return true;
}

/* "hh:mm:ss" */
static bool
clock_at(const char *p, struct moment *m)
{
	m->hour = two(p);
	m->minute = two(p + 3);
	m->second = two(p + 6);
	return p[2] == ':' && p[5] == ':';
}

/* Digits behind a point or comma; 0 when there are none. */
static size_t
fraction(struct str s, unsigned *ret_ns)
{
	unsigned ns = 0, scale = 100000000;
	size_t i = 1;

	if (s.n < 2 || (s.p[0] != '.' && s.p[0] != ','))
		return 0;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
		ns += (unsigned)(s.p[i] - '0') * scale;
		scale /= 10;
	}
	if (i == 1)
		return 0;
	*ret_ns = ns;
	return i;
}

/* Z, +hh:mm, +hhmm or +hh */
static size_t
zone(struct str s, int *ret_offset_s)
{
	unsigned h, m = 0;
	size_t n = 3;
	int offset;

	if (s.n >= 1 && (s.p[0] == 'Z' || s.p[0] == 'z')) {
		*ret_offset_s = 0;
		return 1;
	}
	if (s.n < 3 || (s.p[0] != '+' && s.p[0] != '-'))
		return 0;
	h = two(s.p + 1);
	if (s.n >= 6 && s.p[3] == ':') {
		m = two(s.p + 4);
		n = 6;
	} else if (s.n >= 5 && two(s.p + 3) != BAD) {
		m = two(s.p + 3);
		n = 5;
	}
	if (h > 23 || m > 59)
		return 0;
	offset = (int)(h * 3600 + m * 60);
	*ret_offset_s = s.p[0] == '-' ? -offset : offset;
	return n;
}

size_t
time_iso(struct str s, int offset_s, int64_t *ret_ns)
{
	struct moment m = { 0 };
	size_t n = 19;
	unsigned c, y;

	if (s.n < n || (s.p[4] != '-' && s.p[4] != '/') || s.p[7] != s.p[4])
		return 0;
	if (s.p[10] != 'T' && s.p[10] != ' ' && s.p[10] != 't')
		return 0;
	c = two(s.p);
	y = two(s.p + 2);
	m.month = two(s.p + 5);
	m.day = two(s.p + 8);
	if (c == BAD || y == BAD || !clock_at(s.p + 11, &m))
		return 0;
	m.year = c * 100 + y;
	n += fraction(str_from(s, n), &m.ns);
	n += zone(str_from(s, n), &offset_s);
	return to_ns(&m, offset_s, ret_ns) ? n : 0;
}

static unsigned
month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (unsigned i = 0; i < 12; i++) {
		const char *q = names + (size_t)i * 3;

		if (p[0] == q[0] && p[1] == q[1] && p[2] == q[2])
			return i + 1;
	}
	return 0;
}

size_t
time_clf(struct str s, int64_t *ret_ns)
{
	struct moment m = { 0 };
	unsigned c, y;
	int offset_s = 0;

	if (s.n < 26 || s.p[2] != '/' || s.p[6] != '/' || s.p[11] != ':' || s.p[20] != ' ')
		return 0;
	m.day = two(s.p);
	m.month = month_of(s.p + 3);
	c = two(s.p + 7);
	y = two(s.p + 9);
	if (c == BAD || y == BAD || !clock_at(s.p + 12, &m))
		return 0;
	m.year = c * 100 + y;
	if (s.p[21] == 'Z' || zone((struct str){ s.p + 21, 5 }, &offset_s) != 5)
		return 0;
	return to_ns(&m, offset_s, ret_ns) ? 26 : 0;
}

/* " 1", "01", "1" and "21", behind which a blank stands; 0 when it is none. */
static size_t
day_at(struct str s, unsigned *ret)
{
	size_t pad = s.n > 0 && s.p[0] == ' ' ? 1 : 0;

	if (s.n < pad + 2)
		return 0;
	if (s.p[pad + 1] == ' ' && s.p[pad] >= '1' && s.p[pad] <= '9') {
		*ret = (unsigned)(s.p[pad] - '0');
		return pad + 1;
	}
	if (pad != 0 || s.n < 3 || s.p[2] != ' ')
		return 0;
	*ret = two(s.p);
	return 2;
}

/* The latest year that puts it at most a day after receipt; 29 February may need to go far back. */
static bool
infer_year(struct moment *m, int offset_s, int64_t received, int64_t *ret_ns)
{
	int64_t limit = received + DAY_S * CLOCK_S, year;
	unsigned month, day;

	clock_civil(limit / (DAY_S * CLOCK_S), &year, &month, &day);
	for (int i = 0; i < 10; i++) {
		m->year = (unsigned)(year + 1 - i);
		if (to_ns(m, offset_s, ret_ns) && *ret_ns <= limit)
			return true;
	}
	return false;
}

size_t
time_bsd(struct str s, int offset_s, int64_t received, int64_t *ret_ns)
{
	struct moment m = { 0 };
	size_t n = 4, k;

	if (s.n < 14 || s.p[3] != ' ' || (m.month = month_of(s.p)) == 0)
		return 0;
	k = day_at(str_from(s, n), &m.day);
	n += k + 1;
	if (k == 0 || s.n < n + 8)
		return 0;
	if (s.p[n + 4] == ' ' && s.n >= n + 13 && two(s.p + n) != BAD && two(s.p + n + 2) != BAD) {
		m.year = two(s.p + n) * 100 + two(s.p + n + 2);
		n += 5;
	}
	if (!clock_at(s.p + n, &m))
		return 0;
	n += 8;
	n += fraction(str_from(s, n), &m.ns);
	if (m.year != 0)
		return to_ns(&m, offset_s, ret_ns) ? n : 0;
	return infer_year(&m, offset_s, received, ret_ns) ? n : 0;
}

static bool
is_weekday(const char *p)
{
	static const char days[] = "SunMonTueWedThuFriSat";

	for (size_t i = 0; i < 7; i++) {
		if (memcmp(p, days + i * 3, 3) == 0)
			return p[3] == ' ';
	}
	return false;
}

size_t
time_ctime(struct str s, int offset_s, int64_t *ret_ns)
{
	struct moment m = { 0 };
	size_t n = 8, k;

	if (s.n < 23 || !is_weekday(s.p) || s.p[7] != ' ' || (m.month = month_of(s.p + 4)) == 0)
		return 0;
	k = day_at(str_from(s, n), &m.day);
	n += k + 1;
	if (k == 0 || s.n < n + 8 || !clock_at(s.p + n, &m))
		return 0;
	n += 8;
	n += fraction(str_from(s, n), &m.ns);
	if (s.n < n + 5 || s.p[n] != ' ' || two(s.p + n + 1) == BAD || two(s.p + n + 3) == BAD)
		return 0;
	m.year = two(s.p + n + 1) * 100 + two(s.p + n + 3);
	return to_ns(&m, offset_s, ret_ns) ? n + 5 : 0;
}

/* Units a second has, told by magnitude: 1, 1e3, 1e6 or 1e9; 0 when it is no time. */
static int64_t
epoch_unit(double n)
{
	if (n < EPOCH_MIN || n >= 9.2e18)
		return 0;
	if (n < 1e11)
		return n < 9.2e9 ? 1 : 0;
	if (n < 1e14)
		return n < 9.2e12 ? 1000 : 0;
	if (n < 1e17)
		return n < 9.2e15 ? 1000000 : 0;
	return CLOCK_S;
}

bool
time_epoch(int64_t n, int64_t *ret_ns)
{
	int64_t unit = n > 0 ? epoch_unit((double)n) : 0;

	if (unit == 0)
		return false;
	*ret_ns = n * (CLOCK_S / unit);
	return true;
}

bool
time_epoch_real(double n, int64_t *ret_ns)
{
	int64_t unit = n > 0 ? epoch_unit(n) : 0, whole;
	double step;

	if (unit == 0)
		return false;
	whole = (int64_t)n;
	/* A double of this size is good for microseconds at most. */
	step = round((n - (double)whole) * 1e6 / (double)unit);
	*ret_ns = whole * (CLOCK_S / unit) + (int64_t)step * 1000;
	return true;
}

/* 1795216475[.659] */
static bool
epoch_text(struct str s, int64_t *ret_ns)
{
	struct str whole = s;
	unsigned ns = 0;
	int64_t n;
	size_t i = 0;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	whole.n = i;
	if (!str_i64(whole, &n) || !time_epoch(n, ret_ns))
		return false;
	if (i == s.n)
		return true;
	if (s.p[i] != '.' || fraction(str_from(s, i), &ns) != s.n - i)
		return false;
	*ret_ns += (int64_t)ns / epoch_unit((double)n);
	return true;
}

/* An ISO time with " UTC", " GMT" or " +hhmm" set off by a blank. */
static bool
iso_apart(struct str s, size_t n, int64_t *ret_ns)
{
	struct str rest = str_from(s, n + 1);
	int offset_s = 0;

	if (s.p[n] != ' ' || (s.p[n - 1] == 'Z' || s.p[n - 1] == 'z'))
		return false;
	if (!str_eq(rest, STR("UTC")) && !str_eq(rest, STR("GMT")) &&
	    (rest.n < 3 || zone(rest, &offset_s) != rest.n))
		return false;
	return time_iso((struct str){ s.p, n }, offset_s, ret_ns) == n;
}

bool
time_any(struct str s, int offset_s, int64_t received, int64_t *ret_ns)
{
	size_t n;

	s = str_trim(s);
	if (s.n < 9)
		return false;
	n = time_iso(s, offset_s, ret_ns);
	if (n != 0)
		return n == s.n || iso_apart(s, n, ret_ns);
	if (epoch_text(s, ret_ns) || time_clf(s, ret_ns) == s.n)
		return true;
	if (time_ctime(s, offset_s, ret_ns) == s.n)
		return true;
	return time_bsd(s, offset_s, received, ret_ns) == s.n;
}
