/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Starts the parts of the daemon and wires them together. */
#include "app/daemon_in.h"
#include "user/door.h"

#define KEEP_WARM (60 * CLOCK_S)
#define HOUSE_EVERY_MS 500
#define GEOIP_EVERY 10 /* rounds of housekeeping */

static enum err
open_enrich(struct daemon *d, struct diag *why)
{
	struct enrich_opts eo;

	d->geoip = paths_shipped("geoip/dbip-country.mmdb", d->shipped_geoip);
	eo = reload_enrich(d->conf, &d->geoip);
	return enrich_new(&eo, &d->enrich, why);
}

static enum err
open_journal(struct daemon *d, struct diag *why)
{
	struct journal_recovery rec = { 0 };
	struct journal_opts jo = { .dir = d->o->dir->log,
		.segment_size = (size_t)d->conf->log_segment_size,
		.retain_age = d->conf->log_retain_age,
		.retain_size = d->conf->log_retain_size };
	enum err e = journal_open(&jo, &d->journal, &rec, why);

	if (e != OK)
		return e;
	if (rec.bytes_quarantined != 0 || rec.records_lost != 0)
		log_warn("log", "the log was damaged; every good record was kept",
		    LOG_INT("records_lost", rec.records_lost),
		    LOG_INT("bytes_quarantined", rec.bytes_quarantined),
		    LOG_C("quarantine", rec.quarantine));
	d->log_start = journal_last(d->journal);
	return OK;
}

static void
on_alert(void *ctx, const struct alerts_finding *f)
{
	struct daemon *d = ctx;

	delivery_wake(d->delivery);
	log_info("alert", "new alert", LOG_STR("severity", f->severity), LOG_STR("title", f->title),
	    LOG_STR("group", f->group), LOG_INT("events", f->n_first), LOG_STR("id", f->id));
}

static void
on_pages(void *ctx)
{
	delivery_wake(((struct daemon *)ctx)->delivery);
}

static enum err
open_detector(struct daemon *d, struct diag *why)
{
	struct detector_opts o = { .log_dir = d->o->dir->log,
		.state_path = d->o->dir->detect,
		.alerts_path = d->o->dir->state,
		.engine = { .keys_max = (size_t)d->conf->detect_max_keys,
		    .lateness = d->conf->detect_lateness },
		.snapshot_every = d->conf->detect_snapshot_every,
		.log_last = journal_last(d->journal),
		.raised = on_alert,
		.ctx = d };
	enum err e = alerts_open(d->o->dir->state, &d->alerts, why);

	chankind_load(&d->kinds);
	chankind_describe(&d->kinds, &d->kinds_json);
	if (e == OK)
		e = chankind_tell(&d->kinds, d->alerts, why);
	if (e == OK)
		e = chanconf_apply(d->alerts, d->conf, &d->kinds, why);
	if (e == OK)
		e = delivery_new(&(struct delivery_opts){ d->loop, d->alerts, d->conf, d->o->dir,
				     d->self },
		    &d->delivery, why);
	if (e == OK)
		e = pager_new(&(struct pager_opts){ d->loop, d->alerts, d->conf, on_pages, d },
		    &d->pager, why);
	if (e == OK)
		e = bundles_new(&(struct bundles_opts){ d->loop, d->alerts, d->conf,
				    pager_book(d->pager), on_pages, d },
		    &d->bundles, why);
	if (e == OK)
		e = responder_new(&(struct responder_opts){ d->loop, d->alerts, d->conf,
				      d->o->dir->respond, d->o->dir->people },
		    &d->responder, why);
	if (e != OK)
		return e;
	o.seen = responder_seen;
	o.saving = responder_saving;
	o.seen_ctx = d->responder;
	o.routing = bundles_routing(d->bundles);
	d->live = live_new(d->loop, d->o->dir, &o);
	e = hotrules_new(&(struct hotrules_opts){ d->loop, d->alerts, d->o->dir->log, d->conf->file,
			     o.engine },
	    d->conf, &d->rules, why);
	if (e != OK)
		return e;
	o.rules = hotrules_rules(d->rules);
	o.switches = hotrules_switches(d->rules);
	return detector_start(&o, &d->detector, why);
}

/* What every follower has read; retention keeps the rest. */
static uint64_t
followed(void *ctx)
{
	struct daemon *d = ctx;
	struct detector_stats s;
	uint64_t stored = atomic_load(&d->stored_through);

	detector_stats(d->detector, &s);
	if (d->o->no_store)
		return s.snapshot;
	return s.snapshot < stored ? s.snapshot : stored;
}

