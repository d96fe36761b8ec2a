/*
 * A record wakes rules by the atoms that are found in it; those are evaluated,
 * asking each atom at most once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/match.h"

#include "detect/ask.h"
#include "detect/index.h"
#include "detect/route.h"

#define EPOCH_MAX (UINT32_MAX / 2)

struct match {
	const struct ruleset *rs;
	const struct index *ix;
	struct index_scratch *scratch;
	struct routes *routes;
	struct ask ask;
	/* By atom or rule, valid where they hold the present epoch. */
	uint32_t epoch;
	uint32_t *found, *asked; /* asked: epoch << 1 | answer */
	uint32_t *woken;
	uint32_t *own; /* by channel: the event has the rule's own name for it */
	uint32_t *pending;
	size_t n_pending;
	/* The present record. */
	const struct route *route;
	uint32_t scanning; /* channel */
};

struct match *
match_new(const struct ruleset *rs)
{
	struct match *m = MEM_NEW(struct match);

	m->rs = rs;
	m->ix = rs->index;
	m->scratch = index_scratch_new(m->ix);
	m->routes = routes_new(rs);
	ask_init(&m->ask, rs);
	m->found = mem_zalloc((rs->atoms.atom.n + 1) * sizeof(uint32_t));
	m->asked = mem_zalloc((rs->atoms.atom.n + 1) * sizeof(uint32_t));
	m->woken = mem_zalloc((rs->rule.n + 1) * sizeof(uint32_t));
	m->own = mem_zalloc((rs->atoms.chan.n + 1) * sizeof(uint32_t));
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
	ask_fini(&m->ask);
	free(m->found);
	free(m->asked);
	free(m->woken);
	free(m->own);
	free(m->pending);
	free(m);
}

static bool
ask(struct match *m, uint32_t number)
{
	const struct atom *a = &m->rs->atoms.atom.p[number];

	if (a->find != FIND_NONE && m->found[number] != m->epoch)
		return false;
	return (a->find != FIND_NONE && a->sure) || ask_atom(&m->ask, a);
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
scan_value(void *ctx, const struct ask_value *v)
{
	struct match *m = ctx;

	index_scan(m->ix, m->scanning, v->text, m->scratch, on_found, m);
	return false;
}

static void
scan(struct match *m)
{
	const struct rec *r = m->ask.r;

	for (uint32_t i = 0; i < r->n_extra && index_has_paths(m->ix); i++) {
		uint32_t it = 0;

		while (index_path_chan(m->ix, r->extra[i].path, &it, &m->scanning)) {
			m->own[m->scanning] = m->epoch;
			if (route_bit(m->route->wanted, m->scanning))
				(void)ask_extra(&r->extra[i], scan_value, m);
		}
	}
	for (size_t i = 0; i < m->route->n_chans; i++) {
		const struct chan *c = &m->rs->atoms.chan.p[m->route->chans[i]];

		m->scanning = m->route->chans[i];
		if (c->keywords)
			(void)ask_each_keyword(&m->ask, scan_value, m);
		else if (c->field != FIELD_NONE && m->own[m->scanning] != m->epoch)
			(void)ask_each_field(&m->ask, c, scan_value, m);
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
	memset(m->own, 0, m->rs->atoms.chan.n * sizeof(uint32_t));
	m->epoch = 1;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void
match_scan(struct match *m, const struct rec *r)
{
	next_epoch(m);
	ask_begin(&m->ask, r);
	m->n_pending = 0;
	m->route = routes_get(m->routes, r);
	scan(m);
}

const uint32_t *
match_rec(struct match *m, const struct rec *r, size_t *ret_n)
{
	size_t n = 0;

	match_scan(m, r);
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
