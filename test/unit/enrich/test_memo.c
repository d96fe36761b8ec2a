/* The memory of texts: from the second time on, never mixed up, not driven out by a flood. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/memo.h"

#include "test.h"

static unsigned *
get(struct memo *m, unsigned i, bool *ret_new)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "/a/path/number/%u", i);
	return memo_get(m, str_c(text), ret_new);
}

TEST(keeps_from_the_second_time_on)
{
	struct memo *m = memo_new(sizeof(unsigned));
	unsigned *value;
	bool new_;

	CHECK(get(m, 1, &new_) == NULL && !new_);
	value = get(m, 1, &new_);
	CHECK(value != NULL && new_ && *value == 0);
	*value = 42;
	value = get(m, 1, &new_);
	CHECK(value != NULL && !new_ && *value == 42);
	memo_free(m);
	memo_free(NULL);
}

TEST(lengths)
{
	static const struct {
		size_t n;
		bool kept;
	} cases[] = { { 0, false }, { 1, true }, { 7, true }, { 8, true }, { 9, true },
		{ MEMO_TEXT_MAX, true }, { MEMO_TEXT_MAX + 1, false }, { 100000, false } };
	static char text[100000];
	struct memo *m = memo_new(1);
	bool new_;

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str s = { text, cases[i].n };

		CHECK(memo_get(m, s, &new_) == NULL);
		CHECK((memo_get(m, s, &new_) != NULL) == cases[i].kept && new_ == cases[i].kept);
		CHECK((memo_get(m, s, &new_) != NULL) == cases[i].kept && !new_);
	}
	memo_free(m);
}

/* Many times more texts than places, each four times running: what is found is always right. */
TEST(never_mixes_up)
{
	struct memo *m = memo_new(sizeof(unsigned));
	unsigned found = 0;
	bool new_;

	for (unsigned i = 0; i < 40 * MEMO_SIZE; i++) {
		unsigned n = i / 4 * 2654435761U % 30000, *value = get(m, n, &new_);

		if (value == NULL)
			continue;
		CHECK(new_ ? *value == 0 : *value == n + 1);
		found += !new_;
		*value = n + 1;
	}
	CHECK(found >= 20 * MEMO_SIZE);
	memo_free(m);
}

TEST(a_flood_drives_nothing_out)
{
	struct memo *m = memo_new(sizeof(unsigned));
	unsigned kept = 0, *value;
	bool new_;

	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 100; i++)
			if ((value = get(m, i, &new_)) != NULL)
				*value = i + 1;
	for (unsigned i = 1000; i < 1000 + 100 * MEMO_SIZE; i++)
		(void)get(m, i, &new_);
	for (unsigned i = 0; i < 100; i++) {
		value = get(m, i, &new_);
		kept += value != NULL && *value == i + 1;
	}
	CHECK(kept >= 98);
	memo_free(m);
}
