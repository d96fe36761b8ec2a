/* One bitmap and one table of runs for each kind of keys; places are hashed one after the other.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/grams.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BITS_PER_KEY 32
#define BUCKET_BITS 3 /* so many more places for bits than buckets */
#define BITS_MIN 9U
#define BITS_MAX 21U

/* Keys by length and whether they have bytes beyond ASCII, which most texts do not have. */
enum kind { ONE, TWO, FOUR, EIGHT, WIDE_TWO, WIDE_FOUR, KINDS };
static const size_t kind_width[KINDS] = { 1, 2, 4, 8, 2, 4 };

struct entry {
	uint64_t gram;
	const char *key;
	uint32_t n, before; /* length; bytes of the key before the gram */
	uint32_t id;
};

struct table {
	uint64_t *bits;
	uint32_t *at; /* entries of bucket b stand at at[b] .. at[b + 1] */
	struct entry *entry;
	unsigned shift; /* of a hash, to the number of its bit */
	unsigned bucket_shift;
};

struct grams {
	struct table table[KINDS];
};

static inline uint64_t
load(const char *p, size_t width)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return width == 8 ? word : word & (((uint64_t)1 << (8 * width & 63)) - 1);
}

static inline uint64_t
hash(uint64_t gram)
{
	return gram * 0x9e3779b97f4a7c15U;
}

static inline bool
bit_get(const uint64_t *bits, uint64_t i)
{
	return (bits[i / 64] >> (i % 64)) & 1;
}

static enum kind
kind_of(struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if ((unsigned char)key.p[i] >= 0x80)
			return key.n >= 4 ? WIDE_FOUR : key.n >= 2 ? WIDE_TWO : ONE;
	return key.n >= 8 ? EIGHT : key.n >= 4 ? FOUR : key.n >= 2 ? TWO : ONE;
}

/* While a kind is built: how often a gram is in keys, by a part of its hash. */
struct counts {
	uint32_t *in_keys, *chosen;
	unsigned shift;
};

static uint64_t
gram_at(struct str key, size_t at, size_t width)
{
	char bytes[8] = { 0 };

	memcpy(bytes, key.p + at, width);
	return load(bytes, width);
}

static void
count(struct counts *c, struct str key, size_t width)
{
	for (size_t at = 0; at + width <= key.n; at++)
		c->in_keys[hash(gram_at(key, at, width)) >> c->shift]++;
}

/* The place of the gram that is in the fewest keys, and stands for the fewest. */
static size_t
choose(struct counts *c, struct str key, size_t width)
{
	size_t best = 0, best_at = SIZE_MAX;

	for (size_t at = 0; at + width <= key.n; at++) {
		uint64_t h = hash(gram_at(key, at, width)) >> c->shift;
		size_t many = c->in_keys[h] + 4 * (size_t)c->chosen[h];

		if (best_at == SIZE_MAX || many < best) {
			best = many;
			best_at = at;
		}
	}
	c->chosen[hash(gram_at(key, best_at, width)) >> c->shift]++;
	return best_at;
}

static unsigned
bits_for(size_t n)
{
	unsigned bits = BITS_MIN;

	while (bits < BITS_MAX && ((size_t)1 << bits) < BITS_PER_KEY * n)
		bits++;
	return bits;
}

/* The keys of one kind, and how many. */
struct part {
	const struct str *key;
	const uint8_t *kind; /* by key */
	size_t n, n_kind;
};

static void
put_entry(struct table *t, struct entry *to, const struct entry *e)
{
	uint64_t h = hash(e->gram);

	*to = *e;
	t->bits[(h >> t->shift) / 64] |= (uint64_t)1 << ((h >> t->shift) % 64);
	t->at[(h >> t->bucket_shift) + 2]++;
}

/* Entries, in the order of their buckets. */
static void
sort(struct table *t, const struct entry *e, size_t n, size_t buckets)
{
	for (size_t b = 2; b < buckets + 2; b++)
		t->at[b] += t->at[b - 1];
	for (size_t i = 0; i < n; i++)
		t->entry[t->at[(hash(e[i].gram) >> t->bucket_shift) + 1]++] = e[i];
}

