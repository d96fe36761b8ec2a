/*
 * GET /v1/stream: server-sent events.  `alert` for each alert that is made or
 * changed, `incidents` when any of these changed, `stats` each 2 s, a comment each 15 s.  The id of
 * an event is the rev of alerts it is true through: who comes back with Last-Event-ID gets what was
 * missed, or `reset` when that is too much.
 *
 * A stream holds no more than HTTP_STREAM_WAITING bytes and one page of
 * alerts: who does not read gets nothing more, and is let go after a while.
 * Each stream ends after STREAM_LIFE at the latest, so that its caller has to
 * show again that he may listen.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/internal.h"

#include <stdlib.h>

#include "alert/alerts.h"
#include "api/alert.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "incident/incident.h"

#define STREAMS_MAX 64U
#define STREAMS_OF_ONE 16 /* of one caller */
#define GAP_MAX 1000      /* changes that are made up for */
#define PAGE 100
#define TICK (2 * CLOCK_S)
#define BEAT (15 * CLOCK_S)
#define STALL_MAX (10 * CLOCK_S)
#define STREAM_LIFE (600 * CLOCK_S)

struct stream {
	struct streams *all;
	struct stream *prev, *next;
	struct http *r;
	char caller[65];
	uint64_t rev;    /* told all up to here */
	int64_t ends;    /* monotonic */
	int64_t stalled; /* since when the client does not read; 0: it does */
};

struct streams {
	struct api *api;
	struct stream *first;
	unsigned n;
	struct loop_timer *tick, *wake; /* while there is any stream */
	int64_t ticked, beaten;
	uint64_t logged;               /* at the last tick */
	uint64_t tally_rev, incidents; /* rev of what was told */
	struct alerts_tally tally;
};

static void
stream_free(struct stream *s)
{
	struct streams *all = s->all;

	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		all->first = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	if (--all->n == 0) {
		loop_timer_free(all->tick);
		loop_timer_free(all->wake);
	}
	free(s);
}

static void
on_gone(void *ctx)
{
	stream_free(ctx);
}

static void
put(struct stream *s, struct str bytes)
{
	if (!http_stream_put(s->r, bytes) && s->stalled == 0)
		s->stalled = clock_mono();
}

static void
event_open(struct buf *to, const char *name, const uint64_t *id, struct jsonw *w)
{
	if (id != NULL)
		buf_printf(to, "id: %llu\n", (unsigned long long)*id);
	buf_printf(to, "event: %s\ndata: ", name);
	jsonw_init(w, to);
	jsonw_obj(w);
}

static void
event_close(struct buf *to, struct jsonw *w)
{
	jsonw_end(w);
	buf_str(to, STR("\n\n"));
}

struct page {
	const struct api *a;
	struct buf *to;
	uint64_t rev;
	unsigned n;
};

static enum err
on_row(void *ctx, const struct alerts_row *row)
{
	struct page *p = ctx;
	struct jsonw w;

	buf_printf(p->to, "id: %llu\nevent: alert\ndata: ", (unsigned long long)row->rev);
	jsonw_init(&w, p->to);
	alert_put_in(p->a, &w, row);
	buf_str(p->to, STR("\n\n"));
	p->rev = row->rev;
	p->n++;
	return OK;
}

/* Too much was missed, or something was erased: the client has to ask for all of it. */
static void
put_reset(struct stream *s, uint64_t rev)
{
	auto_buf struct buf out = { 0 };
	struct jsonw w;

	buf_init(&out, 0);
	event_open(&out, "reset", &rev, &w);
	jsonw_kint(&w, "rev", (int64_t)rev);
	event_close(&out, &w);
	s->rev = rev;
	put(s, buf_view(&out));
}

