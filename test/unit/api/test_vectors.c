/* Tactics from tags; rare ones together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/vectors.h"

#include "test.h"

TEST(names_of_tactics)
{
	static const struct {
		const char *tags, *want;
	} cases[] = {
		{ "", "Other" },
		{ "attack.credential-access, attack.t1110.001", "Credential Access" },
		{ "attack.t1110, attack.initial_access", "Initial Access" },
		{ "attack.impact,attack.execution", "Impact" },
		{ "attack.g0001,attack.s0002,attack.t1", "Other" },
		{ "cve.2024-1, attack.", "Other" },
		{ "attack.command-and-control", "Command And Control" },
		{ "attack.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char to[40];

		CHECK_STR(vectors_tactic(str_c(cases[i].tags), to), cases[i].want);
	}
}

TEST(the_rare_ones_become_other)
{
	static struct vectors v;

	v.steps = 2;
	for (unsigned i = 0; i < 9; i++) {
		char tags[32];

		(void)snprintf(tags, sizeof(tags), "attack.tactic-%c", (char)('a' + i));
		vectors_add(&v, str_c(tags), i % 2, 10 * (i + 1));
		vectors_add(&v, str_c(tags), 2, 1000); /* no such step */
	}
	vectors_add(&v, STR("none"), 0, 1000000);
	vectors_settle(&v);
	CHECK_INT(v.n, VECTORS_SERIES);
	CHECK_STR(v.series[0].name, "Tactic I");
	CHECK_INT(v.series[0].total, 90);
	CHECK_INT(v.series[0].n[0], 90);
	CHECK_INT(v.series[4].total, 50);
	CHECK_STR(v.series[5].name, "Other");
	CHECK_INT(v.series[5].total, 10 + 20 + 30 + 40 + 1000000);
	CHECK_INT(v.series[5].n[1], 20 + 40);
}

TEST(few_stay_as_they_are)
{
	static struct vectors v;

	v.steps = 1;
	vectors_settle(&v);
	CHECK_INT(v.n, 0);
	vectors_add(&v, STR(""), 0, 9);
	vectors_add(&v, STR("attack.impact"), 0, 1);
	vectors_settle(&v);
	CHECK_INT(v.n, 2);
	CHECK_STR(v.series[0].name, "Impact");
	CHECK_STR(v.series[1].name, "Other");
}

TEST(tactics_without_end_share_the_last_place)
{
	static struct vectors v;
	uint64_t total = 0;

	v.steps = 1;
	for (unsigned i = 0; i < 1000; i++) {
		char tags[32];

		(void)snprintf(tags, sizeof(tags), "attack.made-up-%c%c", (char)('a' + i / 26 % 26),
		    (char)('a' + i % 26));
		vectors_add(&v, str_c(tags), 0, 1);
		CHECK(v.n <= VECTORS_TACTICS);
	}
	vectors_settle(&v);
	for (size_t i = 0; i < v.n; i++)
		total += v.series[i].n[0];
	CHECK_INT(total, 1000);
}
