/* Space-saving: exact while there is room, heavy keys stay, no count is too high. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/top.h"

#include "random.h"
#include "test.h"

static struct str
key_of(unsigned i, char to[32])
{
	(void)snprintf(to, 32, "/key/%u", i);
	return str_c(to);
}

static void
add(struct top *t, unsigned i)
{
	char text[32];
	struct top_slot *slot = top_add(t, key_of(i, text), 1);

	slot->n++;
}

TEST(exact_while_there_is_room)
{
	struct top t = { 0 };
	char text[32];

	for (unsigned round = 0; round < 50; round++)
		for (unsigned i = 0; i < TOP_SLOTS; i++)
			if (round <= i)
				add(&t, i);
	for (unsigned i = 0; i < TOP_SLOTS; i++) {
		const struct top_slot *slot = top_find(&t, key_of(i, text));

		CHECK(slot != NULL);
		CHECK_INT(slot->n, i + 1);
		CHECK_INT(slot->weight, i + 1);
	}
	CHECK(top_find(&t, STR("/key/99")) == NULL);
}

TEST(a_heavy_key_gets_in_and_stays)
{
	struct top t = { 0 };
	char text[32];

	for (unsigned i = 0; i < 100000; i++) {
		add(&t, i % 10 == 3 ? 7000000 : i);
		CHECK(t.n <= TOP_SLOTS);
	}
	CHECK(top_find(&t, key_of(7000000, text)) != NULL);
	CHECK(top_find(&t, key_of(7000000, text))->n > 9000);
}

TEST(no_count_is_too_high_and_no_heavy_key_is_absent)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(100); round++) {
		static unsigned truth[1000];
		struct top t = { 0 };
		char text[32];
		unsigned total = 0;

		memset(truth, 0, sizeof(truth));
		for (; total < 5000; total++) {
			unsigned i = (unsigned)random_below(&s, 1 + random_below(&s, 1000));

			truth[i]++;
			add(&t, i);
		}
		for (unsigned i = 0; i < 1000; i++) {
			const struct top_slot *slot = top_find(&t, key_of(i, text));

			if (slot != NULL) {
				CHECK(slot->n <= truth[i]);
				CHECK(slot->weight >= truth[i]);
			} else {
				CHECK(truth[i] <= total / TOP_SLOTS);
			}
		}
	}
}

TEST(long_keys_are_cut)
{
	struct top t = { 0 };
	char text[300];

	memset(text, 'x', sizeof(text));
	(void)top_add(&t, (struct str){ text, 300 }, 1);
	(void)top_add(&t, (struct str){ text, TOP_KEY_MAX }, 1);
	(void)top_add(&t, (struct str){ text, TOP_KEY_MAX - 1 }, 1);
	(void)top_add(&t, (struct str){ text, 0 }, 1);
	CHECK_INT(t.n, 3);
	CHECK_INT(t.slots[0].weight, 2);
	CHECK_INT(t.slots[0].key_n, TOP_KEY_MAX);
}

TEST(weights_stop_at_the_top)
{
	struct top t = { 0 };

	(void)top_add(&t, STR("a"), UINT32_MAX - 1);
	CHECK(top_add(&t, STR("a"), 10)->weight == UINT32_MAX);
}

TEST(slots_are_restored_once)
{
	struct top_slot slot = { .weight = 5, .n = 3, .key_n = 2, .key = "ab" };
	struct top t = { 0 };

	CHECK(top_restore(&t, &slot));
	CHECK(!top_restore(&t, &slot));
	CHECK_INT(top_find(&t, STR("ab"))->n, 3);
	for (unsigned i = 1; i < TOP_SLOTS; i++) {
		slot.key[0] = (char)('b' + i);
		CHECK(top_restore(&t, &slot));
	}
	slot.key[0] = 'A';
	CHECK(!top_restore(&t, &slot));
}
