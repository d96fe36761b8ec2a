/* SPDX-License-Identifier: Apache-2.0 */
/* The table of responses. */
#include "respond/deed.h"

#include "test.h"

TEST(each_word_is_found_again)
{
	for (unsigned i = 0; i < DEEDS; i++) {
		enum deed d = DEEDS;

		CHECK(deed_find(str_c(deed_word((enum deed)i)), &d));
		CHECK_INT(d, i);
	}
}

TEST(what_is_no_word)
{
	enum deed d = DEEDS;

	CHECK(!deed_find(STR(""), &d));
	CHECK(!deed_find(STR("block_ip"), &d));
	CHECK(!deed_find(STR("BLOCK_IP "), &d));
	CHECK_INT(d, DEEDS);
}

TEST(nothing_is_left_to_nobody)
{
	for (unsigned i = 0; i < DEEDS; i++)
		CHECK(deed_by((enum deed)i) != DEED_BY_PERSON);
}

TEST(only_addresses_go_to_the_gate)
{
	for (unsigned i = 0; i < DEEDS; i++)
		if (deed_by((enum deed)i) == DEED_BY_GATE)
			CHECK_INT(deed_to((enum deed)i), DEED_TO_ADDRESS);
	CHECK_INT(deed_by(DEED_LOCK_ACCOUNT), DEED_BY_APP);
	CHECK_INT(deed_to(DEED_LOCK_ACCOUNT), DEED_TO_USER);
}
