/* Ends and whole texts against plain comparison, on random keys and texts of few letters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ends.h"

#include "base/mem.h"
#include "random.h"
#include "test.h"

#define KEYS 60
#define KEY_MAX 20
#define TEXTS 300

struct key {
	enum ends_where where;
	char text[KEY_MAX];
	struct str s;
};

struct seen {
	unsigned n[KEYS];
};

static void
count(void *ctx, uint32_t id)
{
	struct seen *s = ctx;

	s->n[id]++;
}

static bool
holds(const struct key *k, struct str text)
{
	struct str part = text;

	if (k->s.n > text.n || (k->where == ENDS_WHOLE && k->s.n != text.n))
		return false;
	part.n = k->s.n;
	if (k->where == ENDS_TAIL)
		part.p = text.p + text.n - k->s.n;
	return str_eq_nocase(part, k->s);
}

static struct str
random_text(uint64_t *r, char *to, const char *letters, size_t n_letters, size_t min)
{
	size_t n = min + random_below(r, KEY_MAX - min);

	for (size_t i = 0; i < n; i++)
		to[i] = letters[random_below(r, n_letters)];
	return (struct str){ to, n };
}

static bool
is_there(const struct key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (keys[i].where == keys[n].where && str_eq(keys[i].s, keys[n].s))
			return true;
	return false;
}

static void
compare(uint64_t *r, const struct ends *e, const struct key *keys)
{
	static const char letters[] = "aAbB\xc3\x84@[";
	char bytes[3 * KEY_MAX];

	for (unsigned i = 0; i < TEXTS; i++) {
		const struct key *a = &keys[random_below(r, KEYS)];
		struct str text = random_text(r, bytes, letters, sizeof(letters) - 1, 0);
		struct seen seen = { { 0 } };

		/* Every other one has a key at an end, or is it. */
		if (i % 2 == 0) {
			memmove(bytes + a->s.n, bytes, text.n);
			memcpy(bytes, a->s.p, a->s.n);
			text.n += a->s.n;
		}
		if (i % 4 == 0)
			text = a->s;
		ends_scan(e, text, count, &seen);
		for (size_t k = 0; k < KEYS; k++)
			if (seen.n[k] != holds(&keys[k], text))
				test_fail(TEST_AT(ends_scan), "'%.*s' and '%.*s' (%d): %u times",
				    STR_ARG(keys[k].s), STR_ARG(text), (int)keys[k].where,
				    seen.n[k]);
	}
}

TEST(found_as_compared)
{
	static const char letters[] = "ab\xc3\xa4@[";
	uint64_t r = random_start(test_seed());
	static struct key keys[KEYS];

	for (unsigned round = 0; round < test_rounds(40); round++) {
		struct ends *e = ends_new(KEYS);

		for (size_t i = 0; i < KEYS; i++) {
			keys[i].where = (enum ends_where)random_below(&r, 3);
			do {
				keys[i].s = random_text(&r, keys[i].text, letters,
				    sizeof(letters) - 1, keys[i].where == ENDS_WHOLE ? 0 : 1);
			} while (is_there(keys, i));
			ends_add(e, keys[i].where, keys[i].s, (uint32_t)i);
		}
		compare(&r, e, keys);
		ends_free(e);
	}
}

TEST(empty)
{
	struct ends *e = ends_new(1);
	struct seen seen = { { 0 } };

	ends_scan(e, (struct str){ NULL, 0 }, count, &seen);
	CHECK_INT(seen.n[0], 0);
	ends_add(e, ENDS_WHOLE, STR(""), 0);
	ends_scan(e, (struct str){ NULL, 0 }, count, &seen);
	CHECK_INT(seen.n[0], 1);
	ends_scan(e, STR("x"), count, &seen);
	CHECK_INT(seen.n[0], 1);
	ends_free(e);
}
