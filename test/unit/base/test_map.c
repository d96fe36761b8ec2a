/* Hash map against a plain array. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include "random.h"
#include "test.h"

#define KEYS 300U

static struct str
key_of(unsigned i, char text[16])
{
	(void)snprintf(text, 16, "k%u", i);
	return i == 0 ? STR("") : str_c(text);
}

TEST(agrees_with_an_array)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(20); round++) {
		struct map *m = map_new(sizeof(uint64_t), KEYS);
		uint64_t want[KEYS] = { 0 }; /* 0: absent */
		size_t n = 0;

		for (unsigned step = 0; step < 5000; step++) {
			unsigned i = (unsigned)random_below(&s, KEYS);
			char text[16];
			struct str key = key_of(i, text);
			uint64_t *v = map_get(m, key);
			bool fresh;

			CHECK_INT(v != NULL ? *v : 0, want[i]);
			if (random_below(&s, 2) == 0) {
				CHECK_INT(map_del(m, key), want[i] != 0);
				n -= want[i] != 0;
				want[i] = 0;
			} else {
				uint64_t *p = map_put(m, key, &fresh);

				CHECK(p != NULL);
				CHECK_INT(fresh, want[i] == 0);
				CHECK_INT(*p, want[i]);
				CHECK(v == NULL || v == p);
				n += want[i] == 0;
				*p = want[i] = step + 1;
			}
			CHECK_INT(map_len(m), n);
		}
		map_free(m);
	}
}

TEST(values_do_not_move)
{
	struct map *m = map_new(sizeof(unsigned), 10000);
	unsigned *first = map_put(m, STR("first"), NULL);

	*first = 7;
	for (unsigned i = 1; i < 5000; i++) {
		char text[16];

		CHECK(map_put(m, key_of(i, text), NULL) != NULL);
	}
	CHECK(map_get(m, STR("first")) == first);
	CHECK_INT(*first, 7);
	map_free(m);
}

TEST(cap_holds)
{
	struct map *m = map_new(1, 2);

	CHECK(map_put(m, STR("a"), NULL) != NULL);
	CHECK(map_put(m, STR("b"), NULL) != NULL);
	CHECK(map_put(m, STR("c"), NULL) == NULL);
	CHECK(map_put(m, STR("a"), NULL) != NULL);
	CHECK_INT(map_len(m), 2);
	CHECK(map_del(m, STR("a")));
	CHECK(map_put(m, STR("c"), NULL) != NULL);
	map_free(m);
	map_free(NULL);
}

TEST(walk_may_delete_what_it_stands_on)
{
	struct map *m = map_new(sizeof(unsigned), KEYS);
	bool seen[KEYS] = { false };
	size_t it = 0, n = 0;
	struct str key;
	unsigned *v;
	char text[16];

	for (unsigned i = 0; i < KEYS; i++)
		*(unsigned *)map_put(m, key_of(i, text), NULL) = i;
	while ((v = map_next(m, &it, &key)) != NULL) {
		unsigned i = *v;

		CHECK(str_eq(key, key_of(i, text)));
		CHECK(!seen[i]);
		seen[i] = true;
		n++;
		if (i % 2 == 0)
			CHECK(map_del(m, key_of(i, text)));
	}
	CHECK_INT(n, KEYS);
	CHECK_INT(map_len(m), KEYS / 2);
	it = 0;
	while ((v = map_next(m, &it, NULL)) != NULL)
		CHECK_INT(*v % 2, 1);
	map_free(m);
}

/* Keys that come and go for ever must not make it grow or slow. */
TEST(churn_stays_small)
{
	struct map *m = map_new(8, 4);

	for (unsigned i = 0; i < test_rounds(200000); i++) {
		char text[16];
		struct str key = key_of(i + 1, text);

		CHECK(map_put(m, key, NULL) != NULL);
		CHECK(map_del(m, key));
	}
	CHECK_INT(map_len(m), 0);
	map_free(m);
}

TEST(keys_are_bytes)
{
	struct map *m = map_new(0, 10);

	CHECK(map_put(m, (struct str){ "a\0b", 3 }, NULL) != NULL);
	CHECK(map_get(m, STR("a")) == NULL);
	CHECK(map_get(m, (struct str){ "a\0c", 3 }) == NULL);
	CHECK(map_get(m, (struct str){ "a\0b", 3 }) != NULL);
	map_free(m);
}
