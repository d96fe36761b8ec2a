/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Batches through workers to the log and back to their sources. */
#include "app/pipeline.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/queue.h"
#include "base/vec.h"
#include "ev/loop.h"
#include "parse/format.h"
#include "rec/codec.h"

#define RECORD_BUDGET ((size_t)16 << 20)
#define FLIGHT_BYTES_MAX ((size_t)64 << 20) /* message bytes between submit and disk */
#define GROUP_MAX 64                        /* batches of one sync */
#define RETAIN_EVERY (2 * CLOCK_S)
#define WORKERS_MAX 64

struct pipeline {
	struct pipeline_opts o;
	struct queue *in, *out;
	pthread_mutex_t order; /* ticket and push are one step */
	uint64_t next_ticket;
	_Atomic uint64_t in_flight, flight_bytes;
	atomic_bool log_failed;
	pthread_t workers[WORKERS_MAX], writer;
	unsigned n_workers;
};

struct job {
	struct pipeline *pipeline;
	struct batch *batch;
	uint64_t ticket;
	struct buf payloads;
	size_t *ends; /* payload i stands before ends[i] */
	uint64_t parse_failed, time_fixed;
	size_t bytes;
	enum err result;
};

enum err
pipeline_submit(void *ctx, struct batch *b)
{
	struct pipeline *p = ctx;
	struct job *j;
	bool pushed;

	if (atomic_load(&p->flight_bytes) + b->bytes.n > FLIGHT_BYTES_MAX &&
	    atomic_load(&p->flight_bytes) != 0)
		return FAIL_AGAIN;
	j = MEM_NEW(struct job);
	j->pipeline = p;
	j->batch = b;
	j->bytes = b->bytes.n;
	pthread_mutex_lock(&p->order);
	j->ticket = p->next_ticket;
	atomic_fetch_add(&p->in_flight, b->n);
	atomic_fetch_add(&p->flight_bytes, j->bytes);
	pushed = queue_try_push(p->in, j);
	if (pushed)
		p->next_ticket++;
	pthread_mutex_unlock(&p->order);
	if (pushed)
		return OK;
	atomic_fetch_sub(&p->in_flight, b->n);
	atomic_fetch_sub(&p->flight_bytes, j->bytes);
	free(j);
	return FAIL_AGAIN;
}

struct worker {
	struct parser *parser;
	struct enricher *enricher;
	struct arena *arena;
	struct rec rec; /* here, not on the stack: it is large and cleared there each time */
};

/* One message becomes one payload; what does not parse becomes a parse.failed record. */
static enum err
work_item(struct worker *w, struct job *j, size_t i, const struct format_ops *format)
{
	struct batch *b = j->batch;
	struct batch_item *item = &b->items[i];
	struct parse_in in = { .message = batch_message(b, i),
		.received = b->received,
		.source = str_c(b->source->name),
		.peer = str_c(b->peer),
		.format = format,
		.trust_time = b->source->trust_time };
	struct diag why = { 0 };
	struct rec *r = &w->rec;
	enum err e;

	arena_reset(w->arena);
	rec_init(r, w->arena);
	e = parser_parse(w->parser, &in, r, &why);
	if (e != OK) {
		item->parse_failed = true;
		(void)str_to_c(str_c(why.text), item->error, sizeof(item->error));
		j->parse_failed++;
	}
	if (rec_has(r, F_TIME_FLAG))
		j->time_fixed++;
	enricher_apply(w->enricher, r);
	if (i == 0 && b->cursor[0] != '\0' && cursor_attach(r, b->cursor) != OK)
		return FAIL_LIMIT;
	e = codec_encode(r, &j->payloads, NULL);
	j->ends[i] = j->payloads.n;
	return e;
}

static void *
worker_main(void *arg)
{
	struct pipeline *p = arg;
	struct worker w = { .parser = parser_new(&p->o.parser),
		.enricher = enricher_new(p->o.enrich),
		.arena = arena_new(RECORD_BUDGET) };
	struct job *j;

	while ((j = queue_pop(p->in)) != NULL) {
		const struct format_ops *format = format_find(str_c(j->batch->source->format));

		buf_init(&j->payloads, 0);
		j->ends = mem_alloc((j->batch->n + 1) * sizeof(*j->ends));
		for (size_t i = 0; i < j->batch->n && j->result == OK; i++)
			j->result = work_item(&w, j, i, format);
		enricher_release(w.enricher);
		if (!queue_push(p->out, j))
			abort(); /* the writer ends after the workers */
	}
	parser_free(w.parser);
	enricher_free(w.enricher);
	arena_free(w.arena);
	return NULL;
}

/* Loop thread: tells the source. */
static void
finish(void *arg)
{
	struct job *j = arg;
	struct batch *b = j->batch;
	struct pipeline *p = j->pipeline;

	uint64_t last = b->result == OK && b->n != 0 ? b->first_seq + b->n - 1 : 0;

	crash_point(CRASH_INGEST_ACK);
	atomic_fetch_sub(&p->in_flight, b->n);
	atomic_fetch_sub(&p->flight_bytes, j->bytes);
	free(j);
	b->done(b);
	if (last != 0 && p->o.cursors != NULL)
		cursor_passed(p->o.cursors, last);
}

