/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/delivery.py */
/* The pump between outbox and notify process. */
#include "app/delivery.h"

#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/letter.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "ev/supervise.h"
#include "notify/job.h"

#define PER_CHANNEL 4 /* handed over at a time: one is being sent, the others follow at once */
#define CLAIMED ((size_t)64)       /* at a time */
#define ON_THEIR_WAY 256           /* of all channels */
#define TESTS_MAX 32               /* and jobs of others */
#define TEST_ID ((int64_t)1 << 62) /* ids of test messages begin here */
#define LOOK_EVERY CLOCK_S         /* rows that people made due */
#define LOOK_SOONEST (20 * CLOCK_MS)
#define STUCK (PER_CHANNEL + 1)      /* times the longest attempt: the process is ended by force */
#define STOP_WAIT (3 * CLOCK_S)      /* for what is on its way when the daemon ends */
#define RESULTS ((size_t)32)         /* stored at a time */
#define RESULT_MAX ((size_t)1 << 16) /* bytes of a line from the process */

struct letter {
	int64_t id, since;         /* monotonic */
	api_sent_fn done;          /* of a test message, else NULL */
	delivery_called_fn called; /* of a job of somebody else's, else NULL */
	void *done_ctx;
};

struct delivery {
	struct delivery_opts o;
	struct letter_opts lo;
	double scale;
	char secrets[PATH_MAX + 16], url[512];
	struct supervise *process;
	const char *argv[8];
	struct loop_timer *timer, *stopping;
	struct buf said; /* by the process: the beginning of a line */
	struct letter letters[ON_THEIR_WAY + TESTS_MAX];
	size_t n, n_tests;
	int64_t next_test, stop_since;
	bool killed; /* the process was asked to end: what it could not send stays as it is */
	void (*stopped)(void *ctx);
	void *stopped_ctx;
	atomic_bool woken;
	uint64_t sent, failed, dead;        /* results since the start */
	struct job_result results[RESULTS]; /* not stored yet: within one callback */
	size_t n_results;
};

static int64_t
timeout_ns(const struct delivery *d)
{
	return (int64_t)d->lo.timeout_ms * CLOCK_MS;
}

static struct outbox_result
result_of(const struct job_result *r)
{
	static const enum outbox_verdict verdicts[] = {
		[JOB_OK] = OUTBOX_OK,
		[JOB_RETRY] = OUTBOX_RETRY,
		[JOB_NEVER] = OUTBOX_NEVER,
	};

	return (struct outbox_result){ .id = r->id,
		.verdict = verdicts[r->verdict],
		.after = r->after_ms * CLOCK_MS,
		.ms = r->ms,
		.detail = str_c(r->detail) };
}

/* What came in together is one transaction: it costs as much as a single result. */
static void
flush(struct delivery *d)
{
	struct outbox_policy policy = { .scale = d->scale };
	struct outbox_result all[RESULTS];
	struct diag why = { 0 };
	enum err e;

	if (d->n_results == 0)
		return;
	for (size_t i = 0; i < d->n_results; i++)
		all[i] = result_of(&d->results[i]);
	digest_random(&policy.random, sizeof(policy.random));
	e = outbox_results(d->o.alerts, all, d->n_results, &policy, clock_wall(), &why);
	if (e != OK && e != FAIL_NOT_FOUND)
		log_diag("notify", "results were not stored: the messages are sent again", &why);
	d->n_results = 0;
}

/* Kept until flush(). */
static void
store(struct delivery *d, const struct job_result *r)
{
	if (d->n_results == RESULTS)
		flush(d);
	d->results[d->n_results++] = *r;
	d->sent += r->verdict == JOB_OK;
	d->failed += r->verdict == JOB_RETRY;
	d->dead += r->verdict == JOB_NEVER;
	if (r->verdict != JOB_OK)
		log_warn("notify", "a message was not delivered", LOG_INT("delivery", r->id),
		    LOG_C("why", r->detail));
}

