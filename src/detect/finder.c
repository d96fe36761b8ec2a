/* Vectorscan databases and tables of ends: equal keys are one thing to look for. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/finder.h"

#include <assert.h>
#include <hs.h>

#define SCAN_MAX ((size_t)1 << 30)

/* Keys of one way to be found, or several; list i are the atoms of the i-th different one. */
struct keys {
	const struct finder_key *key;
	size_t n, different;
};

void
finder_add(finder_keys *to, const struct atom *a, uint32_t number)
{
	struct finder_key key = { a->key, a->chan, number, a->find, a->flags };

	VEC_PUSH(to, key);
	key.text = a->other;
	if (a->other.n > 0)
		VEC_PUSH(to, key);
}

static int
by_place(const void *a, const void *b)
{
	const struct finder_key *x = a, *y = b;
	int c;

	if (x->chan != y->chan)
		return x->chan < y->chan ? -1 : 1;
	if (x->find != y->find)
		return x->find < y->find ? -1 : 1;
	c = str_cmp(x->text, y->text);
	return c != 0 ? c : x->atom < y->atom ? -1 : x->atom > y->atom;
}

void
finder_sort(finder_keys *keys)
{
	if (keys->n > 0)
		qsort(keys->p, keys->n, sizeof(*keys->p), by_place);
}

static bool
is_again(const struct keys *k, size_t i)
{
	return i > 0 && k->key[i].find == k->key[i - 1].find &&
	       str_eq(k->key[i].text, k->key[i - 1].text);
}

static struct lists
number_keys(struct keys *k)
{
	lists_pairs pairs = { 0 };
	struct lists l;

	for (size_t i = 0; i < k->n; i++) {
		k->different += !is_again(k, i);
		VEC_PUSH(&pairs,
		    ((struct lists_pair){ (uint32_t)k->different - 1, k->key[i].atom }));
	}
	l = lists_new(&pairs, k->different);
	VEC_FINI(&pairs);
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
	size_t *len, n;
	unsigned *flags, *id;
};

static void
columns_init(struct columns *c, size_t n)
{
	c->text = mem_alloc((n + 1) * sizeof(*c->text));
	c->len = mem_alloc((n + 1) * sizeof(*c->len));
	c->flags = mem_alloc((n + 1) * sizeof(*c->flags));
	c->id = mem_alloc((n + 1) * sizeof(*c->id));
	c->n = 0;
}

static void
columns_fini(struct columns *c)
{
	free((void *)c->text);
	free(c->len);
	free(c->flags);
	free(c->id);
}

static void
columns_add(struct columns *c, struct str text, unsigned flags, uint32_t id)
{
	c->text[c->n] = text.p;
	c->len[c->n] = text.n;
	c->flags[c->n] = flags;
	c->id[c->n++] = id;
}

static enum err
compile_literals(struct finder *f, struct keys *k, struct diag *why)
{
	struct columns c;
	hs_compile_error_t *e = NULL;
	hs_error_t rc;

	if (k->n == 0)
		return OK;
	f->literal_atoms = number_keys(k);
	f->literal_min = SIZE_MAX;
	columns_init(&c, k->different);
	for (size_t i = 0; i < k->n; i++) {
		struct str key = k->key[i].text;

		if (is_again(k, i))
			continue;
		columns_add(&c, key, HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH, (uint32_t)c.n);
		f->literal_min = key.n < f->literal_min ? key.n : f->literal_min;
	}
	rc = hs_compile_lit_multi(c.text, c.flags, c.id, c.len, (unsigned)c.n, HS_MODE_BLOCK, NULL,
	    &f->literals, &e);
	columns_fini(&c);
	return rc == HS_SUCCESS ? OK : compile_failed(e, why);
}

