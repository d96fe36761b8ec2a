/* off_hours: events outside the hours that are usual for the key, or outside fixed ones. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_types.c */
#include <stdio.h>

#include "base/clock.h"
#include "base/zone.h"
#include "detect/ctype.h"
#include "detect/hours.h"

#define TIMESPAN_DEFAULT (60 * 86400 * CLOCK_S)
#define TIMESPAN_LEAST (7 * 86400 * CLOCK_S)
#define LEARN_DEFAULT 20
#define SHARE_DEFAULT 0.01
#define TEXT_SIZE 64

struct params {
	struct hours_shape shape; /* learned */
	bool fixed;
	unsigned from, to; /* minutes of the day; to may be before from: over midnight */
	unsigned days;     /* bit per weekday, Sunday first */
	char hours[TEXT_SIZE], day_names[TEXT_SIZE], zone_name[TEXT_SIZE];
	struct zone zone;
};

static const char *const own_keys[] = { "learn", "share", "hours", "days", "timezone", NULL };

/* "08:30" in minutes; 24:00 is the end of the day. */
static bool
read_clock(struct str s, unsigned *ret)
{
	uint64_t hour, minute = 0;
	struct str head = str_until(&s, ':');

	if (!str_u64(head, &hour) || (s.n > 0 && !str_u64(s, &minute)))
		return false;
	*ret = (unsigned)(hour * 60 + minute);
	return hour <= 24 && minute < 60 && *ret <= 1440;
}

static bool
read_day(struct str s, unsigned *ret)
{
	static const char names[7][4] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

	for (unsigned i = 0; i < 7; i++)
		if (s.n >= 3 && str_eq_nocase((struct str){ s.p, 3 }, str_c(names[i]))) {
			*ret = i;
			return true;
		}
	return false;
}

/* "mon-fri" or "sat". */
static bool
read_days(struct str s, unsigned *days)
{
	struct str head = str_trim(str_until(&s, '-'));
	unsigned from, to;

	if (!read_day(head, &from))
		return false;
	to = from;
	if (s.n > 0 && !read_day(str_trim(s), &to))
		return false;
	for (unsigned d = from;; d = (d + 1) % 7) {
		*days |= 1U << d;
		if (d == to)
			return true;
	}
}

static enum err
read_fixed(const struct ctype_reader *rd, struct params *p, struct diag *why)
{
	const struct ydoc *hours = ctype_key(rd, "hours"), *days = ctype_key(rd, "days");
	const struct ydoc *day = days != NULL && days->kind == YDOC_LIST ? days->first : days;
	struct str s;
	size_t n = 0;

	if (hours == NULL)
		return ctype_fail(rd, days, why, "days needs hours: \"08:00-18:00\"");
	s = hours->kind == YDOC_SCALAR ? hours->text : STR("");
	(void)str_to_c(s, p->hours, sizeof(p->hours));
	if (!read_clock(str_trim(str_until(&s, '-')), &p->from) ||
	    !read_clock(str_trim(s), &p->to) || p->from == p->to)
		return ctype_fail(rd, hours, why, "hours is two times: \"08:00-18:00\"");
	p->fixed = true;
	p->days = days == NULL ? 127 : 0;
	for (; day != NULL; day = days->kind == YDOC_LIST ? day->next : NULL) {
		if (day->kind != YDOC_SCALAR || !read_days(day->text, &p->days))
			return ctype_fail(rd, day, why, "days is mon-fri, or a list of days");
		if (n < sizeof(p->day_names))
			n += (size_t)snprintf(p->day_names + n, sizeof(p->day_names) - n, "%s%.20s",
			    n > 0 ? ", " : " ", day->text.p);
	}
	return OK;
}

