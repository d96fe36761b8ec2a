/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Follows the log with the engine and writes alerts, exactly once. */
#include "app/detector.h"

#include "alert/routing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/coming.h"
#include "app/hush.h"
#include "app/rollups.h"
#include "app/switches.h"
#include "app/whom.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "detect/take.h"
#include "log/reader.h"
#include "rec/codec.h"

#define BATCH_RECORDS 2000
#define STATE_MAX ((size_t)1 << 30)
#define FINDINGS_BUDGET ((size_t)128 << 20)
#define TEXT_MAX 1024 /* of group and summary */
#define RECORD_BUDGET ((size_t)16 << 20)
#define IDLE_COMMIT (1 * CLOCK_S) /* the position is stored this often when nothing fires */
#define RETRY_MS 1000
#define WHOM_OLD 4000 /* records of a commit that are looked up in the log */

struct detector {
	struct detector_opts o;
	struct alerts *alerts;
	struct engine *engine;
	struct reader *reader;
	struct arena *arena, *held; /* one record; findings of a batch */
	struct whom *whom;
	VEC(struct alerts_finding) findings;
	uint64_t fed, committed; /* last record fed; last number stored */
	uint64_t engine_at;      /* the engine has seen all up to this */
	uint64_t quiet_through;  /* findings up to here are stored already */
	int64_t committed_at, saved_at, ticked_at;
	pthread_t thread;
	atomic_bool stop, failing;
	struct rec rec;       /* here, not on the stack: it is large and cleared there each time */
	struct coming coming; /* so the engine knows whose keys it needs next */
	struct detector_rules next; /* good while `changing` */
	atomic_bool changing;
	_Atomic(const struct ruleset *) used;
	_Atomic uint64_t through, snapshot, n_records, n_findings, n_alerts, n_keys, n_evicted,
	    n_late, n_waiting;
};

static const char state_magic[8] = "TOCDET1\n";

/* The head of a text that an outsider may have made long. */
static struct str
head_of(struct str s)
{
	return (struct str){ s.p, s.n < TEXT_MAX ? s.n : TEXT_MAX };
}

static uint64_t
erased(const struct detector *d)
{
	struct rollup_totals t;

	rollup_totals(d->o.rollup, &t);
	return t.erased;
}

/* Copies what a finding borrows until the batch is committed. */
static void
on_finding(void *ctx, const struct finding *f)
{
	struct detector *d = ctx;
	char hex[ALERTS_ID_SIZE];
	bool demo = f->demo;
	struct alerts_finding *to;
	uint64_t *evidence;

	if (f->seq <= d->quiet_through || (demo && f->seq <= erased(d)))
		return;
	if (switches_drop(d->o.switches, f->rule))
		return;
	evidence = arena_alloc(d->held, f->n_evidence * sizeof(*evidence));
	to = VEC_ADD(&d->findings);
	*to = (struct alerts_finding){ .rule_id = str_c(f->rule->id),
		.title = str_c(f->rule->title),
		.severity = str_c(f->severity),
		.action = str_c(f->rule->action),
		.confidence = f->confidence,
		.tags = str_c(f->rule->tags),
		.advice = str_c(f->rule->advice),
		.first = f->first,
		.last = f->last,
		.n_first = f->n_first,
		.n_more = f->n_more,
		.seq = f->seq,
		.demo = demo };
	(void)digest_hex(f->id, sizeof(f->id), hex);
	if (evidence == NULL || !arena_copy(d->held, (struct str){ hex, 32 }, &to->id) ||
	    !arena_copy(d->held, head_of(f->group), &to->group) ||
	    !arena_copy(d->held, head_of(f->summary), &to->summary) ||
	    !arena_copy(d->held, f->details, &to->details) || !whom_copy(f->rec, d->held, to))
		abort(); /* BATCH_RECORDS findings of this size fit the budget */
	memcpy(evidence, f->evidence, f->n_evidence * sizeof(*evidence));
	to->evidence = evidence;
	to->n_evidence = f->n_evidence;
}

