/* Open addressing by up to eight bytes at the place the key stands. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ends.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detect/fold.h"

#define BITS_PER_SLOT 16

/* Keys are found by so many of their bytes. */
enum width { WIDTH_1, WIDTH_2, WIDTH_4, WIDTH_8, WIDTHS };

struct slot {
	uint64_t word;
	struct str key;
	uint32_t id;
	uint8_t kind; /* 0: free */
};

struct ends {
	size_t mask;    /* slots: a power of two, at least twice the keys */
	uint64_t *bits; /* BITS_PER_SLOT for each slot: most probes end there */
	bool has[3][WIDTHS];
	uint64_t whole_lengths; /* bit min(length, 63) */
	struct slot slot[];
};

static const size_t width_bytes[WIDTHS] = { 1, 2, 4, 8 };

static inline uint64_t
load(const char *p, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, p, n);
	return fold_ascii8(word);
}

/* The same but for case?  `b` is in lower case, both have n bytes. */
static bool
same(const char *a, const char *b, size_t n)
{
	uint64_t x, y;

	for (; n >= 8; n -= 8, a += 8, b += 8) {
		memcpy(&x, a, sizeof(x));
		memcpy(&y, b, sizeof(y));
		if (fold_ascii8(x) != y)
			return false;
	}
	for (; n > 0; n--, a++, b++)
		if (fold_ascii((unsigned char)*a) != (unsigned char)*b)
			return false;
	return true;
}

static inline uint8_t
kind_of(enum ends_where where, enum width width)
{
	return (uint8_t)(1 + (unsigned)where * WIDTHS + (unsigned)width);
}

static inline size_t
hash(uint64_t word, uint8_t kind)
{
	uint64_t h = (word ^ kind) * 0x9e3779b97f4a7c15U;

	return (size_t)(h ^ h >> 32);
}

static inline uint64_t
bit_of(const struct ends *e, size_t hash)
{
	return hash & (BITS_PER_SLOT * (e->mask + 1) - 1);
}

/* Of a whole text the ends count, and its length. */
static uint64_t
whole_word(struct str s)
{
	uint64_t word = s.n * 0x9fb21c651e98df25U;

	if (s.n >= 8)
		return word ^ load(s.p, 8) * 31 ^ load(s.p + s.n - 8, 8);
	return s.n > 0 ? word ^ load(s.p, s.n) : word;
}

struct ends *
ends_new(size_t n)
{
	size_t size = 4;
	struct ends *e;

	while (size < 2 * n)
		size *= 2;
	e = mem_zalloc(sizeof(*e) + size * sizeof(e->slot[0]));
	e->mask = size - 1;
	e->bits = mem_zalloc((size * BITS_PER_SLOT + 63) / 64 * sizeof(*e->bits));
	return e;
}

void
ends_free(struct ends *e)
{
	if (e != NULL)
		free(e->bits);
	free(e);
}

static enum width
width_of(size_t n)
{
	return n >= 8 ? WIDTH_8 : n >= 4 ? WIDTH_4 : n >= 2 ? WIDTH_2 : WIDTH_1;
}

void
ends_add(struct ends *e, enum ends_where where, struct str key, uint32_t id)
{
	enum width width = where == ENDS_WHOLE ? WIDTH_8 : width_of(key.n);
	size_t n = width_bytes[width], at, h;
	uint8_t kind = kind_of(where, width);
	uint64_t word;

	if (where == ENDS_WHOLE)
		word = whole_word(key);
	else
		word = load(where == ENDS_HEAD ? key.p : key.p + key.n - n, n);
	e->has[where][width] = true;
	if (where == ENDS_WHOLE)
		e->whole_lengths |= (uint64_t)1 << (key.n < 63 ? key.n : 63);
	h = hash(word, kind);
	e->bits[bit_of(e, h) / 64] |= (uint64_t)1 << (bit_of(e, h) % 64);
	for (at = h & e->mask; e->slot[at].kind != 0;)
		at = (at + 1) & e->mask;
	e->slot[at] = (struct slot){ word, key, id, kind };
}

struct probe {
	const struct ends *e;
	struct str text;
	ends_found_fn found;
	void *ctx;
};

static void
probe(const struct probe *p, enum ends_where where, enum width width, uint64_t word)
{
	const struct ends *e = p->e;
	uint8_t kind = kind_of(where, width);
	size_t h = hash(word, kind);

	if (((e->bits[bit_of(e, h) / 64] >> (bit_of(e, h) % 64)) & 1) == 0)
		return;
	for (size_t at = h & e->mask; e->slot[at].kind != 0; at = (at + 1) & e->mask) {
		const struct slot *s = &e->slot[at];
		size_t from = where == ENDS_TAIL ? p->text.n - s->key.n : 0;

		if (s->word != word || s->kind != kind || s->key.n > p->text.n ||
		    (where == ENDS_WHOLE && s->key.n != p->text.n))
			continue;
		if (s->key.n == 0 || same(p->text.p + from, s->key.p, s->key.n))
			p->found(p->ctx, s->id);
	}
}

void
ends_scan(const struct ends *e, struct str text, ends_found_fn found, void *ctx)
{
	const struct probe p = { e, text, found, ctx };

	if (((e->whole_lengths >> (text.n < 63 ? text.n : 63)) & 1) != 0)
		probe(&p, ENDS_WHOLE, WIDTH_8, whole_word(text));
	for (unsigned i = 0; i < WIDTHS && width_bytes[i] <= text.n; i++) {
		size_t n = width_bytes[i];

		if (e->has[ENDS_HEAD][i])
			probe(&p, ENDS_HEAD, (enum width)i, load(text.p, n));
		if (e->has[ENDS_TAIL][i])
			probe(&p, ENDS_TAIL, (enum width)i, load(text.p + text.n - n, n));
	}
}
