/* Vectorscan databases and tables of exact values, one set a channel. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/index.h"

#include <assert.h>
#include <hs.h>

#include "base/map.h"
#include "detect/fold.h"
#include "detect/witness.h"

#define SCAN_MAX ((size_t)1 << 30)

/* Lists of numbers in one array: those of i stand at at[i] .. at[i + 1]. */
struct lists {
	uint32_t *at, *item;
};

struct exact {
	uint64_t hash;
	struct str key;
	uint32_t list; /* of chan_index.exact_atoms */
	bool used;
};

struct chan_index {
	hs_database_t *literals, *regexes;
	struct lists literal_atoms; /* by the id of the literal */
	size_t literal_min;
	struct exact *exact; /* open addressing; size is a power of two */
	size_t exact_size;
	struct lists exact_atoms;
	uint64_t exact_lengths; /* bit min(length, 63) */
	bool any;
};

struct index {
	struct chan_index *chan;
	size_t n_chan;
	struct lists wakes; /* rules, by atom */
	bool *always;       /* by rule */
	struct map *paths;  /* path to its place in path_chans */
	struct lists path_chans, chan_paths;
	const struct chan_path *path;
};

struct index_scratch {
	hs_scratch_t *hs;
};

static uint64_t
hash_folded(struct str s)
{
	uint64_t h = 0xcbf29ce484222325U;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ fold_ascii((unsigned char)s.p[i])) * 0x100000001b3U;
	return h ^ h >> 29;
}

/* Atoms of one channel and kind, sorted by key: equal keys are one thing to look for. */
struct group {
	const struct atoms *atoms;
	uint32_t *atom;
	size_t n, distinct;
};

static int
by_key(const void *a, const void *b, void *ctx)
{
	const struct atoms *atoms = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int c = str_cmp(atoms->atom.p[x].key, atoms->atom.p[y].key);

	return c != 0 ? c : x < y ? -1 : x > y;
}

static bool
same_key(const struct group *g, size_t i)
{
	return i > 0 &&
	       str_eq(g->atoms->atom.p[g->atom[i]].key, g->atoms->atom.p[g->atom[i - 1]].key);
}

static struct group
group_of(const struct atoms *atoms, uint32_t chan, enum atom_find find)
{
	struct group g = { .atoms = atoms };

	for (uint32_t i = 0; i < atoms->atom.n; i++)
		g.n += atoms->atom.p[i].chan == chan && atoms->atom.p[i].find == find;
	g.atom = mem_alloc((g.n + 1) * sizeof(*g.atom));
	g.n = 0;
	for (uint32_t i = 0; i < atoms->atom.n; i++)
		if (atoms->atom.p[i].chan == chan && atoms->atom.p[i].find == find)
			g.atom[g.n++] = i;
	qsort_r(g.atom, g.n, sizeof(*g.atom), by_key, (void *)(uintptr_t)atoms);
	for (size_t i = 0; i < g.n; i++)
		g.distinct += !same_key(&g, i);
	return g;
}

/* Takes the atoms of the group; list i are the atoms of its i-th distinct key. */
static struct lists
lists_of(struct group *g)
{
	struct lists l = { .at = mem_alloc((g->distinct + 1) * sizeof(*l.at)), .item = g->atom };
	size_t k = 0;

	for (size_t i = 0; i < g->n; i++)
		if (!same_key(g, i))
			l.at[k++] = (uint32_t)i;
	l.at[k] = (uint32_t)g->n;
	return l;
}

static enum err
compile_failed(hs_compile_error_t *e, struct diag *why)
{
	enum err err = err_set(why, FAIL_LIMIT, "the patterns of the rules do not compile: %s",
	    e != NULL ? e->message : "out of memory");

	hs_free_compile_error(e);
	return err;
}

/* What hs_compile takes, in columns. */
struct columns {
	const char **text;
	size_t *len;
	unsigned *flags, *id;
};

