/* SPDX-License-Identifier: Apache-2.0 */
/* Tactics among tags; orders against every subset. */
#include "detect/tactic.h"

#include "random.h"
#include "test.h"

static const struct {
	const char *tags;
	uint32_t bits;
} rows[] = {
	{ "", 0 },
	{ "attack.t1110,attack.credential-access", 1 << 7 },
	{ "attack.credential_access, attack.initial-access", 1 << 7 | 1 << 2 },
	{ "attack.reconnaissance,attack.impact", 1 | 1 << 13 },
	{ "credential-access,cve.2021.44228,attack.", 0 },
	{ "attack.impact,attack.impact", 1 << 13 },
	{ "attack.command-and-control,attack.exfiltration", 1 << 11 | 1 << 12 },
};

TEST(tags)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_INT(tactic_bits(str_c(rows[i].tags)), rows[i].bits);
	CHECK_STR(tactic_name(0), "reconnaissance");
	CHECK_STR(tactic_name(TACTIC_COUNT - 1), "impact");
}

/* The largest set of tactics whose times never go back. */
static unsigned
by_subsets(const int64_t *first)
{
	unsigned most = 0;

	for (uint32_t set = 0; set < 1U << TACTIC_COUNT; set++) {
		int64_t last = INT64_MIN;
		bool good = true;

		for (unsigned i = 0; i < TACTIC_COUNT && good; i++) {
			if ((set >> i & 1) == 0)
				continue;
			good = first[i] != INT64_MAX && first[i] >= last;
			last = first[i];
		}
		if (good && (unsigned)__builtin_popcount(set) > most)
			most = (unsigned)__builtin_popcount(set);
	}
	return most;
}

TEST(order_against_subsets)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(60); round++) {
		int64_t first[TACTIC_COUNT];

		for (unsigned i = 0; i < TACTIC_COUNT; i++)
			first[i] =
			    random_below(&s, 2) == 0 ? INT64_MAX : (int64_t)random_below(&s, 20);
		CHECK_INT(tactic_in_order(first), by_subsets(first));
	}
}
