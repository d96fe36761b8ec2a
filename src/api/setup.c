/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/setup: what the first run has done and what is left. */
/* exports: setup_handle */
#include "alert/channels.h"
#include "api/person.h"
#include "user/users.h"

/* Did anything arrive that is neither our own nor made up?  Kept: the ledger begins with a start.
 */
static bool
had_source(struct api *a)
{
	struct users *u = door_users(a->host.door);
	const struct ledger *l = a->host.ledger;
	char known[8];

	users_fact(u, "source", known, sizeof(known));
	if (known[0] != '\0')
		return true;
	for (unsigned i = 0; i < ledger_len(l); i++) {
		struct diag why = { 0 };
		const char *name = ledger_name(l, i);

		if (strcmp(name, "tocsin") == 0 || strcmp(name, "demo") == 0 ||
		    ledger_get(l, i, LEDGER_LOGGED) == 0)
			continue;
		if (users_fact_set(u, "source", STR("yes"), &why) != OK)
			return true; /* asked again, it is found again */
		return true;
	}
	return false;
}

struct channels_seen {
	bool any, sent;
};

static enum err
see_channel(void *ctx, const struct channels_row *row)
{
	struct channels_seen *seen = ctx;

	seen->any = true;
	seen->sent = seen->sent || (row->tried && row->ok);
	return OK;
}

static void
put_steps(struct api *a, struct jsonw *w)
{
	struct channels_seen seen = { 0 };
	struct diag why = { 0 };

	if (channels_list(a->host.alerts, see_channel, &seen, &why) != OK)
		seen = (struct channels_seen){ 0 };
	jsonw_key(w, STR("steps"));
	jsonw_obj(w);
	jsonw_kbool(w, "admin", !users_need_admin(door_users(a->host.door)));
	jsonw_kbool(w, "source", had_source(a));
	jsonw_kbool(w, "channel", seen.any);
	jsonw_kbool(w, "test_sent", seen.sent);
	jsonw_end(w);
}

static void
put_demo(struct api *a, struct jsonw *w)
{
	static const char *const words[] = { [API_DEMO_NONE] = "none",
		[API_DEMO_LOADING] = "loading",
		[API_DEMO_LOADED] = "loaded" };
	struct api_facts facts = { 0 };

	a->host.facts(a->host.ctx, &facts);
	jsonw_kstr(w, "demo", str_c(words[facts.demo]));
}

void
setup_handle(void *ctx, struct http *r)
{
	struct api *a = ctx;
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	if (!person_no_query(r))
		return;
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kbool(&w, "needs_admin", users_need_admin(door_users(a->host.door)));
	jsonw_kbool(&w, "secure", person_safe(r));
	jsonw_kstr(&w, "version", str_c(a->host.version));
	jsonw_kstr(&w, "product", STR("Tocsin"));
	if (http_caller(r)->kind != HTTP_CALLER_NONE) {
		put_steps(a, &w);
		put_demo(a, &w);
	}
	jsonw_end(&w);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}
