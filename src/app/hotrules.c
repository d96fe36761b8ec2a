/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/hotrules.py */
/* Rule sets, one after the other. */
#include "app/hotrules.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/reload.h"
#include "app/ruleload.h"
#include "app/switches.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "detect/take.h"
#include "log/reader.h"
#include "rec/codec.h"

#define RECORD_BUDGET ((size_t)16 << 20)
#define POLL (20 * CLOCK_MS)

/* A set with what belongs to it. */
struct set {
	struct ruleset *rules;
	struct switches *switches;
};

struct hotrules {
	struct hotrules_opts o;
	struct set now, next;
	struct detector *detector;
	struct api *api;
	struct loop_timer *timer; /* until the detector has taken the next set */
	struct api_reload report;
	struct diag problem[HOTRULES_PROBLEMS_MAX];
	pthread_t thread;
	bool busy, reading;
	uint64_t dropped; /* by sets that are gone */
	atomic_bool stop, read;
	/* Of the thread, until `read`: */
	struct engine *warm; /* fed with the log up to warm_at; NULL: no rule needs it */
	uint64_t warm_at;
	struct diag why;
	enum err result;
	size_t n_problems;
};

static void
set_free(struct set *s)
{
	switches_free(s->switches);
	ruleset_free(s->rules);
	*s = (struct set){ 0 };
}

static enum err
set_switches(struct hotrules *h, struct set *s, struct diag *why)
{
	s->switches = switches_new(s->rules);
	return switches_load(s->switches, h->o.alerts, why);
}

enum err
hotrules_new(const struct hotrules_opts *opts, const struct conf *conf, struct hotrules **ret,
    struct diag *why)
{
	struct hotrules *h = MEM_NEW(struct hotrules);
	enum err e = reload_rules(conf, &h->now.rules, why);

	h->o = *opts;
	if (e == OK)
		e = set_switches(h, &h->now, why);
	if (e != OK) {
		hotrules_free(h);
		return e;
	}
	*ret = h;
	return OK;
}

void
hotrules_free(struct hotrules *h)
{
	if (h == NULL)
		return;
	atomic_store(&h->stop, true);
	if (h->reading)
		pthread_join(h->thread, NULL);
	loop_timer_free(h->timer);
	engine_free(h->warm);
	set_free(&h->next);
	set_free(&h->now);
	free(h);
}

const struct ruleset *
hotrules_rules(const struct hotrules *h)
{
	return h->now.rules;
}

struct switches *
hotrules_switches(const struct hotrules *h)
{
	return h->now.switches;
}

uint64_t
hotrules_dropped(const struct hotrules *h)
{
	return h->dropped + switches_dropped(h->now.switches);
}

void
hotrules_switch(void *ctx, struct str rule_id, bool enabled)
{
	struct hotrules *h = ctx;

	switches_set(h->now.switches, rule_id, enabled);
	if (h->next.switches != NULL)
		switches_set(h->next.switches, rule_id, enabled);
}

void
hotrules_report(void *ctx, struct api_reload *ret)
{
	*ret = ((struct hotrules *)ctx)->report;
}

static void
on_note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	struct hotrules *h = ctx;

	if (kind != RULESET_ERROR)
		return;
	if (h->n_problems < HOTRULES_PROBLEMS_MAX)
		h->problem[h->n_problems] = *why;
	h->n_problems++;
}

static void
ignore(void *ctx, const struct finding *f)
{
	(void)ctx, (void)f;
}

/* Feeds what the log holds; what was found in it was raised, or could not be. */
static enum err
warm_up(struct hotrules *h, struct diag *why)
{
	struct arena *a = arena_new(RECORD_BUDGET);
	struct rec *r = MEM_NEW(struct rec);
	struct reader_entry entry;
	struct reader *reader;
	enum err e = reader_open(h->o.log_dir, 1, &reader, why);

	h->warm = engine_new(h->next.rules, &h->o.engine);
	while (e == OK && !atomic_load(&h->stop)) {
		e = reader_next(reader, &entry, why);
		if (e != OK)
			break;
		arena_reset(a);
		rec_init(r, a);
		h->warm_at = entry.seq;
		if (codec_decode(entry.payload, r, NULL) != OK)
			continue;
		r->seq = entry.seq;
		engine_feed(h->warm, r, ignore, NULL);
	}
	reader_close(reader);
	arena_free(a);
	free(r);
	return e == FAIL_AGAIN ? OK : e; /* that is the end of it */
}

