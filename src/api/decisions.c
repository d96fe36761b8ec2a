/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/decisions: what bouncers ask for that speak the protocol of CrowdSec's local interface. */
/* exports: decisions_ */
/* tested by: test/e2e/respond.py */
#include "api/internal.h"
#include "base/clock.h"
#include "base/map.h"
#include "respond/respond.h"

#define PULLERS_MAX 1000
#define ASKED                                                                                      \
	(1U << DEED_BLOCK_IP | 1U << DEED_REQUIRE_CAPTCHA) /* what a bouncer knows how to do */
#define ENDED (1U << LEASE_EXPIRED | 1U << LEASE_UNDONE)

/*
 * How far a bouncer has heard.  Each change is said in two pulls: an answer that got lost
 * on its way takes nothing with it.
 */
struct puller {
	uint64_t last, before;
};

/* An error is an object with a message, which these clients look for, and never a list. */
static void
refuse(struct http *r, int status, const char *message)
{
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kstr(&w, "message", str_c(message));
	jsonw_end(&w);
	http_reply(r, status, HTTP_JSON, buf_view(&body));
}

static struct respond *
enter(const struct api *a, struct http *r)
{
	if ((http_caller(r)->scopes & ROUTE_READ) == 0) {
		refuse(r, 403, "access forbidden");
		return NULL;
	}
	if (a->host.respond == NULL)
		refuse(r, 503, "there is nothing here that responds");
	return a->host.respond;
}

/* "3h59m58s": whole numbers without a sign, which is all that some clients read. */
static void
put_duration(struct jsonw *w, int64_t ns)
{
	const int64_t s = ns > CLOCK_S ? (ns + CLOCK_S / 2) / CLOCK_S : 1;
	auto_buf struct buf text = { 0 };

	buf_printf(&text, "%lldh%lldm%llds", (long long)(s / 3600), (long long)(s / 60 % 60),
	    (long long)(s % 60));
	jsonw_kstr(w, "duration", buf_view(&text));
}

static void
put_decision(struct jsonw *w, const struct lease *row, int64_t now)
{
	const bool range = str_find(row->entity, STR("/")) >= 0;

	jsonw_obj(w);
	put_duration(w, row->end - now);
	jsonw_kint(w, "id", row->id);
	jsonw_kstr(w, "origin", STR("tocsin"));
	jsonw_kstr(w, "scenario", row->reason.n != 0 ? row->reason : STR("by hand"));
	jsonw_kstr(w, "scope", range ? STR("Range") : STR("Ip"));
	jsonw_kstr(w, "type", row->deed == DEED_REQUIRE_CAPTCHA ? STR("captcha") : STR("ban"));
	jsonw_kstr(w, "value", row->entity);
	jsonw_end(w);
}

struct list {
	struct leases *leases; /* of those that ended: is there another that lives? */
	struct jsonw w;
	int64_t now;
	size_t n;
	bool ended;
	struct str ip, value, range, type, scope; /* asked for; p NULL: any */
	struct ip_net want;                       /* of ip or range */
};

static enum err
note(void *ctx, const struct lease *row)
{
	(void)row;
	*(bool *)ctx = true;
	return OK;
}

static bool
fits(const struct list *l, const struct lease *row)
{
	const bool range = str_find(row->entity, STR("/")) >= 0;
	struct ip_net net;

	if (!ip_net_parse(row->entity, &net, NULL))
		return false;
	if (l->scope.p != NULL && !str_eq_nocase(l->scope, range ? STR("range") : STR("ip")))
		return false;
	if (l->type.p != NULL &&
	    !str_eq_nocase(l->type,
		row->deed == DEED_REQUIRE_CAPTCHA ? STR("captcha") : STR("ban")))
		return false;
	if (l->value.p != NULL && !str_eq(l->value, row->entity))
		return false;
	if (l->ip.p != NULL && !ip_net_has(&net, &l->want.ip))
		return false;
	return l->range.p == NULL || ip_net_has(&l->want, &net.ip) || ip_net_has(&net, &l->want.ip);
}

