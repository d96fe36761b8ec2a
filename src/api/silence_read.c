/* SPDX-License-Identifier: Apache-2.0 */
/* Silences from the bodies of requests. */
/* exports: silenceread_ */
/* tested by: test/e2e/silences.py */
#include "api/silence.h"

#include "api/alert.h"
#include "base/clock.h"
#include "parse/time.h"

/* A body as it is written. */
struct wish {
	struct str kind, severity, start, end, span, alert, from, to, offset;
	const struct jsonr *match, *weekly, *days, *trips;
	int64_t max_hits;
};

static enum err
read_match(struct wish *w, struct silence *s, struct diag *why)
{
	struct silence_match *m = &s->match;
	const struct members_row rows[] = {
		{ "rule_id", MEMBERS_TEXT, &m->rule_id, NULL },
		{ "group", MEMBERS_TEXT, &m->group, NULL },
		{ "user", MEMBERS_TEXT, &m->user, NULL },
		{ "net", MEMBERS_TEXT, &m->net, NULL },
		{ "tag", MEMBERS_TEXT, &m->tag, NULL },
		{ "severity", MEMBERS_TEXT, &w->severity, NULL },
	};
	enum err e = members_read(w->match, "match.", rows, ARRAY_LEN(rows), why);

	if (e != OK || w->severity.n == 0)
		return e;
	m->by_severity = true;
	return alerts_severity_find(w->severity, &m->at_most)
		   ? OK
		   : err_set(why, FAIL_SYNTAX,
			 "match.severity: CRITICAL, HIGH, MEDIUM, LOW or INFO");
}

static enum err
read_weekly(struct wish *w, struct silence *s, struct diag *why)
{
	struct silence_weekly *to = &s->weekly;
	const struct members_row rows[] = {
		{ "days", MEMBERS_LIST, &w->days, NULL },
		{ "from", MEMBERS_TEXT, &w->from, NULL },
		{ "to", MEMBERS_TEXT, &w->to, NULL },
		{ "offset", MEMBERS_TEXT, &w->offset, NULL },
	};
	enum err e = OK;
	unsigned day;

	if (w->weekly == NULL)
		return OK;
	w->offset = STR("Z");
	e = members_read(w->weekly, "weekly.", rows, ARRAY_LEN(rows), why);
	if (e != OK)
		return e;
	for (const struct jsonr *d = w->days != NULL ? w->days->first : NULL; d != NULL;
	     d = d->next) {
		if (!silence_day_find(d->s, &day))
			return err_set(why, FAIL_SYNTAX, "weekly.days: sun, mon, tue, wed ...");
		to->days |= 1U << day;
	}
	if (to->days == 0)
		return err_set(why, FAIL_SYNTAX, "weekly.days: at least one");
	if (!silence_clock_read(w->from, &to->from) || !silence_clock_read(w->to, &to->to))
		return err_set(why, FAIL_SYNTAX, "weekly.from and weekly.to: like 02:30");
	if (!silence_offset_read(w->offset, &to->offset))
		return err_set(why, FAIL_SYNTAX, "weekly.offset: Z, or like +01:00");
	return OK;
}

static enum err
read_trips(const struct wish *w, struct silence *s, struct diag *why)
{
	enum silence_trip t;

	s->trips = SILENCE_ALL_TRIPS;
	if (w->trips == NULL)
		return OK;
	s->trips = 0;
	for (const struct jsonr *v = w->trips->first; v != NULL; v = v->next) {
		if (!silence_trip_find(v->s, &t))
			return err_set(why, FAIL_SYNTAX,
			    "breaks_on: user, tag, country, network or severity");
		s->trips |= 1U << t;
	}
	return OK;
}

/* `end`, or `for` from its start on. */
static enum err
read_end(const struct wish *w, int64_t start, int64_t now, int64_t *ret, struct diag *why)
{
	int64_t span;

	if (w->end.n != 0)
		return time_any(w->end, 0, now, ret)
			   ? OK
			   : err_set(why, FAIL_SYNTAX, "end: a time like 2026-11-21T02:00:00Z");
	if (w->span.n == 0)
		return OK;
	if (!clock_span(w->span, &span) || span <= 0 || span > SILENCE_MAX_WEEKLY)
		return err_set(why, FAIL_SYNTAX, "for: a time like 2h");
	*ret = start + span;
	return OK;
}

