/* POST and DELETE /v1/demo: demonstration data, in and out again. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/api/test_overview.c */
#include "api/internal.h"

void
demo_handle_load(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct diag why = { 0 };
	enum err e;

	if (a->host.demo_load == NULL) {
		http_problem(r, 503, "there are no demonstration data here");
		return;
	}
	e = a->host.demo_load(a->host.demo_ctx, &why);
	if (e == OK)
		http_reply(r, 202, HTTP_JSON, STR("{\"demo\":\"loading\"}"));
	else
		http_problem(r, e == FAIL_EXISTS ? 409 : 503, "%s", why.text);
}

void
demo_handle_erase(void *ctx, struct http *r)
{
	struct api *a = ctx;
	uint64_t events = 0, alerts = 0;
	struct diag why = { 0 };
	struct jsonw w;
	struct buf body;
	enum err e;

	if (a->host.demo_erase == NULL) {
		http_problem(r, 503, "there are no demonstration data here");
		return;
	}
	e = a->host.demo_erase(a->host.demo_ctx, &events, &alerts, &why);
	if (e != OK) {
		http_problem(r, e == FAIL_AGAIN ? 409 : 503, "%s", why.text);
		return;
	}
	stream_wake(a);
	buf_init(&body, 0);
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kint(&w, "events", (int64_t)events);
	jsonw_kint(&w, "alerts", (int64_t)alerts);
	jsonw_end(&w);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
	buf_fini(&body);
}
