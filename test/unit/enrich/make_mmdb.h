/* Makes small MMDB files for tests: an IPv6 tree with 32-bit records, and values one by one. */
#ifndef UNIT_ENRICH_MAKE_MMDB_H
#define UNIT_ENRICH_MAKE_MMDB_H

#include "base/buf.h"
#include "base/ip.h"
#include "test.h"

#define MAKE_NODES 4096

struct make {
	uint32_t node[MAKE_NODES][2]; /* 0 empty, else node or data offset + 1 with the high bit */
	uint32_t n;
	struct buf data;
};

static inline void
make_head(struct buf *to, unsigned type, size_t size)
{
	unsigned low = size < 29 ? (unsigned)size : 29;

	buf_byte(to, (char)(type <= 7 ? type << 5 | low : low));
	if (type > 7)
		buf_byte(to, (char)(type - 7));
	if (low == 29)
		buf_byte(to, (char)(size - 29));
}

static inline void
make_map(struct buf *to, size_t n)
{
	make_head(to, 7, n);
}

static inline void
make_text(struct buf *to, const char *s)
{
	make_head(to, 2, strlen(s));
	buf_str(to, str_c(s));
}

static inline void
make_number(struct buf *to, unsigned type, uint64_t v, unsigned bytes)
{
	make_head(to, type, bytes);
	for (unsigned i = bytes; i > 0; i--)
		buf_byte(to, (char)(v >> (8 * (i - 1))));
}

static inline void
make_double(struct buf *to, double d)
{
	uint64_t v;

	memcpy(&v, &d, sizeof(v));
	make_number(to, 3, v, 8);
}

static inline void
make_float(struct buf *to, float f)
{
	uint32_t v;

	memcpy(&v, &f, sizeof(v));
	make_number(to, 15, v, 4);
}

static inline void
make_init(struct make *m)
{
	memset(m, 0, sizeof(*m));
	m->n = 1;
	buf_init(&m->data, 0);
}

/* The network gets the value that begins at `at` in the data. */
static inline void
make_network(struct make *m, const char *text, size_t at)
{
	struct ip_net net;
	uint32_t node = 0;

	CHECK(ip_net_parse(str_c(text), &net, NULL));
	if (ip_is_v4(&net.ip)) /* IPv4 stands at ::/96 */
		memset(net.ip.b, 0, 12);
	for (unsigned i = 0; i < net.bits; i++) {
		unsigned bit = net.ip.b[i / 8] >> (7 - i % 8) & 1;
		uint32_t *next = &m->node[node][bit];

		if (i + 1 == net.bits) {
			*next = 0x80000000U | (uint32_t)at;
			return;
		}
		CHECK(*next < 0x80000000U && m->n < MAKE_NODES);
		if (*next == 0)
			*next = m->n++;
		node = *next;
	}
}

static inline void
make_be32(struct buf *to, uint32_t v)
{
	for (unsigned i = 4; i > 0; i--)
		buf_byte(to, (char)(v >> (8 * (i - 1))));
}

/* The whole file; `m` is done then. */
static inline void
make_finish(struct make *m, const char *type, struct buf *to)
{
	for (uint32_t i = 0; i < m->n; i++) {
		for (unsigned side = 0; side < 2; side++) {
			uint32_t v = m->node[i][side];

			if (v == 0)
				v = m->n;
			else if (v >= 0x80000000U)
				v = m->n + 16 + (v & 0x7fffffffU);
			make_be32(to, v);
		}
	}
	for (unsigned i = 0; i < 16; i++)
		buf_byte(to, '\0');
	buf_str(to, buf_view(&m->data));
	buf_fini(&m->data);
	buf_str(to, STR("\xab\xcd\xefMaxMind.com"));
	make_map(to, 9);
	make_text(to, "node_count");
	make_number(to, 6, m->n, 4);
	make_text(to, "record_size");
	make_number(to, 5, 32, 2);
	make_text(to, "ip_version");
	make_number(to, 5, 6, 2);
	make_text(to, "binary_format_major_version");
	make_number(to, 5, 2, 2);
	make_text(to, "binary_format_minor_version");
	make_number(to, 5, 0, 2);
	make_text(to, "build_epoch");
	make_number(to, 9, 1700000000, 8);
	make_text(to, "database_type");
	make_text(to, type);
	make_text(to, "languages");
	make_head(to, 11, 0);
	make_text(to, "description");
	make_map(to, 0);
}

/* A database in the flat layout that knows one country for one network. */
static inline void
make_country(const char *network, const char *country, struct buf *to)
{
	static struct make m;

	make_init(&m);
	make_map(&m.data, 1);
	make_text(&m.data, "country_code");
	make_text(&m.data, country);
	make_network(&m, network, 0);
	make_finish(&m, "Test-Country", to);
}

#endif