static enum err
read_learned(const struct ctype_reader *rd, struct corr *corr, struct params *p, struct diag *why)
{
	double learn = LEARN_DEFAULT, share = SHARE_DEFAULT;
	enum err e = ctype_number(rd, "learn", 1, 1e6, &learn, why);

	if (e == OK)
		e = ctype_number(rd, "share", 0.0001, 0.5, &share, why);
	if (e == OK && corr->timespan == 0)
		corr->timespan = TIMESPAN_DEFAULT;
	if (e == OK && corr->timespan < TIMESPAN_LEAST)
		return ctype_fail(rd, ctype_key(rd, "timespan"), why,
		    "hours are learned over 7d at least");
	if (e == OK && ctype_key(rd, "group-by") == NULL)
		return ctype_fail(rd, NULL, why,
		    "whose hours? off_hours that learns needs group-by");
	p->shape = (struct hours_shape){ (uint32_t)(corr->timespan / (3600 * CLOCK_S)),
		(uint32_t)learn, share };
	return e;
}

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	const struct ydoc *zone = ctype_key(rd, "timezone");
	struct params *p = params;
	struct diag inner = { 0 };

	(void)str_to_c(STR("UTC"), p->zone_name, sizeof(p->zone_name));
	if (zone != NULL) {
		if (zone->kind != YDOC_SCALAR || zone_find(zone->text, &p->zone, &inner) != OK)
			return ctype_fail(rd, zone, why, "timezone: %s",
			    inner.text[0] != '\0' ? inner.text : "expected a name");
		(void)str_to_c(zone->text, p->zone_name, sizeof(p->zone_name));
	}
	if (ctype_key(rd, "hours") == NULL && ctype_key(rd, "days") == NULL)
		return read_learned(rd, corr, p, why);
	if (ctype_key(rd, "learn") != NULL || ctype_key(rd, "share") != NULL)
		return ctype_fail(rd, ctype_key(rd, "hours"), why,
		    "hours are either fixed or learned: leave out hours and days, or learn and "
		    "share");
	return read_fixed(rd, p, why);
}

/* The part of a night that is after midnight belongs to the day before. */
static bool
is_allowed(const struct params *p, const struct zone_time *z)
{
	unsigned m = z->hour * 60 + z->minute;
	bool over = p->to < p->from, morning = over && m < p->to;
	unsigned day = morning ? (z->weekday + 6) % 7 : z->weekday;
	bool in = over ? m >= p->from || m < p->to : m >= p->from && m < p->to;

	return in && (p->days >> day & 1) != 0;
}

/* "Sun 03:12 Europe/Berlin" */
static void
put_time(const struct params *p, const struct zone_time *z, struct buf *to)
{
	static const char names[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

	buf_printf(to, "%s %02u:%02u %s", names[z->weekday], z->hour, z->minute, p->zone_name);
}

static void
put_usual(const struct ctype_at *at, struct buf *to)
{
	const struct params *p = at->corr->params;
	const struct hours *h = at->state;

	if (p->fixed) {
		buf_printf(to, "allowed: %s%s", p->hours, p->day_names);
		return;
	}
	buf_str(to, STR("usual hours: "));
	hours_put(h, &p->shape, to);
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	struct hours *h = at->state;
	double share = 0;
	struct zone_time z;
	bool off;

	zone_local(&p->zone, ev->t, &z);
	if (p->fixed)
		off = !is_allowed(p, &z);
	else
		off = hours_add(h, &p->shape, 24 * z.day + (int64_t)z.hour, &share) == HOURS_OFF;
	if (!off)
		return CTYPE_KEPT;
	ret->value = share;
	put_time(p, &z, ret->text);
	buf_str(ret->text, STR("; "));
	put_usual(at, ret->text);
	buf_printf(ret->details, ",\"local_hour\":%u", z.hour);
	if (p->fixed)
		return CTYPE_FIRES;
	buf_printf(ret->text, " (%.2g%% of %llu active hours)", 100 * share,
	    (unsigned long long)h->learned);
	buf_printf(ret->details, ",\"share\":%.6g,\"active_hours\":%llu", share,
	    (unsigned long long)h->learned);
	return CTYPE_FIRES;
}

static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct hours *h = at->state;
	double part = p->fixed ? 0 : (double)h->learned / (double)p->shape.learn;

	return part < 1 ? part : 1;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct params *p = at->corr->params;
	const struct hours *h = at->state;
	struct zone_time z;

	zone_local(&p->zone, t, &z);
	put_time(p, &z, to);
	buf_str(to, STR("; "));
	put_usual(at, to);
	if (!p->fixed)
		buf_printf(to, "; %llu active hours, the first %u only teach",
		    (unsigned long long)h->learned, p->shape.learn);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	hours_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	return hours_load(at->state, from);
}

const struct ctype type_off_hours = {
	.name = "off_hours",
	.needs = CTYPE_TIMESPAN_MAY,
	.keys = own_keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct hours),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
};
