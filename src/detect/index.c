/* From a rule set to what answers fast: finders, wakes, steps. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/index.h"

#include "detect/find.h"
#include "detect/witness.h"

/* What asking costs, in comparisons of one number. */
static const uint8_t cost[] = {
	[INDEX_ASK] = 40,
	[INDEX_IF_FOUND] = 1,
	[INDEX_ASK_FOUND] = 2,
};

/* While it is built. */
struct build {
	const struct ruleset *rs;
	struct index *ix;
	uint32_t *uses; /* by atom */
	bool *wakes;    /* by atom: some rule wakes by it */
};

static void
count_uses(struct build *b, const struct expr *e)
{
	if (e->op == EXPR_ATOM)
		b->uses[e->atom]++;
	for (uint32_t i = 0; i < e->n; i++)
		count_uses(b, e->kids[i]);
}

static void
build_wakes(struct build *b)
{
	const struct witness_ctx x = { &b->rs->atoms, b->uses };
	lists_pairs all = { 0 };

	b->ix->always = mem_zalloc(b->rs->rule.n + 1);
	for (uint32_t r = 0; r < b->rs->rule.n; r++) {
		const struct expr *e = b->rs->rule.p[r].expr;
		witness_list w = { 0 };

		if (e == NULL)
			continue;
		b->ix->always[r] = !witness_find(&x, e, &w);
		for (size_t i = 0; i < w.n; i++) {
			VEC_PUSH(&all, ((struct lists_pair){ w.p[i], r }));
			b->wakes[w.p[i]] = true;
		}
		VEC_FINI(&w);
	}
	b->ix->wakes = lists_new(&all, b->rs->atoms.atom.n);
	VEC_FINI(&all);
}

/*
 * Short literals and expressions are looked for only where they wake a rule;
 * of keywords all literals are, since asking goes through the whole record.
 */
static enum index_know
know_of(const struct build *b, uint32_t atom)
{
	const struct atom *a = &b->rs->atoms.atom.p[atom];
	bool keyword = b->rs->atoms.chan.p[a->chan].keywords && a->find == FIND_LITERAL;

	if (a->find == FIND_NONE || (!find_is_rare(a) && !b->wakes[atom] && !keyword))
		return INDEX_ASK;
	return a->sure ? INDEX_IF_FOUND : INDEX_ASK_FOUND;
}

static enum err
build_finders(struct build *b, struct diag *why)
{
	const struct atoms *atoms = &b->rs->atoms;
	struct index *ix = b->ix;
	finder_keys keys = { 0 };
	size_t from = 0;
	enum err err = OK;

	for (uint32_t i = 0; i < atoms->atom.n; i++)
		if (ix->know[i] != INDEX_ASK)
			finder_add(&keys, &atoms->atom.p[i], i);
	finder_sort(&keys);
	for (uint32_t c = 0; c < ix->n_chan && err == OK; c++) {
		size_t to = from;

		while (to < keys.n && keys.p[to].chan == c)
			to++;
		err =
		    finder_init(&ix->finder[c], keys.n > 0 ? keys.p + from : NULL, to - from, why);
		from = to;
	}
	VEC_FINI(&keys);
	return err;
}

static void
build_steps(struct build *b)
{
	size_t n = b->rs->atoms.atom.n;
	uint8_t *price = mem_alloc(n + 1);

	for (size_t i = 0; i < n; i++)
		price[i] = cost[b->ix->know[i]];
	b->ix->begin = mem_zalloc((b->rs->rule.n + 1) * sizeof(uint32_t));
	for (size_t r = 0; r < b->rs->rule.n; r++)
		if (b->rs->rule.p[r].expr != NULL)
			b->ix->begin[r] = program_add(&b->ix->steps, b->rs->rule.p[r].expr, price);
	free(price);
}

static void
build_paths(struct build *b)
{
	const struct atoms *atoms = &b->rs->atoms;
	lists_pairs pairs = { 0 };

	b->ix->path = atoms->path.p;
	b->ix->paths = paths_new(atoms);
	for (uint32_t i = 0; i < atoms->path.n; i++)
		VEC_PUSH(&pairs, ((struct lists_pair){ atoms->path.p[i].chan, i }));
	b->ix->chan_paths = lists_new(&pairs, b->ix->n_chan);
	VEC_FINI(&pairs);
}

enum err
index_new(const struct ruleset *rs, struct index **ret, struct diag *why)
{
	struct index *ix = MEM_NEW(struct index);
	struct build b = { .rs = rs, .ix = ix };
	enum err err;

	ix->atoms = &rs->atoms;
	ix->n_chan = rs->atoms.chan.n;
	ix->finder = mem_zalloc((ix->n_chan + 1) * sizeof(*ix->finder));
	ix->know = mem_alloc(rs->atoms.atom.n + 1);
	b.uses = mem_zalloc((rs->atoms.atom.n + 1) * sizeof(*b.uses));
	b.wakes = mem_zalloc(rs->atoms.atom.n + 1);
	for (size_t r = 0; r < rs->rule.n; r++)
		if (rs->rule.p[r].expr != NULL)
			count_uses(&b, rs->rule.p[r].expr);
	build_wakes(&b);
	for (uint32_t i = 0; i < rs->atoms.atom.n; i++)
		ix->know[i] = (uint8_t)know_of(&b, i);
	build_steps(&b);
	build_paths(&b);
	err = build_finders(&b, why);
	free(b.uses);
	free(b.wakes);
	if (err == OK)
		*ret = ix;
	else
		index_free(ix);
	return err;
}

void
index_free(struct index *ix)
{
	if (ix == NULL)
		return;
	for (size_t i = 0; i < ix->n_chan; i++)
		finder_fini(&ix->finder[i]);
	free(ix->finder);
	free(ix->know);
	free(ix->always);
	free(ix->begin);
	VEC_FINI(&ix->steps);
	lists_fini(&ix->wakes);
	lists_fini(&ix->chan_paths);
	paths_free(ix->paths);
	free(ix);
}

void
index_reserve(const struct index *ix, struct finder_scratch *s)
{
	for (size_t i = 0; i < ix->n_chan; i++)
		finder_reserve(&ix->finder[i], s);
	for (size_t i = 0; i < ix->atoms->atom.n; i++)
		if (ix->atoms->atom.p[i].regex != NULL)
			finder_reserve_regex(ix->atoms->atom.p[i].regex, s);
}

bool
index_chan_path(const struct index *ix, uint32_t chan, uint32_t *it, struct str *ret_path)
{
	size_t n;
	const uint32_t *at = lists_get(&ix->chan_paths, chan, &n);

	if (*it >= n)
		return false;
	*ret_path = ix->path[at[(*it)++]].path;
	return true;
}
