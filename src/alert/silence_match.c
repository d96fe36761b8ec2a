/* SPDX-License-Identifier: Apache-2.0 */
/* Which alerts a silence means, and when. */
/* exports: silence_ */
/* tested by: test/unit/alert/test_silence.c */
#include <string.h>

#include "alert/affected.h"
#include "alert/silence_in.h"
#include "base/ip.h"

static const char *const states[] = {
	[SILENCE_WAITING] = "waiting",
	[SILENCE_HOLDS] = "active",
	[SILENCE_BROKEN] = "broken",
	[SILENCE_ENDED] = "ended",
};

static const char *const trips[] = {
	[SILENCE_USER] = "user",
	[SILENCE_TAG] = "tag",
	[SILENCE_COUNTRY] = "country",
	[SILENCE_NETWORK] = "network",
	[SILENCE_SEVERITY] = "severity",
};

const char *
silence_state_word(enum silence_state s)
{
	return states[s];
}

bool
silence_state_find(struct str word, enum silence_state *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_eq(word, str_c(states[i]))) {
			*ret = (enum silence_state)i;
			return true;
		}
	return false;
}

const char *
silence_trip_word(enum silence_trip t)
{
	return trips[t];
}

bool
silence_trip_find(struct str word, enum silence_trip *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(trips); i++)
		if (str_eq(word, str_c(trips[i]))) {
			*ret = (enum silence_trip)i;
			return true;
		}
	return false;
}

static bool
has_tag(struct str tags, struct str tag)
{
	while (tags.n != 0)
		if (str_eq(str_trim(str_until(&tags, ',')), tag))
			return true;
	return false;
}

static bool
is_user(const void *user, struct str name)
{
	return str_eq(*(const struct str *)user, name);
}

static bool
is_inside(const void *net, struct str name)
{
	struct ip ip;

	return ip_parse(name, &ip) && ip_net_has(net, &ip);
}

/* Is there one of this kind, and are all what `is` says?  Of more than are kept nobody knows. */
static bool
all_are(struct str set, enum affected_kind kind, bool (*is)(const void *ctx, struct str name),
    const void *ctx)
{
	bool any = false, more = false;
	enum affected_kind k;
	struct str name;

	while (affected_next(&set, &k, &name, &more)) {
		if (k != kind)
			continue;
		if (more || !is(ctx, name))
			return false;
		any = true;
	}
	return any;
}

bool
silence_matches(const struct silence_match *m, const struct silence_about *x)
{
	struct ip_net net;

	if (m->rule_id.n != 0 && !str_eq(m->rule_id, x->rule_id))
		return false;
	if (m->group.n != 0 && !str_eq(m->group, x->group))
		return false;
	if (m->by_severity && x->severity < m->at_most)
		return false;
	if (m->tag.n != 0 && !has_tag(x->tags, m->tag))
		return false;
	if (m->user.n != 0 && !all_are(x->affected, AFFECTED_USER, is_user, &m->user))
		return false;
	return m->net.n == 0 || (ip_net_parse(m->net, &net, NULL) &&
				    all_are(x->affected, AFFECTED_ADDRESS, is_inside, &net));
}

/* Down, also before 1970. */
static int64_t
floor_div(int64_t n, int64_t by)
{
	return n / by - (n % by < 0);
}

/* The time of a weekly silence that begins on a day of its zone; false: not on that day. */
static bool
on_day(const struct silence_weekly *w, int64_t day, int64_t *ret_from, int64_t *ret_to)
{
	const int64_t midnight = day * SILENCE_DAY - w->offset * SILENCE_MINUTE;
	const unsigned weekday = (unsigned)(((day + 4) % 7 + 7) % 7); /* 1 January 1970: Thursday */

	*ret_from = midnight + w->from * SILENCE_MINUTE;
	*ret_to = midnight + w->to * SILENCE_MINUTE;
	if (w->to <= w->from)
		*ret_to += SILENCE_DAY;
	return (w->days >> weekday & 1) != 0;
}