/* A letter is answered; it leaves the list before anybody hears of it. */
static void
settle(struct delivery *d, size_t i, const struct job_result *r)
{
	const struct letter l = d->letters[i];

	d->letters[i] = d->letters[--d->n];
	if (l.done == NULL && l.called == NULL) {
		store(d, r);
		return;
	}
	d->n_tests--;
	if (l.called != NULL) {
		l.called(l.done_ctx, r);
		return;
	}
	l.done(l.done_ctx,
	    &(struct api_sent){
		.ok = r->verdict == JOB_OK, .ms = r->ms, .detail = str_c(r->detail) });
}

static void
take_result(struct delivery *d, struct str line)
{
	struct diag why = { 0 };
	struct job_result r;

	if (job_result_parse(line, &r, &why) != OK) {
		log_diag("notify", "the notify process said what is no result", &why);
		return;
	}
	/* It was told to end and gave up: nothing of it counts, the next start goes on. */
	if (d->killed && r.verdict == JOB_RETRY && r.id < TEST_ID)
		return;
	for (size_t i = 0; i < d->n; i++)
		if (d->letters[i].id == r.id) {
			settle(d, i, &r);
			return;
		}
}

static void
on_output(void *ctx, struct str bytes)
{
	struct delivery *d = ctx;
	struct str rest;
	const char *lf;

	buf_str(&d->said, bytes);
	rest = buf_view(&d->said);
	while (rest.n != 0 && (lf = memchr(rest.p, '\n', rest.n)) != NULL) {
		const struct str line = { rest.p, (size_t)(lf - rest.p) };

		rest = str_from(rest, line.n + 1);
		take_result(d, line);
	}
	flush(d);
	buf_shift(&d->said, d->said.n - rest.n);
	if (buf_overflow(&d->said))
		buf_reset(&d->said);
	loop_timer_after(d->timer, 0);
}

static void
on_up(void *ctx, struct child *c)
{
	struct delivery *d = ctx;

	(void)c;
	buf_reset(&d->said);
	loop_timer_after(d->timer, 0);
}

/* What it had been given may have been sent or not: it is tried again, after a wait. */
static void
on_down(void *ctx, int status, const struct diag *why)
{
	struct delivery *d = ctx;

	if (!d->killed)
		log_warn("notify", "the notify process ended and is started again",
		    LOG_INT("status", status), LOG_C("why", why != NULL ? why->text : ""));
	for (size_t i = d->n; i-- > 0;) {
		struct job_result r = { .id = d->letters[i].id,
			.ms = (clock_mono() - d->letters[i].since) / CLOCK_MS };

		if (d->killed && d->letters[i].done == NULL)
			continue; /* it is kept, and goes on at the next start */
		job_result_set(&r, JOB_RETRY, "the notify process ended");
		settle(d, i, &r);
	}
	flush(d);
}

/* Hands a line over; false when the process takes none now. */
static bool
hand_over(struct delivery *d, const struct letter *l, struct buf *line)
{
	struct child *c = supervise_child(d->process);
	const bool good = c != NULL && child_write(c, buf_view(line)) == OK;

	if (line->p != NULL)
		explicit_bzero(line->p, line->size); /* a test message may bring its secret */
	if (good)
		d->letters[d->n++] = *l;
	return good;
}

static void
deliver(struct delivery *d, const struct outbox_job *job)
{
	const struct letter l = { .id = job->id, .since = clock_mono() };
	struct job_result r = { .id = job->id };
	auto_buf struct buf line = { 0 };
	struct diag why = { 0 };
	enum err e = letter_put(d->o.alerts, &d->lo, job, clock_wall(), &line, &why);

	if (e == OK && hand_over(d, &l, &line))
		return;
	if (e == OK)
		job_result_set(&r, JOB_RETRY, "the notify process takes no message");
	else
		job_result_set(&r, e == FAIL_NOT_FOUND ? JOB_NEVER : JOB_RETRY, "%s", why.text);
	store(d, &r);
}

