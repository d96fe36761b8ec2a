/* GET /healthz: the process answers.  GET /readyz: every part does its work. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/api/test_api.c */
#include "api/internal.h"

void
health_handle_alive(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	struct jsonw w;
	struct buf body;

	buf_init(&body, 0);
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kstr(&w, "status", STR("ok"));
	jsonw_kstr(&w, "version", str_c(a->host.version));
	jsonw_end(&w);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
	buf_fini(&body);
}

void
health_handle_ready(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	struct api_facts f = { 0 };
	struct jsonw w;
	struct buf body;
	bool ready;

	a->host.facts(a->host.ctx, &f);
	ready = f.log_ok && f.detect_ok && f.store_ok;
	buf_init(&body, 0);
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kstr(&w, "status", ready ? STR("ready") : STR("not ready"));
	jsonw_key(&w, STR("checks"));
	jsonw_obj(&w);
	jsonw_kbool(&w, "log", f.log_ok);
	jsonw_kbool(&w, "detection", f.detect_ok);
	jsonw_kbool(&w, "store", f.store_ok);
	jsonw_end(&w);
	jsonw_end(&w);
	http_reply(r, ready ? 200 : 503, HTTP_JSON, buf_view(&body));
	buf_fini(&body);
}