/* Cut to the life of the silence; false: nothing is left. */
static bool
cut(const struct silence *s, int64_t *from, int64_t *to)
{
	*from = *from > s->start ? *from : s->start;
	*to = *to < s->end ? *to : s->end;
	return *from < *to;
}

static int64_t
day_of(const struct silence *s, int64_t t)
{
	return floor_div(t + s->weekly.offset * SILENCE_MINUTE, SILENCE_DAY);
}

bool
silence_covers(const struct silence *s, int64_t t, int64_t *ret_from, int64_t *ret_to)
{
	if (s->weekly.days == 0) {
		*ret_from = s->start;
		*ret_to = s->end;
		return s->start <= t && t < s->end;
	}
	for (int64_t day = day_of(s, t); day >= day_of(s, t) - 1; day--)
		if (on_day(&s->weekly, day, ret_from, ret_to) && cut(s, ret_from, ret_to) &&
		    *ret_from <= t && t < *ret_to)
			return true;
	return false;
}

bool
silence_before(const struct silence *s, int64_t t, int64_t *ret_from, int64_t *ret_to)
{
	const int64_t at = t < s->end ? t : s->end;

	if (s->weekly.days == 0) {
		*ret_from = s->start;
		*ret_to = s->end;
		return s->end <= t;
	}
	for (int64_t day = day_of(s, at); day >= day_of(s, at) - 9; day--)
		if (on_day(&s->weekly, day, ret_from, ret_to) && cut(s, ret_from, ret_to) &&
		    *ret_to <= t)
			return true;
	return false;
}

int64_t
silence_next(const struct silence *s, int64_t t)
{
	const int64_t at = t > s->start ? t : s->start;
	int64_t from, to;

	if (s->weekly.days == 0)
		return t < s->start ? s->start : 0;
	for (int64_t day = day_of(s, at) - 1; day <= day_of(s, at) + 8; day++)
		if (on_day(&s->weekly, day, &from, &to) && cut(s, &from, &to) && from > t)
			return from;
	return 0;
}

enum silence_state
silence_state(const struct silence *s, int64_t now)
{
	int64_t from, to;

	if (s->ended != 0 || s->end <= now)
		return SILENCE_ENDED;
	if (silence_covers(s, now, &from, &to))
		return s->broken >= from ? SILENCE_BROKEN : SILENCE_HOLDS;
	return SILENCE_WAITING;
}

struct each {
	silence_value_fn fn;
	void *ctx;
};

static enum err
each_affected(struct str set, const struct each *to, struct diag *why)
{
	static const struct {
		bool wanted;
		enum silence_trip trip;
	} kinds[AFFECTED_KINDS] = {
		[AFFECTED_USER] = { true, SILENCE_USER },
		[AFFECTED_COUNTRY] = { true, SILENCE_COUNTRY },
		[AFFECTED_NETWORK] = { true, SILENCE_NETWORK },
	};
	enum affected_kind kind;
	struct str name;
	bool more;
	enum err e = OK;

	/* That there are more than are kept is a name as well. */
	while (e == OK && affected_next(&set, &kind, &name, &more))
		if (kinds[kind].wanted)
			e = to->fn(to->ctx, kinds[kind].trip,
			    more ? STR("(more than are kept)") : name, why);
	return e;
}

enum err
silence_values(const struct silence_about *x, silence_value_fn fn, void *ctx, struct diag *why)
{
	const struct each to = { fn, ctx };
	struct str tags = x->tags, tag;
	enum err e = each_affected(x->affected, &to, why);

	while (e == OK && tags.n != 0) {
		tag = str_trim(str_until(&tags, ','));
		tag.n = tag.n < SILENCE_VALUE ? tag.n : SILENCE_VALUE;
		if (str_starts(tag, STR("attack.")))
			e = fn(ctx, SILENCE_TAG, tag, why);
	}
	return e;
}