static enum err
compile_regexes(struct finder *f, const struct keys *k, struct diag *why)
{
	struct columns c;
	hs_compile_error_t *e = NULL;
	hs_error_t rc;

	if (k->n == 0)
		return OK;
	columns_init(&c, k->n);
	for (size_t i = 0; i < k->n; i++)
		columns_add(&c, k->key[i].text, k->key[i].flags, k->key[i].atom);
	rc = hs_compile_multi(c.text, c.flags, c.id, (unsigned)c.n, HS_MODE_BLOCK, NULL,
	    &f->regexes, &e);
	columns_fini(&c);
	return rc == HS_SUCCESS ? OK : compile_failed(e, why);
}

static void
build_ends(struct finder *f, struct keys *k)
{
	uint32_t id = 0;

	if (k->n == 0)
		return;
	f->end_atoms = number_keys(k);
	f->ends = ends_new(k->different);
	for (size_t i = 0; i < k->n; i++) {
		const struct finder_key *key = &k->key[i];
		enum ends_where where = key->find == FIND_EXACT  ? ENDS_WHOLE
					: key->find == FIND_HEAD ? ENDS_HEAD
								 : ENDS_TAIL;

		if (!is_again(k, i))
			ends_add(f->ends, where, key->text, id++);
	}
}

/* Those from `first` to `last`, which stand together. */
static struct keys
keys_of(const struct keys *all, enum atom_find first, enum atom_find last)
{
	struct keys k = { .key = all->key };
	size_t n = all->n;

	for (; n > 0 && k.key->find < first; n--)
		k.key++;
	while (k.n < n && k.key[k.n].find <= last)
		k.n++;
	return k;
}

enum err
finder_init(struct finder *f, const struct finder_key *key, size_t n, struct diag *why)
{
	const struct keys all = { .key = key, .n = n };
	struct keys ends = keys_of(&all, FIND_EXACT, FIND_TAIL),
		    literals = keys_of(&all, FIND_LITERAL, FIND_LITERAL),
		    regexes = keys_of(&all, FIND_REGEX, FIND_REGEX);
	enum err err;

	*f = (struct finder){ 0 };
	build_ends(f, &ends);
	err = compile_literals(f, &literals, why);
	return err == OK ? compile_regexes(f, &regexes, why) : err;
}

void
finder_fini(struct finder *f)
{
	hs_free_database(f->literals);
	hs_free_database(f->regexes);
	ends_free(f->ends);
	lists_fini(&f->literal_atoms);
	lists_fini(&f->end_atoms);
}

void
finder_reserve(const struct finder *f, struct hs_scratch **scratch)
{
	if (f->literals != NULL && hs_alloc_scratch(f->literals, scratch) != HS_SUCCESS)
		abort();
	if (f->regexes != NULL && hs_alloc_scratch(f->regexes, scratch) != HS_SUCCESS)
		abort();
}

struct scan {
	const struct lists *atoms;
	finder_found_fn found;
	void *ctx;
};

static void
on_key(void *ctx, uint32_t key)
{
	const struct scan *s = ctx;
	size_t n;
	const uint32_t *atom = lists_get(s->atoms, key, &n);

	for (size_t i = 0; i < n; i++)
		s->found(s->ctx, atom[i]);
}

static int
on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	(void)from, (void)to, (void)flags;
	on_key(ctx, id);
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

void
finder_scan(const struct finder *f, struct str text, struct hs_scratch *scratch,
    finder_found_fn found, void *ctx)
{
	unsigned n = (unsigned)(text.n < SCAN_MAX ? text.n : SCAN_MAX);
	struct scan s = { &f->end_atoms, found, ctx };
	hs_error_t rc = HS_SUCCESS;

	if (f->ends != NULL)
		ends_scan(f->ends, text, on_key, &s);
	s.atoms = &f->literal_atoms;
	if (f->literals != NULL && text.n >= f->literal_min)
		rc = hs_scan(f->literals, text.p, n, 0, scratch, on_literal, &s);
	if (rc == HS_SUCCESS && f->regexes != NULL)
		rc = hs_scan(f->regexes, text.p != NULL ? text.p : "", n, 0, scratch, on_regex, &s);
	assert(rc == HS_SUCCESS);
}
