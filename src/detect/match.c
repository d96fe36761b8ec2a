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
#define BETWEEN '\xff' /* in no UTF-8, so in no literal */

struct match {
	const struct ruleset *rs;
	const struct index *ix;
	struct finder_scratch scratch;
	struct routes *routes;
	struct ask ask;
	struct buf joined;
	/* By atom, rule or channel, valid where they hold the present epoch. */
	uint32_t epoch;
	uint32_t *found, *asked; /* asked: epoch << 1 | answer */
	uint32_t *woken;
	uint32_t *own; /* the channel had unknown fields of its name */
	uint32_t *pending;
	size_t n_pending;
	/* The present record. */
	const struct route *route;
	const struct finder *scanning;
	const struct hs_database *regex;
};

struct match *
match_new(const struct ruleset *rs)
{
	struct match *m = MEM_NEW(struct match);

	m->rs = rs;
	m->ix = rs->index;
	index_reserve(m->ix, &m->scratch);
	buf_init(&m->joined, 0);
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
	finder_scratch_fini(&m->scratch);
	routes_free(m->routes);
	ask_fini(&m->ask);
	buf_fini(&m->joined);
	free(m->found);
	free(m->asked);
	free(m->woken);
	free(m->own);
	free(m->pending);
	free(m);
}

static bool
regex_holds(void *ctx, const struct ask_value *v)
{
	struct match *m = ctx;

	return finder_regex_holds(m->regex, v->text, &m->scratch);
}

static bool
ask(struct match *m, uint32_t atom)
{
	const struct atom *a = &m->rs->atoms.atom.p[atom];
	bool answer;

	if (m->asked[atom] >> 1 == m->epoch)
		return m->asked[atom] & 1;
	m->regex = a->regex;
	answer =
	    a->regex != NULL ? ask_each(&m->ask, a->chan, regex_holds, m) : ask_atom(&m->ask, a);
	m->asked[atom] = m->epoch << 1 | answer;
	return answer;
}

static inline bool
holds(struct match *m, uint32_t atom)
{
	if (m->ix->know[atom] == INDEX_ASK)
		return ask(m, atom);
	if (m->found[atom] != m->epoch)
		return false;
	return m->ix->know[atom] == INDEX_IF_FOUND || ask(m, atom);
}

static bool
rule_holds(struct match *m, uint32_t rule)
{
	const struct program_step *steps = m->ix->steps.p;
	uint32_t at = m->ix->begin[rule];

	while (!program_ends(at))
		at = holds(m, steps[at].atom) ? steps[at].yes : steps[at].no;
	return at == PROGRAM_TRUE;
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
	rules = lists_get(&m->ix->wakes, atom, &n);
	for (size_t i = 0; i < n; i++)
		wake(m, rules[i]);
}

static bool
scan_value(void *ctx, const struct ask_value *v)
{
	struct match *m = ctx;

	finder_scan(m->scanning, v->text, &m->scratch, on_found, m);
	return false;
}

static bool
join_value(void *ctx, const struct ask_value *v)
{
	struct buf *to = ctx;

	buf_str(to, v->text);
	buf_byte(to, BETWEEN);
	return false;
}

/* Keywords are looked for everywhere: in all values at once, where that is the same. */
static void
scan_keywords(struct match *m)
{
	if (!finder_is_plain(m->scanning)) {
		(void)ask_each_keyword(&m->ask, scan_value, m);
		return;
	}
	if (m->joined.n == 0)
		(void)ask_each_keyword(&m->ask, join_value, &m->joined);
	finder_scan(m->scanning, buf_view(&m->joined), &m->scratch, on_found, m);
}

static void
scan_extra(struct match *m, const struct rec_extra *x)
{
	size_t n;
	const uint32_t *chan = paths_chans(m->ix->paths, x->path, &n);

	for (size_t i = 0; i < n; i++) {
		m->own[chan[i]] = m->epoch;
		m->scanning = &m->ix->finder[chan[i]];
		if (route_bit(m->route->wanted, chan[i]))
			(void)ask_extra(x, scan_value, m);
	}
}

static void
scan(struct match *m)
{
	const struct rec *r = m->ask.r;

	for (uint32_t i = 0; i < r->n_extra; i++)
		scan_extra(m, &r->extra[i]);
	for (size_t i = 0; i < m->route->n_chans; i++) {
		uint32_t chan = m->route->chans[i];
		const struct chan *c = &m->rs->atoms.chan.p[chan];

		m->scanning = &m->ix->finder[chan];
		if (c->keywords)
			scan_keywords(m);
		else if (m->own[chan] != m->epoch)
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
	buf_reset(&m->joined);
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
		if (rule_holds(m, m->pending[i]))
			m->pending[n++] = m->pending[i];
	if (n > 1)
		qsort(m->pending, n, sizeof(*m->pending), by_number);
	*ret_n = n;
	return m->pending;
}