static void
columns_init(struct columns *c, size_t n)
{
	c->text = mem_alloc((n + 1) * sizeof(*c->text));
	c->len = mem_alloc((n + 1) * sizeof(*c->len));
	c->flags = mem_alloc((n + 1) * sizeof(*c->flags));
	c->id = mem_alloc((n + 1) * sizeof(*c->id));
}

static void
columns_fini(struct columns *c)
{
	free((void *)c->text);
	free(c->len);
	free(c->flags);
	free(c->id);
}

static enum err
compile_literals(struct chan_index *ci, struct group *g, struct diag *why)
{
	struct columns c;
	hs_compile_error_t *e = NULL;
	hs_error_t rc;

	ci->literal_atoms = lists_of(g);
	ci->literal_min = SIZE_MAX;
	if (g->distinct == 0)
		return OK;
	columns_init(&c, g->distinct);
	for (size_t i = 0; i < g->distinct; i++) {
		struct str key = g->atoms->atom.p[g->atom[ci->literal_atoms.at[i]]].key;

		c.text[i] = key.p;
		c.len[i] = key.n;
		c.flags[i] = HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH;
		c.id[i] = (unsigned)i;
		if (key.n < ci->literal_min)
			ci->literal_min = key.n;
	}
	rc = hs_compile_lit_multi(c.text, c.flags, c.id, c.len, (unsigned)g->distinct,
	    HS_MODE_BLOCK, NULL, &ci->literals, &e);
	columns_fini(&c);
	return rc == HS_SUCCESS ? OK : compile_failed(e, why);
}

static enum err
compile_regexes(struct chan_index *ci, struct group *g, struct diag *why)
{
	struct columns c;
	hs_compile_error_t *e = NULL;
	hs_error_t rc;

	if (g->n == 0)
		return OK;
	columns_init(&c, g->n);
	for (size_t i = 0; i < g->n; i++) {
		c.text[i] = g->atoms->atom.p[g->atom[i]].key.p;
		c.flags[i] = g->atoms->atom.p[g->atom[i]].flags;
		c.id[i] = g->atom[i];
	}
	rc = hs_compile_multi(c.text, c.flags, c.id, (unsigned)g->n, HS_MODE_BLOCK, NULL,
	    &ci->regexes, &e);
	columns_fini(&c);
	return rc == HS_SUCCESS ? OK : compile_failed(e, why);
}

static void
build_exact(struct chan_index *ci, struct group *g)
{
	size_t size = 2;

	ci->exact_atoms = lists_of(g);
	if (g->distinct == 0)
		return;
	while (size < 2 * g->distinct)
		size *= 2;
	ci->exact = mem_zalloc(size * sizeof(*ci->exact));
	ci->exact_size = size;
	for (uint32_t i = 0; i < g->distinct; i++) {
		struct str key = g->atoms->atom.p[g->atom[ci->exact_atoms.at[i]]].key;
		uint64_t h = hash_folded(key);
		size_t at = h & (size - 1);

		while (ci->exact[at].used)
			at = (at + 1) & (size - 1);
		ci->exact[at] = (struct exact){ h, key, i, true };
		ci->exact_lengths |= (uint64_t)1 << (key.n < 63 ? key.n : 63);
	}
}

static enum err
build_chan(struct chan_index *ci, const struct atoms *atoms, uint32_t chan, struct diag *why)
{
	struct group literals = group_of(atoms, chan, FIND_LITERAL),
		     regexes = group_of(atoms, chan, FIND_REGEX),
		     exact = group_of(atoms, chan, FIND_EXACT);
	enum err err;

	ci->any = literals.n + regexes.n + exact.n > 0;
	build_exact(ci, &exact);
	err = compile_literals(ci, &literals, why);
	if (err == OK)
		err = compile_regexes(ci, &regexes, why);
	free(regexes.atom);
	return err;
}

/* Pairs (list, item) become lists; `pairs` are in the order the items shall have. */
struct pair {
	uint32_t list, item;
};
typedef VEC(struct pair) pairs;

