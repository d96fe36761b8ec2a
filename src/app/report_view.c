/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/cli.py */
/* Renders a scan report. */
#include "app/report_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"

#define TEXT_ALERTS 40
#define TEXT_ENTITIES 10
#define TEXT_ADVICE 8

static void
json_alert(struct jsonw *w, const struct report_alert *a)
{
	jsonw_obj(w);
	jsonw_kstr(w, "id", str_c(a->id));
	jsonw_kstr(w, "rule_id", str_c(a->rule->id));
	jsonw_kstr(w, "title", str_c(a->rule->title));
	jsonw_kstr(w, "severity", str_c(a->severity));
	jsonw_kint(w, "confidence", a->confidence);
	jsonw_kstr(w, "action", str_c(a->rule->action));
	jsonw_kstr(w, "group", a->group);
	jsonw_kint(w, "count", (int64_t)a->count);
	jsonw_ktime(w, "first", a->first);
	jsonw_ktime(w, "last", a->last);
	jsonw_kstr(w, "summary", a->summary);
	jsonw_kstr(w, "tags", str_c(a->rule->tags));
	jsonw_kstr(w, "advice", str_c(a->rule->advice));
	jsonw_key(w, STR("details"));
	if (a->details.n != 0)
		jsonw_raw(w, a->details);
	else
		jsonw_null(w);
	jsonw_key(w, STR("evidence"));
	jsonw_arr(w);
	for (size_t i = 0; i < a->n_evidence; i++)
		jsonw_u64(w, a->evidence[i]);
	jsonw_end(w);
	jsonw_end(w);
}

void
report_view_json(const struct report *r, const struct report_totals *t, struct buf *to)
{
	size_t n;
	auto_free const struct report_alert **all = report_alerts(r, REPORT_BY_TIME, &n);
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kint(&w, "files", (int64_t)t->files);
	jsonw_kint(&w, "lines", (int64_t)t->lines);
	jsonw_kint(&w, "records", (int64_t)t->records);
	jsonw_kint(&w, "parse_failed", (int64_t)t->parse_failed);
	jsonw_key(&w, STR("seconds"));
	jsonw_f64(&w, t->seconds);
	jsonw_kint(&w, "rules", (int64_t)t->rules);
	jsonw_kint(&w, "alerts_dropped", (int64_t)report_dropped(r));
	jsonw_key(&w, STR("alerts"));
	jsonw_arr(&w);
	for (size_t i = 0; i < n; i++)
		json_alert(&w, all[i]);
	jsonw_end(&w);
	jsonw_end(&w);
	buf_byte(to, '\n');
}

/* Severity as a word of fixed width; colour never stands alone. */
static void
put_severity(int rank, bool colour, struct buf *to)
{
	static const char *const words[] = { "info    ", "low     ", "MEDIUM  ", "HIGH    ",
		"CRITICAL" };
	static const char *const codes[] = { "\033[2m", "\033[36m", "\033[33m", "\033[91m",
		"\033[1;97;41m" };

	buf_printf(to, "%s%s%s", colour ? codes[rank] : "", words[rank], colour ? "\033[0m" : "");
}

static void
put_heading(const char *text, bool colour, struct buf *to)
{
	buf_printf(to, "\n%s%s%s\n", colour ? "\033[1m" : "", text, colour ? "\033[0m" : "");
}

/* "2026-03-27 13:06:56" */
static void
put_when(int64_t ns, struct buf *to)
{
	char text[40];

	(void)clock_text(ns - ns % CLOCK_S, text);
	text[10] = ' ';
	buf_put(to, text, 19);
}

/* `s` made safe and padded or cut to `width` characters. */
static void
put_cell(struct str s, size_t width, struct buf *to)
{
	auto_buf struct buf safe = { 0 };
	struct str left;
	size_t used = 0;
	uint32_t c;

	utf8_show(s, &safe);
	left = buf_view(&safe);
	while (left.n != 0 && used < width) {
		size_t n = utf8_next(left, &c);

		if (used + 1 == width && left.n > n) {
			utf8_put(0x2026, to);
			left.n = 0;
		} else {
			buf_put(to, left.p, n);
			left = str_from(left, n);
		}
		used++;
	}
	for (; used < width; used++)
		buf_byte(to, ' ');
}

