/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses may be connected to. */
#include "notify/guard.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>

struct row {
	const char *net;
	enum guard_class as;
};

/* The first that fits counts. */
static const struct row rows[] = {
	/* Metadata of clouds, which hand out credentials to whoever asks. */
	{ "169.254.0.0/16", GUARD_NEVER },
	{ "100.100.100.200", GUARD_NEVER },
	{ "168.63.129.16", GUARD_NEVER },
	{ "192.0.0.192", GUARD_NEVER },
	{ "fd00:ec2::/32", GUARD_NEVER },
	{ "fd20:ce::/32", GUARD_NEVER },
	{ "fe80::/10", GUARD_NEVER },
	/* No address of a machine. */
	{ "0.0.0.0/8", GUARD_NEVER },
	{ "224.0.0.0/4", GUARD_NEVER },
	{ "240.0.0.0/4", GUARD_NEVER },
	{ "ff00::/8", GUARD_NEVER },
	{ "::/128", GUARD_NEVER },
	{ "100::/64", GUARD_NEVER },
	/* This machine and networks of one's own. */
	{ "127.0.0.0/8", GUARD_PRIVATE },
	{ "10.0.0.0/8", GUARD_PRIVATE },
	{ "172.16.0.0/12", GUARD_PRIVATE },
	{ "192.168.0.0/16", GUARD_PRIVATE },
	{ "100.64.0.0/10", GUARD_PRIVATE },
	{ "192.0.0.0/24", GUARD_PRIVATE },
	{ "192.0.2.0/24", GUARD_PRIVATE },
	{ "198.18.0.0/15", GUARD_PRIVATE },
	{ "198.51.100.0/24", GUARD_PRIVATE },
	{ "203.0.113.0/24", GUARD_PRIVATE },
	{ "::1/128", GUARD_PRIVATE },
	{ "fc00::/7", GUARD_PRIVATE },
	{ "fec0::/10", GUARD_PRIVATE },
	{ "2001:db8::/32", GUARD_PRIVATE },
	/* Tunnels whose end nobody knows. */
	{ "2001::/32", GUARD_NEVER },
	{ "64:ff9b:1::/48", GUARD_NEVER },
};

/* IPv6 that carries an IPv4 address: at this byte. */
static const struct {
	const char *net;
	size_t at;
} carriers[] = {
	{ "::/96", 12 },
	{ "64:ff9b::/96", 12 },
	{ "2002::/16", 2 },
};

static bool
within(const char *net, const struct ip *ip)
{
	struct ip_net n;
	bool ok = ip_net_parse(str_c(net), &n, NULL);

	assert(ok);
	return ip_net_has(&n, ip);
}

enum guard_class
guard_classify(const struct ip *ip)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (within(rows[i].net, ip))
			return rows[i].as;
	for (size_t i = 0; i < ARRAY_LEN(carriers); i++)
		if (within(carriers[i].net, ip)) {
			struct ip inner = { .b = { [10] = 0xff, [11] = 0xff } };

			memcpy(inner.b + 12, ip->b + carriers[i].at, 4);
			return guard_classify(&inner);
		}
	return GUARD_PUBLIC;
}

static bool
read_address(const struct sockaddr *addr, socklen_t n, struct ip *ret)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	*ret = (struct ip){ .b = { [10] = 0xff, [11] = 0xff } };
	if (addr->sa_family == AF_INET && n >= sizeof(v4)) {
		memcpy(&v4, addr, sizeof(v4));
		memcpy(ret->b + 12, &v4.sin_addr, 4);
		return true;
	}
	if (addr->sa_family == AF_INET6 && n >= sizeof(v6)) {
		memcpy(&v6, addr, sizeof(v6));
		memcpy(ret->b, &v6.sin6_addr, 16);
		return true;
	}
	return false;
}

bool
guard_admits(struct guard *g, const struct sockaddr *addr, socklen_t n)
{
	enum guard_class as = GUARD_NEVER;
	struct ip ip;

	if (!read_address(addr, n, &ip)) {
		(void)snprintf(g->refused, sizeof(g->refused), "no IP address");
	} else {
		as = guard_classify(&ip);
		if (as == GUARD_PUBLIC || (as == GUARD_PRIVATE && g->allow_private))
			return true;
		(void)ip_text(&ip, g->refused);
	}
	g->refused_as = as;
	return false;
}