/* What must not hold up the loop: looks at the store's folder and at GeoIP files. */
static void *
house_main(void *arg)
{
	struct daemon *d = arg;

	for (unsigned round = 0; !atomic_load(&d->house_stop); round++) {
		struct diag why = { 0 };
		bool changed = false;
		uint64_t through;

		if (store_through(d->o->dir->store, &through, NULL) == OK)
			atomic_store(&d->stored_through, through);
		if (round % GEOIP_EVERY == GEOIP_EVERY - 1) {
			if (enrich_reload(d->enrich, NULL, &changed, &why) != OK)
				log_diag("enrich", "changed data was refused; the old is in use",
				    &why);
			else if (changed)
				log_info("enrich", "changed data taken up");
		}
		for (int ms = 0; ms < HOUSE_EVERY_MS && !atomic_load(&d->house_stop); ms += 50)
			(void)usleep(50000);
	}
	return NULL;
}

static void
start_house(struct daemon *d)
{
	if (pthread_create(&d->house, NULL, house_main, d) != 0)
		abort();
	d->house_runs = true;
}

static void
start_pipeline(struct daemon *d)
{
	d->pipeline = pipeline_start(&(struct pipeline_opts){ .journal = d->journal,
	    .ledger = d->ledger,
	    .enrich = d->enrich,
	    .loop = d->loop,
	    .cursors = d->cursors,
	    .parser = { .utc_offset_s = (int)d->conf->time_zone_offset,
		.future_max = d->conf->time_future_max },
	    .workers = (unsigned)d->conf->ingest_workers,
	    .queue = (size_t)d->conf->ingest_queue,
	    .followed = followed,
	    .ctx = d });
}

static void
facts(void *ctx, struct api_facts *ret)
{
	struct daemon *d = ctx;
	struct detector_stats s;

	detector_stats(d->detector, &s);
	*ret = (struct api_facts){ .started = d->started,
		.log_ok = pipeline_log_ok(d->pipeline),
		.detect_ok = s.ok,
		.store_ok = d->o->no_store || (d->store != NULL && storeproc_runs(d->store)),
		.log_first = journal_first(d->journal),
		.log_last = journal_last(d->journal),
		.log_bytes = journal_bytes(d->journal),
		.log_seals = journal_seals(d->journal),
		.log_start = d->log_start,
		.log_notes = ticker_notes(d->ticker),
		.detected_through = s.through,
		.stored_through = atomic_load(&d->stored_through),
		.rules = ruleset_len(hotrules_rules(d->rules)),
		.findings = s.findings,
		.findings_dropped = hotrules_dropped(d->rules),
		.detect_keys = s.keys,
		.detect_evicted = s.evicted,
		.in_flight = pipeline_in_flight(d->pipeline),
		.queue_len = pipeline_waiting(d->pipeline),
		.queue_max = (uint64_t)d->conf->ingest_queue,
		.store_starts = d->store != NULL ? storeproc_starts(d->store) : 0,
		.query_starts = queries_starts(d->queries),
		.queries_running = queries_running(d->queries),
		.queries_max = (uint64_t)d->conf->query_workers };
	live_facts(d->live, ret);
	delivery_facts(d->delivery, ret);
}

static void
start_queries(struct daemon *d)
{
	const struct conf *c = d->conf;

	d->queries = queries_new(&(struct queries_opts){ .loop = d->loop,
	    .program = d->self,
	    .log_dir = d->o->dir->log,
	    .store_dir = d->o->dir->store,
	    .alerts_path = d->o->dir->state,
	    .workers = (unsigned)c->query_workers,
	    .memory_mb = (unsigned)(c->query_memory >> 20),
	    .threads = (unsigned)c->query_threads,
	    .keep_warm = KEEP_WARM });
}

/* What follows alerts besides responses. */
static enum err
open_followers(struct daemon *d, struct diag *why)
{
	const struct conf *c = d->conf;
	enum err e = carriers_new(&(struct carriers_opts){ d->loop, responder_parts(d->responder),
				      d->alerts, c, d->o->dir, d->delivery, d->tools, d->enrich },
	    &d->carriers, why);

	if (e == OK)
		e = incidents_new(&(struct incidents_opts){ d->loop, d->alerts,
				      responder_parts(d->responder)->leases, c, d->o->dir, on_pages,
				      d },
		    &d->incidents, why);
	if (e != OK)
		return e;
	carriers_incidents(d->carriers, incidents_for_alert, d->incidents);
	return playbooks_new(&(struct playbooks_opts){ d->loop, incidents_host(d->incidents)->all,
				 d->alerts, responder_parts(d->responder), d->delivery, c,
				 queries_take_spare, queries_release, d->queries },
	    &d->playbooks, why);
}

