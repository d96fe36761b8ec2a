/* exports: preview_ */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/preview.py */
/* A preview as a sentence, as text and as JSON. */
#include <stdlib.h>

#include "app/preview_in.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/utf8.h"
#include "detect/ruleset.h"

#define SHOWN 20 /* in text, of a kind */
#define HARD (1U << DEED_BLOCK_IP | 1U << DEED_RATE_LIMIT_IP)

struct sums {
	unsigned hard; /* addresses blocked or slowed down */
	unsigned used; /* of them, those that known people logged in from */
	unsigned shared, crawlers, refused;
	unsigned users; /* accounts something would have been done to */
};

static struct sums
sum_up(const struct preview *p)
{
	struct sums s = { 0 };

	for (size_t i = 0; i < p->all.n; i++) {
		const struct preview_entity *e = &p->all.p[i];
		const bool hard = (e->deeds & HARD) != 0;

		s.hard += hard;
		s.used += hard && e->people != 0;
		s.shared += hard && e->shared;
		s.crawlers += hard && e->crawler[0] != '\0';
		s.refused += e->refused != 0 && e->deeds == 0;
		s.users += e->to == DEED_TO_USER && e->deeds != 0;
	}
	return s;
}

static const char *
many(size_t n)
{
	return n == 1 ? "" : "s";
}

void
preview_verdict(const struct preview *p, struct buf *to)
{
	const struct sums s = sum_up(p);
	const size_t people = map_len(p->people), strangers = map_len(p->strangers);

	if (s.hard == 0 && s.users == 0) {
		buf_str(to, STR("blocks nobody"));
	} else {
		buf_printf(to, "blocks %u address%s", s.hard, s.hard == 1 ? "" : "es");
		if (s.hard != 0 && people != 0)
			buf_printf(to, ", %u of them used by %zu %s who logged in normally", s.used,
			    people, people == 1 ? "person" : "people");
		else if (s.hard != 0)
			buf_str(to, STR(", none of them used by anybody who logged in normally"));
	}
	if (s.shared != 0)
		buf_printf(to, "; %u shared by many", s.shared);
	if (strangers != 0)
		buf_printf(to,
		    "; %zu other%s logged in from them for the first time: new people, or stolen "
		    "passwords",
		    strangers, many(strangers));
	if (s.crawlers != 0)
		buf_printf(to, "; %u say%s they are crawlers", s.crawlers,
		    s.crawlers == 1 ? "s" : "");
	if (s.users != 0)
		buf_printf(to, "; acts on %u account%s", s.users, many(s.users));
	if (s.refused != 0)
		buf_printf(to, "; %u protected address%s let alone", s.refused,
		    s.refused == 1 ? " is" : "es are");
}

/* Those that cost most first. */
static int
by_cost(const void *pa, const void *pb)
{
	const struct preview_entity *a = pa, *b = pb;

	if (a->people != b->people)
		return a->people < b->people ? 1 : -1;
	if (a->shared != b->shared)
		return a->shared ? -1 : 1;
	if (a->strangers != b->strangers)
		return a->strangers < b->strangers ? 1 : -1;
	if (a->times != b->times)
		return a->times < b->times ? 1 : -1;
	return str_cmp(a->name, b->name);
}

static int
by_day(const void *pa, const void *pb)
{
	const struct preview_day *a = pa, *b = pb;

	return a->day < b->day ? -1 : a->day > b->day;
}

static struct preview_entity *
sorted(const struct preview *p)
{
	struct preview_entity *all = mem_alloc((p->all.n + 1) * sizeof(*all));

	if (p->all.n != 0)
		memcpy(all, p->all.p, p->all.n * sizeof(*all));
	qsort(all, p->all.n, sizeof(*all), by_cost);
	return all;
}

static void
put_deeds(unsigned deeds, struct buf *to)
{
	const char *comma = "";

	for (unsigned i = 0; i < DEEDS; i++)
		if ((deeds & 1U << i) != 0) {
			buf_printf(to, "%s%s", comma, deed_word((enum deed)i));
			comma = " ";
		}
}

