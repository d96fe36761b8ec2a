/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* The daemon while it runs: signals, and its end. */
#include "app/daemon.h"

#include "app/daemon_in.h"

#define STOP_POLL (20 * CLOCK_MS)
#define STOP_LONGEST (20 * CLOCK_S)

static enum err
greet(struct daemon *d, struct diag *why)
{
	const struct greet g = { .access = d->access,
		.listen = d->o->listen != NULL ? d->o->listen : d->conf->http_listen,
		.scheme = front_scheme(d->front),
		.port = server_port(d->server),
		.public_url = d->conf->http_public_url,
		.made = d->made,
		.token_path = d->o->dir->token };
	char url[GREET_URL_MAX];

	delivery_url_set(d->delivery, greet_url(&g, true, url));
	return greet_print(&g, why);
}

/* Sources are closed; waits for what is in flight to be answered and the store to end. */
static void
on_stopping(void *ctx)
{
	struct daemon *d = ctx;
	bool late = clock_mono() - d->stop_since > STOP_LONGEST;

	if (!late && (!inputs_idle(d->inputs) || pipeline_in_flight(d->pipeline) != 0 ||
			 !atomic_load(&d->store_stopped) || !d->delivery_stopped))
		return;
	loop_stop(d->loop);
}

static void
on_store_stopped(void *ctx)
{
	atomic_store(&((struct daemon *)ctx)->store_stopped, true);
}

static void
on_delivery_stopped(void *ctx)
{
	((struct daemon *)ctx)->delivery_stopped = true;
}

static void
on_stop(void *ctx)
{
	struct daemon *d = ctx;

	if (d->stop_since != 0) {
		loop_stop(d->loop);
		return;
	}
	log_info("app", "stopping");
	d->stop_since = clock_mono();
	inputs_close(d->inputs);
	ticker_stop(d->ticker);
	server_drain(d->server);
	if (d->store != NULL)
		storeproc_stop(d->store, on_store_stopped, d);
	else
		atomic_store(&d->store_stopped, true);
	delivery_stop(d->delivery, on_delivery_stopped, d);
	loop_timer_every(d->stopping, STOP_POLL);
}

static void
on_reload(void *ctx)
{
	struct daemon *d = ctx;
	struct conf *fresh, *now = d->reloaded;
	struct diag why = { 0 };

	if (reload_apply(&(struct reload){ now != NULL ? now : d->conf, d->api, d->enrich,
			     d->geoip },
		&fresh, &why) != OK) {
		log_diag("app", "the configuration was not taken up; the old is in force", &why);
		return;
	}
	if (front_reload(d->front, fresh, d->server, &why) != OK)
		log_diag("app", "the certificate was not taken up; the old is in use", &why);
	if (chanconf_apply(d->alerts, fresh, &d->kinds, &why) != OK)
		log_diag("app", "the channels were not taken up; the old are in use", &why);
	if (pager_reload(d->pager, fresh, &why) != OK)
		log_diag("app", "who is on call was not taken up; the old is in force", &why);
	if (bundles_reload(d->bundles, fresh, &why) != OK)
		log_diag("app", "the routes were not taken up; the old are in force", &why);
	delivery_wake(d->delivery);
	if (hotrules_reload(d->rules, &why) != OK)
		log_diag("detect", "the rules were not read anew", &why);
	d->reloaded = fresh;
	conf_free(now);
}

/* From here on it ends well when it is asked to; only then it says that it runs. */
static enum err
start_signals(struct daemon *d, struct diag *why)
{
	d->sigint = loop_signal_new(d->loop, SIGINT, on_stop, d);
	d->sigterm = loop_signal_new(d->loop, SIGTERM, on_stop, d);
	d->sighup = loop_signal_new(d->loop, SIGHUP, on_reload, d);
	d->stopping = loop_timer_new(d->loop, on_stopping, d);
	return greet(d, why);
}

static void
stop_all(struct daemon *d)
{
	struct diag why = { 0 };

	playbooks_stop(d->playbooks);
	storeproc_free(d->store);
	server_free(d->server);
	access_close(d->access);
	queries_free(d->queries);
	pipeline_stop(d->pipeline);
	if (d->house_runs) {
		atomic_store(&d->house_stop, true);
		pthread_join(d->house, NULL);
	}
	detector_stop(d->detector);
	if (d->loop != NULL) { /* answers that are still owed */
		loop_stop(d->loop);
		if (loop_run(d->loop, &why) != OK)
			log_diag("app", "the loop did not end well", &why);
	}
	loop_signal_free(d->sigint);
	loop_signal_free(d->sigterm);
	loop_signal_free(d->sighup);
	loop_timer_free(d->stopping);
	bundles_free(d->bundles);
	pager_free(d->pager);
	delivery_free(d->delivery);
	carriers_free(d->carriers);
	playbooks_free(d->playbooks);
	incidents_free(d->incidents);
	responder_free(d->responder);
	kinds_fini(&d->kinds);
	if (d->cursors != NULL && cursor_save(d->cursors, &why) != OK)
		log_diag("ingest", "file positions were not saved; the log will tell", &why);
	ticker_free(d->ticker);
	inputs_free(d->inputs);
	live_free(d->live);
	cursor_close(d->cursors);
	tools_free(d->tools);
	hotrules_free(d->rules);
	loop_free(d->loop);
	api_free(d->api);
	buf_fini(&d->kinds_json);
	access_free(d->access);
	front_free(d->front);
	alerts_close(d->alerts);
	pipeline_free(d->pipeline);
	journal_close(d->journal);
	enrich_free(d->enrich);
	ledger_free(d->ledger);
	conf_free(d->reloaded);
}

enum err
daemon_run(const struct daemon_opts *opts, struct diag *why)
{
	struct daemon *d = MEM_NEW(struct daemon);
	enum err e;

	d->o = opts;
	d->conf = opts->conf;
	d->started = clock_wall();
	e = daemon_start(d, why);
	if (e == OK)
		e = start_signals(d, why);
	if (e == OK) {
		log_info("app", "ready", LOG_C("data", opts->dir->dir),
		    LOG_INT("log_last", journal_last(d->journal)));
		e = loop_run(d->loop, why);
	}
	stop_all(d);
	if (e == OK)
		log_info("app", "stopped");
	free(d);
	return e;
}
