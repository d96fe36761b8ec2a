/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/playbooks.py */
/* Playbooks at work: when they begin, and when their steps are looked at. */
#include "app/playbooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/paths.h"
#include "app/playbooks_in.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"

#define LOOK_EVERY (500 * CLOCK_MS)
#define TICKETS_EVERY CLOCK_S
#define BEGIN_AT_ONCE 20

enum err
playbooks_load(const struct conf *c, struct playlib *ret, struct diag *why)
{
	char path[PATHS_MAX];
	const char *dir = NULL;

	if (c->incident_dir[0] != '\0') {
		(void)snprintf(path, sizeof(path), "%.400s/playbooks", c->incident_dir);
		if (access(path, R_OK) == 0)
			dir = path;
	}
	if (dir == NULL)
		dir = paths_shipped("playbooks", path);
	if (dir == NULL)
		return err_set(why, FAIL_NOT_FOUND, "there is no folder of playbooks");
	return playlib_load(dir, ret, why);
}

/* The playbook of its type begins in each open incident that had none. */
static enum err
begin_all(struct playbooks *p, int64_t now, struct diag *why)
{
	struct runs_missing found[BEGIN_AT_ONCE];
	const uint64_t rev = incident_rev(p->o.incidents);
	size_t n = 0;
	enum err e;

	if (!p->begins || rev == p->seen)
		return OK;
	p->seen = rev;
	e = runs_missing(p->o.incidents, found, BEGIN_AT_ONCE, &n, why);
	for (size_t i = 0; i < n && e == OK; i++) {
		const struct playlib_book *b = playlib_for(&p->lib, found[i].type);
		const struct runs_new want = { .incident = found[i].incident,
			.text = b != NULL ? b->text : STR(""),
			.file = b != NULL ? b->file : "",
			.by = STR(""),
			.unasked = p->unasked };
		int64_t id = 0;

		if (b == NULL)
			continue;
		e = runs_start(p->o.incidents, &want, now, &id, why);
		if (e == FAIL_LIMIT || e == FAIL_DENIED || e == FAIL_EXISTS)
			e = OK;
	}
	return e;
}

static void
look(void *ctx)
{
	struct playbooks *p = ctx;
	const struct runs_hooks hooks = { playbooks_carry_out, playbooks_url, p };
	const int64_t now = clock_wall();
	struct diag why = { 0 };
	int64_t next = 0;
	enum err e = begin_all(p, now, &why);

	if (e == OK)
		e = runs_look(p->o.incidents, &hooks, now, &next, &why);
	if (e != OK)
		log_diag("playbook", "playbooks do not go on; it is tried again", &why);
	if (clock_mono() - p->ticket_look >= TICKETS_EVERY) {
		p->ticket_look = clock_mono();
		playbooks_tickets(p);
	}
	loop_timer_after(p->timer, e == OK && next <= now ? 0 : LOOK_EVERY);
}

void
playbooks_wake(void *ctx)
{
	struct playbooks *p = ctx;

	p->ticket_look = 0;
	if (p->queries != NULL)
		loop_timer_after(p->timer, 0);
}

/* A query of a step has ended. */
static void
on_query(void *ctx, int64_t id, bool ok, struct str answer, uint64_t rows)
{
	struct playbooks *p = ctx;
	const bool large = answer.n > RUNS_OUTPUT_MAX;
	struct runs_outcome o = { .ok = ok, .found = rows };
	struct diag why = { 0 };
	char words[160];

	(void)snprintf(words, sizeof(words), "%llu %s%s", (unsigned long long)rows,
	    rows == 1 ? "row" : "rows", large ? ", too many to keep: ask again in Events" : "");
	o.result = ok ? str_c(words) : answer;
	o.output = ok && !large ? answer : STR("");
	if (runs_settle(p->o.incidents, id, &o, clock_wall(), &why) != OK)
		log_diag("playbook", "what a query found was not noted", &why);
	playbooks_wake(p);
}

/* suggest: what changes nothing outside happens by itself; start: all does. */
static enum err
read_mode(struct playbooks *p, struct diag *why)
{
	const struct str mode = str_c(p->o.conf->incident_playbooks);

	p->unasked = str_eq(mode, STR("start"));
	p->begins = p->unasked || str_eq(mode, STR("suggest"));
	if (p->begins || str_eq(mode, STR("off")))
		return OK;
	return err_set(why, FAIL_SYNTAX, "incident.playbooks: write suggest, start or off");
}

enum err
playbooks_new(const struct playbooks_opts *o, struct playbooks **ret, struct diag *why)
{
	struct playbooks *p = MEM_NEW(struct playbooks);
	enum err e;

	p->o = *o;
	e = read_mode(p, why);
	if (e == OK)
		e = playbooks_load(o->conf, &p->lib, why);
	if (e == OK)
		e = runs_recover(o->incidents, why);
	if (e != OK) {
		playbooks_free(p);
		return e;
	}
	for (size_t i = 0; i < PLAYBOOKS_TICKETS; i++)
		p->tickets[i].p = p;
	p->host = (struct api_playbooks){ &p->lib, playbooks_wake, p };
	p->queries = playquery_new(&(struct playquery_opts){
	    o->loop, o->query_take, o->query_release, o->query_ctx, on_query, p });
	p->timer = loop_timer_new(o->loop, look, p);
	loop_timer_after(p->timer, 0);
	*ret = p;
	return OK;
}

void
playbooks_stop(struct playbooks *p)
{
	if (p == NULL)
		return;
	loop_timer_free(p->timer);
	p->timer = NULL;
	playquery_free(p->queries);
	p->queries = NULL;
}

void
playbooks_free(struct playbooks *p)
{
	if (p == NULL)
		return;
	playbooks_stop(p);
	playlib_fini(&p->lib);
	free(p);
}

const struct api_playbooks *
playbooks_host(const struct playbooks *p)
{
	return &p->host;
}