static void
put_head(const struct report *r, const struct report_totals *t, bool colour, struct buf *to)
{
	double rate = t->seconds > 0 ? (double)t->lines / t->seconds : 0;
	size_t n, by_rank[5] = { 0 };
	auto_free const struct report_alert **all = report_alerts(r, REPORT_BY_TIME, &n);

	for (size_t i = 0; i < n; i++)
		by_rank[report_rank(all[i]->severity)]++;
	buf_printf(to,
	    "%sTocsin scan%s  %llu file%s, %llu lines, %llu rules, %.2f s (%.0f lines/s)\n",
	    colour ? "\033[1m" : "", colour ? "\033[0m" : "", (unsigned long long)t->files,
	    t->files == 1 ? "" : "s", (unsigned long long)t->lines, (unsigned long long)t->rules,
	    t->seconds, rate);
	if (t->last != 0) {
		buf_printf(to, "Events from ");
		put_when(t->first, to);
		buf_printf(to, " to ");
		put_when(t->last, to);
		buf_printf(to, " UTC\n");
	}
	if (t->parse_failed != 0)
		buf_printf(to,
		    "%llu line%s not understood (kept as parse.failed; `tocsin parse FILE` "
		    "shows why)\n",
		    (unsigned long long)t->parse_failed, t->parse_failed == 1 ? " was" : "s were");
	if (n == 0) {
		buf_printf(to, "\nNothing suspicious was found.\n");
		return;
	}
	buf_printf(to, "\n%zu alert%s:", n, n == 1 ? "" : "s");
	for (int rank = 4; rank >= 0; rank--)
		if (by_rank[rank] != 0) {
			buf_printf(to, "  %zu ", by_rank[rank]);
			put_severity(rank, colour, to);
		}
	buf_byte(to, '\n');
}

static void
put_alerts(const struct report *r, bool colour, struct buf *to)
{
	size_t n;
	auto_free const struct report_alert **all = report_alerts(r, REPORT_BY_SEVERITY, &n);

	put_heading("Alerts", colour, to);
	for (size_t i = 0; i < n && i < TEXT_ALERTS; i++) {
		const struct report_alert *a = all[i];

		buf_printf(to, "  ");
		put_severity(report_rank(a->severity), colour, to);
		buf_printf(to, " ");
		put_cell(str_c(a->rule->title), 42, to);
		buf_printf(to, " ");
		put_cell(a->group, 30, to);
		buf_printf(to, " %7llu  ", (unsigned long long)a->count);
		put_when(a->first, to);
		buf_printf(to, "  %.8s\n", a->id);
	}
	if (n > TEXT_ALERTS)
		buf_printf(to, "  ... and %zu more (--json lists all)\n", n - TEXT_ALERTS);
	if (report_dropped(r) != 0)
		buf_printf(to, "  %llu findings were past the cap of %d alerts\n",
		    (unsigned long long)report_dropped(r), REPORT_ALERTS_MAX);
}

static void
put_entities(const struct report *r, enum report_kind kind, bool colour, struct buf *to)
{
	size_t n;
	auto_free const struct report_entity **all = report_entities(r, kind, &n);

	if (n == 0)
		return;
	put_heading(kind == REPORT_ATTACKERS ? "Attackers (worst first)" : "Targets", colour, to);
	for (size_t i = 0; i < n && i < TEXT_ENTITIES; i++) {
		const struct report_entity *e = all[i];

		buf_printf(to, "  ");
		put_severity(e->worst, colour, to);
		buf_printf(to, " ");
		put_cell(e->name, 40, to);
		buf_printf(to, " ");
		put_cell(e->detail, 5, to);
		buf_printf(to, " %4u alert%s %8llu events  ", e->alerts, e->alerts == 1 ? " " : "s",
		    (unsigned long long)e->events);
		put_when(e->first, to);
		buf_byte(to, '\n');
	}
	if (n > TEXT_ENTITIES)
		buf_printf(to, "  ... and %zu more\n", n - TEXT_ENTITIES);
}

typedef VEC(const struct rule *) rule_vec;

/* The rules that fired, each once, the worst first. */
static void
fired_rules(const struct report *r, rule_vec *ret)
{
	size_t n;
	auto_free const struct report_alert **all = report_alerts(r, REPORT_BY_SEVERITY, &n);

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < ret->n && ret->p[k] != all[i]->rule)
			k++;
		if (k == ret->n)
			VEC_PUSH(ret, all[i]->rule);
	}
}

/* Each advice once, behind it the titles it is for; the worst first. */
static void
put_advice(const struct report *r, bool colour, struct buf *to)
{
	rule_vec rules = { 0 };
	size_t shown = 0;

	fired_rules(r, &rules);
	put_heading("What to do", colour, to);
	for (size_t i = 0; i < rules.n && shown < TEXT_ADVICE; i++) {
		const char *advice = rules.p[i]->advice;
		bool first = advice[0] != '\0';

		for (size_t k = 0; k < i && first; k++)
			first = strcmp(rules.p[k]->advice, advice) != 0;
		if (!first)
			continue;
		buf_printf(to, "  %zu. ", ++shown);
		utf8_show(str_c(advice), to);
		for (size_t k = i; k < rules.n; k++) {
			if (strcmp(rules.p[k]->advice, advice) != 0)
				continue;
			buf_str(to, k == i ? STR("\n     for: ") : STR("; "));
			utf8_show(str_c(rules.p[k]->title), to);
		}
		buf_byte(to, '\n');
	}
	VEC_FINI(&rules);
}

void
report_view_text(const struct report *r, const struct report_totals *t, bool colour, struct buf *to)
{
	put_head(r, t, colour, to);
	if (report_len(r) == 0)
		return;
	put_alerts(r, colour, to);
	put_entities(r, REPORT_ATTACKERS, colour, to);
	put_entities(r, REPORT_TARGETS, colour, to);
	put_advice(r, colour, to);
}
