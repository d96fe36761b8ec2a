/* Equal keys are one thing to look for. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/finder.h"

#include <hs.h>

#include "detect/fold.h"

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

static void
build_literals(struct finder *f, struct keys *k)
{
	struct str *text;
	size_t n = 0;

	if (k->n == 0)
		return;
	f->literal_atoms = number_keys(k);
	f->literal_min = SIZE_MAX;
	text = mem_alloc(k->different * sizeof(*text));
	for (size_t i = 0; i < k->n; i++) {
		if (is_again(k, i))
			continue;
		text[n++] = k->key[i].text;
		if (k->key[i].text.n < f->literal_min)
			f->literal_min = k->key[i].text.n;
	}
	f->literals = grams_new(text, n);
	free(text);
}

static enum err
compile_regexes(struct finder *f, const struct keys *k, struct diag *why)
{
	const char **text;
	unsigned *flags, *id;
	hs_compile_error_t *e = NULL;
	enum err err = OK;

	if (k->n == 0)
		return OK;
	text = mem_alloc(k->n * sizeof(*text));
	flags = mem_alloc(k->n * sizeof(*flags));
	id = mem_alloc(k->n * sizeof(*id));
	for (size_t i = 0; i < k->n; i++) {
		text[i] = k->key[i].text.p;
		flags[i] = k->key[i].flags;
		id[i] = k->key[i].atom;
	}
	if (hs_compile_multi(text, flags, id, (unsigned)k->n, HS_MODE_BLOCK, NULL, &f->regexes,
		&e) != HS_SUCCESS)
		err = err_set(why, FAIL_LIMIT, "the patterns of the rules do not compile: %s",
		    e != NULL ? e->message : "out of memory");
	hs_free_compile_error(e);
	free((void *)text);
	free(flags);
	free(id);
	return err;
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

	*f = (struct finder){ 0 };
	build_ends(f, &ends);
	build_literals(f, &literals);
	return compile_regexes(f, &regexes, why);
}

void
finder_fini(struct finder *f)
{
	hs_free_database(f->regexes);
	grams_free(f->literals);
	ends_free(f->ends);
	lists_fini(&f->literal_atoms);
	lists_fini(&f->end_atoms);
}

void
finder_reserve(const struct finder *f, struct finder_scratch *scratch)
{
	if (f->regexes != NULL)
		finder_reserve_regex(f->regexes, scratch);
}

void
finder_reserve_regex(const struct hs_database *regex, struct finder_scratch *s)
{
	if (hs_alloc_scratch(regex, &s->hs) != HS_SUCCESS)
		abort();
}

void
finder_scratch_fini(struct finder_scratch *scratch)
{
	hs_free_scratch(scratch->hs);
	buf_fini(&scratch->folded);
	*scratch = (struct finder_scratch){ 0 };
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
on_regex(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	const struct scan *s = ctx;

	(void)from, (void)to, (void)flags;
	s->found(s->ctx, id);
	return 0;
}

static void
run(const struct hs_database *regex, struct str text, struct finder_scratch *scratch,
    match_event_handler found, void *ctx)
{
	unsigned n = (unsigned)(text.n < SCAN_MAX ? text.n : SCAN_MAX);

	if (hs_scan(regex, n > 0 ? text.p : "", n, 0, scratch->hs, found, ctx) != HS_SUCCESS)
		abort();
}

/* A copy in lower case with GRAMS_PAD bytes behind it; false when it is too long. */
static bool
fold(struct str text, struct buf *to, bool *ret_ascii)
{
	uint64_t word, all = 0;
	char *p;

	buf_reset(to);
	p = buf_room(to, text.n + sizeof(word) + GRAMS_PAD);
	if (p == NULL)
		return false;
	for (size_t i = 0; i < text.n; i += sizeof(word)) {
		word = 0;
		memcpy(&word, text.p + i, text.n - i < sizeof(word) ? text.n - i : sizeof(word));
		all |= word;
		word = fold_ascii8(word);
		memcpy(p + i, &word, sizeof(word));
	}
	memset(p + text.n, 0, GRAMS_PAD);
	buf_added(to, text.n);
	*ret_ascii = (all & 0x8080808080808080U) == 0;
	return true;
}

void
finder_scan(const struct finder *f, struct str text, struct finder_scratch *scratch,
    finder_found_fn found, void *ctx)
{
	struct scan s = { &f->end_atoms, found, ctx };
	bool ascii;

	if (f->ends != NULL)
		ends_scan(f->ends, text, on_key, &s);
	s.atoms = &f->literal_atoms;
	if (f->literals != NULL && text.n >= f->literal_min && fold(text, &scratch->folded, &ascii))
		grams_scan(f->literals, buf_view(&scratch->folded), ascii, on_key, &s);
	if (f->regexes != NULL)
		run(f->regexes, text, scratch, on_regex, &s);
}

static int
on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	(void)id, (void)from, (void)to, (void)flags;
	*(bool *)ctx = true;
	return 0;
}

bool
finder_regex_holds(const struct hs_database *regex, struct str text, struct finder_scratch *s)
{
	bool yes = false;

	run(regex, text, s, on_match, &yes);
	return yes;
}