/* Tells what is new, while the client reads. */
static void
pump(struct stream *s)
{
	struct alerts *alerts = s->all->api->host.alerts;
	uint64_t rev = alerts_rev(alerts);

	if (s->stalled == 0 &&
	    (s->rev > rev || s->rev < alerts_gap(alerts) || rev - s->rev > GAP_MAX))
		put_reset(s, rev);
	while (s->stalled == 0 && s->rev < rev) {
		auto_buf struct buf out = { 0 };
		struct page p = { .a = s->all->api, .to = &out };
		struct diag why;

		buf_init(&out, 0);
		if (alerts_changes(alerts, s->rev, PAGE, on_row, &p, &why) != OK)
			return;
		s->rev = p.n == PAGE ? p.rev : rev;
		put(s, buf_view(&out));
	}
}

static void
on_drained(void *ctx)
{
	struct stream *s = ctx;

	s->stalled = 0;
	pump(s);
}

static void
put_stats(struct streams *all, struct buf *out, int64_t now)
{
	struct api *a = all->api;
	struct api_facts f = { 0 };
	struct ledger_sum sum;
	struct jsonw w;
	int64_t took = now - all->ticked;
	uint64_t rev = alerts_rev(a->host.alerts);
	struct diag why;

	a->host.facts(a->host.ctx, &f);
	ledger_sum(a, &sum);
	if (rev != all->tally_rev && alerts_tally(a->host.alerts, &all->tally, &why) == OK)
		all->tally_rev = rev;
	event_open(out, "stats", NULL, &w);
	jsonw_key(&w, STR("events_per_s"));
	jsonw_f64(&w,
	    took <= 0 ? 0 : (double)(sum.logged - all->logged) * (double)CLOCK_S / (double)took);
	jsonw_kint(&w, "received", (int64_t)sum.received);
	jsonw_kint(&w, "stored_through", (int64_t)f.stored_through);
	jsonw_key(&w, STR("open"));
	jsonw_obj(&w);
	for (int i = 0; i < ALERTS_SEVERITIES; i++)
		jsonw_kint(&w, alerts_severity_word((enum alerts_severity)i),
		    (int64_t)all->tally.n[ALERTS_OPEN][i]);
	jsonw_end(&w);
	jsonw_kbool(&w, "ok", f.log_ok && f.detect_ok && f.store_ok && f.notify_ok);
	event_close(out, &w);
	all->logged = sum.logged;
	all->ticked = now;
}

/* Incidents changed: the client asks for what it shows. */
static void
put_incidents(struct streams *all, struct buf *out)
{
	const struct api_incidents *h = all->api->host.incidents;
	const uint64_t rev = h != NULL ? incident_rev(h->all) : 0;
	struct jsonw w;

	if (rev == all->incidents)
		return;
	event_open(out, "incidents", NULL, &w);
	jsonw_kint(&w, "rev", (int64_t)rev);
	event_close(out, &w);
	all->incidents = rev;
}

/* Lets go who does not read, and whose time is over. */
static bool
is_over(struct stream *s, int64_t now)
{
	struct http *r = s->r;

	if (s->stalled != 0 && now - s->stalled > STALL_MAX) {
		stream_free(s);
		http_stream_cut(r);
		return true;
	}
	if (now < s->ends)
		return false;
	stream_free(s);
	http_stream_end(r);
	return true;
}

static void
on_tick(void *ctx)
{
	struct streams *all = ctx;
	auto_buf struct buf out = { 0 };
	int64_t now = clock_mono();
	struct stream *s, *next;

	buf_init(&out, 0);
	if (now - all->beaten >= BEAT) {
		all->beaten = now;
		buf_str(&out, STR(": still here\n\n"));
	}
	put_stats(all, &out, now);
	put_incidents(all, &out);
	for (s = all->first; s != NULL; s = next) {
		next = s->next;
		if (is_over(s, now))
			continue;
		pump(s);
		if (s->stalled == 0)
			put(s, buf_view(&out));
	}
}

static void
on_wake(void *ctx)
{
	struct streams *all = ctx;

	for (struct stream *s = all->first; s != NULL; s = s->next)
		pump(s);
}

void
stream_wake(struct api *a)
{
	if (a->streams != NULL && a->streams->n != 0 && !loop_timer_pending(a->streams->wake))
		loop_timer_after(a->streams->wake, CLOCK_MS);
}

