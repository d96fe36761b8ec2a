/* Arenas. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "random.h"
#include "test.h"

TEST(memory_is_zeroed_and_aligned)
{
	struct arena *a = arena_new(1 << 20);

	for (int round = 0; round < 2; round++) {
		for (size_t n = 1; n < 300; n++) {
			char *text = arena_bytes(a, n % 7);
			unsigned char *p = arena_alloc(a, n);

			CHECK(text != NULL && p != NULL);
			CHECK_INT((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < n; i++)
				CHECK_INT(p[i], 0);
			memset(p, 0xff, n);
		}
		arena_reset(a);
		CHECK_INT(arena_used(a), 0);
	}
	arena_free(a);
}

TEST(budget_holds)
{
	struct arena *a = arena_new(1000);
	struct str s = STR("kept");

	CHECK(arena_alloc(a, 1001) == NULL);
	CHECK(arena_alloc(a, SIZE_MAX) == NULL);
	CHECK(arena_bytes(a, 996) != NULL);
	CHECK_INT(arena_used(a), 996);
	CHECK(!arena_copy(a, STR("12345"), &s));
	CHECK_SLICE(s, "kept");
	CHECK(arena_copy(a, STR("1234"), &s));
	CHECK_SLICE(s, "1234");
	CHECK(arena_bytes(a, 1) == NULL);
	CHECK(arena_bytes(a, 0) != NULL);
	arena_reset(a);
	CHECK(arena_bytes(a, 1000) != NULL);
	arena_free(a);
}

TEST(larger_than_a_chunk)
{
	struct arena *a = arena_new(10 << 20);
	char *big = arena_alloc(a, 1 << 20), *small = arena_bytes(a, 10);

	CHECK(big != NULL && small != NULL);
	memset(big, 1, 1 << 20);
	memset(small, 2, 10);
	CHECK_INT(big[(1 << 20) - 1], 1);
	arena_reset(a);
	CHECK(arena_alloc(a, 100) != NULL);
	arena_free(a);
	arena_free(NULL);
}

TEST(pieces_do_not_overlap)
{
	uint64_t s = random_start(test_seed());
	struct arena *a = arena_new(64 << 20);

	for (unsigned round = 0; round < test_rounds(20); round++) {
		unsigned char *p[500];
		size_t n[500];

		for (size_t i = 0; i < 500; i++) {
			n[i] = random_below(&s, random_below(&s, 20) == 0 ? 100000 : 100);
			p[i] = random_below(&s, 2) == 0 ? arena_alloc(a, n[i])
							: (void *)arena_bytes(a, n[i]);
			CHECK(p[i] != NULL);
			memset(p[i], (int)i & 0xff, n[i]);
		}
		for (size_t i = 0; i < 500; i++)
			for (size_t k = 0; k < n[i]; k++)
				if (p[i][k] != (i & 0xff))
					CHECK_INT(p[i][k], i & 0xff);
		arena_reset(a);
	}
	arena_free(a);
}
