/* What the API asks of its host: a part of fixture.h. */
#ifndef HOOKS_H
#define HOOKS_H

static void
fx_done(void *arg)
{
	struct batch *b = arg;

	b->done(b);
}

static enum err
fx_submit(void *ctx, struct batch *b)
{
	int number = atomic_load(&fx.submitted);

	(void)ctx;
	if (atomic_load(&fx.room) <= 0)
		return fx.full;
	atomic_fetch_sub(&fx.room, 1);
	atomic_fetch_add(&fx.submitted, 1);
	buf_printf(&fx.taken, "[%s %s %s]\n", b->source->name, b->source->format, b->peer);
	for (size_t i = 0; i < b->n; i++) {
		struct str m = batch_message(b, i);

		buf_str(&fx.taken, m);
		buf_byte(&fx.taken, '\n');
		if (str_find(m, STR("bad")) >= 0) {
			b->items[i].parse_failed = true;
			snprintf(b->items[i].error, sizeof(b->items[i].error), "it is \"bad\"");
		}
	}
	b->result = number == atomic_load(&fx.fail_at) ? FAIL_IO : OK;
	ledger_add(fx.ledger, b->source->ledger,
	    b->result == OK ? LEDGER_LOGGED : LEDGER_REFUSED_IO, b->n);
	if (b->result == OK) {
		b->first_seq = fx.seq + 1;
		fx.seq += b->n;
	}
	fx.facts.log_last = fx.seq;
	loop_post(fx.loop, fx_done, b);
	return OK;
}

static void
fx_facts(void *ctx, struct api_facts *ret)
{
	(void)ctx;
	*ret = fx.facts;
}

#include "worker.h"

static enum err
fx_demo_load(void *ctx, struct diag *why)
{
	(void)ctx;
	return fx.demo == OK ? OK : err_set(why, fx.demo, "not now");
}

static enum err
fx_demo_erase(void *ctx, uint64_t *ret_events, uint64_t *ret_alerts, struct diag *why)
{
	(void)ctx;
	*ret_events = 7;
	*ret_alerts = 3;
	return fx.demo == OK ? OK : err_set(why, fx.demo, "not now");
}

static void
fx_channel_test(void *ctx, struct str channel, api_sent_fn done, void *done_ctx)
{
	(void)ctx;
	buf_reset(&fx.tested);
	buf_str(&fx.tested, channel);
	buf_byte(&fx.tested, '\0');
	done(done_ctx, &fx.sent);
}

#endif
