/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/demo.py */
/* Loading the made-up day, and erasing it again. */
#include "app/demo.h"

#include <stdlib.h>

#include "app/demo_data.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "rec/rec.h"
#include "store/erased.h"

#define PIECE 200 /* events of one batch, of which one is on its way at a time */
#define PAUSE (20 * CLOCK_MS)

struct demo {
	struct demo_opts o;
	struct batch_source source;
	struct demo_data *data; /* while it is being loaded */
	size_t at;              /* events of it that are in the log, or on their way */
	struct batch *ready;    /* not taken yet */
	bool in_flight;
	uint64_t last; /* number of the last one */
	struct loop_timer *timer;
};

static void
done_loading(struct demo *d)
{
	loop_timer_stop(d->timer);
	demo_data_free(d->data);
	d->data = NULL;
	log_info("demo", "demonstration data are loaded", LOG_INT("through", d->last));
}

static void
on_done(struct batch *b)
{
	struct demo *d = b->ctx;

	d->in_flight = false;
	if (b->result == OK)
		d->last = b->first_seq + b->n - 1;
	else
		log_warn("demo", "part of the demonstration data was refused");
	batch_free(b);
}

static struct batch *
next_piece(struct demo *d)
{
	struct batch *b = batch_new(&d->source, clock_wall());

	for (size_t i = 0; i < PIECE && d->at < demo_data_len(d->data); i++)
		if (batch_add(b, demo_data_at(d->data, d->at++)) != OK)
			abort(); /* a piece is far smaller than a batch may be */
	b->done = on_done;
	b->ctx = d;
	ledger_add(d->o.ledger, d->source.ledger, LEDGER_RECEIVED, b->n);
	return b;
}

static void
on_timer(void *ctx)
{
	struct demo *d = ctx;

	if (d->in_flight)
		return;
	if (d->ready == NULL && d->at < demo_data_len(d->data))
		d->ready = next_piece(d);
	if (d->ready != NULL) {
		/* FAIL_AGAIN: the pipeline is full of what is more urgent. */
		if (d->o.sink.submit(d->o.sink.ctx, d->ready) == OK) {
			d->ready = NULL;
			d->in_flight = true;
		}
	} else if (d->o.detected(d->o.ctx) >= d->last) {
		done_loading(d);
	}
}

struct demo *
demo_new(const struct demo_opts *opts)
{
	struct demo *d = MEM_NEW(struct demo);

	d->o = *opts;
	d->source = (struct batch_source){ .name = REC_SOURCE_DEMO,
		.format = "json",
		.trust_time = true,
		.ledger = ledger_source(opts->ledger, REC_SOURCE_DEMO) };
	d->timer = loop_timer_new(opts->loop, on_timer, d);
	return d;
}

void
demo_free(struct demo *d)
{
	if (d == NULL)
		return;
	loop_timer_free(d->timer);
	batch_free(d->ready);
	demo_data_free(d->data);
	free(d);
}

enum api_demo
demo_state(struct demo *d)
{
	struct rollup_totals t;

	if (d->data != NULL)
		return API_DEMO_LOADING;
	rollup_totals(d->o.rollup, &t);
	return t.demo != 0 ? API_DEMO_LOADED : API_DEMO_NONE;
}

enum err
demo_load(void *ctx, struct diag *why)
{
	struct demo *d = ctx;

	if (demo_state(d) != API_DEMO_NONE)
		return err_set(why, FAIL_EXISTS, "the demonstration data are there already");
	d->data = demo_data_new(clock_wall());
	d->at = 0;
	loop_timer_every(d->timer, PAUSE);
	return OK;
}

enum err
demo_erase(void *ctx, uint64_t *ret_events, uint64_t *ret_alerts, struct diag *why)
{
	struct demo *d = ctx;
	uint64_t last = d->o.log_last(d->o.ctx);
	struct rollup_totals t;
	enum err e;

	if (d->data != NULL)
		return err_set(why, FAIL_AGAIN, "the demonstration data are being loaded");
	rollup_totals(d->o.rollup, &t);
	if (t.demo != 0 || t.began > 1) {
		/* What was before the figures began may hold some. */
		e = erased_add(d->o.store_dir, t.demo != 0 && t.began <= 1 ? t.demo_first : 1, last,
		    why);
		if (e != OK)
			return e;
	}
	rollup_erase_demo(d->o.rollup, last);
	*ret_events = t.demo;
	return alerts_erase_demo(d->o.alerts, ret_alerts, why);
}

uint64_t
demo_erased(const char *store_dir)
{
	struct erased e;
	struct diag why = { 0 };

	if (erased_read(store_dir, &e, &why) != OK) {
		log_diag("demo", "what is erased cannot be read", &why);
		return 0;
	}
	return e.n != 0 ? e.p[e.n - 1].last : 0;
}