/* Stores the findings at hand with the position; tries again until the database takes them. */
static void
commit(struct detector *d)
{
	struct diag why = { 0 };

	whom_allow(d->whom, WHOM_OLD);
	while (alerts_apply(d->alerts, d->findings.p, d->findings.n, d->fed, clock_wall(), &why) !=
	       OK) {
		atomic_store(&d->failing, true);
		log_diag("detect", "alerts cannot be stored; trying again", &why);
		reader_wait(d->reader, RETRY_MS);
		if (atomic_load(&d->stop))
			return;
	}
	atomic_store(&d->failing, false);
	d->committed = d->fed;
	d->committed_at = clock_mono();
	for (size_t i = 0; i < d->findings.n; i++)
		if (d->findings.p[i].is_new) {
			atomic_fetch_add(&d->n_alerts, 1);
			d->o.raised(d->o.ctx, &d->findings.p[i]);
		}
	atomic_fetch_add(&d->n_findings, d->findings.n);
	if (d->findings.n != 0)
		d->o.committed(d->o.committed_ctx);
	d->findings.n = 0;
	arena_reset(d->held);
	atomic_store(&d->through, d->committed);
}

/* State at exactly d->committed: magic, number, engine. */
static void
save(struct detector *d)
{
	auto_buf struct buf out = { 0 };
	struct diag why = { 0 };
	uint64_t at = d->committed;

	buf_init(&out, STATE_MAX);
	buf_put(&out, state_magic, sizeof(state_magic));
	buf_put(&out, &at, sizeof(at));
	engine_save(d->engine, &out);
	d->saved_at = clock_mono();
	d->o.saving(d->o.seen_ctx);
	crash_point(CRASH_SNAPSHOT_WRITE);
	if (buf_overflow(&out) || fs_replace(d->o.state_path, buf_view(&out), &why) != OK) {
		log_diag("detect", "the state of detection cannot be saved", &why);
		return;
	}
	crash_point(CRASH_SNAPSHOT_WRITTEN);
	if (rollups_save(d->o.rollup, d->o.rollup_path, at))
		atomic_store(&d->snapshot, at);
}

/* The number the loaded state is true through; 0 when there is none that fits. */
static uint64_t
load(struct detector *d, uint64_t position)
{
	auto_buf struct buf in = { 0 };
	struct diag why = { 0 };
	uint64_t at;
	size_t n_empty;
	enum err e;

	buf_init(&in, STATE_MAX);
	if (fs_read(d->o.state_path, STATE_MAX, &in, &why) != OK)
		return 0;
	if (in.n < sizeof(state_magic) + sizeof(at) ||
	    memcmp(in.p, state_magic, sizeof(state_magic)) != 0)
		return 0;
	memcpy(&at, in.p + sizeof(state_magic), sizeof(at));
	if (at > position)
		return 0;
	e = engine_load(d->engine, str_from(buf_view(&in), sizeof(state_magic) + sizeof(at)), &why);
	(void)engine_empty(d->engine, &n_empty);
	if (e == OK && n_empty == 0)
		return at;
	if (e == OK)
		e = err_set(&why, FAIL_EXISTS, "there are rules that it says nothing of");
	log_info("detect", "saved state does not fit: reading the log from its start",
	    LOG_C("reason", err_name(e)), LOG_C("why", why.text));
	engine_free(d->engine);
	d->engine = engine_new(d->o.rules, &d->o.engine);
	return 0;
}

static void
publish_stats(struct detector *d)
{
	struct engine_stats s;

	engine_stats(d->engine, &s);
	atomic_store(&d->n_records, s.records);
	atomic_store(&d->n_keys, s.keys);
	atomic_store(&d->n_evicted, s.evicted);
	atomic_store(&d->n_late, s.late);
	atomic_store(&d->n_waiting, s.waiting);
}

/* Reads one more record; false: there is none now. */
static bool
read_ahead(struct detector *d)
{
	const struct coming_rec *c;
	struct diag why = { 0 };
	enum err e = coming_read(&d->coming, d->reader, &c, &why);

	if (e == OK && c->good && c->seq > d->engine_at)
		engine_ahead(d->engine, &c->rec);
	if (e != OK && e != FAIL_AGAIN) {
		atomic_store(&d->failing, true);
		log_diag("detect", "the log cannot be read", &why);
	}
	return e == OK;
}

