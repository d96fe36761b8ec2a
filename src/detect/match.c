/*
 * A record wakes rules by the atoms that are found in it; those are evaluated,
 * asking each atom at most once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/match.h"

#include "base/buf.h"
#include "detect/index.h"
#include "detect/route.h"
#include "detect/value.h"

#define EPOCH_MAX (UINT32_MAX / 2)

struct match {
	const struct ruleset *rs;
	const struct index *ix;
	struct index_scratch *scratch;
	struct routes *routes;
	struct buf target, decoded;
	/* By atom or rule, valid where they hold the present epoch. */
	uint32_t epoch;
	uint32_t *found, *asked; /* asked: epoch << 1 | answer */
	uint32_t *woken;
	uint32_t *pending;
	size_t n_pending;
	/* The present record. */
	const struct rec *r;
	const struct route *route;
	uint32_t scanning; /* channel */
};

/* A value under a channel's name. */
struct value {
	struct str text;
	enum field_type type;
	const union rec_value *v;
};

typedef bool (*value_fn)(struct match *m, const struct value *v, const void *ctx);

struct match *
match_new(const struct ruleset *rs)
{
	struct match *m = MEM_NEW(struct match);

	m->rs = rs;
	m->ix = rs->index;
	m->scratch = index_scratch_new(m->ix);
	m->routes = routes_new(rs);
	buf_init(&m->target, 2 * REC_RAW_MAX + 2);
	buf_init(&m->decoded, 2 * REC_RAW_MAX + 2);
	m->found = mem_zalloc((rs->atoms.atom.n + 1) * sizeof(uint32_t));
	m->asked = mem_zalloc((rs->atoms.atom.n + 1) * sizeof(uint32_t));
	m->woken = mem_zalloc((rs->rule.n + 1) * sizeof(uint32_t));
	m->pending = mem_zalloc((rs->rule.n + 1) * sizeof(uint32_t));
	return m;
}

void
match_free(struct match *m)
{
	if (m == NULL)
		return;
	index_scratch_free(m->scratch);
	routes_free(m->routes);
	buf_fini(&m->target);
	buf_fini(&m->decoded);
	free(m->found);
	free(m->asked);
	free(m->woken);
	free(m->pending);
	free(m);
}

static bool
has(const struct rec *r, enum field f)
{
	unsigned i = (unsigned)f;

	return rec_has(r, f) && ((r->null[i / 64] >> (i % 64)) & 1) == 0;
}

static bool
give(struct match *m, enum field_type type, const union rec_value *v, value_fn fn, const void *ctx)
{
	char number[VALUE_NUMBER_SIZE];
	const struct value value = { value_text(type, v, number), type, v };

	return fn(m, &value, ctx);
}

static bool
each_field(struct match *m, const struct chan *c, value_fn fn, const void *ctx)
{
	union rec_value u;

	if (c->field != F_URL) {
		if (!has(m->r, c->field))
			return false;
		u = m->r->v[c->field];
	} else {
		u.s = value_target(m->r, &m->target);
		if (u.s.p == NULL)
			return false;
	}
	if (give(m, field_info(c->field)->type, &u, fn, ctx))
		return true;
	if (!c->decode || !value_decode(u.s, &m->decoded))
		return false;
	u.s = buf_view(&m->decoded);
	return give(m, FIELD_STR, &u, fn, ctx);
}

/* The raw line; without one every value the record has. */
static bool
each_keyword(struct match *m, value_fn fn, const void *ctx)
{
	if (has(m->r, F_RAW))
		return give(m, FIELD_STR, &m->r->v[F_RAW], fn, ctx);
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (has(m->r, (enum field)f) &&
		    give(m, field_info((enum field)f)->type, &m->r->v[f], fn, ctx))
			return true;
	for (uint32_t i = 0; i < m->r->n_extra; i++)
		if (!m->r->extra[i].null &&
		    give(m, m->r->extra[i].type, &m->r->extra[i].v, fn, ctx))
			return true;
	return false;
}

/* Calls fn for each value until it says true; says whether it did. */
static bool
each_value(struct match *m, uint32_t chan, value_fn fn, const void *ctx)
{
	const struct chan *c = &m->rs->atoms.chan.p[chan];
	const struct rec_extra *x;
	struct str path;

	if (c->keywords)
		return each_keyword(m, fn, ctx);
	if (c->field != FIELD_NONE && each_field(m, c, fn, ctx))
		return true;
	if (m->r->n_extra == 0)
		return false;
	for (uint32_t it = 0; index_chan_path(m->ix, chan, &it, &path);)
		for (uint32_t i = 0; (x = rec_find_extra(m->r, path, i)) != NULL;
		     i = (uint32_t)(x - m->r->extra) + 1)
			if (!x->null && give(m, x->type, &x->v, fn, ctx))
				return true;
	return false;
}

