/* SPDX-License-Identifier: Apache-2.0 */
/* The post-mortem. */
#include "incident/postmortem.h"

#include <stdio.h>

#include "base/clock.h"
#include "incident/doc.h"
#include "incident/evidence.h"
#include "incident/figures.h"
#include "incident/form.h"
#include "incident/internal.h"
#include "incident/join.h"
#include "incident/phase.h"
#include "incident/story.h"

#define NAMES_SHOWN 20 /* users, and as many addresses */

struct paper {
	struct incidents *all;
	const struct guide *g;
	struct doc d;
	int64_t n, now;
	struct diag *why;
};

static void
put_minute(struct buf *to, int64_t ns)
{
	char text[40];

	if (ns == 0)
		buf_byte(to, '-');
	else
		buf_printf(to, "%.10s %.8s UTC", clock_text(ns, text), text + 11);
}

static enum err
put_summary(void *ctx, const struct incident *one)
{
	struct buf *to = ctx;
	char span[40];

	buf_printf(to, "%s: %.*s. Severity %s. The first event was at ",
	    incident_type_title(one->type), STR_ARG(one->title),
	    incident_severity_word(one->severity));
	put_minute(to, one->first);
	buf_printf(to, ", the first alert %s later.",
	    figures_span(one->detected - one->first, span));
	if (one->contained != 0)
		buf_printf(to, " It was contained after %s.",
		    figures_span(one->contained - one->detected, span));
	if (one->closed != 0)
		buf_printf(to, " It was closed after %s.",
		    figures_span(one->closed - one->detected, span));
	return OK;
}

enum err
postmortem_summary(struct incidents *all, int64_t n, struct buf *to, struct diag *why)
{
	return incident_get(all, n, put_summary, to, why);
}

struct naming {
	struct buf *to;
	unsigned n[2];
};

static enum err
put_name(void *ctx, enum join_kind kind, struct str name, uint64_t alerts)
{
	struct naming *g = ctx;
	unsigned *n = &g->n[kind == JOIN_ADDRESS];

	(void)alerts;
	if (*n == 0)
		buf_str(g->to, kind == JOIN_USER ? STR("\nUsers: ") : STR("\nAddresses: "));
	if (*n < NAMES_SHOWN)
		buf_printf(g->to, "%s%.*s", *n != 0 ? ", " : "", STR_ARG(name));
	else if (*n == NAMES_SHOWN)
		buf_str(g->to, STR(" and more"));
	++*n;
	return OK;
}

static enum err
put_impact(void *ctx, const struct incident *one)
{
	buf_printf(ctx, "%llu user%s and %llu address%s are concerned, by %llu alert%s.",
	    (unsigned long long)one->users, one->users == 1 ? "" : "s",
	    (unsigned long long)one->addresses, one->addresses == 1 ? "" : "es",
	    (unsigned long long)one->alerts, one->alerts == 1 ? "" : "s");
	return OK;
}

enum err
postmortem_impact(struct incidents *all, int64_t n, struct buf *to, struct diag *why)
{
	struct naming g = { .to = to };
	enum err e = incident_get(all, n, put_impact, to, why);

	return e == OK ? join_names(all, n, put_name, &g, why) : e;
}

struct wanted {
	enum form_field f;
	struct buf *to;
};

static enum err
take_field(void *ctx, enum form_field f, struct str text, struct str by, int64_t at)
{
	struct wanted *w = ctx;

	(void)by;
	(void)at;
	if (f == w->f)
		buf_str(w->to, text);
	return OK;
}

typedef enum err (*prefill_fn)(struct incidents *all, int64_t n, struct buf *to, struct diag *why);

/* What somebody wrote, else what the record says, else that nothing is written. */
static enum err
put_field(struct paper *p, const char *heading, enum form_field f, prefill_fn prefill)
{
	auto_buf struct buf text = { 0 };
	struct wanted w = { f, &text };
	enum err e = form_list(p->all, p->n, take_field, &w, p->why);

	if (e == OK && text.n == 0 && prefill != NULL)
		e = prefill(p->all, p->n, &text, p->why);
	if (e != OK)
		return e;
	doc_heading(&p->d, heading);
	doc_text(&p->d, text.n != 0 ? buf_view(&text) : STR("Not written yet."));
	return OK;
}

static void
row_of(struct paper *p, struct str a, struct str b, struct str c, struct str d)
{
	const struct str cells[] = { a, b, c, d };

	doc_row(&p->d, cells, ARRAY_LEN(cells));
}

static enum err
put_entry(void *ctx, const struct story_entry *e)
{
	struct paper *p = ctx;
	auto_buf struct buf when = { 0 };

	put_minute(&when, e->at);
	row_of(p, buf_view(&when), str_c(story_word(e->kind)),
	    e->who.n != 0 ? e->who : STR("Tocsin"), e->text);
	return OK;
}

static enum err
put_timeline(struct paper *p)
{
	const struct story_filter f = { .incident = p->n };

	doc_heading(&p->d, "Timeline");
	row_of(p, STR("When"), STR("What"), STR("Who"), STR("Entry"));
	return story_list(p->all, &f, put_entry, p, p->why);
}

