/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/security-monitoring/status and POST /api/security-monitoring/test-alert. */
/* exports: monitoring_handle */
#include <stdlib.h>

#include "alert/channels.h"
#include "alert/drill.h"
#include "api/alert.h"
#include "api/person.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ev/loop.h"

#define TESTS_MAX 4 /* test alerts on their way */
#define LOOK_EVERY (100 * CLOCK_MS)
#define WAIT_DEFAULT 10
#define WAIT_MAX 30

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	struct jsonw *w = ctx;

	jsonw_obj(w);
	jsonw_kstr(w, "name", row->name);
	jsonw_kstr(w, "type", row->kind);
	jsonw_kbool(w, "enabled", row->enabled);
	jsonw_kstr(w, "min_severity", str_c(alerts_severity_word(row->min_severity)));
	jsonw_key(w, STR("working"));
	if (row->tried)
		jsonw_bool(w, row->ok);
	else
		jsonw_null(w);
	jsonw_kint(w, "pending", (int64_t)row->pending);
	jsonw_kint(w, "dead", (int64_t)row->dead);
	jsonw_end(w);
	return OK;
}

static void
put_health(struct jsonw *w, const struct api_facts *f)
{
	jsonw_key(w, STR("health"));
	jsonw_obj(w);
	jsonw_kbool(w, "log", f->log_ok);
	jsonw_kbool(w, "detection", f->detect_ok);
	jsonw_kbool(w, "store", f->store_ok);
	jsonw_kbool(w, "messages", f->notify_ok);
	jsonw_end(w);
}

/* {"open": 3, ...}, and of those that are not closed {"CRITICAL": 1, ...} */
static void
put_alerts(struct jsonw *w, const struct alerts_tally *t)
{
	jsonw_key(w, STR("alerts"));
	jsonw_obj(w);
	for (unsigned s = 0; s < ALERTS_STATUSES; s++) {
		uint64_t n = 0;

		for (unsigned k = 0; k < ALERTS_SEVERITIES; k++)
			n += t->n[s][k];
		jsonw_kint(w, alerts_status_word((enum alerts_status)s), (int64_t)n);
	}
	jsonw_key(w, STR("open_by_severity"));
	jsonw_obj(w);
	for (unsigned k = 0; k < ALERTS_SEVERITIES; k++)
		jsonw_kint(w, alerts_severity_word((enum alerts_severity)k),
		    (int64_t)t->n[ALERTS_OPEN][k]);
	jsonw_end(w);
	jsonw_end(w);
}

static void
put_figures(struct jsonw *w, const struct api *a, const struct api_facts *f,
    const struct outbox_counts *c)
{
	struct ledger_sum sum;

	ledger_sum(a, &sum);
	jsonw_key(w, STR("events"));
	jsonw_obj(w);
	jsonw_kint(w, "received", (int64_t)sum.received);
	jsonw_kint(w, "refused", (int64_t)sum.refused);
	jsonw_end(w);
	jsonw_key(w, STR("messages"));
	jsonw_obj(w);
	jsonw_kint(w, "sent", (int64_t)f->messages_sent);
	jsonw_kint(w, "failed_attempts", (int64_t)f->messages_failed);
	jsonw_kint(w, "waiting", (int64_t)(c->pending + c->sending));
	jsonw_kint(w, "dead", (int64_t)c->dead);
	jsonw_end(w);
	jsonw_kint(w, "rules", (int64_t)f->rules);
	jsonw_key(w, STR("retention_days"));
	jsonw_obj(w);
	jsonw_kint(w, "events", a->host.retain_events / (86400 * CLOCK_S));
	jsonw_kint(w, "log", a->host.retain_log / (86400 * CLOCK_S));
	jsonw_end(w);
}

static enum err
put_status(struct api *a, struct jsonw *w, struct diag *why)
{
	struct api_facts f = { 0 };
	struct alerts_tally tally = { 0 };
	struct outbox_counts counts = { 0 };
	enum err e = alerts_tally(a->host.alerts, &tally, why);

	a->host.facts(a->host.ctx, &f);
	if (e == OK)
		e = outbox_counts(a->host.alerts, &counts, why);
	if (e != OK)
		return e;
	jsonw_obj(w);
	jsonw_kbool(w, "enabled", f.detect_ok);
	jsonw_kstr(w, "status",
	    f.log_ok && f.detect_ok && f.store_ok && f.notify_ok ? STR("ok") : STR("degraded"));
	jsonw_kstr(w, "version", str_c(a->host.version));
	jsonw_ktime(w, "started", f.started);
	put_health(w, &f);
	put_alerts(w, &tally);
	put_figures(w, a, &f, &counts);
	jsonw_key(w, STR("channels"));
	jsonw_arr(w);
	e = channels_list(a->host.alerts, on_channel, w, why);
	jsonw_end(w);
	jsonw_end(w);
	return e;
}

