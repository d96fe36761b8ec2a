/* Classes of addresses by a small table; lists as sorted ranges that do not touch. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/net.h"

#include <stdlib.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/vec.h"

typedef unsigned __int128 number;

#define V4(a, b, c, d) ((number)0xffff << 32 | (number)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define V6(head) ((number)(head) << 96) /* its first 32 bits */

/* Narrow before wide: the first that fits decides. */
static const struct {
	number net;
	unsigned bits;
	enum net_class class;
} classes[] = {
	{ V4(10, 0, 0, 0), 104, NET_PRIVATE },
	{ V4(127, 0, 0, 0), 104, NET_LOOPBACK },
	{ V4(172, 16, 0, 0), 108, NET_PRIVATE },
	{ V4(192, 168, 0, 0), 112, NET_PRIVATE },
	{ V4(169, 254, 0, 0), 112, NET_LINK_LOCAL },
	{ V4(100, 64, 0, 0), 106, NET_CGNAT },
	{ V4(192, 0, 0, 9), 128, NET_PUBLIC }, /* anycast: port control protocol, TURN */
	{ V4(192, 0, 0, 10), 128, NET_PUBLIC },
	{ V4(192, 0, 0, 0), 120, NET_RESERVED },
	{ V4(192, 0, 2, 0), 120, NET_DOCUMENTATION },
	{ V4(198, 51, 100, 0), 120, NET_DOCUMENTATION },
	{ V4(203, 0, 113, 0), 120, NET_DOCUMENTATION },
	{ V4(198, 18, 0, 0), 111, NET_RESERVED },  /* benchmarks */
	{ V4(192, 88, 99, 0), 120, NET_RESERVED }, /* former 6to4 relays */
	{ V4(0, 0, 0, 0), 104, NET_RESERVED },
	{ V4(224, 0, 0, 0), 100, NET_MULTICAST },
	{ V4(240, 0, 0, 0), 100, NET_RESERVED },
	{ V4(0, 0, 0, 0), 96, NET_PUBLIC },
	{ 1, 128, NET_LOOPBACK },
	{ 0, 128, NET_RESERVED },
	{ V6(0xfe800000), 10, NET_LINK_LOCAL },
	{ V6(0xfc000000), 7, NET_PRIVATE },
	{ V6(0xff000000), 8, NET_MULTICAST },
	{ V6(0x20010db8), 32, NET_DOCUMENTATION },
	{ V6(0x3fff0000), 20, NET_DOCUMENTATION },
	{ V6(0x20010000) | (number)1 << 80 | 1, 128, NET_PUBLIC }, /* 2001:1::1 to ::3, anycast */
	{ V6(0x20010000) | (number)1 << 80 | 2, 128, NET_PUBLIC },
	{ V6(0x20010000) | (number)1 << 80 | 3, 128, NET_PUBLIC },
	{ V6(0x20010000), 32, NET_PUBLIC },                        /* Teredo */
	{ V6(0x20010003), 32, NET_PUBLIC },                        /* AMT */
	{ V6(0x20010004) | (number)0x0112 << 80, 48, NET_PUBLIC }, /* AS112 */
	{ V6(0x20010020), 28, NET_PUBLIC },                        /* ORCHIDv2 */
	{ V6(0x20010030), 28, NET_PUBLIC },                        /* drone remote ID */
	{ V6(0x20010000), 23, NET_RESERVED },
	{ V6(0x0064ff9b) | (number)1 << 80, 48, NET_PRIVATE }, /* local translation */
	{ V6(0x0064ff9b), 96, NET_PUBLIC },
	{ V6(0x20000000), 3, NET_PUBLIC },
	{ 0, 0, NET_RESERVED },
};

struct range {
	number first, last;
};

struct net_list {
	size_t n;
	struct range *ranges;
};

static number
to_number(const struct ip *ip)
{
	number v = 0;

	for (size_t i = 0; i < sizeof(ip->b); i++)
		v = v << 8 | ip->b[i];
	return v;
}

static number
mask(unsigned bits)
{
	return bits == 0 ? 0 : ~(number)0 << (128 - bits);
}

