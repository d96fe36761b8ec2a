/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: strict parsers, canonical text, networks. */
#include "base/ip.h"

#define V4_BITS 96U

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

bool
ip_is_v4(const struct ip *ip)
{
	return memcmp(ip->b, mapped, sizeof(mapped)) == 0;
}

static bool
parse_v4(struct str s, uint8_t to[4])
{
	size_t at = 0;

	for (unsigned i = 0; i < 4; i++) {
		size_t from = at;
		unsigned v = 0;

		for (; at < s.n && at - from < 3 && s.p[at] >= '0' && s.p[at] <= '9'; at++)
			v = v * 10 + (unsigned)(s.p[at] - '0');
		if (at == from || v > 255 || (s.p[from] == '0' && at - from > 1))
			return false;
		to[i] = (uint8_t)v;
		if (i < 3 && (at == s.n || s.p[at++] != '.'))
			return false;
	}
	return at == s.n;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One group of up to four hexadecimal digits at the start; how many there were. */
static size_t
parse_group(struct str s, unsigned *ret)
{
	size_t n = 0;

	*ret = 0;
	for (; n < s.n && n < 5 && hex_value(s.p[n]) >= 0; n++)
		*ret = *ret << 4 | (unsigned)hex_value(s.p[n]);
	return n <= 4 ? n : 0;
}

/* Groups separated by colons, the last possibly dotted, into `to`; the bytes, or -1. */
static int
parse_groups(struct str s, uint8_t to[16])
{
	int n = 0;
	unsigned v;

	while (s.n != 0) {
		size_t len = parse_group(s, &v);

		if (len == 0 || n > 14)
			return -1;
		if (len < s.n && s.p[len] == '.') {
			if (n > 12 || !parse_v4(s, to + n))
				return -1;
			return n + 4;
		}
		to[n++] = (uint8_t)(v >> 8);
		to[n++] = (uint8_t)v;
		if (len == s.n)
			return n;
		if (s.p[len] != ':' || len + 1 == s.n)
			return -1;
		s = str_from(s, len + 1);
	}
	return n;
}

static bool
parse_v6(struct str s, struct ip *ret)
{
	ptrdiff_t gap = str_find(s, STR("::"));
	struct ip ip = { { 0 } }, tail = ip;
	int head_n, tail_n;

	if (gap < 0) {
		if (parse_groups(s, ip.b) != 16)
			return false;
		*ret = ip;
		return true;
	}
	/* A dotted part can only stand at the end: with a gap, behind it. */
	if (memchr(s.p, '.', (size_t)gap) != NULL)
		return false;
	head_n = parse_groups((struct str){ s.p, (size_t)gap }, ip.b);
	tail_n = parse_groups(str_from(s, (size_t)gap + 2), tail.b);
	if (head_n < 0 || tail_n < 0 || head_n + tail_n > 14)
		return false;
	memcpy(ip.b + (16 - tail_n), tail.b, (size_t)tail_n);
	*ret = ip;
	return true;
}

bool
ip_parse(struct str s, struct ip *ret)
{
	struct ip ip;

	if (s.n < 2 || s.n >= IP_TEXT_SIZE)
		return false;
	if (memchr(s.p, ':', s.n) != NULL)
		return parse_v6(s, ret);
	memcpy(ip.b, mapped, sizeof(mapped));
	if (!parse_v4(s, ip.b + 12))
		return false;
	*ret = ip;
	return true;
}

static char *
put_number(char *to, unsigned v, unsigned base)
{
	char text[5];
	unsigned n = 0;

	do {
		text[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v != 0);
	while (n != 0)
		*to++ = text[--n];
	return to;
}

/* First of the longest runs of at least two zero groups; *ret_n is 0 without one. */
static unsigned
longest_zeros(const unsigned group[8], unsigned *ret_n)
{
	unsigned best = 0, best_n = 1, n = 0;

	for (unsigned i = 0; i < 8; i++) {
		n = group[i] == 0 ? n + 1 : 0;
		if (n > best_n) {
			best_n = n;
			best = i + 1 - n;
		}
	}
	*ret_n = best_n > 1 ? best_n : 0;
	return best;
}

char *
ip_text(const struct ip *ip, char to[IP_TEXT_SIZE])
{
	unsigned group[8], gap, gap_n;
	char *p = to;

	if (ip_is_v4(ip)) {
		for (unsigned i = 12; i < 16; i++) {
			p = put_number(p, ip->b[i], 10);
			*p++ = i < 15 ? '.' : '\0';
		}
		return to;
	}
	for (unsigned i = 0; i < 8; i++)
		group[i] = (unsigned)ip->b[2 * i] << 8 | ip->b[2 * i + 1];
	gap = longest_zeros(group, &gap_n);
	for (unsigned i = 0; i < 8; i++) {
		if (gap_n != 0 && i == gap) {
			*p++ = ':';
			i += gap_n - 1;
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i != 0)
			*p++ = ':';
		p = put_number(p, group[i], 16);
	}
	*p = '\0';
	return to;
}

/* Clears the host bits; were there any? */
static bool
mask(struct ip_net *net)
{
	bool had = false;

	for (unsigned i = 0; i < 16; i++) {
		unsigned keep = net->bits <= 8 * i ? 0 : net->bits - 8 * i;
		uint8_t m = keep >= 8 ? 0xff : (uint8_t)(0xff00U >> keep);

		had |= (net->ip.b[i] & (uint8_t)~m) != 0;
		net->ip.b[i] &= m;
	}
	return had;
}

bool
ip_net_parse(struct str s, struct ip_net *ret, bool *ret_masked)
{
	struct str address = str_until(&(struct str){ s.p, s.n }, '/');
	struct str length = str_from(s, address.n + 1);
	struct ip_net net = { .bits = 128 };
	unsigned before = address.n != 0 && memchr(address.p, ':', address.n) == NULL ? V4_BITS : 0;
	uint64_t bits;
	bool masked;

	if (!ip_parse(address, &net.ip))
		return false;
	if (address.n != s.n) {
		if (length.n > 3 || !str_u64(length, &bits) || bits > 128 - before ||
		    (length.n > 1 && length.p[0] == '0'))
			return false;
		net.bits = (unsigned)bits + before;
	}
	masked = mask(&net);
	if (ret_masked != NULL)
		*ret_masked = masked;
	*ret = net;
	return true;
}

bool
ip_net_has(const struct ip_net *net, const struct ip *ip)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	if (net->bits < V4_BITS && ip_is_v4(ip))
		return false;
	if (memcmp(net->ip.b, ip->b, whole) != 0)
		return false;
	return rest == 0 || ((net->ip.b[whole] ^ ip->b[whole]) & (0xff00U >> rest) & 0xff) == 0;
}
