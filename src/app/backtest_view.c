/* exports: backtest_ */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/backtest.py */
/* A backtest as text and as JSON. */
#include <stdlib.h>

#include "app/backtest_in.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"

#define DAY (86400 * CLOCK_S)
#define SHOWN 20 /* in text, of a kind */

/* Days and entities alike: a name, and alerts on both sides. */
struct count {
	struct str name;
	int64_t day;
	unsigned would, now;
};
typedef VEC(struct count) counts;

typedef const struct report_alert *alert_ptr;

/* Rule, entity, time. */
static int
by_entity(const void *pa, const void *pb)
{
	const struct report_alert *a = *(const alert_ptr *)pa, *b = *(const alert_ptr *)pb;
	int c = strcmp(a->rule->id, b->rule->id);

	if (c == 0)
		c = str_cmp(a->group, b->group);
	return c != 0 ? c : (a->first > b->first) - (a->first < b->first);
}

/* Alerts of one entity are the same when neither began a day before the other. `list` by_entity. */
static bool
has(const alert_ptr *list, size_t n, const struct report_alert *one)
{
	struct report_alert from = { .rule = one->rule, .group = one->group };
	const struct report_alert *key = &from;
	size_t low = 0;

	from.first = one->first - DAY + 1;
	while (n > 0) { /* the first that is not before `from` */
		size_t half = n / 2;

		if (by_entity(&list[low + half], &key) < 0) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return list[low] != NULL && strcmp(list[low]->rule->id, one->rule->id) == 0 &&
	       str_eq(list[low]->group, one->group) && list[low]->first < one->first + DAY;
}

static void
count_one(counts *c, struct map *at, struct str name, int64_t day, bool would)
{
	struct str key = name.n != 0 ? name : (struct str){ (const char *)&day, sizeof(day) };
	struct count *one;
	uint32_t *v;
	bool fresh;

	v = map_put(at, key, &fresh);
	if (v == NULL)
		return; /* more of them than there can be alerts */
	if (fresh) {
		*v = (uint32_t)c->n;
		VEC_PUSH(c, ((struct count){ .name = name, .day = day }));
	}
	one = &c->p[*v];
	*(would ? &one->would : &one->now) += 1;
}

static int
by_size(const void *pa, const void *pb)
{
	const struct count *a = pa, *b = pb;
	unsigned x = a->would + a->now, y = b->would + b->now;

	if (x != y)
		return x < y ? 1 : -1;
	return a->day != b->day ? (a->day < b->day ? -1 : 1) : str_cmp(a->name, b->name);
}

static int
by_day(const void *pa, const void *pb)
{
	const struct count *a = pa, *b = pb;

	return a->day < b->day ? -1 : a->day > b->day;
}

struct view {
	const struct backtest *b;
	alert_ptr *would, *now;               /* by time */
	alert_ptr *would_sorted, *now_sorted; /* by entity, NULL behind the last */
	size_t n_would, n_now;
	counts days, entities;
};

static alert_ptr *
sorted(const alert_ptr *list, size_t n)
{
	alert_ptr *copy = mem_zalloc((n + 1) * sizeof(alert_ptr));

	if (n != 0)
		memcpy(copy, list, n * sizeof(alert_ptr));
	qsort(copy, n, sizeof(alert_ptr), by_entity);
	return copy;
}

static void
count_side(struct view *v, struct map *days, struct map *entities, bool would)
{
	const alert_ptr *list = would ? v->would : v->now;

	for (size_t i = 0; i < (would ? v->n_would : v->n_now); i++) {
		count_one(&v->days, days, STR(""), list[i]->first - list[i]->first % DAY, would);
		count_one(&v->entities, entities, list[i]->group, 0, would);
	}
}

static void
view_init(struct view *v, const struct backtest *b)
{
	struct map *days = map_new(sizeof(uint32_t), REPORT_ALERTS_MAX);
	struct map *entities = map_new(sizeof(uint32_t), (size_t)2 * REPORT_ALERTS_MAX);

	*v = (struct view){ .b = b };
	v->would = report_alerts(b->would.report, REPORT_BY_TIME, &v->n_would);
	v->now = report_alerts(b->now.report, REPORT_BY_TIME, &v->n_now);
	v->would_sorted = sorted(v->would, v->n_would);
	v->now_sorted = sorted(v->now, v->n_now);
	count_side(v, days, entities, true);
	count_side(v, days, entities, false);
	map_free(days);
	map_free(entities);
	if (v->days.n > 1)
		qsort(v->days.p, v->days.n, sizeof(*v->days.p), by_day);
	if (v->entities.n > 1)
		qsort(v->entities.p, v->entities.n, sizeof(*v->entities.p), by_size);
}

static void
view_fini(struct view *v)
{
	free((void *)v->would);
	free((void *)v->now);
	free((void *)v->would_sorted);
	free((void *)v->now_sorted);
	VEC_FINI(&v->days);
	VEC_FINI(&v->entities);
}

static void
put_alert_line(char mark, const struct report_alert *a, struct buf *to)
{
	char when[40];

	buf_printf(to, "  %c %.19s  %-8s  %6llu  ", mark, clock_text(a->first, when),
	    a->rule->severity, (unsigned long long)a->count);
	utf8_show(a->summary, to);
	buf_byte(to, '\n');
}

/* Those of one side that the other has not. */
static void
put_difference(const struct view *v, bool would, struct buf *to)
{
	const alert_ptr *mine = would ? v->would : v->now;
	const alert_ptr *other = would ? v->now_sorted : v->would_sorted;
	size_t n = would ? v->n_would : v->n_now, n_other = would ? v->n_now : v->n_would;
	size_t shown = 0, all = 0;

	for (size_t i = 0; i < n; i++) {
		if (has(other, n_other, mine[i]))
			continue;
		if (all++ == 0)
			buf_str(to, !v->b->compares ? STR("\nalerts\n")
				    : would         ? STR("\nraised in addition\n")
						    : STR("\nno longer raised\n"));
		if (shown < SHOWN) {
			put_alert_line(would ? '+' : '-', mine[i], to);
			shown++;
		}
	}
	if (all > shown)
		buf_printf(to, "    and %zu more\n", all - shown);
}

static void
put_counts(const struct view *v, const counts *c, const char *head, struct buf *to)
{
	char when[40];

	if (c->n == 0)
		return;
	buf_printf(to, "\n%6s%6s  %s\n", "would", v->b->compares ? "now" : "", head);
	for (size_t i = 0; i < c->n && i < SHOWN; i++) {
		buf_printf(to, "%6u", c->p[i].would);
		if (v->b->compares)
			buf_printf(to, "%6u  ", c->p[i].now);
		else
			buf_printf(to, "%8s", "");
		if (c->p[i].name.n != 0)
			utf8_show(c->p[i].name, to);
		else if (c->p[i].day != 0)
			buf_printf(to, "%.10s", clock_text(c->p[i].day, when));
		else
			buf_str(to, STR("(no group)"));
		buf_byte(to, '\n');
	}
	if (c->n > SHOWN)
		buf_printf(to, "%14s and %zu more\n", "", c->n - SHOWN);
}

void
backtest_text(const struct backtest *b, struct buf *to)
{
	char first[40], last[40];
	struct view v;

	view_init(&v, b);
	for (size_t i = 0; i < b->asked.n; i++)
		buf_printf(to, "%s  (%s)\n", b->asked.p[i]->title, b->asked.p[i]->id);
	buf_printf(to, "%llu records", (unsigned long long)b->stats.records);
	if (b->stats.records != 0)
		buf_printf(to, " from %.19s to %.19s", clock_text(b->stats.first, first),
		    clock_text(b->stats.last, last));
	buf_printf(to, ", %.1f s\n%zu alert%s", b->seconds, v.n_would, v.n_would == 1 ? "" : "s");
	if (b->compares)
		buf_printf(to, "; as the rules stand now: %zu", v.n_now);
	buf_byte(to, '\n');
	put_counts(&v, &v.days, "day", to);
	put_counts(&v, &v.entities, "entity", to);
	put_difference(&v, true, to);
	put_difference(&v, false, to);
	view_fini(&v);
}

static void
put_alert(struct jsonw *w, const struct report_alert *a, bool fresh)
{
	jsonw_obj(w);
	jsonw_kstr(w, "id", str_c(a->id));
	jsonw_kstr(w, "rule_id", str_c(a->rule->id));
	jsonw_kstr(w, "title", str_c(a->rule->title));
	jsonw_kstr(w, "severity", str_c(a->rule->severity));
	jsonw_kstr(w, "group", a->group);
	jsonw_kstr(w, "summary", a->summary);
	jsonw_ktime(w, "first", a->first);
	jsonw_ktime(w, "last", a->last);
	jsonw_kint(w, "count", (int64_t)a->count);
	jsonw_kbool(w, "new", fresh);
	jsonw_end(w);
}

static void
put_json_counts(struct jsonw *w, const struct view *v, const char *key, const counts *c, bool days)
{
	char when[40];

	jsonw_key(w, str_c(key));
	jsonw_arr(w);
	for (size_t i = 0; i < c->n; i++) {
		jsonw_obj(w);
		if (days)
			jsonw_kstr(w, "day", (struct str){ clock_text(c->p[i].day, when), 10 });
		else
			jsonw_kstr(w, "group", c->p[i].name);
		jsonw_kint(w, "would", c->p[i].would);
		jsonw_key(w, STR("now"));
		if (v->b->compares)
			jsonw_int(w, c->p[i].now);
		else
			jsonw_null(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_lists(struct jsonw *w, const struct view *v)
{
	jsonw_key(w, STR("alerts"));
	jsonw_arr(w);
	for (size_t i = 0; i < v->n_would; i++)
		put_alert(w, v->would[i],
		    v->b->compares && !has(v->now_sorted, v->n_now, v->would[i]));
	jsonw_end(w);
	jsonw_key(w, STR("gone"));
	jsonw_arr(w);
	for (size_t i = 0; i < v->n_now; i++)
		if (!has(v->would_sorted, v->n_would, v->now[i]))
			put_alert(w, v->now[i], false);
	jsonw_end(w);
	put_json_counts(w, v, "days", &v->days, true);
	put_json_counts(w, v, "entities", &v->entities, false);
}

void
backtest_json(const struct backtest *b, struct buf *to)
{
	struct jsonw w;
	struct view v;

	view_init(&v, b);
	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_key(&w, STR("rules"));
	jsonw_arr(&w);
	for (size_t i = 0; i < b->asked.n; i++) {
		jsonw_obj(&w);
		jsonw_kstr(&w, "id", str_c(b->asked.p[i]->id));
		jsonw_kstr(&w, "title", str_c(b->asked.p[i]->title));
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_kint(&w, "records", (int64_t)b->stats.records);
	jsonw_kint(&w, "parse_failed", (int64_t)b->stats.parse_failed);
	jsonw_ktime(&w, "first", b->stats.first);
	jsonw_ktime(&w, "last", b->stats.last);
	jsonw_key(&w, STR("seconds"));
	jsonw_f64(&w, b->seconds);
	jsonw_kint(&w, "would", (int64_t)v.n_would);
	jsonw_key(&w, STR("now"));
	if (b->compares)
		jsonw_int(&w, (int64_t)v.n_now);
	else
		jsonw_null(&w);
	put_lists(&w, &v);
	jsonw_end(&w);
	buf_byte(to, '\n');
	view_fini(&v);
}
