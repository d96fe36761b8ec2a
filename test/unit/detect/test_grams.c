/* Every place of every key, as a plain search finds them, on random keys and texts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/grams.h"

#include "random.h"
#include "test.h"

#define KEYS 200
#define KEY_MAX 24
#define TEXT_MAX 200

struct seen {
	unsigned n[KEYS];
};

static void
count(void *ctx, uint32_t id)
{
	struct seen *s = ctx;

	s->n[id]++;
}

static unsigned
places(struct str text, struct str key)
{
	unsigned n = 0;

	for (size_t at = 0; at + key.n <= text.n; at++)
		n += memcmp(text.p + at, key.p, key.n) == 0;
	return n;
}

/* Letters are few, so that keys are in one another; one set has bytes beyond ASCII. */
static size_t
fill(uint64_t *r, char *to, size_t max, size_t min, bool wide)
{
	static const char letters[] = "ab\\.", wides[] = "ab\xc3\xa4\xf0\x9f";
	size_t n = min + random_below(r, max - min);

	for (size_t i = 0; i < n; i++)
		to[i] = wide ? wides[random_below(r, sizeof(wides) - 1)]
			     : letters[random_below(r, sizeof(letters) - 1)];
	return n;
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static void
compare(uint64_t *r, const struct grams *g, const struct str *keys, size_t n)
{
	char bytes[TEXT_MAX + GRAMS_PAD];

	for (unsigned i = 0; i < 100; i++) {
		struct str text = { bytes, fill(r, bytes, TEXT_MAX, 0, i % 2 == 0) }, key;
		struct seen seen = { { 0 } };

		key = keys[random_below(r, n)];
		if (key.n <= text.n)
			memcpy(bytes + random_below(r, text.n - key.n + 1), key.p, key.n);
		/* What stands behind the text is not part of it. */
		memcpy(bytes + text.n, keys[0].p, keys[0].n < GRAMS_PAD ? keys[0].n : GRAMS_PAD);
		grams_scan(g, text, is_ascii(text), count, &seen);
		for (size_t k = 0; k < n; k++)
			if (seen.n[k] != places(text, keys[k]))
				test_fail(TEST_AT(grams_scan), "'%.*s' in '%.*s': %u times",
				    STR_ARG(keys[k]), STR_ARG(text), seen.n[k]);
	}
}

TEST(found_as_searched)
{
	static char bytes[KEYS][KEY_MAX];
	uint64_t r = random_start(test_seed());
	struct str keys[KEYS];

	for (unsigned round = 0; round < test_rounds(60); round++) {
		size_t n = 1 + random_below(&r, KEYS);
		struct grams *g;

		for (size_t i = 0; i < n; i++) {
			bool wide = random_below(&r, 3) == 0;

			keys[i] = (struct str){ bytes[i], fill(&r, bytes[i], KEY_MAX, 1, wide) };
		}
		g = grams_new(keys, n);
		compare(&r, g, keys, n);
		grams_free(g);
	}
}