static void
count(struct pipeline *p, const struct job *j)
{
	unsigned line = j->batch->source->ledger;
	uint64_t n = j->batch->n;

	if (j->batch->result != OK) {
		ledger_add(p->o.ledger, line, LEDGER_REFUSED_IO, n);
		return;
	}
	ledger_add(p->o.ledger, line, LEDGER_LOGGED, n);
	ledger_add(p->o.ledger, line, LEDGER_PARSE_FAILED, j->parse_failed);
	ledger_add(p->o.ledger, line, LEDGER_TIME_FIXED, j->time_fixed);
}

typedef VEC(struct journal_item) item_vec;

static void
append_group(struct pipeline *p, struct job **jobs, size_t n, item_vec *items)
{
	uint64_t first = 0;
	struct diag why = { 0 };
	enum err e = OK;

	items->n = 0;
	for (size_t k = 0; k < n; k++) {
		struct job *j = jobs[k];
		size_t from = 0;

		for (size_t i = 0; i < j->batch->n && j->result == OK; i++) {
			VEC_PUSH(items, ((struct journal_item){
					    .payload = { j->payloads.p + from, j->ends[i] - from },
					    .received = j->batch->received }));
			from = j->ends[i];
		}
	}
	if (items->n != 0)
		e = journal_append(p->o.journal, items->p, items->n, &first, &why);
	atomic_store(&p->log_failed, e != OK);
	if (e != OK)
		log_diag("log", "records were refused: the log cannot be written", &why);
	for (size_t k = 0; k < n; k++) {
		struct job *j = jobs[k];

		j->batch->result = j->result != OK ? j->result : e;
		j->batch->first_seq = first;
		if (j->batch->result == OK)
			first += j->batch->n;
		count(p, j);
		buf_fini(&j->payloads);
		free(j->ends);
		loop_post(p->o.loop, finish, j);
	}
}

typedef VEC(struct job *) job_vec;

/* Moves the jobs whose turn it is from `waiting` to `ready`, in order. */
static size_t
take_turns(job_vec *waiting, uint64_t *next, struct job **ready, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < waiting->n && n < max;) {
		if (waiting->p[i]->ticket != *next) {
			i++;
			continue;
		}
		ready[n++] = waiting->p[i];
		waiting->p[i] = waiting->p[--waiting->n];
		++*next;
		i = 0;
	}
	return n;
}

static void
retain(struct pipeline *p, int64_t *last)
{
	int64_t now = clock_mono();
	struct diag why = { 0 };

	if (now - *last < RETAIN_EVERY)
		return;
	*last = now;
	if (journal_retain(p->o.journal, p->o.followed(p->o.ctx), clock_wall(), &why) != OK)
		log_diag("log", "old segments could not be removed", &why);
}

static void *
writer_main(void *arg)
{
	struct pipeline *p = arg;
	struct job *ready[GROUP_MAX];
	job_vec waiting = { 0 };
	uint64_t next = 0;
	int64_t retained = clock_mono();
	item_vec items = { 0 };

	for (;;) {
		void *got[GROUP_MAX];
		size_t n = queue_pop_many(p->out, got, GROUP_MAX, 1000), n_ready;

		for (size_t i = 0; i < n; i++)
			VEC_PUSH(&waiting, (struct job *)got[i]);
		while ((n_ready = take_turns(&waiting, &next, ready, GROUP_MAX)) != 0)
			append_group(p, ready, n_ready, &items);
		retain(p, &retained);
		if (n == 0 && waiting.n == 0 && queue_closed(p->out))
			break;
	}
	VEC_FINI(&items);
	VEC_FINI(&waiting);
	return NULL;
}

struct pipeline *
pipeline_start(const struct pipeline_opts *opts)
{
	struct pipeline *p = MEM_NEW(struct pipeline);

	p->o = *opts;
	p->in = queue_new(opts->queue);
	p->out = queue_new(opts->queue);
	pthread_mutex_init(&p->order, NULL);
	p->n_workers = opts->workers < WORKERS_MAX ? opts->workers : WORKERS_MAX;
	for (unsigned i = 0; i < p->n_workers; i++)
		if (pthread_create(&p->workers[i], NULL, worker_main, p) != 0)
			abort();
	if (pthread_create(&p->writer, NULL, writer_main, p) != 0)
		abort();
	return p;
}

void
pipeline_stop(struct pipeline *p)
{
	if (p == NULL)
		return;
	queue_close(p->in);
	for (unsigned i = 0; i < p->n_workers; i++)
		pthread_join(p->workers[i], NULL);
	queue_close(p->out);
	pthread_join(p->writer, NULL);
}

void
pipeline_free(struct pipeline *p)
{
	if (p == NULL)
		return;
	queue_free(p->in);
	queue_free(p->out);
	pthread_mutex_destroy(&p->order);
	free(p);
}

uint64_t
pipeline_in_flight(const struct pipeline *p)
{
	return atomic_load(&p->in_flight);
}

size_t
pipeline_waiting(const struct pipeline *p)
{
	return queue_len(p->in);
}

bool
pipeline_log_ok(const struct pipeline *p)
{
	return !atomic_load(&p->log_failed);
}
