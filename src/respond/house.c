/* SPDX-License-Identifier: Apache-2.0 */
/* exports: guard_house */
/* Own addresses, gateways and resolvers, as the system says. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/fs.h"
#include "respond/guard.h"

#define FILE_MAX ((size_t)1 << 20)

static void
protect(struct guard *g, struct str address, const char *reason)
{
	struct diag why;

	if (guard_add(g, GUARD_HOUSE, address, reason, &why) != OK)
		return; /* a resolver by a name, or a zone: nothing that could be blocked */
}

static void
own_addresses(struct guard *g)
{
	struct ifaddrs *all = NULL;
	char text[INET6_ADDRSTRLEN];

	if (getifaddrs(&all) != 0)
		return;
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		const void *p = NULL;
		int family = i->ifa_addr != NULL ? i->ifa_addr->sa_family : AF_UNSPEC;

		if (family == AF_INET)
			p = &((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr;
		else if (family == AF_INET6)
			p = &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr;
		if (p != NULL && inet_ntop(family, p, text, sizeof(text)) != NULL)
			protect(g, str_c(text), "an address of this machine");
	}
	freeifaddrs(all);
}

/* The n-th word of a line, from 0. */
static struct str
word_at(struct str line, unsigned n)
{
	struct str word = { 0 };

	for (unsigned i = 0; i <= n; i++) {
		line = str_trim(line);
		for (word = line; line.n != 0 && *line.p != ' ' && *line.p != '\t';)
			line = str_from(line, 1);
		word.n -= line.n;
	}
	return word;
}

static bool
hex_bytes(struct str hex, uint8_t *to, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < hex.n; i++) {
		const char c =
		    hex.p[i] >= 'A' && hex.p[i] <= 'F' ? (char)(hex.p[i] + 32) : hex.p[i];
		const char *at = c != '\0' ? strchr(digits, c) : NULL;

		if (at == NULL)
			return false;
		to[i / 2] = (uint8_t)(to[i / 2] << 4 | (at - digits));
	}
	return true;
}

/* Lines of /proc/net/route: "eth0 00000000 0102A8C0 ...", numbers in the machine's order. */
static void
gateway_v4(struct guard *g, struct str line)
{
	char text[INET_ADDRSTRLEN];
	uint8_t b[4] = { 0 };
	uint32_t n;

	if (!hex_bytes(word_at(line, 2), b, sizeof(b)))
		return;
	n = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	if (n != 0 && inet_ntop(AF_INET, &n, text, sizeof(text)) != NULL)
		protect(g, str_c(text), "a gateway");
}

static void
gateway_v6(struct guard *g, struct str line)
{
	static const uint8_t none[16];
	char text[INET6_ADDRSTRLEN];
	uint8_t b[16] = { 0 };

	if (hex_bytes(word_at(line, 4), b, sizeof(b)) && memcmp(b, none, sizeof(b)) != 0 &&
	    inet_ntop(AF_INET6, b, text, sizeof(text)) != NULL)
		protect(g, str_c(text), "a gateway");
}

static void
resolver(struct guard *g, struct str line)
{
	if (str_eq(word_at(line, 0), STR("nameserver")))
		protect(g, word_at(line, 1), "a resolver");
}

static void
each_line(struct guard *g, const char *path, void (*fn)(struct guard *g, struct str line))
{
	auto_buf struct buf text = { 0 };
	struct str rest, line;

	buf_init(&text, FILE_MAX);
	if (fs_read(path, FILE_MAX, &text, NULL) != OK)
		return; /* a system without it has none */
	rest = buf_view(&text);
	while (str_line(&rest, &line))
		fn(g, line);
}

void
guard_house(struct guard *g)
{
	guard_clear(g, GUARD_HOUSE);
	own_addresses(g);
	each_line(g, "/proc/net/route", gateway_v4);
	each_line(g, "/proc/net/ipv6_route", gateway_v6);
	each_line(g, "/etc/resolv.conf", resolver);
}