static enum err
read_times(const struct wish *w, struct silence *s, int64_t now, struct diag *why)
{
	enum err e;

	s->start = now;
	if (w->start.n != 0 && !time_any(w->start, 0, now, &s->start))
		return err_set(why, FAIL_SYNTAX, "start: a time like 2026-11-21T02:00:00Z");
	e = read_end(w, s->start, now, &s->end, why);
	return e == OK && s->end == 0 ? err_set(why, FAIL_SYNTAX, "end: say until when") : e;
}

struct copied { /* texts of the alert that it is made from */
	struct arena *arena;
	struct silence *s;
	bool fill; /* also what it looks for */
};

static enum err
copy_alert(void *ctx, const struct alerts_row *row)
{
	struct copied *c = ctx;
	bool good = arena_copy(c->arena, str_c(row->id), &c->s->alert_id);

	if (good && c->fill)
		good = arena_copy(c->arena, row->rule_id, &c->s->match.rule_id) &&
		       arena_copy(c->arena, row->group, &c->s->match.group);
	return good ? OK : FAIL_LIMIT;
}

/* Without `match`: the rule and group of the alert it is made from. */
static enum err
read_alert(struct api *a, struct arena *arena, const struct wish *w, struct silence *s,
    struct diag *why)
{
	struct copied c = { arena, s, w->match == NULL };

	if (w->alert.n == 0)
		return OK;
	return alerts_get(a->host.alerts, w->alert, copy_alert, &c, why);
}

static enum err
read_kind(const struct wish *w, struct silence *s, struct diag *why)
{
	s->window = str_eq(w->kind, STR("window"));
	return s->window || str_eq(w->kind, STR("silence"))
		   ? OK
		   : err_set(why, FAIL_SYNTAX, "kind: silence or window");
}

enum err
silenceread_new(struct api *a, struct arena *arena, const struct jsonr *body, struct str span,
    struct silence *s, struct diag *why)
{
	struct wish wish = { .kind = STR("silence"), .span = span }, *w = &wish;
	const struct members_row rows[] = {
		{ "kind", MEMBERS_TEXT, &w->kind, NULL },
		{ "match", MEMBERS_MAP, &w->match, NULL },
		{ "weekly", MEMBERS_MAP, &w->weekly, NULL },
		{ "breaks_on", MEMBERS_LIST, &w->trips, NULL },
		{ "owner", MEMBERS_TEXT, &s->owner, NULL },
		{ "reason", MEMBERS_TEXT, &s->reason, NULL },
		{ "note", MEMBERS_TEXT, &s->note, NULL },
		{ "alert_id", MEMBERS_TEXT, &w->alert, NULL },
		{ "start", MEMBERS_TEXT, &w->start, NULL },
		{ "end", MEMBERS_TEXT, &w->end, NULL },
		{ "for", MEMBERS_TEXT, &w->span, NULL },
		{ "max_hits", MEMBERS_INT, &w->max_hits, NULL },
	};
	const int64_t now = clock_wall();
	enum err e = members_read(body, "", rows, ARRAY_LEN(rows), why);

	if (e == OK)
		e = read_kind(w, s, why);
	if (e == OK)
		e = read_match(w, s, why);
	if (e == OK)
		e = read_weekly(w, s, why);
	if (e == OK)
		e = read_trips(w, s, why);
	if (e == OK)
		e = read_times(w, s, now, why);
	if (e == OK && w->max_hits < 0)
		e = err_set(why, FAIL_SYNTAX, "max_hits: not negative");
	s->max_hits = (uint64_t)w->max_hits;
	return e == OK ? read_alert(a, arena, w, s, why) : e;
}

enum err
silenceread_change(const struct jsonr *body, struct silence_change *c, struct diag *why)
{
	struct wish w = { .max_hits = 0 };
	int64_t max = 0;
	const struct members_row rows[] = {
		{ "owner", MEMBERS_TEXT, &c->owner, NULL },
		{ "reason", MEMBERS_TEXT, &c->reason, NULL },
		{ "end", MEMBERS_TEXT, &w.end, NULL },
		{ "for", MEMBERS_TEXT, &w.span, NULL },
		{ "max_hits", MEMBERS_INT, &max, &c->with_max_hits },
		{ "renew", MEMBERS_BOOL, &c->renew, NULL },
	};
	const int64_t now = clock_wall();
	enum err e = members_read(body, "", rows, ARRAY_LEN(rows), why);

	if (e == OK)
		e = read_end(&w, now, now, &c->end, why);
	if (e == OK && max < 0)
		e = err_set(why, FAIL_SYNTAX, "max_hits: not negative");
	c->max_hits = (uint64_t)max;
	return e;
}