/* Claims and hands over what is due; says whether there may be more. */
static enum err
pump(struct delivery *d, bool *ret_more, struct diag *why)
{
	auto_free struct outbox_job *jobs = mem_alloc(CLAIMED * sizeof(*jobs));
	const size_t room = ON_THEIR_WAY - (d->n - d->n_tests);
	const size_t max = room < CLAIMED ? room : CLAIMED;
	size_t n = 0;
	enum err e;

	*ret_more = false;
	if (max == 0)
		return OK;
	e = outbox_claim(d->o.alerts, PER_CHANNEL, clock_wall(), jobs, max, &n, why);
	for (size_t i = 0; i < n && e == OK; i++)
		deliver(d, &jobs[i]);
	flush(d);
	*ret_more = n == max;
	return e;
}

/* A process that should have answered long ago is beyond help. */
static void
watch(struct delivery *d)
{
	struct child *c = supervise_child(d->process);
	const int64_t late = clock_mono() - STUCK * (timeout_ns(d) + 3 * CLOCK_S);

	for (size_t i = 0; i < d->n && c != NULL; i++)
		if (d->letters[i].since < late) {
			log_warn("notify", "the notify process does not answer and is ended",
			    LOG_INT("delivery", d->letters[i].id));
			child_kill(c, SIGKILL);
			return;
		}
}

/* When to look again: when the next row is due, or before. */
static int64_t
pause_until(struct delivery *d, int64_t next)
{
	int64_t wait = LOOK_EVERY;
	const int64_t now = clock_wall();

	if (next < now + wait)
		wait = next - now;
	/* Due, but its channel has its hands full: its results call. */
	if (wait < LOOK_SOONEST && d->n > d->n_tests)
		wait = LOOK_EVERY / 4;
	return wait < LOOK_SOONEST ? LOOK_SOONEST : wait;
}

static void
look(void *ctx)
{
	struct delivery *d = ctx;
	struct diag why = { 0 };
	int64_t next = INT64_MAX;
	bool more = false;
	enum err e;

	if (d->stop_since != 0)
		return;
	watch(d);
	if (supervise_child(d->process) == NULL) { /* on_up() calls */
		loop_timer_after(d->timer, LOOK_EVERY);
		return;
	}
	e = outbox_next(d->o.alerts, &next, &why);
	if (e == OK && next <= clock_wall()) {
		e = pump(d, &more, &why);
		if (e == OK)
			e = outbox_next(d->o.alerts, &next, &why);
	}
	if (e != OK)
		log_diag("notify", "the outbox cannot be read", &why);
	loop_timer_after(d->timer, e != OK ? LOOK_EVERY : more ? 0 : pause_until(d, next));
}

static void
on_wake(void *ctx)
{
	struct delivery *d = ctx;

	atomic_store(&d->woken, false);
	loop_timer_after(d->timer, 0);
}

void
delivery_wake(struct delivery *d)
{
	if (!atomic_exchange(&d->woken, true))
		loop_post(d->o.loop, on_wake, d);
}

static void
on_stopping(void *ctx)
{
	struct delivery *d = ctx;

	if (d->n != 0 && clock_mono() - d->stop_since < STOP_WAIT)
		return;
	loop_timer_stop(d->stopping);
	d->killed = true;
	supervise_stop(d->process, d->stopped, d->stopped_ctx);
}

void
delivery_stop(struct delivery *d, void (*stopped)(void *ctx), void *ctx)
{
	d->stopped = stopped;
	d->stopped_ctx = ctx;
	d->stop_since = clock_mono();
	loop_timer_stop(d->timer);
	loop_timer_every(d->stopping, LOOK_SOONEST);
}

