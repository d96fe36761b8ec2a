/* SPDX-License-Identifier: Apache-2.0 */
/* Who is never blocked, and how fast. */
#include "respond/guard.h"

#include "base/clock.h"
#include "test.h"

static enum err
check(const struct guard *g, const char *target)
{
	char text[GUARD_TEXT];

	return guard_check(g, str_c(target), text, NULL);
}

TEST(what_is_fixed)
{
	static const char *const never[] = { "127.0.0.1", "127.255.255.255", "::1", "0.0.0.0",
		"::", "224.0.0.1", "255.255.255.255", "ff02::1", "fe80::1", "::ffff:127.0.0.1" };
	struct guard *g = guard_new(10);

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		CHECK_INT(check(g, never[i]), FAIL_DENIED);
	CHECK_INT(check(g, "10.0.0.1"), OK);
	CHECK_INT(check(g, "203.0.113.7"), OK);
	CHECK_INT(check(g, "2001:db8::1"), OK);
	guard_private(g);
	CHECK_INT(check(g, "10.0.0.1"), FAIL_DENIED);
	CHECK_INT(check(g, "fd00::1"), FAIL_DENIED);
	CHECK_INT(check(g, "203.0.113.7"), OK);
	guard_free(g);
}

/* What many share: who is blocked there is not who attacked. */
TEST(content_networks)
{
	static const char *const never[] = { "104.16.0.1", "162.159.255.255", "172.71.3.0/24",
		"151.101.1.69", "2606:4700::6810:1", "2a04:4e42::645", "::ffff:104.16.0.1" };
	struct guard *g = guard_new(10);

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		CHECK_INT(check(g, never[i]), FAIL_DENIED);
	CHECK_INT(check(g, "104.15.255.255"), OK);
	CHECK_INT(check(g, "172.72.0.1"), OK);
	CHECK_INT(check(g, "2606:4701::1"), OK);
	guard_free(g);
}

TEST(nothing_wide)
{
	struct guard *g = guard_new(10);
	char text[GUARD_TEXT];

	CHECK_INT(check(g, "203.0.113.0/24"), OK);
	CHECK_INT(check(g, "203.0.112.0/23"), FAIL_LIMIT);
	CHECK_INT(check(g, "0.0.0.0/0"), FAIL_LIMIT);
	CHECK_INT(check(g, "::/0"), FAIL_LIMIT);
	CHECK_INT(check(g, "2001:db8::/56"), OK);
	CHECK_INT(check(g, "2001:db8::/55"), FAIL_LIMIT);
	CHECK_INT(check(g, "203.0.113.1/24"), FAIL_SYNTAX);
	CHECK_INT(check(g, "host"), FAIL_SYNTAX);
	CHECK_INT(check(g, ""), FAIL_SYNTAX);
	CHECK_INT(check(g, "1.2.3.4; drop"), FAIL_SYNTAX);
	CHECK_INT(guard_check(g, STR("2001:DB8:0::1"), text, NULL), OK);
	CHECK_STR(text, "2001:db8::1");
	CHECK_INT(guard_check(g, STR("203.0.113.0/24"), text, NULL), OK);
	CHECK_STR(text, "203.0.113.0/24");
	CHECK_INT(guard_check(g, STR("203.0.113.9/32"), text, NULL), OK);
	CHECK_STR(text, "203.0.113.9");
	guard_free(g);
}

TEST(parts_are_replaced_and_overlap_counts_both_ways)
{
	struct guard *g = guard_new(10);
	struct diag why = { 0 };

	CHECK_INT(guard_add(g, GUARD_PEOPLE, STR("203.0.113.77"), "a person", NULL), OK);
	CHECK_INT(guard_add(g, GUARD_CONF, STR("198.51.100.0/24"), "configured", NULL), OK);
	CHECK_INT(guard_add(g, GUARD_CONF, STR("nonsense"), "configured", NULL), FAIL_SYNTAX);
	CHECK_INT(check(g, "203.0.113.77"), FAIL_DENIED);
	CHECK_INT(check(g, "203.0.113.0/24"), FAIL_DENIED);
	CHECK_INT(check(g, "203.0.113.76"), OK);
	CHECK_INT(check(g, "198.51.100.4"), FAIL_DENIED);
	guard_clear(g, GUARD_PEOPLE);
	CHECK_INT(check(g, "203.0.113.77"), OK);
	CHECK_INT(check(g, "198.51.100.4"), FAIL_DENIED);
	for (int i = 0; i < GUARD_MAX; i++)
		if (guard_add(g, GUARD_PEOPLE, STR("192.0.2.1"), "", &why) != OK) {
			CHECK_INT(guard_add(g, GUARD_PEOPLE, STR("192.0.2.1"), "", &why),
			    FAIL_LIMIT);
			guard_free(g);
			return;
		}
	CHECK(false);
}

TEST(so_many_a_minute)
{
	struct guard *g = guard_new(5);
	int64_t now = 1000 * CLOCK_S;
	unsigned n = 0;

	for (int i = 0; i < 100; i++)
		n += guard_take(g, now);
	CHECK_INT(n, 5);
	CHECK(!guard_take(g, now + 11 * CLOCK_S));
	CHECK(guard_take(g, now + 13 * CLOCK_S));
	for (int i = 0; i < 100; i++)
		n += guard_take(g, now + 3600 * CLOCK_S);
	CHECK_INT(n, 10);
	CHECK(!guard_take(g, now)); /* a clock that goes back gives nothing */
	guard_free(g);
}