static void
feed_one(struct detector *d, const struct coming_rec *c)
{
	d->fed = c->seq;
	if (!c->good)
		return;
	rollup_add(d->o.rollup, &c->rec);
	whom_add(d->whom, &c->rec);
	d->o.seen(d->o.seen_ctx, &c->rec);
	if (c->seq > d->engine_at)
		engine_feed(d->engine, &c->rec, on_finding, d);
}

/* Feeds what is there, at most a batch; false when the log had nothing more. */
static bool
feed(struct detector *d)
{
	bool more = true;

	for (unsigned i = 0; i < BATCH_RECORDS && d->findings.n < BATCH_RECORDS; i++) {
		const struct coming_rec *c;

		while (more && !coming_full(&d->coming))
			more = read_ahead(d);
		c = coming_take(&d->coming);
		if (c == NULL)
			return false;
		feed_one(d, c);
	}
	return true;
}

/* Stores what is due: findings at once, the bare position now and then. */
static void
commit_due(struct detector *d, bool stopping)
{
	bool live = d->fed > d->quiet_through;
	bool idle =
	    d->fed != d->committed && (stopping || clock_mono() - d->committed_at >= IDLE_COMMIT);

	if (d->findings.n != 0 || (live && idle))
		commit(d);
	else if (live)
		atomic_store(&d->through, d->fed);
}

static void
save_due(struct detector *d, bool stopping)
{
	if (d->committed == d->fed && d->fed != atomic_load(&d->snapshot) &&
	    (stopping || clock_mono() - d->saved_at >= d->o.snapshot_every))
		save(d);
}

static void
ignore(void *ctx, const struct finding *f)
{
	(void)ctx, (void)f;
}

/* Feeds the engine what came after the records it was fed with elsewhere. */
static void
catch_up(struct detector *d, struct engine *e, uint64_t at)
{
	struct reader *reader;
	struct reader_entry entry;
	struct diag why = { 0 };
	enum err err = reader_open(d->o.log_dir, at + 1, &reader, &why);

	while (err == OK && at < d->fed && (err = reader_next(reader, &entry, &why)) == OK) {
		at = entry.seq;
		arena_reset(d->arena);
		rec_init(&d->rec, d->arena);
		if (at > d->fed || codec_decode(entry.payload, &d->rec, NULL) != OK)
			continue;
		d->rec.seq = at;
		engine_feed(e, &d->rec, ignore, NULL);
	}
	if (err != OK && err != FAIL_AGAIN)
		log_diag("detect", "changed rules do not know of the last events", &why);
	reader_close(reader);
}

/* Puts the next rule set in place: what its rules remember comes from the old engine, or is warm.
 */
static void
take_rules(struct detector *d)
{
	auto_buf struct buf state = { 0 };
	struct diag why = { 0 };
	struct engine *e;

	if (!atomic_load(&d->changing))
		return;
	if (d->findings.n != 0)
		commit(d); /* they borrow from the old rules */
	if (d->findings.n != 0)
		return;
	buf_init(&state, STATE_MAX);
	engine_save(d->engine, &state);
	e = engine_new(d->next.rules, &d->o.engine);
	if (buf_overflow(&state) || engine_load(e, buf_view(&state), &why) != OK)
		log_diag("detect", "what the rules remembered is lost with their change", &why);
	if (d->next.warm != NULL) {
		catch_up(d, d->next.warm, d->next.warm_at);
		take_missing(e, d->next.warm);
		engine_free(TAKE(d->next.warm));
	}
	engine_free(d->engine);
	d->engine = e;
	d->o.rules = d->next.rules;
	d->o.switches = d->next.switches;
	d->saved_at = 0;
	atomic_store(&d->changing, false);
	atomic_store(&d->used, d->o.rules);
}

