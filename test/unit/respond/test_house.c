/* SPDX-License-Identifier: Apache-2.0 */
/* What the system says is ours. */
#include "respond/guard.h"

#include "base/clock.h"
#include "base/fs.h"
#include "test.h"

TEST(the_gateway_and_resolvers_of_this_machine)
{
	struct guard *g = guard_new(1);
	auto_buf struct buf text = { 0 };
	struct str rest, line;
	unsigned n = 0;

	guard_house(g);
	if (fs_read("/etc/resolv.conf", 1 << 20, &text, NULL) != OK)
		TEST_SKIP("no resolver is named here");
	rest = buf_view(&text);
	while (str_line(&rest, &line)) {
		struct str word = str_until(&line, ' '), address = str_trim(line);
		char canonical[GUARD_TEXT];
		struct ip ip;

		if (!str_eq(word, STR("nameserver")) || !ip_parse(address, &ip))
			continue;
		CHECK_INT(guard_check(g, address, canonical, NULL), FAIL_DENIED);
		n++;
	}
	if (n == 0)
		TEST_SKIP("no resolver is named here");
	guard_free(g);
}

TEST(asking_again_replaces)
{
	struct guard *g = guard_new(1);
	size_t once = 0, twice = 0;

	guard_house(g);
	while (guard_at(g, once) != NULL)
		once++;
	guard_house(g);
	while (guard_at(g, twice) != NULL)
		twice++;
	CHECK_INT(once, twice);
	guard_free(g);
}
