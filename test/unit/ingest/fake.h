/*
 * A sink for tests of sources: takes batches like the pipeline does, counts
 * like it, keeps the messages, and can be full or fail for a while.
 */
#ifndef FAKE_H
#define FAKE_H

#include "base/mem.h"
#include "base/vec.h"
#include "ev/loop.h"
#include "ingest/cursor.h"
#include "ingest/ledger.h"
#include "ingest/source.h"
#include "test.h"

struct fake_message {
	char *p;
	size_t n;
	char peer[46];
};

struct fake {
	struct loop *loop;
	struct source_env env;
	struct batch *first, **end; /* taken, not done */
	struct loop_timer *work, *deadline;
	unsigned full, failing; /* so many submits are refused / batches fail */
	unsigned refused, failed;
	VEC(struct fake_message) got;
	uint64_t seq;
	bool (*enough)(struct fake *f); /* stops the loop */
	bool late;                      /* the deadline passed */
	unsigned ended;
	void *ctx;
};

static inline void
fake_work(void *ctx)
{
	struct fake *f = ctx;
	struct batch *b = f->first;

	if (b == NULL)
		return;
	f->first = b->next;
	if (f->first == NULL)
		f->end = &f->first;
	else
		loop_timer_after(f->work, 0);
	if (f->failing > 0) {
		f->failing--;
		f->failed++;
		b->result = FAIL_IO;
		ledger_add(f->env.ledger, b->source->ledger, LEDGER_REFUSED_IO, b->n);
		b->done(b);
		return;
	}
	for (size_t i = 0; i < b->n; i++) {
		struct str s = batch_message(b, i);
		struct fake_message m = { .p = mem_dup(s.p, s.n), .n = s.n };

		(void)snprintf(m.peer, sizeof(m.peer), "%s", b->peer);
		VEC_PUSH(&f->got, m);
	}
	b->result = OK;
	b->first_seq = f->seq + 1;
	f->seq += b->n;
	ledger_add(f->env.ledger, b->source->ledger, LEDGER_LOGGED, b->n);
	b->done(b);
	if (f->enough != NULL && f->enough(f))
		loop_stop(f->loop);
}

static inline enum err
fake_submit(void *ctx, struct batch *b)
{
	struct fake *f = ctx;

	CHECK(b->n > 0 && b->n <= BATCH_ITEMS_MAX);
	if (f->full > 0) {
		f->full--;
		f->refused++;
		return FAIL_AGAIN;
	}
	b->next = NULL;
	*f->end = b;
	f->end = &b->next;
	loop_timer_after(f->work, 1000000);
	return OK;
}

static inline void
fake_late(void *ctx)
{
	struct fake *f = ctx;

	f->late = true;
	loop_stop(f->loop);
}

static inline void
fake_ended(void *ctx, const struct batch_source *bs)
{
	struct fake *f = ctx;

	(void)bs;
	f->ended++;
	loop_stop(f->loop);
}

static inline void
fake_init(struct fake *f)
{
	struct diag why;

	*f = (struct fake){ 0 };
	f->end = &f->first;
	CHECK_OK(loop_new(&f->loop, &why), why);
	f->work = loop_timer_new(f->loop, fake_work, f);
	f->deadline = loop_timer_new(f->loop, fake_late, f);
	f->env = (struct source_env){ .loop = f->loop,
		.sink = { fake_submit, f },
		.ledger = ledger_new(),
		.ended = fake_ended,
		.ctx = f };
}

static inline void
fake_forget(struct fake *f)
{
	for (size_t i = 0; i < f->got.n; i++)
		free(f->got.p[i].p);
	f->got.n = 0;
}

static inline void
fake_fini(struct fake *f)
{
	fake_forget(f);
	VEC_FINI(&f->got);
	loop_timer_free(f->work);
	loop_timer_free(f->deadline);
	ledger_free(f->env.ledger);
	loop_free(f->loop);
}

/* Runs the loop until enough() or loop_stop(), at most ms; false when it took longer. */
static inline bool
fake_run(struct fake *f, unsigned ms)
{
	struct diag why;

	f->late = false;
	loop_timer_after(f->deadline, (int64_t)ms * 1000000);
	CHECK_OK(loop_run(f->loop, &why), why);
	loop_timer_stop(f->deadline);
	return !f->late;
}

/* Stops the source and waits until nothing of it is in flight. */
static inline void
fake_drain(struct fake *f, struct source *s)
{
	source_stop(s);
	for (unsigned i = 0; i < 200 && (!source_idle(s) || f->first != NULL); i++)
		(void)fake_run(f, 10);
	CHECK(source_idle(s));
}

static inline void
fake_check_ledger(struct fake *f)
{
	for (unsigned i = 0; i < ledger_len(f->env.ledger); i++)
		CHECK_INT(ledger_in_flight(f->env.ledger, i), 0);
}

#endif
