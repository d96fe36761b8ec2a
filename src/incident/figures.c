/* SPDX-License-Identifier: Apache-2.0 */
/* Means and missed targets. */
#include "incident/figures.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "incident/internal.h"
#include "incident/story.h"

#define DAY (24 * 3600 * CLOCK_S)
#define MONDAY 4 /* 1970-01-05 was one: days before it */

struct taking {
	const struct guide *g;
	int64_t from, now;
	struct figures *to;
};

bool
figures_missed(const struct guide *g, const struct incident *one, enum guide_measure m, int64_t now)
{
	const int64_t target = guide_target(g, m, one->severity), end = guide_end(one, m);

	return target != 0 && (end != 0 ? end : now) - guide_begin(one, m) > target;
}

static void
count(const struct taking *t, const struct incident *one, struct figures_row *to)
{
	to->incidents++;
	to->open += one->status == INCIDENT_OPEN;
	for (unsigned i = 0; i < GUIDE_MEASURES; i++) {
		const enum guide_measure m = (enum guide_measure)i;
		struct figures_mean *mean = &to->m[i];
		int64_t took;

		mean->breaches += figures_missed(t->g, one, m, t->now);
		if (guide_end(one, m) == 0)
			continue;
		took = guide_end(one, m) - guide_begin(one, m);
		took = took > 0 ? took : 0;
		mean->n++;
		mean->sum += took;
		mean->most = took > mean->most ? took : mean->most;
	}
}

static int64_t
monday(int64_t ns)
{
	const int64_t days = ns / DAY;

	return (days - (days - MONDAY) % 7) * DAY;
}

static enum err
on_incident(void *ctx, const struct incident *one)
{
	struct taking *t = ctx;
	const int64_t first = t->to->week_begin[0];

	if (one->status == INCIDENT_MERGED)
		return OK;
	if (one->drill) {
		t->to->drills++;
		return OK;
	}
	if (one->detected >= first && one->detected < first + FIGURES_WEEKS * 7 * DAY)
		count(t, one, &t->to->week[(one->detected - first) / (7 * DAY)]);
	if (one->detected < t->from)
		return OK;
	count(t, one, &t->to->all);
	count(t, one, &t->to->severity[one->severity]);
	count(t, one, &t->to->type[one->type]);
	return OK;
}

enum err
figures_take(struct incidents *all, const struct guide *g, int64_t from, int64_t now,
    struct figures *ret, struct diag *why)
{
	const struct incident_filter every = { 0 };
	struct taking t = { g, from, now, ret };

	*ret = (struct figures){ 0 };
	for (int i = 0; i < FIGURES_WEEKS; i++)
		ret->week_begin[i] = monday(now) - (FIGURES_WEEKS - 1 - i) * 7 * DAY;
	return incident_list(all, &every, on_incident, &t, why);
}

struct missing {
	const struct guide *g;
	int64_t now;
	struct figures_breach *p;
	size_t n, size;
};

static enum err
on_open(void *ctx, const struct incident *one)
{
	struct missing *all = ctx;

	for (unsigned i = 0; i < GUIDE_MEASURES && !one->drill; i++) {
		const enum guide_measure m = (enum guide_measure)i;

		if (!figures_missed(all->g, one, m, all->now))
			continue;
		if (all->n == all->size) {
			all->size = all->size != 0 ? 2 * all->size : 16;
			all->p = mem_resize(all->p, all->size, sizeof(*all->p));
		}
		all->p[all->n++] = (struct figures_breach){ .n = one->n,
			.m = m,
			.severity = one->severity,
			.target = guide_target(all->g, m, one->severity) };
	}
	return OK;
}

char *
figures_span(int64_t ns, char to[40])
{
	static const struct {
		int64_t s;
		const char *unit;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	int64_t s = ns / CLOCK_S;
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && s < units[i].s)
		i++;
	if (i + 1 < ARRAY_LEN(units) && s % units[i].s / units[i + 1].s != 0)
		(void)snprintf(to, 40, "%lld %s %lld %s", (long long)(s / units[i].s),
		    units[i].unit, (long long)(s % units[i].s / units[i + 1].s), units[i + 1].unit);
	else
		(void)snprintf(to, 40, "%lld %s", (long long)(s / units[i].s), units[i].unit);
	return to;
}

static enum err
note(struct incidents *all, const struct figures_breach *b, int64_t now, bool *ret_new,
    struct diag *why)
{
	static const char *const what[GUIDE_MEASURES] = { "detected", "acknowledged",
		"responded to", "contained", "resolved" };
	struct story_entry entry = { .incident = b->n, .at = now, .kind = STORY_BREACH };
	char text[120], ref[40], span[40];
	int64_t id = 0;
	enum err e;

	(void)snprintf(text, sizeof(text), "target missed: not %s within %s", what[b->m],
	    figures_span(b->target, span));
	(void)snprintf(ref, sizeof(ref), "breach:%s", guide_measure_word(b->m));
	entry.text = str_c(text);
	entry.ref = str_c(ref);
	e = story_add(all, &entry, now, &id, why);
	*ret_new = id != 0;
	return e;
}

enum err
figures_breaches(struct incidents *all, const struct guide *g, int64_t now, figures_breach_fn fn,
    void *ctx, struct diag *why)
{
	const struct incident_filter open = { .statuses = 1U << INCIDENT_OPEN };
	struct missing m = { g, now, NULL, 0, 0 };
	bool is_new = false, own = false;
	enum err e = incident_list(all, &open, on_open, &m, why);

	if (e == OK && m.n != 0)
		e = incident_enter(all, &own, why);
	for (size_t i = 0; i < m.n && e == OK; i++) {
		e = note(all, &m.p[i], now, &is_new, why);
		if (e == OK && is_new)
			e = fn(ctx, &m.p[i]);
	}
	free(m.p);
	return incident_leave(all, own, e, why);
}
