/* Which addresses may be connected to, in whatever form they are carried. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/guard.h"

#include <netinet/in.h>

#include "test.h"

TEST(classes)
{
	static const struct {
		const char *ip;
		enum guard_class want;
	} rows[] = {
		{ "8.8.8.8", GUARD_PUBLIC },
		{ "2606:4700::1111", GUARD_PUBLIC },
		{ "127.0.0.1", GUARD_PRIVATE },
		{ "127.255.255.254", GUARD_PRIVATE },
		{ "10.1.2.3", GUARD_PRIVATE },
		{ "172.15.255.255", GUARD_PUBLIC },
		{ "172.16.0.1", GUARD_PRIVATE },
		{ "172.31.255.255", GUARD_PRIVATE },
		{ "172.32.0.0", GUARD_PUBLIC },
		{ "192.168.0.1", GUARD_PRIVATE },
		{ "100.64.0.1", GUARD_PRIVATE },
		{ "100.128.0.1", GUARD_PUBLIC },
		{ "::1", GUARD_PRIVATE },
		{ "fd12::1", GUARD_PRIVATE },
		{ "169.254.169.254", GUARD_NEVER },
		{ "169.254.0.1", GUARD_NEVER },
		{ "100.100.100.200", GUARD_NEVER },
		{ "168.63.129.16", GUARD_NEVER },
		{ "fd00:ec2::254", GUARD_NEVER },
		{ "fe80::1", GUARD_NEVER },
		{ "0.0.0.0", GUARD_NEVER },
		{ "0.1.2.3", GUARD_NEVER },
		{ "::", GUARD_NEVER },
		{ "224.0.0.1", GUARD_NEVER },
		{ "255.255.255.255", GUARD_NEVER },
		{ "ff02::1", GUARD_NEVER },
		/* IPv4 inside of IPv6 */
		{ "::ffff:127.0.0.1", GUARD_PRIVATE },
		{ "::ffff:169.254.169.254", GUARD_NEVER },
		{ "::ffff:8.8.8.8", GUARD_PUBLIC },
		{ "::7f00:1", GUARD_PRIVATE },
		{ "::a9fe:a9fe", GUARD_NEVER },
		{ "64:ff9b::7f00:1", GUARD_PRIVATE },
		{ "64:ff9b::a9fe:a9fe", GUARD_NEVER },
		{ "64:ff9b::808:808", GUARD_PUBLIC },
		{ "2002:7f00:1::", GUARD_PRIVATE },
		{ "2002:a9fe:a9fe::1", GUARD_NEVER },
		{ "2001:0:4136:e378:8000:63bf:3fff:fdd2", GUARD_NEVER },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ip ip;

		CHECK(ip_parse(str_c(rows[i].ip), &ip));
		if (guard_classify(&ip) != rows[i].want)
			test_fail(TEST_AT(rows), "%s is %d", rows[i].ip, (int)guard_classify(&ip));
	}
}

TEST(socket_addresses)
{
	const struct sockaddr_in local = { .sin_family = AF_INET,
		.sin_addr = { htonl(0x7f000001) } };
	const struct sockaddr_in cloud = { .sin_family = AF_INET,
		.sin_addr = { htonl(0xa9fea9fe) } };
	struct sockaddr_in6 mapped = { .sin6_family = AF_INET6 };
	const struct sockaddr other = { .sa_family = AF_UNIX };
	struct guard strict = { 0 }, mild = { .allow_private = true };

	mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
	mapped.sin6_addr.s6_addr[12] = 10;
	CHECK(!guard_admits(&strict, (const struct sockaddr *)&local, sizeof(local)));
	CHECK_STR(strict.refused, "127.0.0.1");
	CHECK_INT(strict.refused_as, GUARD_PRIVATE);
	CHECK(guard_admits(&mild, (const struct sockaddr *)&local, sizeof(local)));
	CHECK_STR(mild.refused, "");
	CHECK(!guard_admits(&mild, (const struct sockaddr *)&cloud, sizeof(cloud)));
	CHECK_STR(mild.refused, "169.254.169.254");
	CHECK_INT(mild.refused_as, GUARD_NEVER);
	CHECK(!guard_admits(&strict, (const struct sockaddr *)&mapped, sizeof(mapped)));
	CHECK_STR(strict.refused, "10.0.0.0");
	CHECK(guard_admits(&mild, (const struct sockaddr *)&mapped, sizeof(mapped)));
	CHECK(!guard_admits(&mild, &other, sizeof(other)));
	CHECK(!guard_admits(&mild, (const struct sockaddr *)&local, 4)); /* cut short */
}