static struct lists
lists_from_pairs(const pairs *p, size_t n_lists)
{
	struct lists l = { .at = mem_zalloc((n_lists + 2) * sizeof(*l.at)),
		.item = mem_alloc((p->n + 1) * sizeof(*l.item)) };

	for (size_t i = 0; i < p->n; i++)
		l.at[p->p[i].list + 2]++;
	for (size_t i = 2; i < n_lists + 2; i++)
		l.at[i] += l.at[i - 1];
	for (size_t i = 0; i < p->n; i++)
		l.item[l.at[p->p[i].list + 1]++] = p->p[i].item;
	return l;
}

static void
build_wakes(struct index *ix, const struct ruleset *rs)
{
	pairs all = { 0 };

	ix->always = mem_zalloc(rs->rule.n + 1);
	for (uint32_t r = 0; r < rs->rule.n; r++) {
		witness_list w = { 0 };

		if (rs->rule.p[r].expr == NULL)
			continue;
		ix->always[r] = !witness_find(rs->rule.p[r].expr, &rs->atoms, &w);
		for (size_t i = 0; i < w.n; i++)
			VEC_PUSH(&all, ((struct pair){ w.p[i], r }));
		VEC_FINI(&w);
	}
	ix->wakes = lists_from_pairs(&all, rs->atoms.atom.n);
	VEC_FINI(&all);
}

static void
build_paths(struct index *ix, const struct atoms *atoms)
{
	pairs all = { 0 }, back = { 0 };
	uint32_t n = 0;

	ix->path = atoms->path.p;
	ix->paths = map_new(sizeof(uint32_t), atoms->path.n + 1);
	for (uint32_t i = 0; i < atoms->path.n; i++) {
		bool fresh;
		uint32_t *v = map_put(ix->paths, atoms->path.p[i].path, &fresh);

		if (fresh)
			*v = n++;
		VEC_PUSH(&all, ((struct pair){ *v, atoms->path.p[i].chan }));
		VEC_PUSH(&back, ((struct pair){ atoms->path.p[i].chan, i }));
	}
	ix->path_chans = lists_from_pairs(&all, n);
	ix->chan_paths = lists_from_pairs(&back, ix->n_chan);
	VEC_FINI(&all);
	VEC_FINI(&back);
}

enum err
index_new(const struct ruleset *rs, struct index **ret, struct diag *why)
{
	struct index *ix = MEM_NEW(struct index);
	enum err err = OK;

	ix->n_chan = rs->atoms.chan.n;
	ix->chan = mem_zalloc((ix->n_chan + 1) * sizeof(*ix->chan));
	for (uint32_t i = 0; i < ix->n_chan && err == OK; i++)
		err = build_chan(&ix->chan[i], &rs->atoms, i, why);
	if (err != OK) {
		index_free(ix);
		return err;
	}
	build_wakes(ix, rs);
	build_paths(ix, &rs->atoms);
	*ret = ix;
	return OK;
}

static void
lists_fini(struct lists *l)
{
	free(l->at);
	free(l->item);
}

void
index_free(struct index *ix)
{
	if (ix == NULL)
		return;
	for (size_t i = 0; i < ix->n_chan; i++) {
		hs_free_database(ix->chan[i].literals);
		hs_free_database(ix->chan[i].regexes);
		lists_fini(&ix->chan[i].literal_atoms);
		lists_fini(&ix->chan[i].exact_atoms);
		free(ix->chan[i].exact);
	}
	free(ix->chan);
	lists_fini(&ix->wakes);
	lists_fini(&ix->path_chans);
	lists_fini(&ix->chan_paths);
	map_free(ix->paths);
	free(ix->always);
	free(ix);
}