static bool
value_holds(struct match *m, const struct value *v, const void *ctx)
{
	const struct atom *a = ctx;
	struct ip ip;

	(void)m;
	switch (a->kind) {
	case ATOM_TEXT:
		return wild_match(a->wild, v->text);
	case ATOM_CIDR:
		return ip_parse(v->text, &ip) && ip_net_has(&a->net, &ip);
	case ATOM_NUMBER:
		if (v->type == FIELD_INT || v->type == FIELD_TIME)
			return atom_compare_int(&a->number, v->v->i);
		if (v->type == FIELD_FLOAT)
			return atom_compare_float(&a->number, v->v->f);
		return v->type != FIELD_BOOL && atom_compare_text(&a->number, v->text);
	case ATOM_RE:
	case ATOM_EXISTS:
	case ATOM_NULL:
		break;
	}
	return true; /* it is there */
}

/* Present, be it null. */
static bool
is_present(const struct match *m, uint32_t chan)
{
	const struct chan *c = &m->rs->atoms.chan.p[chan];
	unsigned f = (unsigned)c->field;
	struct str path;

	if (c->field != FIELD_NONE &&
	    (rec_has(m->r, c->field) || ((m->r->null[f / 64] >> (f % 64)) & 1) != 0))
		return true;
	if (c->field == F_URL && rec_has(m->r, F_ENDPOINT))
		return true;
	for (uint32_t it = 0; m->r->n_extra > 0 && index_chan_path(m->ix, chan, &it, &path);)
		if (rec_find_extra(m->r, path, 0) != NULL)
			return true;
	return false;
}

static bool
ask(struct match *m, uint32_t number)
{
	const struct atom *a = &m->rs->atoms.atom.p[number];

	if (a->find != FIND_NONE && m->found[number] != m->epoch)
		return false;
	if (a->find != FIND_NONE && a->sure)
		return true;
	if (a->kind == ATOM_EXISTS)
		return is_present(m, a->chan);
	if (a->kind == ATOM_NULL)
		return !each_value(m, a->chan, value_holds, a);
	return each_value(m, a->chan, value_holds, a);
}

static bool
holds(void *ctx, uint32_t atom)
{
	struct match *m = ctx;
	bool answer;

	if (m->asked[atom] >> 1 == m->epoch)
		return m->asked[atom] & 1;
	answer = ask(m, atom);
	m->asked[atom] = m->epoch << 1 | answer;
	return answer;
}

static void
wake(struct match *m, uint32_t rule)
{
	if (m->woken[rule] == m->epoch || !route_bit(m->route->rules, rule))
		return;
	m->woken[rule] = m->epoch;
	m->pending[m->n_pending++] = rule;
}

static void
on_found(void *ctx, uint32_t atom)
{
	struct match *m = ctx;
	const uint32_t *rules;
	size_t n;

	if (m->found[atom] == m->epoch)
		return;
	m->found[atom] = m->epoch;
	rules = index_wakes(m->ix, atom, &n);
	for (size_t i = 0; i < n; i++)
		wake(m, rules[i]);
}

static bool
scan_value(struct match *m, const struct value *v, const void *ctx)
{
	(void)ctx;
	index_scan(m->ix, m->scanning, v->text, m->scratch, on_found, m);
	return false;
}

static void
scan(struct match *m)
{
	const struct rec *r = m->r;

	for (size_t i = 0; i < m->route->n_chans; i++) {
		const struct chan *c = &m->rs->atoms.chan.p[m->route->chans[i]];

		m->scanning = m->route->chans[i];
		if (c->keywords)
			(void)each_keyword(m, scan_value, NULL);
		else if (c->field != FIELD_NONE)
			(void)each_field(m, c, scan_value, NULL);
	}
	for (uint32_t i = 0; i < r->n_extra && index_has_paths(m->ix); i++) {
		uint32_t it = 0;

		while (!r->extra[i].null &&
		       index_path_chan(m->ix, r->extra[i].path, &it, &m->scanning))
			if (route_bit(m->route->wanted, m->scanning))
				(void)give(m, r->extra[i].type, &r->extra[i].v, scan_value, NULL);
	}
}

static void
next_epoch(struct match *m)
{
	if (++m->epoch < EPOCH_MAX)
		return;
	memset(m->found, 0, m->rs->atoms.atom.n * sizeof(uint32_t));
	memset(m->asked, 0, m->rs->atoms.atom.n * sizeof(uint32_t));
	memset(m->woken, 0, m->rs->rule.n * sizeof(uint32_t));
	m->epoch = 1;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

const uint32_t *
match_rec(struct match *m, const struct rec *r, size_t *ret_n)
{
	size_t n = 0;

	next_epoch(m);
	m->r = r;
	m->n_pending = 0;
	m->route = routes_get(m->routes, r);
	scan(m);
	for (size_t i = 0; i < m->route->n_always; i++)
		wake(m, m->route->always[i]);
	for (size_t i = 0; i < m->n_pending; i++)
		if (expr_eval(m->rs->rule.p[m->pending[i]].expr, holds, m))
			m->pending[n++] = m->pending[i];
	if (n > 1)
		qsort(m->pending, n, sizeof(*m->pending), by_number);
	*ret_n = n;
	return m->pending;
}