static enum err
read_set(struct hotrules *h, struct diag *why)
{
	const char *file = h->o.conf_file[0] != '\0' ? h->o.conf_file : NULL;
	struct conf *conf;
	enum err e = conf_load(file, environ, &conf, NULL, why);

	if (e != OK)
		return e;
	e = ruleload(&conf->detect_rules, conf->profile, on_note, h, &h->next.rules, why);
	conf_free(conf);
	if (e == OK && h->n_problems != 0)
		e = err_set(why, FAIL_SYNTAX, "%zu rules are broken; the old rules stay",
		    h->n_problems);
	if (e == OK && take_fresh(h->next.rules, h->now.rules) != 0)
		e = warm_up(h, why);
	return e;
}

static void
refused(struct hotrules *h, const struct diag *why)
{
	char text[512];

	engine_free(TAKE(h->warm));
	set_free(&h->next);
	h->busy = false;
	h->report.state = API_RELOAD_FAILED;
	(void)snprintf(h->report.text, sizeof(h->report.text), "%s",
	    err_text(why, text, sizeof(text)));
	log_diag("detect", "changed rules were not taken up; the old are in force", why);
	for (size_t i = 0; i < h->report.n_problems; i++)
		log_diag("detect", "broken rule", &h->problem[i]);
}

/* The thread has read them. */
static void
hand_over(struct hotrules *h)
{
	struct detector_rules next;
	struct diag why;
	enum err e;

	pthread_join(h->thread, NULL);
	h->reading = false;
	why = h->why;
	e = h->result;
	h->report.ended = clock_wall();
	h->report.n_problems =
	    h->n_problems < HOTRULES_PROBLEMS_MAX ? h->n_problems : HOTRULES_PROBLEMS_MAX;
	if (e == OK)
		e = set_switches(h, &h->next, &why);
	if (e != OK) {
		refused(h, &why);
		return;
	}
	next =
	    (struct detector_rules){ h->next.rules, h->next.switches, TAKE(h->warm), h->warm_at };
	detector_use(h->detector, &next);
}

static void
on_timer(void *ctx)
{
	struct hotrules *h = ctx;

	if (h->reading && atomic_load(&h->read))
		hand_over(h);
	if (!h->busy)
		loop_timer_stop(h->timer);
	if (!h->busy || h->reading || !detector_uses(h->detector, h->next.rules))
		return;
	loop_timer_stop(h->timer);
	api_rules_set(h->api, h->next.rules);
	h->dropped += switches_dropped(h->now.switches);
	set_free(&h->now);
	h->now = h->next;
	h->next = (struct set){ 0 };
	h->busy = false;
	h->report.state = API_RELOAD_DONE;
	h->report.ended = clock_wall();
	log_info("detect", "changed rules are in force",
	    LOG_INT("rules", ruleset_len(h->now.rules)));
}

void
hotrules_join(struct hotrules *h, struct detector *d, struct api *api)
{
	h->detector = d;
	h->api = api;
	h->timer = loop_timer_new(h->o.loop, on_timer, h);
}

static void *
read_main(void *arg)
{
	struct hotrules *h = arg;

	h->why = (struct diag){ 0 };
	h->result = read_set(h, &h->why);
	atomic_store(&h->read, true);
	return NULL;
}

enum err
hotrules_reload(void *ctx, struct diag *why)
{
	struct hotrules *h = ctx;

	if (h->busy)
		return err_set(why, FAIL_AGAIN, "the rules are being read already");
	h->busy = true;
	h->warm_at = 0;
	h->report = (struct api_reload){
		.state = API_RELOAD_RUNS, .began = clock_wall(), .problem = h->problem
	};
	h->n_problems = 0;
	atomic_store(&h->read, false);
	if (pthread_create(&h->thread, NULL, read_main, h) != 0)
		abort();
	h->reading = true;
	loop_timer_every(h->timer, POLL);
	return OK;
}
