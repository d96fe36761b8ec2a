/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/oncall: who is on call now and next, the book, and the schedule. */
/* tested by: test/e2e/oncall.py */
#include "api/oncall.h"

#include <stdio.h>
#include <stdlib.h>

#include "alert/override.h"
#include "alert/page.h"
#include "api/person.h"
#include "base/clock.h"
#include "base/mem.h"
#include "oncall/civil.h"
#include "parse/time.h"

#define DAY ((int64_t)86400 * CLOCK_S)
#define AHEAD (60 * DAY)
#define SPAN_MAX (93 * DAY)
#define SHIFTS_MAX 5000

static const struct book *
book_of(const struct api *a)
{
	static const struct book none;

	return a->host.book != NULL ? *a->host.book : &none;
}

struct str
oncall_user(const struct api *a, struct str person)
{
	const struct book_person *p = book_person(book_of(a), person);

	return p != NULL ? p->user : person;
}

struct gathering {
	const struct book *b;
	struct book_override *p;
	size_t n;
};

static enum err
on_gather(void *ctx, const struct override *o)
{
	struct gathering *g = ctx;
	const struct book_rota *rota = book_rota(g->b, o->rota);
	const struct book_person *person = book_person(g->b, o->person);

	if (rota != NULL && person != NULL && g->n < OVERRIDE_MAX)
		g->p[g->n++] = (struct book_override){ .rota = (size_t)(rota - g->b->rotas),
			.person = (size_t)(person - g->b->people),
			.from = o->from,
			.to = o->to };
	return OK;
}

enum err
oncall_overrides(const struct api *a, int64_t after, struct book_override **ret, size_t *ret_n,
    struct diag *why)
{
	struct gathering g = { book_of(a), mem_alloc(OVERRIDE_MAX * sizeof(*g.p)), 0 };
	enum err e = override_list(a->host.alerts, after, false, on_gather, &g, why);

	if (e != OK) {
		free(g.p);
		return e;
	}
	*ret = g.p;
	*ret_n = g.n;
	return OK;
}

static void
put_person(struct jsonw *w, const struct book *b, size_t person)
{
	jsonw_key(w, STR("person"));
	if (person == ROTA_NOBODY)
		jsonw_null(w);
	else
		jsonw_str(w, b->people[person].name);
}

static void
put_shift(struct jsonw *w, const struct book *b, const struct rota_shift *s)
{
	jsonw_obj(w);
	put_person(w, b, s->person);
	jsonw_ktime(w, "from", s->from);
	jsonw_ktime(w, "to", s->to);
	jsonw_end(w);
}

static enum err
on_first(void *ctx, const struct rota_shift *s)
{
	*(struct rota_shift *)ctx = *s;
	return FAIL_LIMIT; /* enough */
}

static void
put_rota(struct jsonw *w, const struct rota_case *c, int64_t now)
{
	struct rota_shift shift = { .person = ROTA_NOBODY };

	(void)!rota_schedule(c, now, now + AHEAD, on_first, &shift);
	jsonw_obj(w);
	jsonw_kstr(w, "name", c->rota->name);
	jsonw_kstr(w, "title", c->rota->title);
	jsonw_kstr(w, "zone", c->rota->zone_name);
	jsonw_key(w, STR("now"));
	put_shift(w, c->book, &shift);
	jsonw_key(w, STR("next"));
	if (rota_next(c, now, &shift))
		put_shift(w, c->book, &shift);
	else
		jsonw_null(w);
	jsonw_end(w);
}

struct load {
	struct str *names;
	char (*texts)[OUTBOX_PERSON_SIZE];
	uint64_t *n, *night;
	size_t len, max;
};

static enum err
on_load(void *ctx, const struct page_load *l)
{
	struct load *to = ctx;

	if (to->len == to->max)
		return OK;
	to->names[to->len] = str_c(str_to_c(l->person, to->texts[to->len], OUTBOX_PERSON_SIZE));
	to->n[to->len] = l->n;
	to->night[to->len++] = l->night;
	return OK;
}

/* Where they live it is that time. */
static void
put_local(struct jsonw *w, const struct zone *z, int64_t now)
{
	const int64_t wall = civil_wall(z, now) % CIVIL_DAY;
	char text[8];

	(void)snprintf(text, sizeof(text), "%02d:%02d", (int)(wall / 3600), (int)(wall / 60 % 60));
	jsonw_kstr(w, "local", str_c(text));
}