static struct streams *
streams_of(struct api *a)
{
	struct streams *all = a->streams;

	if (all != NULL)
		return all;
	all = a->streams = MEM_NEW(struct streams);
	all->api = a;
	all->tally_rev = UINT64_MAX;
	return all;
}

static unsigned
streams_by(const struct streams *all, const char *caller)
{
	unsigned n = 0;

	for (const struct stream *s = all->first; s != NULL; s = s->next)
		n += strcmp(s->caller, caller) == 0;
	return n;
}

/* Where to begin: behind what the client has seen, else with what comes from now on. */
static bool
resume(struct http *r, uint64_t now, uint64_t *ret)
{
	struct str last = http_header(r, "Last-Event-ID"), key, value;

	for (size_t i = 0; http_query_at(r, i, &key, &value); i++) {
		if (!str_eq(key, STR("last_event_id"))) {
			http_problem(r, 400, "query parameter %.*s is unknown",
			    (int)(key.n < 64 ? key.n : 64), key.p);
			return false;
		}
		last = last.n == 0 ? value : last;
	}
	*ret = now;
	if (last.n != 0 && !str_u64(last, ret)) {
		http_problem(r, 400, "Last-Event-ID is no number");
		return false;
	}
	return true;
}

static struct stream *
stream_new(struct streams *all, struct http *r, uint64_t rev)
{
	struct stream *s = MEM_NEW(struct stream);
	int64_t now = clock_mono(), expires = http_caller(r)->expires;

	s->all = all;
	s->r = r;
	s->rev = rev;
	s->ends = now + STREAM_LIFE;
	if (expires != 0 && expires - clock_wall() < STREAM_LIFE)
		s->ends = now + (expires - clock_wall());
	memcpy(s->caller, http_caller(r)->name, sizeof(s->caller));
	s->next = all->first;
	if (s->next != NULL)
		s->next->prev = s;
	all->first = s;
	if (all->n++ == 0) {
		struct ledger_sum sum;

		ledger_sum(all->api, &sum);
		all->logged = sum.logged;
		all->ticked = all->beaten = now;
		all->tick = loop_timer_new(all->api->host.loop, on_tick, all);
		all->wake = loop_timer_new(all->api->host.loop, on_wake, all);
		loop_timer_every(all->tick, TICK);
	}
	return s;
}

static void
put_hello(struct stream *s, uint64_t rev)
{
	const struct api *a = s->all->api;
	auto_buf struct buf out = { 0 };
	struct api_facts f = { 0 };
	struct jsonw w;

	a->host.facts(a->host.ctx, &f);
	buf_init(&out, 0);
	buf_str(&out, STR("retry: 1000\n"));
	event_open(&out, "hello", &s->rev, &w);
	jsonw_kint(&w, "rev", (int64_t)rev);
	jsonw_kstr(&w, "version", str_c(a->host.version));
	jsonw_ktime(&w, "started", f.started);
	event_close(&out, &w);
	put(s, buf_view(&out));
}

void
stream_handle(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct streams *all = streams_of(a);
	struct stream *s;
	uint64_t rev, from;

	if (a->host.alerts == NULL || all->n >= STREAMS_MAX ||
	    streams_by(all, http_caller(r)->name) >= STREAMS_OF_ONE) {
		http_add_header(r, "Retry-After", "30");
		http_problem(r, 503, "no more streams are served: %u of %u are open", all->n,
		    STREAMS_MAX);
		return;
	}
	rev = alerts_rev(a->host.alerts);
	if (!resume(r, rev, &from))
		return;
	s = stream_new(all, r, from);
	http_hold(r, on_gone, s);
	http_add_header(r, "X-Accel-Buffering", "no");
	http_stream_begin(r, 200, "text/event-stream", on_drained);
	put_hello(s, rev);
	pump(s);
}

void
stream_end(struct api *a)
{
	struct streams *all = a->streams;

	if (all == NULL)
		return;
	while (all->first != NULL) {
		struct http *r = all->first->r;

		stream_free(all->first);
		http_stream_cut(r);
	}
	free(all);
	a->streams = NULL;
}