enum net_class
net_class(const struct ip *ip)
{
	number v = to_number(ip);

	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if ((v & mask(classes[i].bits)) == classes[i].net)
			return classes[i].class;
	return NET_RESERVED;
}

struct str
net_class_name(enum net_class c)
{
	static const char *const names[] = { "public", "private", "loopback", "link_local", "cgnat",
		"multicast", "documentation", "reserved" };

	return str_c(names[c]);
}

static int
by_first(const void *a, const void *b)
{
	const struct range *ra = a, *rb = b;

	if (ra->first == rb->first)
		return 0;
	return ra->first < rb->first ? -1 : 1;
}

/* Sorted, without overlaps and seams. */
static void
settle(struct net_list *l)
{
	size_t n = 0;

	if (l->n == 0)
		return;
	qsort(l->ranges, l->n, sizeof(*l->ranges), by_first);
	for (size_t i = 1; i < l->n; i++) {
		struct range *last = &l->ranges[n], next = l->ranges[i];

		if (last->last == ~(number)0 || next.first <= last->last + 1) {
			if (next.last > last->last)
				last->last = next.last;
		} else {
			l->ranges[++n] = next;
		}
	}
	l->n = n + 1;
}

static struct str
without_comment(struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' || line.p[i] == ';')
			return str_trim((struct str){ line.p, i });
	return str_trim(line);
}

static enum err
read_network(struct str text, struct range *ret, struct diag *why)
{
	struct ip_net net;
	bool masked = false;
	int n = text.n > 60 ? 60 : (int)text.n;

	if (!ip_net_parse(text, &net, &masked))
		return err_set(why, FAIL_SYNTAX, "not a network or address: \"%.*s\"", n, text.p);
	if (masked)
		return err_set(why, FAIL_SYNTAX, "host bits are set: \"%.*s\"", n, text.p);
	ret->first = to_number(&net.ip);
	ret->last = ret->first | ~mask(net.bits);
	return OK;
}

void
net_list_free(struct net_list *l)
{
	if (l == NULL)
		return;
	free(l->ranges);
	free(l);
}

static void
free_listp(struct net_list **l)
{
	net_list_free(*l);
}

enum err
net_list_parse(struct str text, struct net_list **ret, struct diag *why)
{
	AUTO(free_listp) struct net_list *l = MEM_NEW(struct net_list);
	VEC(struct range) ranges = { 0 };
	struct str line;

	for (uint32_t number_ = 1; str_line(&text, &line); number_++) {
		struct str word = without_comment(line);
		struct range r;
		enum err e;

		if (word.n == 0)
			continue;
		e = ranges.n == NET_LIST_MAX
			? err_set(why, FAIL_LIMIT, "more than %d networks", NET_LIST_MAX)
			: read_network(word, &r, why);
		if (e != OK) {
			VEC_FINI(&ranges);
			return err_at(why, e, NULL, number_, (uint32_t)(word.p - line.p) + 1);
		}
		VEC_PUSH(&ranges, r);
	}
	l->ranges = ranges.p;
	l->n = ranges.n;
	settle(l);
	*ret = TAKE(l);
	return OK;
}

enum err
net_list_load(const char *path, struct net_list **ret, struct diag *why)
{
	struct diag bad = { 0 };
	auto_buf struct buf b;
	enum err e;

	buf_init(&b, NET_LIST_BYTES_MAX);
	e = fs_read(path, NET_LIST_BYTES_MAX, &b, &bad);
	if (e == OK)
		e = net_list_parse(buf_view(&b), ret, &bad);
	if (e == OK)
		return OK;
	if (why != NULL)
		*why = bad;
	return err_at(why, e, path, bad.line, bad.column);
}

bool
net_list_has(const struct net_list *l, const struct ip *ip)
{
	number v = to_number(ip);
	size_t low = 0, high;

	if (l == NULL)
		return false;
	high = l->n;
	while (low < high) { /* the first range that begins behind v */
		size_t middle = low + (high - low) / 2;

		if (l->ranges[middle].first <= v)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && v <= l->ranges[low - 1].last;
}

size_t
net_list_len(const struct net_list *l)
{
	return l->n;
}
