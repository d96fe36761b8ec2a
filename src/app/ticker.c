/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/silence.py */
/* One record a minute, when there is no other. */
#include "app/ticker.h"

#include <stdlib.h>

#include "app/detector.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "ingest/ledger.h"
#include "log/journal.h"
#include "rec/rec.h"

struct ticker {
	struct ticker_opts o;
	struct batch_source source;
	struct loop_timer *timer;
	uint64_t seen;  /* newest record when the timer last fired; our own is not new */
	uint64_t notes; /* in the log */
	bool in_flight;
};

static void
on_done(struct batch *b)
{
	struct ticker *t = b->ctx;

	t->in_flight = false;
	t->notes += b->result == OK;
	if (b->result == OK && b->first_seq == t->seen + 1)
		t->seen = b->first_seq;
	batch_free(b);
}

static void
note(struct ticker *t, bool started)
{
	auto_buf struct buf text = { 0 };
	int64_t now = clock_wall();
	struct batch *b = batch_new(&t->source, now);
	struct jsonw w;

	jsonw_init(&w, &text);
	jsonw_obj(&w);
	jsonw_ktime(&w, "timestamp", now);
	jsonw_kstr(&w, "event_type", STR(REC_TICK));
	if (started)
		jsonw_kstr(&w, "status", STR(REC_TICK_STARTED));
	jsonw_end(&w);
	b->done = on_done;
	b->ctx = t;
	if (batch_add(b, buf_view(&text)) == OK && t->o.sink.submit(t->o.sink.ctx, b) == OK)
		t->in_flight = true;
	else
		batch_free(b); /* the pipeline is full: then something else comes in */
}

static void
on_timer(void *ctx)
{
	struct ticker *t = ctx;
	uint64_t last = journal_last(t->o.journal);
	bool came = last != t->seen;
	struct detector_stats s;

	t->seen = last;
	detector_stats(t->o.detector, &s);
	if (!came && !t->in_flight && s.waiting > 0)
		note(t, false);
}

struct ticker *
ticker_new(const struct ticker_opts *opts)
{
	struct ticker *t = MEM_NEW(struct ticker);

	t->o = *opts;
	t->source = (struct batch_source){
		.name = REC_SOURCE_OWN, .format = "json", .trust_time = true, .ledger = LEDGER_NONE
	};
	t->seen = journal_last(opts->journal);
	t->timer = loop_timer_new(opts->loop, on_timer, t);
	loop_timer_every(t->timer, opts->every);
	if (opts->started)
		note(t, true);
	return t;
}

uint64_t
ticker_notes(const struct ticker *t)
{
	return t != NULL ? t->notes : 0;
}

void
ticker_stop(struct ticker *t)
{
	if (t != NULL)
		loop_timer_stop(t->timer);
}

void
ticker_free(struct ticker *t)
{
	if (t == NULL)
		return;
	loop_timer_free(t->timer);
	free(t);
}