static void
build(struct table *t, enum kind kind, const struct part *p)
{
	size_t width = kind_width[kind], k = 0, buckets;
	unsigned bits = bits_for(p->n_kind);
	struct counts c = { .shift = 64 - bits };
	struct entry *e = mem_alloc(p->n_kind * sizeof(*e));

	t->shift = 64 - bits;
	t->bucket_shift = t->shift + BUCKET_BITS;
	buckets = (size_t)1 << (bits - BUCKET_BITS);
	t->bits = mem_zalloc(((size_t)1 << bits) / 8);
	t->at = mem_zalloc((buckets + 2) * sizeof(*t->at));
	t->entry = mem_alloc(p->n_kind * sizeof(*t->entry));
	c.in_keys = mem_zalloc(sizeof(uint32_t) << bits);
	c.chosen = mem_zalloc(sizeof(uint32_t) << bits);
	for (size_t i = 0; i < p->n; i++)
		if (p->kind[i] == kind)
			count(&c, p->key[i], width);
	for (uint32_t i = 0; i < p->n; i++) {
		struct str key = p->key[i];
		size_t at;

		if (p->kind[i] != kind)
			continue;
		at = choose(&c, key, width);
		put_entry(t, &e[k++],
		    &(struct entry){
			gram_at(key, at, width), key.p, (uint32_t)key.n, (uint32_t)at, i });
	}
	sort(t, e, k, buckets);
	free(e);
	free(c.in_keys);
	free(c.chosen);
}

struct grams *
grams_new(const struct str *key, size_t n)
{
	struct grams *g = MEM_NEW(struct grams);
	uint8_t *kinds = mem_alloc(n + 1);
	size_t of[KINDS] = { 0 };

	for (size_t i = 0; i < n; i++) {
		kinds[i] = (uint8_t)kind_of(key[i]);
		of[kinds[i]]++;
	}
	/* One pass over a text is better than two. */
	for (size_t i = 0; i < n && of[FOUR] > 0 && of[EIGHT] > 0; i++)
		if (kinds[i] == EIGHT)
			kinds[i] = FOUR;
	if (of[FOUR] > 0) {
		of[FOUR] += of[EIGHT];
		of[EIGHT] = 0;
	}
	for (int kind = 0; kind < KINDS; kind++)
		if (of[kind] > 0)
			build(&g->table[kind], (enum kind)kind,
			    &(struct part){ key, kinds, n, of[kind] });
	free(kinds);
	return g;
}

void
grams_free(struct grams *g)
{
	if (g == NULL)
		return;
	for (int kind = 0; kind < KINDS; kind++) {
		free(g->table[kind].bits);
		free(g->table[kind].at);
		free(g->table[kind].entry);
	}
	free(g);
}

struct scan {
	struct str text;
	grams_found_fn found;
	void *ctx;
};

/* The bitmap has the gram at this place: which keys are there? */
static __attribute__((noinline)) void
look(const struct scan *s, const struct table *t, size_t at, uint64_t gram)
{
	uint64_t b = hash(gram) >> t->bucket_shift;

	for (uint32_t i = t->at[b]; i < t->at[b + 1]; i++) {
		const struct entry *e = &t->entry[i];

		if (e->gram != gram || e->before > at || e->n > s->text.n - (at - e->before))
			continue;
		if (memcmp(s->text.p + at - e->before, e->key, e->n) == 0)
			s->found(s->ctx, e->id);
	}
}

static inline __attribute__((always_inline)) void
scan_kind(const struct scan *s, const struct table *t, size_t width)
{
	const uint64_t *bits = t->bits;
	const unsigned shift = t->shift;

	for (size_t at = 0; at + width <= s->text.n; at++) {
		uint64_t gram = load(s->text.p + at, width);

		if (UNLIKELY(bit_get(bits, hash(gram) >> shift)))
			look(s, t, at, gram);
	}
}

void
grams_scan(const struct grams *g, struct str text, bool ascii, grams_found_fn found, void *ctx)
{
	const struct scan s = { text, found, ctx };
	const struct table *t = g->table;

	if (t[EIGHT].bits != NULL)
		scan_kind(&s, &t[EIGHT], 8);
	if (t[FOUR].bits != NULL)
		scan_kind(&s, &t[FOUR], 4);
	if (t[TWO].bits != NULL)
		scan_kind(&s, &t[TWO], 2);
	if (t[ONE].bits != NULL)
		scan_kind(&s, &t[ONE], 1);
	if (!ascii && t[WIDE_TWO].bits != NULL)
		scan_kind(&s, &t[WIDE_TWO], 2);
	if (!ascii && t[WIDE_FOUR].bits != NULL)
		scan_kind(&s, &t[WIDE_FOUR], 4);
}