static enum err
put_cause(void *ctx, const struct incident *one)
{
	struct paper *p = ctx;

	doc_heading(&p->d, "Root cause");
	doc_text(&p->d, one->cause.n != 0 ? one->cause : STR("Not written yet."));
	return OK;
}

static enum err
put_todo(void *ctx, const struct form_todo *t)
{
	row_of(ctx, t->text, t->owner, t->due, t->done ? STR("done") : STR("open"));
	return OK;
}

static enum err
put_metrics(void *ctx, const struct incident *one)
{
	static const char *const names[GUIDE_MEASURES] = { "Time to detect", "Time to acknowledge",
		"Time to respond", "Time to contain", "Time to resolve" };
	struct paper *p = ctx;
	char took[40], target[40];

	doc_heading(&p->d, "Metrics");
	row_of(p, STR("Measure"), STR("Took"), STR("Target"), STR("Result"));
	for (unsigned i = 0; i < GUIDE_MEASURES; i++) {
		const enum guide_measure m = (enum guide_measure)i;
		const int64_t end = guide_end(one, m), t = guide_target(p->g, m, one->severity);

		row_of(p, str_c(names[i]),
		    end != 0 ? str_c(figures_span(end - guide_begin(one, m), took)) : STR("-"),
		    t != 0 ? str_c(figures_span(t, target)) : STR("-"),
		    t == 0                                 ? STR("")
		    : figures_missed(p->g, one, m, p->now) ? STR("missed")
		    : end != 0                             ? STR("met")
							   : STR("open"));
	}
	return OK;
}

static enum err
put_evidence(void *ctx, const struct evidence *ev)
{
	char seq[24];

	(void)snprintf(seq, sizeof(seq), "%llu", (unsigned long long)ev->seq);
	row_of(ctx, str_c(seq), ev->note, ev->sha256,
	    evidence_whole(ev) ? STR("whole") : STR("CHANGED"));
	return OK;
}

static enum err
put_phase(void *ctx, const struct phase_time *t)
{
	struct paper *p = ctx;
	auto_buf struct buf entered = { 0 }, left = { 0 };

	put_minute(&entered, t->entered);
	put_minute(&left, t->left);
	row_of(p, str_c(incident_phase_title(t->phase)), buf_view(&entered), buf_view(&left),
	    t->override);
	return OK;
}

static enum err
put_head(void *ctx, const struct incident *one)
{
	struct paper *p = ctx;
	char name[INCIDENT_NAME_SIZE], line[600];
	auto_buf struct buf title = { 0 };

	buf_printf(&title, "%s: %.*s", incident_name(one->n, name), STR_ARG(one->title));
	doc_begin(&p->d, p->d.html, buf_view(&title), p->d.to);
	if (one->drill)
		doc_text(&p->d, STR("This was a drill."));
	(void)snprintf(line, sizeof(line), "%s, %s, %s. Owner: %.*s.",
	    incident_type_title(one->type), incident_severity_word(one->severity),
	    incident_status_word(one->status), one->owner.n != 0 ? (int)one->owner.n : 6,
	    one->owner.n != 0 ? one->owner.p : "nobody");
	doc_text(&p->d, str_c(line));
	return OK;
}

static enum err
put_tables(struct paper *p)
{
	enum err e;

	doc_heading(&p->d, "Actions");
	row_of(p, STR("What"), STR("Owner"), STR("Due"), STR("State"));
	e = form_todos(p->all, p->n, put_todo, p, p->why);
	if (e == OK)
		e = incident_get(p->all, p->n, put_metrics, p, p->why);
	if (e != OK)
		return e;
	doc_heading(&p->d, "Phases");
	row_of(p, STR("Phase"), STR("Entered"), STR("Left"), STR("Left early because"));
	e = phase_times(p->all, p->n, put_phase, p, p->why);
	if (e != OK)
		return e;
	doc_heading(&p->d, "Evidence");
	row_of(p, STR("Record"), STR("Note"), STR("SHA-256"), STR("Copy"));
	return evidence_list(p->all, p->n, put_evidence, p, p->why);
}

enum err
postmortem_put(struct incidents *all, const struct guide *g, int64_t n, bool html, int64_t now,
    struct buf *to, struct diag *why)
{
	struct paper p = { .all = all, .g = g, .n = n, .now = now, .why = why };
	enum err e;

	p.d.html = html;
	p.d.to = to;
	e = incident_get(all, n, put_head, &p, why);
	if (e == OK)
		e = put_field(&p, "Summary", FORM_SUMMARY, postmortem_summary);
	if (e == OK)
		e = put_field(&p, "Impact", FORM_IMPACT, postmortem_impact);
	if (e == OK)
		e = put_field(&p, "Scope", FORM_SCOPE, NULL);
	if (e == OK)
		e = put_timeline(&p);
	if (e == OK)
		e = incident_get(all, n, put_cause, &p, why);
	if (e == OK)
		e = put_field(&p, "What helped", FORM_HELPED, NULL);
	if (e == OK)
		e = put_field(&p, "What did not", FORM_HINDERED, NULL);
	if (e == OK)
		e = put_tables(&p);
	if (e == OK)
		doc_end(&p.d);
	return e;
}
