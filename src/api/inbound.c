/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/inbound/pagerduty/{channel}: what people did with an incident there. */
/* tested by: test/e2e/oncall.py */
#include "alert/channels.h"
#include "api/oncall.h"
#include "base/clock.h"
#include "oncall/pagerduty.h"

#define BUDGET ((size_t)8 << 20)

static void
free_arena(struct arena **a)
{
	arena_free(*a);
}

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	*(bool *)ctx = str_eq(row->kind, STR("pagerduty"));
	return OK;
}

/* What the alert becomes; what makes no sense any more (it is closed) is fine. */
static enum err
carry_over(struct api *a, const struct pagerduty_event *ev, struct diag *why)
{
	struct act act = { .by = STR("pagerduty"),
		.action = ev->what == PAGERDUTY_RESOLVED ? ACT_RESOLVE : ACT_ACK,
		.reason = ev->what == PAGERDUTY_RESOLVED ? STR("other") : STR("") };
	auto_buf struct buf note = { 0 };
	struct act_done done;
	enum err e;

	buf_init(&note, ACT_NOTE_MAX);
	buf_str(&note, STR("in PagerDuty by "));
	buf_str(&note, ev->agent.n != 0 && ev->agent.n < 200 ? ev->agent : STR("somebody"));
	act.note = buf_view(&note);
	e = act_one(a->host.alerts, ev->key, &act, clock_wall(), &done, why);
	stream_wake(a);
	return e == FAIL_DENIED ? OK : e;
}

void
inbound_handle_pagerduty(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(free_arena) struct arena *arena = arena_new(BUDGET);
	struct pagerduty_event ev;
	struct diag why = { 0 };
	bool is_one = false;
	enum err e;

	if (channels_get(a->host.alerts, http_param(r, "channel"), on_channel, &is_one, &why) !=
		OK ||
	    !is_one || a->host.pagerduty_secret.n == 0) {
		http_problem(r, 404, "nothing is taken from there");
		return;
	}
	if (!pagerduty_signed(http_header(r, "X-PagerDuty-Signature"), http_body(r),
		a->host.pagerduty_secret)) {
		a->inbound_refused++;
		http_problem(r, 401, "the signature is wrong");
		return;
	}
	e = pagerduty_read(http_body(r), arena, &ev, &why);
	if (e == OK && ev.what != PAGERDUTY_OTHER && ev.key.n >= ALERTS_ID_SIZE - 1) {
		ev.key.n = ALERTS_ID_SIZE - 1;
		e = carry_over(a, &ev, &why);
		if (e == FAIL_NOT_FOUND)
			e = OK; /* an incident of somebody else */
	}
	if (e == OK)
		http_reply(r, 204, HTTP_JSON, STR(""));
	else
		alert_fail(r, e, &why);
}
