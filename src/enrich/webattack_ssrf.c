/* Addresses of URLs as lenient clients read them: decimal, octal, hexadecimal, short forms. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_ssrf.h"

#include "base/ip.h"

#define HOST_MAX 255U
#define SCHEME_MAX 24

static bool
is_one_of(struct str s, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, list[i]))
			return true;
	return false;
}

static bool
ends_in(struct str s, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ends(s, list[i]))
			return true;
	return false;
}

/* One part of an address: 10, 0x0a, 012. */
static bool
part(struct str s, uint64_t *ret, bool *odd)
{
	unsigned base = 10;
	uint64_t v = 0;

	if (s.n > 1 && s.p[0] == '0') {
		base = s.p[1] == 'x' ? 16 : 8;
		s = str_from(s, base == 16 ? 2 : 1);
		*odd = true;
	}
	if (s.n == 0 || s.n > 12)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned)(s.p[i] - '0');

		if (s.p[i] >= 'a' && s.p[i] <= 'f')
			d = (unsigned)(s.p[i] - 'a') + 10;
		if (s.p[i] < '0' || d >= base)
			return false;
		v = v * base + d;
	}
	*ret = v;
	return true;
}

/* inet_aton(): up to four parts, the last one fills what is left.  *odd: not written as usual. */
static bool
address(struct str host, uint32_t *ret, bool *odd)
{
	uint64_t v, sum = 0;
	unsigned n = 0;

	*odd = false;
	while (host.n != 0) {
		struct str text = str_until(&host, '.');

		if (n == 4 || !part(text, &v, odd))
			return false;
		n++;
		if (host.n != 0) {
			if (v > 255)
				return false;
			sum = sum << 8 | v;
			continue;
		}
		if (v >> (8 * (5 - n)) != 0)
			return false;
		sum = sum << (8 * (5 - n)) | v;
	}
	*odd = *odd || n < 4;
	*ret = (uint32_t)sum;
	return n > 0;
}

/* 3: metadata of a cloud; 2: the machine itself; 1: a private network; 0: anywhere. */
static unsigned
reach(uint32_t ip)
{
	if (ip == 0xa9fea9feU || ip == 0x646464c8U || ip == 0xc0000001U || ip >> 16 == 0xa9feU)
		return 3;
	if (ip >> 24 == 127 || ip >> 24 == 0)
		return 2;
	if (ip >> 24 == 10 || ip >> 20 == 0xac1 || ip >> 16 == 0xc0a8)
		return 1;
	return 0;
}

static unsigned
bracketed(struct str host)
{
	struct ip ip;
	uint32_t v4;

	if (str_eq(host, STR("::1")) || str_eq(host, STR("::")))
		return 88;
	if (str_starts(host, STR("fd00:ec2::254")))
		return 95;
	if (!ip_parse(host, &ip))
		return 0;
	if (!ip_is_v4(&ip))
		return ip.b[0] == 0xfe && (ip.b[1] & 0xc0) == 0x80 ? 72 : 0;
	v4 = (uint32_t)ip.b[12] << 24 | (uint32_t)ip.b[13] << 16 | (uint32_t)ip.b[14] << 8 |
	     ip.b[15];
	return reach(v4) >= 2 ? 92 : 0;
}

/* Parameters that carry a page to come back to: developers run them on their own machine. */
static bool
is_return(struct str name)
{
	static const struct str parts[] = { STR("redirect"), STR("return"), STR("callback"),
		STR("next"), STR("continue"), STR("goto"), STR("origin"), STR("referer"),
		STR("back") };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (str_find(name, parts[i]) >= 0)
			return true;
	return false;
}

static unsigned
address_score(uint32_t ip, bool odd, struct str name)
{
	static const unsigned usual[] = { 0, 72, 80, 96 }, written_oddly[] = { 60, 85, 92, 96 };
	unsigned far = reach(ip);

	if (odd)
		return written_oddly[far];
	return far == 1 || far == 2 ? is_return(name) ? 45 : usual[far] : usual[far];
}

static unsigned
host_score(struct str host, struct str name)
{
	static const struct str metadata[] = { STR("metadata.google.internal"), STR("metadata"),
		STR("instance-data"), STR("metadata.azure.internal"), STR("kubernetes.default.svc"),
		STR("kubernetes.default"), STR("metadata.packet.net") };
	static const struct str rebinding[] = { STR(".nip.io"), STR(".xip.io"), STR(".sslip.io"),
		STR(".localtest.me"), STR("localtest.me"), STR(".burpcollaborator.net"),
		STR(".oastify.com"), STR(".oast.fun"), STR(".oast.pro"), STR(".oast.live"),
		STR(".oast.site"), STR(".oast.online"), STR(".oast.me"), STR(".interact.sh"),
		STR(".rbndr.us"), STR(".lvh.me"), STR(".requestrepo.com"), STR(".dnslog.cn"),
		STR(".ceye.io") };
	uint32_t ip;
	bool odd;

	while (host.n != 0 && host.p[host.n - 1] == '.')
		host.n--;
	if (is_one_of(host, metadata, ARRAY_LEN(metadata)))
		return 95;
	if (ends_in(host, rebinding, ARRAY_LEN(rebinding)))
		return 85;
	if (str_eq(host, STR("localhost")) || str_ends(host, STR(".localhost")) ||
	    str_eq(host, STR("localhost.localdomain")))
		return is_return(name) ? 40 : 75;
	if (!address(host, &ip, &odd))
		return 0;
	return address_score(ip, odd, name);
}

/* host[:port] of an address without its scheme, and without what is said to be a user. */
static struct str
authority(struct str rest)
{
	const char *user;
	size_t n = 0;

	while (n < rest.n && n < HOST_MAX && memchr("/?#\\ ", rest.p[n], 5) == NULL)
		n++;
	rest.n = n;
	while (rest.n != 0 && (user = memchr(rest.p, '@', rest.n)) != NULL)
		rest = str_from(rest, (size_t)(user - rest.p) + 1);
	return rest;
}

/* The scheme of *s, which then stands behind "://"; empty: no address. */
static struct str
take_scheme(struct str *s)
{
	ptrdiff_t at = str_find(*s, STR("://"));
	struct str scheme = { s->p, 0 };

	if (str_starts(*s, STR("//"))) {
		*s = str_from(*s, 2);
		return STR("http");
	}
	if (at <= 0 || at > SCHEME_MAX)
		return scheme;
	scheme.n = (size_t)at;
	*s = str_from(*s, scheme.n + 3);
	return str_starts(scheme, STR("url:")) ? str_from(scheme, 4) : scheme;
}

unsigned
webattack_ssrf(struct str s, struct str name)
{
	static const struct str wild[] = { STR("gopher"), STR("dict"), STR("tftp"), STR("netdoc"),
		STR("jar"), STR("ldap"), STR("ldaps"), STR("sftp"), STR("file") };
	static const struct str tame[] = { STR("http"), STR("https"), STR("ftp"), STR("ws"),
		STR("wss") };
	struct str scheme, host;

	s = str_trim(s);
	scheme = take_scheme(&s);
	if (is_one_of(scheme, wild, ARRAY_LEN(wild)))
		return 88;
	if (!is_one_of(scheme, tame, ARRAY_LEN(tame)))
		return 0;
	host = authority(s);
	if (host.n != 0 && host.p[0] == '[') {
		host = str_from(host, 1);
		return bracketed(str_until(&host, ']'));
	}
	return host_score(str_until(&host, ':'), name);
}