void
monitoring_handle_status(void *ctx, struct http *r)
{
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e;

	if (!person_no_query(r))
		return;
	jsonw_init(&w, &body);
	e = put_status(ctx, &w, &why);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

/* A test alert whose caller waits for what became of its messages. */
struct waiting {
	struct api *a;
	struct http *r;
	struct loop_timer *timer;
	int64_t until; /* monotonic */
	char id[ALERTS_ID_SIZE];
};

struct outcome {
	struct jsonw *w;
	unsigned told, arrived, waiting; /* waiting: not tried yet */
};

static enum err
on_delivery(void *ctx, const struct outbox_row *row)
{
	struct outcome *o = ctx;

	o->told++;
	o->arrived += row->state == OUTBOX_SENT;
	o->waiting +=
	    row->state == OUTBOX_SENDING || (row->state == OUTBOX_PENDING && row->attempts == 0);
	if (o->w != NULL)
		deliveries_put(o->w, row);
	return OK;
}

static enum err
look(struct api *a, const char *id, struct outcome *o, struct diag *why)
{
	const struct outbox_filter f = { .alert_id = str_c(id), .limit = ALERT_LIST_MAX };

	return outbox_list(a->host.alerts, &f, on_delivery, o, why);
}

static void
waiting_free(struct waiting *w)
{
	w->a->n_drills--;
	loop_timer_free(w->timer);
	free(w);
}

static void
on_gone(void *ctx)
{
	waiting_free(ctx);
}

static void
reply(struct waiting *w)
{
	auto_buf struct buf body = { 0 };
	struct jsonw j;
	struct outcome o = { .w = &j };
	struct diag why = { 0 };
	enum err e;

	jsonw_init(&j, &body);
	jsonw_obj(&j);
	jsonw_kstr(&j, "alert_id", str_c(w->id));
	jsonw_key(&j, STR("deliveries"));
	jsonw_arr(&j);
	e = look(w->a, w->id, &o, &why);
	jsonw_end(&j);
	jsonw_kbool(&j, "success", o.told != 0 && o.arrived == o.told);
	jsonw_kint(&j, "told", o.told);
	jsonw_kint(&j, "arrived", o.arrived);
	jsonw_end(&j);
	if (e == OK)
		http_reply(w->r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(w->r, e, &why);
	waiting_free(w);
}

static void
on_timer(void *ctx)
{
	struct waiting *w = ctx;
	struct outcome o = { 0 };
	const enum err e = look(w->a, w->id, &o, NULL);

	if (e != OK || o.waiting == 0 || clock_mono() >= w->until)
		reply(w);
	else
		loop_timer_after(w->timer, LOOK_EVERY);
}

static void
wait_for(struct api *a, struct http *r, const char *id, int64_t seconds)
{
	struct waiting *w = MEM_NEW(struct waiting);

	w->a = a;
	w->r = r;
	w->until = clock_mono() + seconds * CLOCK_S;
	(void)str_to_c(str_c(id), w->id, sizeof(w->id));
	w->timer = loop_timer_new(a->host.loop, on_timer, w);
	a->n_drills++;
	http_hold(r, on_gone, w);
	loop_timer_after(w->timer, 0);
}

struct asked {
	struct str severity, channel, to;
	int64_t wait;
};

static enum err
read_asked(const struct jsonr *body, struct asked *q, struct drill *ret, struct diag *why)
{
	const struct members_row rows[] = {
		{ "severity", MEMBERS_TEXT, &q->severity, NULL },
		{ "channel", MEMBERS_TEXT, &q->channel, NULL },
		{ "to", MEMBERS_TEXT, &q->to, NULL },
		{ "wait_s", MEMBERS_INT, &q->wait, NULL },
	};
	enum err e = members_read(body, "", rows, ARRAY_LEN(rows), why);

	if (e != OK)
		return e;
	ret->channel = q->channel;
	ret->routed = str_eq(q->to, STR("routes"));
	if (q->severity.n != 0 && !alerts_severity_find(q->severity, &ret->severity))
		return err_set(why, FAIL_SYNTAX, "severity: CRITICAL, HIGH, MEDIUM, LOW or INFO");
	if (q->to.n != 0 && !ret->routed && !str_eq(q->to, STR("all")))
		return err_set(why, FAIL_SYNTAX, "to: all or routes");
	if (ret->routed && ret->channel.n != 0)
		return err_set(why, FAIL_SYNTAX, "channel: not with routes");
	if (q->wait < 0 || q->wait > WAIT_MAX)
		return err_set(why, FAIL_SYNTAX, "wait_s: 0 to %d seconds", WAIT_MAX);
	return OK;
}

static void
free_arena(struct arena **a)
{
	arena_free(*a);
}

void
monitoring_handle_test(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct drill d = { .severity = ALERTS_MEDIUM, .by = alert_caller(r) };
	struct asked q = { .wait = WAIT_DEFAULT };
	char id[ALERTS_ID_SIZE];
	const struct jsonr *body;
	struct diag why = { 0 };
	enum err e;

	if (!person_no_query(r) || !members_body(r, arena, &body))
		return;
	if (a->n_drills >= TESTS_MAX) {
		http_add_header(r, "Retry-After", "10");
		http_problem(r, 429, "%d test alerts are on their way", TESTS_MAX);
		return;
	}
	e = read_asked(body, &q, &d, &why);
	if (e == OK)
		e = drill_raise(a->host.alerts, &d, clock_wall(), id, &why);
	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	stream_wake(a);
	wait_for(a, r, id, q.wait);
}
