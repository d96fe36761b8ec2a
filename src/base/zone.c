/* Time zones: TZif files and the POSIX rule at their end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/fs.h"

#define FOLDER "/usr/share/zoneinfo"
#define FILE_MAX ((size_t)256 << 10)
#define NAME_LONGEST 64
#define DAY 86400

/* Numbers, front first.  A bad one ends it. */
struct scan {
	struct str s;
	bool bad;
};

static bool
take(struct scan *c, char ch)
{
	if (c->s.n == 0 || c->s.p[0] != ch)
		return false;
	c->s = str_from(c->s, 1);
	return true;
}

static int32_t
number(struct scan *c, int32_t max)
{
	int32_t v = 0;
	size_t n = 0;

	for (; n < c->s.n && n < 5 && c->s.p[n] >= '0' && c->s.p[n] <= '9'; n++)
		v = 10 * v + (c->s.p[n] - '0');
	c->bad = c->bad || n == 0 || v > max;
	c->s = str_from(c->s, n);
	return v;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static int32_t
clock_of(struct scan *c, int32_t hours_max)
{
	bool minus = take(c, '-');
	int32_t s;

	if (!minus)
		(void)take(c, '+');
	s = number(c, hours_max) * 3600;
	if (take(c, ':'))
		s += number(c, 59) * 60;
	if (take(c, ':'))
		s += number(c, 59);
	return minus ? -s : s;
}

static void
skip_name(struct scan *c)
{
	size_t n = 0;
	bool quoted = take(c, '<');

	while (n < c->s.n && (quoted ? c->s.p[n] != '>'
				     : ((c->s.p[n] | 0x20) >= 'a' && (c->s.p[n] | 0x20) <= 'z')))
		n++;
	c->bad = c->bad || n < 3;
	c->s = str_from(c->s, n);
	if (quoted && !take(c, '>'))
		c->bad = true;
}

static struct zone_change
change_of(struct scan *c)
{
	struct zone_change x = { .kind = 'D', .s = 2 * 3600 };

	if (take(c, 'M')) {
		x.kind = 'M';
		x.month = number(c, 12);
		c->bad = c->bad || x.month < 1 || !take(c, '.');
		x.week = number(c, 5);
		c->bad = c->bad || x.week < 1 || !take(c, '.');
		x.day = number(c, 6);
	} else {
		x.kind = take(c, 'J') ? 'J' : 'D';
		x.day = number(c, 365);
		c->bad = c->bad || (x.kind == 'J' && x.day < 1);
	}
	if (take(c, '/'))
		x.s = clock_of(c, 167);
	return x;
}

/* "CET-1CEST,M3.5.0,M10.5.0/3" */
static bool
rule_of(struct str text, struct zone_rule *ret)
{
	struct scan c = { text, false };

	*ret = (struct zone_rule){ 0 };
	skip_name(&c);
	ret->standard = -clock_of(&c, 24);
	if (c.s.n == 0)
		return !c.bad;
	skip_name(&c);
	ret->has_summer = true;
	ret->summer = ret->standard + 3600;
	if (c.s.n > 0 && c.s.p[0] != ',')
		ret->summer = -clock_of(&c, 24);
	if (!take(&c, ','))
		return false;
	ret->begin = change_of(&c);
	if (!take(&c, ','))
		return false;
	ret->end = change_of(&c);
	return !c.bad && c.s.n == 0;
}

/* The change in that year, in seconds of local time since 1970. */
static int64_t
change_at(const struct zone_change *x, int64_t year)
{
	bool leap = clock_days(year, 3, 1) - clock_days(year, 2, 1) == 29;
	int64_t day = clock_days(year, 1, 1) + x->day;

	if (x->kind == 'J')
		day += leap && x->day >= 60 ? 0 : -1;
	if (x->kind == 'M') {
		unsigned month = (unsigned)x->month;
		int64_t first = clock_days(year, month, 1);
		int64_t next =
		    month == 12 ? clock_days(year + 1, 1, 1) : clock_days(year, month + 1, 1);
		int64_t weekday = ((first + 4) % 7 + 7) % 7;

		day = first + (x->day - weekday + 7) % 7 + 7 * (x->week - 1);
		if (day >= next)
			day -= 7;
	}
	return day * DAY + x->s;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int32_t
rule_offset(const struct zone_rule *r, int64_t s)
{
	int64_t year, begin, end;
	unsigned month, day;
	bool summer;

	if (!r->has_summer)
		return r->standard;
	clock_civil(floor_div(s + r->standard, DAY), &year, &month, &day);
	begin = change_at(&r->begin, year) - r->standard;
	end = change_at(&r->end, year) - r->summer;
	summer = begin < end ? s >= begin && s < end : s >= begin || s < end;
	return summer ? r->summer : r->standard;
}

int32_t
zone_offset(const struct zone *z, int64_t ns)
{
	int64_t s = floor_div(ns, CLOCK_S);
	size_t from = 0, to = z->n;

	while (from < to) {
		size_t mid = (from + to) / 2;

		if (z->at[mid] <= s)
			from = mid + 1;
		else
			to = mid;
	}
	if (from == z->n && z->has_rule)
		return rule_offset(&z->rule, s);
	return z->offset[from];
}

void
zone_local(const struct zone *z, int64_t ns, struct zone_time *ret)
{
	int64_t s = floor_div(ns, CLOCK_S) + zone_offset(z, ns);
	int64_t day = floor_div(s, DAY);
	unsigned in = (unsigned)(s - day * DAY);

	*ret = (struct zone_time){ .day = day,
		.weekday = (unsigned)(((day + 4) % 7 + 7) % 7),
		.hour = in / 3600,
		.minute = in / 60 % 60,
		.second = in % 60 };
}

static uint64_t
big_endian(struct str s, size_t at, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | (uint8_t)s.p[at + i];
	return v;
}

/* Counts of a TZif header: UT/local and standard/wall flags, leap seconds, changes, types, names.
 */
enum { N_UT, N_STD, N_LEAP, N_TIME, N_TYPE, N_CHAR, N_COUNTS };

static enum err
bad_file(struct diag *why)
{
	return err_set(why, FAIL_CORRUPT, "this is no file of a time zone");
}

/* A header off the front, and how many bytes follow it with times of `size` bytes. */
static bool
header(struct str *s, size_t size, uint64_t n[N_COUNTS], uint64_t *ret_bytes, char *ret_version)
{
	if (s->n < 44 || !str_starts(*s, STR("TZif")))
		return false;
	*ret_version = s->p[4];
	for (size_t i = 0; i < N_COUNTS; i++)
		n[i] = big_endian(*s, 20 + 4 * i, 4);
	*s = str_from(*s, 44);
	*ret_bytes = n[N_TIME] * (size + 1) + n[N_TYPE] * 6 + n[N_CHAR] + n[N_LEAP] * (size + 4) +
		     n[N_STD] + n[N_UT];
	return *ret_bytes <= s->n && n[N_TYPE] > 0;
}

static enum err
changes_of(struct str s, const uint64_t n[N_COUNTS], size_t size, struct zone *z, struct diag *why)
{
	size_t kinds = n[N_TIME] * size, types = kinds + n[N_TIME];
	uint64_t skip = n[N_TIME] > ZONE_CHANGES_MAX ? n[N_TIME] - ZONE_CHANGES_MAX : 0;

	z->n = 0;
	z->offset[0] = (int32_t)(uint32_t)big_endian(s, types, 4);
	for (uint64_t i = 0; i < n[N_TIME]; i++) {
		size_t type = (uint8_t)s.p[kinds + i];
		uint64_t t = big_endian(s, i * size, size);

		if (type >= n[N_TYPE])
			return bad_file(why);
		if (i >= skip)
			z->at[z->n++] = size == 8 ? (int64_t)t : (int32_t)(uint32_t)t;
		z->offset[z->n] = (int32_t)(uint32_t)big_endian(s, types + 6 * type, 4);
	}
	for (size_t i = 0; i <= z->n; i++)
		if (z->offset[i] < -2 * DAY || z->offset[i] > 2 * DAY ||
		    (i > 1 && i <= z->n && z->at[i - 1] <= z->at[i - 2]))
			return bad_file(why);
	return OK;
}

enum err
zone_read(struct str s, struct zone *ret, struct diag *why)
{
	uint64_t n[N_COUNTS], bytes;
	char version;
	enum err e;

	*ret = (struct zone){ 0 };
	if (!header(&s, 4, n, &bytes, &version))
		return bad_file(why);
	if (version == '\0')
		return changes_of(s, n, 4, ret, why);
	s = str_from(s, bytes);
	if (!header(&s, 8, n, &bytes, &version))
		return bad_file(why);
	e = changes_of(s, n, 8, ret, why);
	s = str_from(s, bytes);
	if (e != OK || s.n < 2 || s.p[0] != '\n' || s.p[1] == '\n')
		return e;
	s = str_from(s, 1);
	ret->has_rule = rule_of(str_until(&s, '\n'), &ret->rule);
	return ret->has_rule ? OK : bad_file(why);
}

/* "+02:00", with what POSIX has the other way round. */
static bool
fixed(struct str name, struct zone *ret)
{
	struct scan c = { name, false };
	int32_t s;

	if (name.n < 2 || (name.p[0] != '+' && name.p[0] != '-'))
		return false;
	s = clock_of(&c, 14);
	ret->offset[0] = s;
	return !c.bad && c.s.n == 0;
}

static bool
is_path(struct str name)
{
	bool good = name.n > 0 && name.n <= NAME_LONGEST && name.p[0] != '/';

	for (size_t i = 0; i < name.n && good; i++)
		good = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/",
			   name.p[i]) != NULL &&
		       name.p[i] != '\0';
	return good;
}

enum err
zone_find(struct str name, struct zone *ret, struct diag *why)
{
	auto_buf struct buf bytes = { 0 };
	char path[sizeof(FOLDER) + NAME_LONGEST + 2];
	enum err e;

	*ret = (struct zone){ 0 };
	if (str_eq(name, STR("UTC")) || str_eq(name, STR("Z")) || fixed(name, ret))
		return OK;
	*ret = (struct zone){ 0 };
	if (memchr(name.p, ',', name.n) != NULL) {
		ret->has_rule = rule_of(name, &ret->rule);
		return ret->has_rule ? OK
				     : err_set(why, FAIL_SYNTAX, "'%.*s' is no rule of a time zone",
					   STR_ARG(name));
	}
	if (!is_path(name))
		return err_set(why, FAIL_NOT_FOUND, "there is no time zone '%.*s'",
		    (int)(name.n < 40 ? name.n : 40), name.p);
	(void)snprintf(path, sizeof(path), FOLDER "/%.*s", STR_ARG(name));
	e = fs_read(path, FILE_MAX, &bytes, NULL);
	if (e != OK)
		return err_set(why, FAIL_NOT_FOUND, "there is no time zone '%.*s' in " FOLDER,
		    STR_ARG(name));
	return zone_read(buf_view(&bytes), ret, why);
}