void
delivery_test_to(void *ctx, struct str channel, struct str person, struct str address,
    api_sent_fn done, void *done_ctx)
{
	const struct letter_for whom = { person, address };
	struct delivery *d = ctx;
	const struct letter l = {
		.id = d->next_test, .since = clock_mono(), .done = done, .done_ctx = done_ctx
	};
	auto_buf struct buf line = { 0 };
	struct str why = STR("too many test messages are on their way");

	if (d->n_tests < TESTS_MAX && d->stop_since == 0) {
		letter_test(&d->lo, l.id, channel, &whom, clock_wall(), &line);
		if (hand_over(d, &l, &line)) {
			d->next_test++;
			d->n_tests++;
			return;
		}
		why = STR("the notify process does not run");
	}
	done(done_ctx, &(struct api_sent){ .detail = why });
}

bool
delivery_call(struct delivery *d, struct job_order *o, delivery_called_fn called, void *ctx)
{
	const struct letter l = {
		.id = d->next_test, .since = clock_mono(), .called = called, .done_ctx = ctx
	};
	auto_buf struct buf line = { 0 };

	if (d->n_tests >= TESTS_MAX || d->stop_since != 0)
		return false;
	o->id = l.id;
	o->timeout_ms = d->lo.timeout_ms;
	job_put(o, &line);
	if (!hand_over(d, &l, &line))
		return false;
	d->next_test++;
	d->n_tests++;
	return true;
}

void
delivery_facts(const struct delivery *d, struct api_facts *ret)
{
	ret->notify_ok = supervise_child(d->process) != NULL;
	ret->notify_starts = supervise_starts(d->process);
	ret->messages_sent = d->sent;
	ret->messages_failed = d->failed;
	ret->messages_dead = d->dead;
	ret->messages_on_their_way = d->n - d->n_tests;
}

const char *
delivery_secrets(const struct delivery *d)
{
	return d->secrets;
}

static void
start(struct delivery *d)
{
	size_t n = 0;

	d->argv[n++] = d->o.program;
	d->argv[n++] = "notify";
	if (d->o.conf->notify_ca_file[0] != '\0') {
		d->argv[n++] = "--ca";
		d->argv[n++] = d->o.conf->notify_ca_file;
	}
	d->process = supervise_new(d->o.loop, &(struct supervise_spec){ .name = "notify",
						  .child = { .argv = d->argv,
						      .pipe_stdin = true,
						      .pipe_stdout = true,
						      .output = on_output,
						      .ctx = d },
						  .up = on_up,
						  .down = on_down,
						  .ctx = d });
}

enum err
delivery_new(const struct delivery_opts *o, struct delivery **ret, struct diag *why)
{
	const char *scale = getenv("TOCSIN_RETRY_SCALE");
	char absolute[PATH_MAX];
	struct delivery *d;
	double factor = 1;
	enum err e;

	if (realpath(o->dir->dir, absolute) == NULL)
		return err_sys(why, "cannot find %s", o->dir->dir);
	if (scale != NULL && (!str_f64(str_c(scale), &factor) || factor <= 0 || factor > 1))
		return err_set(why, FAIL_SYNTAX, "TOCSIN_RETRY_SCALE is no factor up to 1");
	e = outbox_recover(o->alerts, why);
	if (e != OK)
		return e;
	d = MEM_NEW(struct delivery);
	d->o = *o;
	d->scale = factor;
	(void)snprintf(d->secrets, sizeof(d->secrets), "%s/secrets", absolute);
	d->next_test = TEST_ID;
	d->lo = (struct letter_opts){ .public_url = d->url,
		.timeout_ms = (unsigned)(o->conf->notify_timeout / CLOCK_MS) };
	buf_init(&d->said, RESULT_MAX);
	d->timer = loop_timer_new(o->loop, look, d);
	d->stopping = loop_timer_new(o->loop, on_stopping, d);
	start(d);
	*ret = d;
	return OK;
}

void
delivery_url_set(struct delivery *d, const char *url)
{
	(void)snprintf(d->url, sizeof(d->url), "%s", url);
}

const char *
delivery_url(const struct delivery *d)
{
	return d->url;
}

void
delivery_free(struct delivery *d)
{
	if (d == NULL)
		return;
	supervise_free(d->process);
	loop_timer_free(d->timer);
	loop_timer_free(d->stopping);
	buf_fini(&d->said);
	free(d);
}
