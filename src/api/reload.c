/* GET and POST /v1/rules/reload: all rules anew, and what became of it. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/hotrules.py */
#include "api/internal.h"
#include "api/person.h"
#include "detect/ruleset.h"

static void
put_problems(struct jsonw *w, const struct api_reload *l)
{
	jsonw_key(w, STR("problems"));
	jsonw_arr(w);
	for (size_t i = 0; i < l->n_problems; i++) {
		const struct diag *d = &l->problem[i];

		jsonw_obj(w);
		jsonw_kstr(w, "file", str_c(d->file));
		jsonw_kint(w, "line", d->line);
		jsonw_kint(w, "column", d->column);
		jsonw_kstr(w, "text", str_c(d->text));
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
reply(const struct api *a, struct http *r, int status)
{
	static const char *const states[] = { "never", "running", "done", "failed" };
	auto_buf struct buf body = { 0 };
	struct api_reload l = { 0 };
	struct jsonw w;

	a->host.rules_report(a->host.rules_ctx, &l);
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kstr(&w, "state", str_c(states[l.state]));
	person_put_time(&w, "began", l.began);
	person_put_time(&w, "ended", l.ended);
	jsonw_kint(&w, "rules", (int64_t)ruleset_len(a->host.rules));
	jsonw_kstr(&w, "text", str_c(l.text));
	put_problems(&w, &l);
	jsonw_end(&w);
	http_reply(r, status, HTTP_JSON, buf_view(&body));
}

static bool
can(const struct api *a, struct http *r)
{
	if (a->host.rules_report != NULL)
		return true;
	http_problem(r, 503, "rules cannot be changed here");
	return false;
}

void
reload_handle_state(void *ctx, struct http *r)
{
	struct api *a = ctx;

	if (person_no_query(r) && can(a, r))
		reply(a, r, 200);
}

void
reload_handle_begin(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct diag why = { 0 };

	if (!can(a, r))
		return;
	if (a->host.rules_reload(a->host.rules_ctx, &why) == OK)
		reply(a, r, 202);
	else
		http_problem(r, 409, "%s", why.text);
}