static void
put_line(const struct preview_entity *e, struct buf *to)
{
	buf_printf(to, "  %-2s  ", e->country);
	utf8_show(e->name, to);
	buf_str(to, STR("  "));
	put_deeds(e->deeds, to);
	if (e->deeds == 0)
		buf_printf(to, "refused: %s", e->why);
	if (e->times > 1)
		buf_printf(to, " %u times", e->times);
	if (e->people != 0) {
		buf_printf(to, "; %u logged in normally:", e->people);
		for (unsigned i = 0; i < e->people && i < PREVIEW_NAMED; i++) {
			buf_byte(to, ' ');
			utf8_show(str_c(e->names[i]), to);
		}
	}
	if (e->strangers != 0)
		buf_printf(to, "; %u logged in for the first time", e->strangers);
	if (e->shared)
		buf_printf(to, "; shared (%u known, %u programs)", e->known, e->agents);
	if (e->crawler[0] != '\0')
		buf_printf(to, "; %s, it says", e->crawler);
	buf_byte(to, '\n');
}

struct trips {
	const struct preview *p;
	struct jsonw *w; /* NULL: text */
	struct buf *to;
};

static const char *
title_of(const struct preview *p, struct str rule)
{
	const struct rule *r = ruleset_find(p->o->rules, rule);

	return r != NULL ? r->title : "";
}

static enum err
on_trip(void *ctx, const struct budget_trip *t)
{
	const struct trips *x = ctx;
	char when[40];

	if (x->w == NULL) {
		buf_printf(x->to, "  %.19s  %s (%.*s)\n      ", clock_text(t->time, when),
		    title_of(x->p, t->rule), STR_ARG(t->rule));
		utf8_show(t->reason, x->to);
		buf_byte(x->to, '\n');
		return OK;
	}
	jsonw_obj(x->w);
	jsonw_kstr(x->w, "rule_id", t->rule);
	jsonw_kstr(x->w, "rule", str_c(title_of(x->p, t->rule)));
	jsonw_ktime(x->w, "time", t->time);
	jsonw_kstr(x->w, "reason", t->reason);
	jsonw_end(x->w);
	return OK;
}

static void
put_days(const struct preview *p, struct buf *to)
{
	char when[40];

	if (p->days.n > 1)
		qsort(p->days.p, p->days.n, sizeof(*p->days.p), by_day);
	buf_str(to, STR("\nwould  refused  day\n"));
	for (size_t i = 0; i < p->days.n; i++)
		buf_printf(to, "%5u  %7u  %.10s\n", p->days.p[i].would, p->days.p[i].refused,
		    clock_text(p->days.p[i].day, when));
}

void
preview_text(const struct preview *p, struct buf *to)
{
	auto_free struct preview_entity *all = sorted(p);
	struct trips x = { p, NULL, to };
	char first[40], last[40];
	auto_buf struct buf trips = { 0 };

	buf_printf(to, "Policy %.*s ", STR_ARG(policy_name(p->o->policy)));
	preview_verdict(p, to);
	buf_printf(to, ".\n%llu records", (unsigned long long)p->stats.records);
	if (p->stats.records != 0)
		buf_printf(to, " from %.19s to %.19s", clock_text(p->stats.first, first),
		    clock_text(p->stats.last, last));
	buf_printf(to, ", %zu alert%s, %.1f s\n", p->n_alerts, many(p->n_alerts), p->seconds);
	if (p->days.n == 0)
		return;
	buf_str(to, STR("\nwould  refused  action\n"));
	for (unsigned i = 0; i < DEEDS; i++)
		if (p->would[i] + p->refused[i] != 0)
			buf_printf(to, "%5u  %7u  %s\n", p->would[i], p->refused[i],
			    deed_word((enum deed)i));
	put_days(p, to);
	buf_str(to, STR("\nwhom\n"));
	for (size_t i = 0; i < p->all.n && i < SHOWN; i++)
		put_line(&all[i], to);
	if (p->all.n > SHOWN)
		buf_printf(to, "  and %zu more\n", p->all.n - SHOWN);
	x.to = &trips;
	if (budget_trips(p->r.leases, on_trip, &x, NULL) == OK && trips.n != 0) {
		buf_str(to, STR("\nrules that would have spent their budget\n"));
		buf_str(to, buf_view(&trips));
	}
}

