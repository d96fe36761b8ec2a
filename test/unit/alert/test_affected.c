/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of names as text: bounded, in order, whatever the names are. */
#include "alert/affected.h"

#include "random.h"
#include "test.h"

TEST(names_once_in_order)
{
	auto_buf struct buf set = { 0 };
	struct str rest, name;
	enum affected_kind kind;

	CHECK(affected_add(&set, AFFECTED_USER, STR("ann")));
	CHECK(affected_add(&set, AFFECTED_ADDRESS, STR("192.0.2.1")));
	CHECK(!affected_add(&set, AFFECTED_USER, STR("ann")));
	CHECK(!affected_add(&set, AFFECTED_USER, STR("")));
	CHECK(affected_add(&set, AFFECTED_ADDRESS, STR("ann")));
	CHECK_SLICE(buf_view(&set), "uann\na192.0.2.1\naann\n");
	rest = buf_view(&set);
	CHECK(affected_next(&rest, &kind, &name, NULL) && kind == AFFECTED_USER);
	CHECK_SLICE(name, "ann");
	CHECK(affected_next(&rest, &kind, &name, NULL) && kind == AFFECTED_ADDRESS);
	CHECK_SLICE(name, "192.0.2.1");
}

TEST(there_are_more)
{
	auto_buf struct buf set = { 0 };
	struct str rest, name;
	enum affected_kind kind;
	unsigned n = 0, n_more = 0;
	bool more;

	for (unsigned i = 0; i < 1000; i++) {
		char text[16];

		(void)snprintf(text, sizeof(text), "u%u", i);
		CHECK_INT(affected_add(&set, AFFECTED_USER, str_c(text)), i <= AFFECTED_MAX);
	}
	CHECK(affected_add(&set, AFFECTED_ADDRESS, STR("192.0.2.1")));
	rest = buf_view(&set);
	while (affected_next(&rest, &kind, &name, &more)) {
		n_more += more;
		n += !more;
	}
	CHECK_INT(n, AFFECTED_MAX + 1);
	CHECK_INT(n_more, 1);
}

TEST(hostile_names_stay_names)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(300); round++) {
		auto_buf struct buf set = { 0 }, other = { 0 };
		struct str rest, name;
		enum affected_kind kind;
		unsigned n = 0;
		bool more;

		for (unsigned i = 0; i < 120; i++) {
			char text[200];
			size_t len = random_below(&s, sizeof(text));

			random_bytes(&s, text, len);
			(void)affected_add(&set,
			    (enum affected_kind)random_below(&s, AFFECTED_KINDS),
			    (struct str){ text, len });
		}
		CHECK(set.n <= AFFECTED_KINDS * (AFFECTED_MAX * (AFFECTED_NAME + 2) + 2));
		rest = buf_view(&set);
		while (affected_next(&rest, &kind, &name, &more))
			n += !more;
		CHECK(n <= AFFECTED_KINDS * AFFECTED_MAX);
		CHECK(affected_join(&other, buf_view(&set)));
		CHECK(!affected_join(&other, buf_view(&set)));
	}
}