/* Addresses are for those who may change things. */
static void
put_contacts(struct jsonw *w, const struct book_person *p, bool whole)
{
	jsonw_key(w, STR("contacts"));
	jsonw_arr(w);
	for (size_t i = 0; i < p->n; i++) {
		jsonw_obj(w);
		jsonw_kstr(w, "channel", p->contacts[i].channel);
		jsonw_kstr(w, "to",
		    whole && p->contacts[i].to.n != 0 ? p->contacts[i].to : STR(""));
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_one(struct jsonw *w, const struct book_person *p, const struct load *l, int64_t now, bool whole)
{
	uint64_t n = 0, night = 0;

	for (size_t i = 0; i < l->len; i++)
		if (str_eq(l->names[i], p->name)) {
			n = l->n[i];
			night = l->night[i];
		}
	jsonw_obj(w);
	jsonw_kstr(w, "name", p->name);
	jsonw_kstr(w, "user", p->user);
	jsonw_kstr(w, "zone", p->zone_name);
	put_local(w, p->zone, now);
	put_contacts(w, p, whole);
	jsonw_kbool(w, "quiet", book_quiet(p, BOOK_RANKS, now) != 0);
	jsonw_kint(w, "week", (int64_t)n);
	jsonw_kint(w, "nights", (int64_t)night);
	jsonw_end(w);
}

static enum err
put_people(const struct api *a, struct jsonw *w, int64_t now, bool whole, struct diag *why)
{
	const struct book *b = book_of(a);
	const size_t max = BOOK_PEOPLE_MAX;
	auto_free struct str *names = mem_alloc(max * sizeof(*names));
	auto_free char(*texts)[OUTBOX_PERSON_SIZE] = mem_alloc(max * sizeof(*texts));
	auto_free uint64_t *n = mem_alloc(max * sizeof(*n));
	auto_free uint64_t *night = mem_alloc(max * sizeof(*night));
	struct load l = { names, texts, n, night, 0, max };
	enum err e = page_loads(a->host.alerts, now - 7 * DAY, on_load, &l, why);

	jsonw_key(w, STR("people"));
	jsonw_arr(w);
	for (size_t i = 0; i < b->n_people; i++)
		put_one(w, &b->people[i], &l, now, whole);
	jsonw_end(w);
	return e;
}

static void
put_targets(struct jsonw *w, const struct book_targets *t)
{
	static const char *const kinds[] = { "rota", "person", "channel" };

	jsonw_key(w, STR("tell"));
	jsonw_arr(w);
	for (size_t i = 0; i < t->n; i++) {
		jsonw_obj(w);
		jsonw_kstr(w, "kind", str_c(kinds[t->p[i].kind]));
		jsonw_kstr(w, "name", t->p[i].name);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_policy(struct jsonw *w, const struct book *b, const struct book_policy *p)
{
	jsonw_obj(w);
	jsonw_kstr(w, "name", p->name);
	jsonw_kstr(w, "title", p->title);
	jsonw_kint(w, "repeat", p->repeat);
	jsonw_kint(w, "every_s", p->every / CLOCK_S);
	jsonw_key(w, STR("steps"));
	jsonw_arr(w);
	for (size_t i = 0; i < p->n; i++) {
		jsonw_obj(w);
		jsonw_kint(w, "after_s", p->steps[i].after / CLOCK_S);
		jsonw_kint(w, "level", p->steps[i].level);
		jsonw_kstr(w, "until",
		    p->steps[i].resolved ? STR("resolved") : STR("acknowledged"));
		put_targets(w, book_tell(b, &p->steps[i]));
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void
put_responses(struct jsonw *w, const struct book *b)
{
	jsonw_key(w, STR("responses"));
	jsonw_arr(w);
	for (unsigned i = 0; i < BOOK_RANKS; i++) {
		if (!b->responses[i].set)
			continue;
		jsonw_obj(w);
		jsonw_kstr(w, "severity", str_c(alerts_severity_word((enum alerts_severity)i)));
		jsonw_kint(w, "within_s", b->responses[i].within / CLOCK_S);
		jsonw_kstr(w, "policy",
		    b->responses[i].policy.n != 0 ? b->responses[i].policy : STR(""));
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_rotas(struct jsonw *w, struct rota_case *c, int64_t now)
{
	jsonw_key(w, STR("rotas"));
	jsonw_arr(w);
	for (size_t i = 0; i < c->book->n_rotas; i++) {
		c->rota = &c->book->rotas[i];
		put_rota(w, c, now);
	}
	jsonw_end(w);
}

void
oncall_handle(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	const bool whole = (http_caller(r)->scopes & ROUTE_WRITE) != 0;
	auto_free struct book_override *overrides = NULL;
	struct rota_case c = { .book = book_of(a) };
	const int64_t now = clock_wall();
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	struct jsonw w;
	enum err e;

	if (!person_no_query(r))
		return;
	e = oncall_overrides(a, now, &overrides, &c.n, &why);
	c.overrides = overrides;
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_ktime(&w, "now", now);
	jsonw_kstr(&w, "escalation", c.book->escalation.n != 0 ? c.book->escalation : STR(""));
	if (e == OK) {
		put_rotas(&w, &c, now);
		e = put_people(a, &w, now, whole, &why);
	}
	jsonw_key(&w, STR("policies"));
	jsonw_arr(&w);
	for (size_t i = 0; i < c.book->n_policies; i++)
		put_policy(&w, c.book, &c.book->policies[i]);
	jsonw_end(&w);
	put_responses(&w, c.book);
	jsonw_end(&w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

struct schedule {
	struct jsonw w;
	const struct book *b;
	size_t n;
};

static enum err
on_shift(void *ctx, const struct rota_shift *s)
{
	struct schedule *to = ctx;

	if (to->n++ == SHIFTS_MAX)
		return FAIL_LIMIT;
	put_shift(&to->w, to->b, s);
	return OK;
}

/* from and to; two weeks from now without. */
static bool
read_span(struct http *r, int64_t *from, int64_t *to)
{
	struct str name, value;

	*from = clock_wall();
	*to = 0;
	for (size_t i = 0; http_query_at(r, i, &name, &value); i++) {
		int64_t *at = str_eq(name, STR("from")) ? from
			      : str_eq(name, STR("to")) ? to
							: NULL;

		if (at == NULL || !time_any(value, 0, clock_wall(), at)) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return false;
		}
	}
	if (*to == 0)
		*to = *from + 14 * DAY;
	if (*to > *from && *to - *from <= SPAN_MAX && *from >= 0)
		return true;
	http_problem(r, 400, "to: is after from, at most 93 days later");
	return false;
}

void
oncall_handle_schedule(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	auto_free struct book_override *overrides = NULL;
	struct rota_case c = { .book = book_of(a) };
	struct schedule s = { .b = c.book };
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	int64_t from, to;
	enum err e;

	if (!read_span(r, &from, &to))
		return;
	e = oncall_overrides(a, from, &overrides, &c.n, &why);
	c.overrides = overrides;
	jsonw_init(&s.w, &body);
	jsonw_obj(&s.w);
	jsonw_ktime(&s.w, "from", from);
	jsonw_ktime(&s.w, "to", to);
	jsonw_key(&s.w, STR("rotas"));
	jsonw_arr(&s.w);
	for (size_t i = 0; i < c.book->n_rotas && e == OK; i++) {
		c.rota = &c.book->rotas[i];
		jsonw_obj(&s.w);
		jsonw_kstr(&s.w, "name", c.rota->name);
		jsonw_kstr(&s.w, "zone", c.rota->zone_name);
		jsonw_key(&s.w, STR("shifts"));
		jsonw_arr(&s.w);
		if (rota_schedule(&c, from, to, on_shift, &s) != OK)
			e = err_set(&why, FAIL_LIMIT, "more than %d shifts: ask for less time",
			    SHIFTS_MAX);
		jsonw_end(&s.w);
		jsonw_end(&s.w);
	}
	jsonw_end(&s.w);
	jsonw_end(&s.w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

void
oncall_put_response(const struct api *a, struct jsonw *w, const struct alerts_row *row, int64_t now)
{
	const struct book *b = book_of(a);
	enum alerts_severity rank = ALERTS_INFO;
	int64_t due;

	(void)alerts_severity_find(row->severity, &rank);
	jsonw_key(w, STR("response"));
	if (!b->responses[rank].set || row->demo || row->quiet.n != 0) {
		jsonw_null(w);
		return;
	}
	due = row->created + b->responses[rank].within;
	jsonw_obj(w);
	jsonw_kint(w, "within_s", b->responses[rank].within / CLOCK_S);
	jsonw_ktime(w, "due", due);
	jsonw_kbool(w, "breached",
	    row->late > 0 || (row->late == 0 && (row->acked != 0 ? row->acked : now) > due));
	jsonw_end(w);
}