/* What the interface serves. */
static struct api_host
host_of(struct daemon *d)
{
	const struct conf *c = d->conf;

	return (struct api_host){ .loop = d->loop,
		.sink = { .submit = pipeline_submit, .ctx = d->pipeline },
		.ledger = d->ledger,
		.alerts = d->alerts,
		.door = access_door(d->access),
		.book = pager_book(d->pager),
		.pagerduty_secret = pager_secret(d->pager),
		.respond = responder_parts(d->responder),
		.incidents = incidents_host(d->incidents),
		.playbooks = playbooks_host(d->playbooks),
		.routing = bundles_routing(d->bundles),
		.query_take = queries_take,
		.query_release = queries_release,
		.query_ctx = d->queries,
		.query_timeout = c->query_timeout,
		.query_max_rows = (uint64_t)c->query_max_rows,
		.facts = facts,
		.version = TOCSIN_VERSION,
		.rules = hotrules_rules(d->rules),
		.tool_run = tools_run,
		.tool_ctx = d->tools,
		.rule_switch = hotrules_switch,
		.rules_reload = hotrules_reload,
		.rules_report = hotrules_report,
		.rules_ctx = d->rules,
		.channel_test = delivery_test,
		.page_test = delivery_test_to,
		.channel_ctx = d->delivery,
		.kinds = buf_view(&d->kinds_json),
		.kind_settings = chankind_settings,
		.kinds_ctx = &d->kinds,
		.evidence_dir = d->o->dir->evidence,
		.secrets_dir = delivery_secrets(d->delivery),
		.metrics_open = c->http_metrics_open,
		.retain_events = c->store_retain_age,
		.retain_log = c->log_retain_age,
		.enrich = d->enrich,
		.ctx = d };
}

static enum err
open_http(struct daemon *d, struct diag *why)
{
	const struct conf *c = d->conf;
	struct api_host host;
	struct server_opts so = { .listen = d->o->listen != NULL ? d->o->listen : c->http_listen };
	enum err e = access_new(c, d->o->dir, d->loop, &d->access, d->made, why);

	if (e == OK)
		e = front_new(c, &d->front, &so, why);
	if (e != OK)
		return e;
	responder_users(d->responder, door_users(access_door(d->access)));
	start_queries(d);
	d->tools = tools_new(&(struct tools_opts){ d->loop, d->self, c->file, d->o->dir->dir });
	e = open_followers(d, why);
	if (e != OK)
		return e;
	host = host_of(d);
	live_join(d->live, &host, d->detector, d->journal);
	d->api = api_new(&host);
	live_api(d->live, d->api);
	hotrules_join(d->rules, d->detector, d->api);
	so.routes = api_routes(d->api, &so.n_routes);
	so.ctx = d->api;
	so.refused = api_refused;
	so.authorize = access_authorize;
	so.authorize_ctx = d->access;
	e = server_new(d->loop, &so, &d->server, why);
	if (e != OK)
		return e;
	api_server_set(d->api, d->server);
	return OK;
}

static void
start_ticker(struct daemon *d)
{
	d->ticker = ticker_new(&(struct ticker_opts){ .loop = d->loop,
	    .sink = { .submit = pipeline_submit, .ctx = d->pipeline },
	    .every = d->conf->detect_tick,
	    .started = d->log_start > 0 && engine_waits(hotrules_rules(d->rules)),
	    .journal = d->journal,
	    .detector = d->detector });
}

enum err
daemon_start(struct daemon *d, struct diag *why)
{
	enum err e = datadir_create(d->o->dir, why);

	d->ledger = ledger_new();
	(void)paths_self(d->self);
	if (e == OK)
		e = open_enrich(d, why);
	if (e == OK)
		e = open_journal(d, why);
	if (e == OK)
		e = loop_new(&d->loop, why);
	if (e == OK)
		e = inputs_cursors(d->o->dir->cursors, d->o->dir->log, d->log_start, d->loop,
		    &d->cursors, why);
	if (e == OK)
		e = open_detector(d, why);
	if (e != OK)
		return e;
	start_house(d);
	start_pipeline(d);
	start_ticker(d);
	e = open_http(d, why);
	if (e == OK)
		e = inputs_start(&(struct inputs_opts){ .loop = d->loop,
				     .conf = d->conf,
				     .ledger = d->ledger,
				     .cursors = d->cursors,
				     .sink = { .submit = pipeline_submit, .ctx = d->pipeline } },
		    &d->inputs, why);
	if (e == OK && !d->o->no_store)
		d->store = storeproc_start(d->loop, d->self, d->conf, d->o->dir);
	return e;
}