static void
put_entity(struct jsonw *w, const struct preview *p, const struct preview_entity *e)
{
	jsonw_obj(w);
	jsonw_kstr(w, "entity", e->name);
	jsonw_kstr(w, "kind", e->to == DEED_TO_USER ? STR("user") : STR("address"));
	jsonw_kstr(w, "country", str_c(e->country));
	jsonw_key(w, STR("actions"));
	jsonw_arr(w);
	for (unsigned i = 0; i < DEEDS; i++)
		if ((e->deeds & 1U << i) != 0)
			jsonw_str(w, str_c(deed_word((enum deed)i)));
	jsonw_end(w);
	jsonw_kint(w, "times", e->times);
	jsonw_kstr(w, "refused", str_c(e->refused != 0 ? e->why : ""));
	jsonw_ktime(w, "begin", e->begin);
	jsonw_ktime(w, "end", e->end);
	jsonw_kstr(w, "rule_id", str_c(e->rule));
	jsonw_kstr(w, "rule", str_c(title_of(p, str_c(e->rule))));
	jsonw_kstr(w, "reason", str_c(e->reason));
	jsonw_kint(w, "people", e->people);
	jsonw_key(w, STR("names"));
	jsonw_arr(w);
	for (unsigned i = 0; i < e->people && i < PREVIEW_NAMED; i++)
		jsonw_str(w, str_c(e->names[i]));
	jsonw_end(w);
	jsonw_kint(w, "strangers", e->strangers);
	jsonw_kint(w, "known", e->known);
	jsonw_kint(w, "programs", e->agents);
	jsonw_kbool(w, "shared", e->shared);
	jsonw_kstr(w, "crawler", str_c(e->crawler));
	jsonw_end(w);
}

static void
put_sums(struct jsonw *w, const struct preview *p)
{
	const struct sums s = sum_up(p);

	jsonw_kint(w, "addresses", s.hard);
	jsonw_kint(w, "used", s.used);
	jsonw_kint(w, "people", (int64_t)map_len(p->people));
	jsonw_kint(w, "strangers", (int64_t)map_len(p->strangers));
	jsonw_kint(w, "shared", s.shared);
	jsonw_kint(w, "crawlers", s.crawlers);
	jsonw_kint(w, "accounts", s.users);
	jsonw_kint(w, "refused", s.refused);
}

static void
put_json_lists(struct jsonw *w, const struct preview *p)
{
	auto_free struct preview_entity *all = sorted(p);
	struct trips x = { p, w, NULL };

	jsonw_key(w, STR("actions"));
	jsonw_arr(w);
	for (unsigned i = 0; i < DEEDS; i++) {
		if (p->would[i] + p->refused[i] == 0)
			continue;
		jsonw_obj(w);
		jsonw_kstr(w, "action", str_c(deed_word((enum deed)i)));
		jsonw_kint(w, "would", p->would[i]);
		jsonw_kint(w, "refused", p->refused[i]);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_key(w, STR("days"));
	jsonw_arr(w);
	if (p->days.n > 1)
		qsort(p->days.p, p->days.n, sizeof(*p->days.p), by_day);
	for (size_t i = 0; i < p->days.n; i++) {
		jsonw_obj(w);
		jsonw_ktime(w, "day", p->days.p[i].day);
		jsonw_kint(w, "would", p->days.p[i].would);
		jsonw_kint(w, "refused", p->days.p[i].refused);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_key(w, STR("entities"));
	jsonw_arr(w);
	for (size_t i = 0; i < p->all.n && i < PREVIEW_SHOWN; i++)
		put_entity(w, p, &all[i]);
	jsonw_end(w);
	jsonw_kint(w, "more", p->all.n > PREVIEW_SHOWN ? (int64_t)(p->all.n - PREVIEW_SHOWN) : 0);
	jsonw_key(w, STR("trips"));
	jsonw_arr(w);
	(void)!budget_trips(p->r.leases, on_trip, &x, NULL);
	jsonw_end(w);
}

void
preview_json(const struct preview *p, const char *id, struct buf *to)
{
	auto_buf struct buf verdict = { 0 };
	struct jsonw w;

	preview_verdict(p, &verdict);
	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "id", str_c(id));
	jsonw_ktime(&w, "time", p->o->history.now);
	jsonw_kstr(&w, "policy", policy_name(p->o->policy));
	jsonw_kstr(&w, "digest", str_c(policy_digest(p->o->policy)));
	jsonw_kstr(&w, "verdict", buf_view(&verdict));
	jsonw_kint(&w, "records", (int64_t)p->stats.records);
	jsonw_key(&w, STR("first"));
	if (p->stats.records != 0)
		jsonw_time(&w, p->stats.first);
	else
		jsonw_null(&w);
	jsonw_key(&w, STR("last"));
	if (p->stats.records != 0)
		jsonw_time(&w, p->stats.last);
	else
		jsonw_null(&w);
	jsonw_key(&w, STR("seconds"));
	jsonw_f64(&w, p->seconds);
	jsonw_kint(&w, "alerts", (int64_t)p->n_alerts);
	put_sums(&w, p);
	put_json_lists(&w, p);
	jsonw_end(&w);
	buf_byte(to, '\n');
}