struct index_scratch *
index_scratch_new(const struct index *ix)
{
	struct index_scratch *s = MEM_NEW(struct index_scratch);

	for (size_t i = 0; i < ix->n_chan; i++) {
		if (ix->chan[i].literals != NULL &&
		    hs_alloc_scratch(ix->chan[i].literals, &s->hs) != HS_SUCCESS)
			abort();
		if (ix->chan[i].regexes != NULL &&
		    hs_alloc_scratch(ix->chan[i].regexes, &s->hs) != HS_SUCCESS)
			abort();
	}
	return s;
}

void
index_scratch_free(struct index_scratch *s)
{
	if (s == NULL)
		return;
	hs_free_scratch(s->hs);
	free(s);
}

struct scan {
	const struct chan_index *ci;
	index_found_fn found;
	void *ctx;
};

static void
found_list(const struct scan *s, const struct lists *l, uint32_t list)
{
	for (uint32_t i = l->at[list]; i < l->at[list + 1]; i++)
		s->found(s->ctx, l->item[i]);
}

static int
on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	const struct scan *s = ctx;

	(void)from, (void)to, (void)flags;
	found_list(s, &s->ci->literal_atoms, id);
	return 0;
}

static int
on_regex(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	const struct scan *s = ctx;

	(void)from, (void)to, (void)flags;
	s->found(s->ctx, id);
	return 0;
}

static void
scan_exact(const struct scan *s, struct str text)
{
	const struct chan_index *ci = s->ci;
	uint64_t h;

	if (((ci->exact_lengths >> (text.n < 63 ? text.n : 63)) & 1) == 0)
		return;
	h = hash_folded(text);
	for (size_t at = h & (ci->exact_size - 1); ci->exact[at].used;
	     at = (at + 1) & (ci->exact_size - 1))
		if (ci->exact[at].hash == h && str_eq_nocase(ci->exact[at].key, text))
			found_list(s, &ci->exact_atoms, ci->exact[at].list);
}

void
index_scan(const struct index *ix, uint32_t chan, struct str text, struct index_scratch *sc,
    index_found_fn found, void *ctx)
{
	const struct chan_index *ci = &ix->chan[chan];
	struct scan s = { ci, found, ctx };
	unsigned n = (unsigned)(text.n < SCAN_MAX ? text.n : SCAN_MAX);
	hs_error_t rc = HS_SUCCESS;

	if (ci->exact != NULL)
		scan_exact(&s, text);
	if (ci->literals != NULL && text.n >= ci->literal_min)
		rc = hs_scan(ci->literals, text.p, n, 0, sc->hs, on_literal, &s);
	if (rc == HS_SUCCESS && ci->regexes != NULL)
		rc = hs_scan(ci->regexes, text.p != NULL ? text.p : "", n, 0, sc->hs, on_regex, &s);
	assert(rc == HS_SUCCESS);
}

bool
index_has_chan(const struct index *ix, uint32_t chan)
{
	return ix->chan[chan].any;
}

const uint32_t *
index_wakes(const struct index *ix, uint32_t atom, size_t *ret_n)
{
	*ret_n = ix->wakes.at[atom + 1] - ix->wakes.at[atom];
	return ix->wakes.item + ix->wakes.at[atom];
}

bool
index_is_always(const struct index *ix, uint32_t rule)
{
	return ix->always[rule];
}

bool
index_path_chan(const struct index *ix, struct str path, uint32_t *it, uint32_t *ret_chan)
{
	const uint32_t *v = map_get(ix->paths, path);

	if (v == NULL || ix->path_chans.at[*v] + *it >= ix->path_chans.at[*v + 1])
		return false;
	*ret_chan = ix->path_chans.item[ix->path_chans.at[*v] + (*it)++];
	return true;
}

bool
index_chan_path(const struct index *ix, uint32_t chan, uint32_t *it, struct str *ret_path)
{
	if (ix->chan_paths.at[chan] + *it >= ix->chan_paths.at[chan + 1])
		return false;
	*ret_path = ix->path[ix->chan_paths.item[ix->chan_paths.at[chan] + (*it)++]].path;
	return true;
}

bool
index_has_paths(const struct index *ix)
{
	return map_len(ix->paths) > 0;
}
