/* SPDX-License-Identifier: Apache-2.0 */
/* Silences as JSON. */
/* exports: silencejson_ */
/* tested by: test/e2e/silences.py */
#include "api/silence.h"

static void
put_time(struct jsonw *w, const char *key, int64_t ns)
{
	jsonw_key(w, str_c(key));
	if (ns != 0)
		jsonw_time(w, ns);
	else
		jsonw_null(w);
}

/* Only what it asks for. */
static void
put_match(struct jsonw *w, const struct silence_match *m)
{
	const struct {
		const char *key;
		struct str value;
	} texts[] = {
		{ "rule_id", m->rule_id },
		{ "group", m->group },
		{ "user", m->user },
		{ "net", m->net },
		{ "tag", m->tag },
		{ "severity", m->by_severity ? str_c(alerts_severity_word(m->at_most)) : STR("") },
	};

	jsonw_key(w, STR("match"));
	jsonw_obj(w);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].value.n != 0)
			jsonw_kstr(w, texts[i].key, texts[i].value);
	jsonw_end(w);
}

static void
put_weekly(struct jsonw *w, const struct silence_weekly *weekly)
{
	char text[SILENCE_CLOCK_SIZE];

	jsonw_key(w, STR("weekly"));
	if (weekly->days == 0) {
		jsonw_null(w);
		return;
	}
	jsonw_obj(w);
	jsonw_key(w, STR("days"));
	jsonw_arr(w);
	for (unsigned i = 0; silence_day_word(i) != NULL; i++)
		if ((weekly->days >> i & 1) != 0)
			jsonw_str(w, str_c(silence_day_word(i)));
	jsonw_end(w);
	jsonw_kstr(w, "from", str_c(silence_clock_text(weekly->from, false, text)));
	jsonw_kstr(w, "to", str_c(silence_clock_text(weekly->to, false, text)));
	jsonw_kstr(w, "offset", str_c(silence_clock_text(weekly->offset, true, text)));
	jsonw_end(w);
}

static void
put_broken(struct jsonw *w, const struct silence *s)
{
	jsonw_key(w, STR("broken"));
	if (s->broken == 0) {
		jsonw_null(w);
		return;
	}
	jsonw_obj(w);
	jsonw_ktime(w, "time", s->broken);
	jsonw_kstr(w, "why", s->broken_why);
	jsonw_kstr(w, "alert_id", s->broken_alert);
	jsonw_end(w);
}

static void
put_ended(struct jsonw *w, const struct silence *s, int64_t now)
{
	const int64_t ended = s->ended == 0 && s->end <= now ? s->end : s->ended;

	jsonw_key(w, STR("ended"));
	if (ended == 0) {
		jsonw_null(w);
		return;
	}
	jsonw_obj(w);
	jsonw_ktime(w, "time", ended);
	jsonw_kstr(w, "why", s->ended != 0 ? s->ended_why : STR("expired"));
	jsonw_kstr(w, "by", s->ended_by);
	jsonw_end(w);
}

static void
put_times(struct jsonw *w, const struct silence *s, int64_t now)
{
	int64_t from, to;

	put_time(w, "created", s->created);
	put_time(w, "start", s->start);
	put_time(w, "end", s->end);
	put_time(w, "next", s->ended == 0 ? silence_next(s, now) : 0);
	put_time(w, "until",
	    s->ended == 0 && s->end > now && silence_covers(s, now, &from, &to) ? to : 0);
	put_weekly(w, &s->weekly);
	put_broken(w, s);
	put_ended(w, s, now);
}

void
silencejson_open(struct jsonw *w, const struct silence *s, int64_t now)
{
	jsonw_obj(w);
	jsonw_kint(w, "id", s->id);
	jsonw_kstr(w, "kind", s->window ? STR("window") : STR("silence"));
	jsonw_kstr(w, "state", str_c(silence_state_word(silence_state(s, now))));
	put_match(w, &s->match);
	jsonw_kstr(w, "rule_title", s->rule_title);
	jsonw_key(w, STR("breaks_on"));
	jsonw_arr(w);
	for (unsigned i = 0; i < SILENCE_TRIPS; i++)
		if ((s->trips >> i & 1) != 0)
			jsonw_str(w, str_c(silence_trip_word((enum silence_trip)i)));
	jsonw_end(w);
	jsonw_kstr(w, "owner", s->owner);
	jsonw_kstr(w, "reason", s->reason);
	jsonw_kstr(w, "note", s->note);
	jsonw_kstr(w, "alert_id", s->alert_id);
	put_times(w, s, now);
	jsonw_kint(w, "max_hits", (int64_t)s->max_hits);
	jsonw_kint(w, "known", (int64_t)s->seen);
	jsonw_key(w, STR("hidden"));
	jsonw_obj(w);
	jsonw_kint(w, "alerts", (int64_t)s->alerts);
	jsonw_kint(w, "events", (int64_t)s->events);
	put_time(w, "newest", s->newest);
	jsonw_end(w);
}

void
silencejson_put(struct jsonw *w, const struct silence *s, int64_t now)
{
	silencejson_open(w, s, now);
	jsonw_end(w);
}