void
detector_use(struct detector *d, const struct detector_rules *next)
{
	d->next = *next;
	atomic_store(&d->changing, true);
}

bool
detector_uses(const struct detector *d, const struct ruleset *rules)
{
	return atomic_load(&d->used) == rules;
}

static void *
detector_main(void *arg)
{
	struct detector *d = arg;
	bool more, stopping, last;

	do {
		stopping = atomic_load(&d->stop); /* before reading: what was published is read */
		take_rules(d);
		more = feed(d);
		last = stopping && !more;
		commit_due(d, last);
		save_due(d, last);
		if (hush_tick(d->alerts, &d->ticked_at))
			d->o.committed(d->o.committed_ctx);
		publish_stats(d);
		if (!more && !stopping)
			reader_wait(d->reader, 200);
	} while (!last);
	return NULL;
}

static void
detector_free(struct detector *d)
{
	reader_close(d->reader);
	engine_free(d->engine);
	engine_free(d->next.warm);
	alerts_close(d->alerts);
	whom_free(d->whom);
	arena_free(d->arena);
	arena_free(d->held);
	coming_fini(&d->coming);
	VEC_FINI(&d->findings);
	free(d);
}

/* A crash may have come between erasing the demonstration there and here. */
static enum err
erase_again(struct detector *d, struct diag *why)
{
	uint64_t n;

	if (erased(d) >= d->o.demo_erased)
		return OK;
	rollup_erase_demo(d->o.rollup, d->o.demo_erased);
	return alerts_erase_demo(d->alerts, &n, why);
}

enum err
detector_start(const struct detector_opts *opts, struct detector **ret, struct diag *why)
{
	struct detector *d = MEM_NEW(struct detector);
	uint64_t position, from;
	enum err e;

	d->o = *opts;
	d->arena = arena_new(RECORD_BUDGET);
	d->held = arena_new(FINDINGS_BUDGET);
	coming_init(&d->coming);
	d->engine = engine_new(opts->rules, &opts->engine);
	d->whom = whom_new(opts->log_dir);
	e = alerts_open(opts->alerts_path, &d->alerts, why);
	if (e != OK) {
		detector_free(d);
		return e;
	}
	alerts_whom(d->alerts, whom_put, d->whom);
	routing_join(d->alerts, opts->routing);
	position = alerts_position(d->alerts);
	if (position > opts->log_last) {
		log_warn("detect", "alerts are ahead of the log, which was cut or replaced",
		    LOG_INT("position", position), LOG_INT("log_last", opts->log_last));
		position = opts->log_last;
	}
	d->engine_at = load(d, position);
	from = rollups_load(opts->rollup, opts->rollup_path, opts->log_last);
	from = from < d->engine_at ? from : d->engine_at;
	e = erase_again(d, why);
	if (e == OK)
		e = reader_open(opts->log_dir, from + 1, &d->reader, why);
	if (e != OK) {
		detector_free(d);
		return e;
	}
	d->fed = from;
	d->quiet_through = d->committed = position;
	atomic_store(&d->through, position);
	atomic_store(&d->snapshot, from);
	d->committed_at = d->saved_at = clock_mono();
	atomic_store(&d->used, opts->rules);
	if (pthread_create(&d->thread, NULL, detector_main, d) != 0)
		abort();
	*ret = d;
	return OK;
}

void
detector_stop(struct detector *d)
{
	if (d == NULL)
		return;
	atomic_store(&d->stop, true);
	pthread_join(d->thread, NULL);
	detector_free(d);
}

void
detector_stats(const struct detector *d, struct detector_stats *ret)
{
	*ret = (struct detector_stats){ .through = atomic_load(&d->through),
		.snapshot = atomic_load(&d->snapshot),
		.ok = !atomic_load(&d->failing),
		.records = atomic_load(&d->n_records),
		.findings = atomic_load(&d->n_findings),
		.alerts = atomic_load(&d->n_alerts),
		.keys = atomic_load(&d->n_keys),
		.evicted = atomic_load(&d->n_evicted),
		.late = atomic_load(&d->n_late),
		.waiting = atomic_load(&d->n_waiting) };
}