static enum err
on_row(void *ctx, const struct lease *row)
{
	struct list *l = ctx;
	bool lives = false;

	if (!fits(l, row) || (!l->ended && row->end <= l->now))
		return OK;
	if (l->ended) {
		const struct leases_filter same = { .states = 1U << LEASE_ACTIVE,
			.deeds = 1U << (unsigned)row->deed,
			.entity = row->entity };
		enum err e = leases_list(l->leases, &same, note, &lives, NULL);

		if (e != OK || lives)
			return e;
	}
	if (l->n++ == 0)
		jsonw_arr(&l->w);
	put_decision(&l->w, row, l->now);
	return OK;
}

/* A list, or null: an empty list is an error to some. */
static enum err
put_list(struct list *l, unsigned states, uint64_t since, struct diag *why)
{
	const struct leases_filter f = { .states = states, .deeds = ASKED, .since = since };
	enum err e;

	l->n = 0;
	l->ended = (states & ENDED) != 0;
	e = leases_list(l->leases, &f, on_row, l, why);
	if (l->n != 0)
		jsonw_end(&l->w);
	else
		jsonw_null(&l->w);
	return e;
}

static bool
take(struct list *l, struct str name, struct str value)
{
	static const char *const unused[] = { "contains", "origins", "scenarios_containing",
		"scenarios_not_containing", "scopes", "startup", "dedup", "simulated" };

	if (str_eq(name, STR("ip"))) {
		l->ip = value;
		return ip_parse(value, &l->want.ip);
	}
	if (str_eq(name, STR("range"))) {
		l->range = value;
		return ip_net_parse(value, &l->want, NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(unused); i++)
		if (str_eq(name, str_c(unused[i])))
			return true;
	if (str_eq(name, STR("value")))
		l->value = value;
	else if (str_eq(name, STR("type")))
		l->type = value;
	else if (str_eq(name, STR("scope")))
		l->scope = value;
	return true; /* others are for versions to come */
}

void
decisions_handle_list(void *ctx, struct http *r)
{
	const struct respond *all = enter(ctx, r);
	struct list l = { .now = clock_wall() };
	auto_buf struct buf body = { 0 };
	struct str name, value;

	if (all == NULL)
		return;
	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (!take(&l, name, value)) {
			refuse(r, 400, "ip or range is no address and no network");
			return;
		}
	if (l.ip.p != NULL && l.range.p != NULL) {
		refuse(r, 400, "either ip or range");
		return;
	}
	l.leases = all->leases;
	jsonw_init(&l.w, &body);
	if (put_list(&l, 1U << LEASE_ACTIVE, 0, NULL) == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		refuse(r, 503, "the decisions cannot be read");
}

/* Where this bouncer goes on; NULL: it is new, and hears all. */
static struct puller *
puller(struct api *a, struct http *r, bool *ret_new)
{
	const struct http_caller *c = http_caller(r);
	auto_buf struct buf key = { 0 };

	if (a->pulled == NULL)
		a->pulled = map_new(sizeof(struct puller), PULLERS_MAX);
	buf_printf(&key, "%s %s %s", c->name, c->id, http_peer(r));
	return map_put(a->pulled, buf_view(&key), ret_new);
}

void
decisions_handle_stream(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const struct respond *all = enter(a, r);
	struct list l = { .now = clock_wall() };
	auto_buf struct buf body = { 0 };
	struct str startup = STR("");
	struct puller *p;
	bool is_new = true;
	uint64_t rev, since;
	enum err e;

	if (all == NULL)
		return;
	(void)http_query(r, "startup", &startup);
	p = puller(a, r, &is_new);
	if (p == NULL || str_eq(startup, STR("true")))
		is_new = true;
	rev = leases_rev(all->leases);
	since = is_new ? 0 : p->before;
	l.leases = all->leases;
	jsonw_init(&l.w, &body);
	jsonw_obj(&l.w);
	jsonw_key(&l.w, STR("new"));
	e = put_list(&l, 1U << LEASE_ACTIVE, since, NULL);
	jsonw_key(&l.w, STR("deleted"));
	if (e == OK && str_eq(startup, STR("true")))
		jsonw_null(&l.w);
	else if (e == OK)
		e = put_list(&l, ENDED, since, NULL);
	jsonw_end(&l.w);
	if (e != OK || rev == 0) {
		/* rev 0 is also what cannot be read: only a base that has nothing is empty. */
		if (e != OK || leases_through(all->leases, &since, NULL) != OK) {
			refuse(r, 503, "the decisions cannot be read");
			return;
		}
	}
	if (p != NULL) {
		p->before = is_new ? rev : p->last;
		p->last = rev;
	}
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}
