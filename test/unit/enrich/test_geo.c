/* Lookups in GeoIP databases: both layouts, both families, real files against their sources. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/geo.h"

#include <math.h>

#include "base/fs.h"
#include "unit/enrich/json_source.h"
#include "unit/enrich/make_mmdb.h"

static struct geo *
open_made(struct make *m)
{
	struct diag why = { 0 };
	struct geo *g = NULL;
	struct buf b;

	buf_init(&b, 0);
	make_finish(m, "Test", &b);
	CHECK_OK(geo_open_bytes(buf_view(&b), &g, &why), why);
	buf_fini(&b);
	return g;
}

static struct geo_place
look(const struct geo *g, const char *text)
{
	struct geo_place place = { 0 };
	struct ip ip;

	CHECK(ip_parse(str_c(text), &ip));
	geo_lookup(g, &ip, &place);
	return place;
}

TEST(flat_layout)
{
	static struct make m;
	struct geo_place p;
	struct geo *g;

	make_init(&m);
	make_map(&m.data, 7);
	make_text(&m.data, "country_code");
	make_text(&m.data, "DE");
	make_text(&m.data, "state1");
	make_text(&m.data, "Hesse");
	make_text(&m.data, "city");
	make_text(&m.data, "Frankfurt");
	make_text(&m.data, "latitude");
	make_float(&m.data, 50.5F);
	make_text(&m.data, "longitude");
	make_float(&m.data, 8.25F);
	make_text(&m.data, "autonomous_system_number");
	make_number(&m.data, 6, 64496, 4);
	make_text(&m.data, "autonomous_system_organization");
	make_text(&m.data, "Example Net");
	make_network(&m, "1.2.0.0/16", 0);
	make_network(&m, "2a00::/16", 0);
	g = open_made(&m);
	for (unsigned i = 0; i < 3; i++) {
		static const char *const ips[] = { "1.2.3.4", "::ffff:1.2.3.4", "2a00::1" };

		p = look(g, ips[i]);
		CHECK_SLICE(p.country, "DE");
		CHECK_SLICE(p.region, "Hesse");
		CHECK_SLICE(p.city, "Frankfurt");
		CHECK_SLICE(p.org, "Example Net");
		CHECK_INT(p.asn, 64496);
		CHECK_DOUBLE(p.lat, 50.5, 0);
		CHECK_DOUBLE(p.lon, 8.25, 0);
		CHECK_INT(p.has, GEO_HAS_PLACE | GEO_HAS_POINT | GEO_HAS_ASN);
	}
	CHECK_INT(look(g, "1.3.0.0").has, 0);
	CHECK_STR(geo_type(g), "Test");
	CHECK_INT(geo_built(g), INT64_C(1700000000000000000));
	geo_unref(g);
}

/* Values of the wrong kind are passed over. */
TEST(odd_values)
{
	static struct make m;
	struct geo_place p;
	struct geo *g;
	char text[301];

	memset(text, 'x', 284);
	text[284] = '\0';
	make_init(&m);
	make_map(&m.data, 6);
	make_text(&m.data, "country_code");
	make_number(&m.data, 6, 5, 4);
	make_text(&m.data, "city");
	make_text(&m.data, text); /* longer than any city */
	make_text(&m.data, "latitude");
	make_double(&m.data, 91);
	make_text(&m.data, "longitude");
	make_double(&m.data, (double)NAN);
	make_text(&m.data, "autonomous_system_number");
	make_text(&m.data, "AS5");
	make_text(&m.data, "is_anonymous");
	make_text(&m.data, "true");
	make_network(&m, "1.2.0.0/16", 0);
	g = open_made(&m);
	p = look(g, "1.2.3.4");
	CHECK_INT(p.has, 0);
	CHECK_INT(p.country.n + p.city.n, 0);
	geo_unref(g);
}

TEST(what_is_known_already_stays)
{
	static struct make m;
	struct geo_place p = { .has = GEO_HAS_PLACE, .country = STR("FR") };
	struct geo *g;
	struct ip ip;

	make_init(&m);
	make_map(&m.data, 1);
	make_text(&m.data, "country_code");
	make_text(&m.data, "DE");
	make_network(&m, "1.2.0.0/16", 0);
	g = open_made(&m);
	CHECK(ip_parse(STR("1.2.3.4"), &ip));
	geo_lookup(g, &ip, &p);
	CHECK_SLICE(p.country, "FR");
	geo_unref(g);
}

TEST(files)
{
	struct diag why = { 0 };
	struct geo *g = NULL;
	char path[4096], text[512];

	CHECK_INT(geo_open("/nonexistent.mmdb", &g, &why), FAIL_NOT_FOUND);
	CHECK_STR(why.file, "/nonexistent.mmdb");
	CHECK_INT(geo_open(test_dir(), &g, &why), FAIL_IO);
	CHECK_INT(geo_open("/dev/null", &g, &why), FAIL_IO);
	(void)snprintf(path, sizeof(path), "%s/x.mmdb", test_dir());
	CHECK_OK(fs_replace(path, STR("words"), &why), why);
	CHECK_INT(geo_open(path, &g, &why), FAIL_CORRUPT);
	CHECK(strstr(err_text(&why, text, sizeof(text)), "x.mmdb: not an MMDB file") != NULL);
	CHECK(g == NULL);
}

/* The file may be cut and overwritten under us: we have our own. */
TEST(a_file_cut_in_place_does_no_harm)
{
	struct diag why = { 0 };
	struct geo *g = NULL;
	char path[4096];
	struct buf b;
	int fd;

	buf_init(&b, 0);
	make_country("1.2.0.0/16", "DE", &b);
	(void)snprintf(path, sizeof(path), "%s/x.mmdb", test_dir());
	CHECK_OK(fs_replace(path, buf_view(&b), &why), why);
	CHECK_OK(geo_open(path, &g, &why), why);
	CHECK_OK(fs_open(path, 01 | 01000, &fd, &why), why); /* O_WRONLY | O_TRUNC */
	CHECK_OK(fs_write_all(fd, "xx", 2, &why), why);
	fs_closep(&fd);
	CHECK_SLICE(look(g, "1.2.3.4").country, "DE");
	geo_unref(g);
	buf_fini(&b);
}

TEST(shipped_database)
{
	struct diag why = { 0 };
	struct geo *g = NULL;

	CHECK_OK(geo_open(test_geoip(), &g, &why), why);
	CHECK_SLICE(look(g, "8.8.8.8").country, "US");
	CHECK_SLICE(look(g, "85.214.132.117").country, "DE");
	CHECK_SLICE(look(g, "::ffff:85.214.132.117").country, "DE");
	CHECK_INT(look(g, "10.0.0.1").has, 0);
	geo_unref(g);
}

/* Every network of the source of a test database, its first and its last address. */
struct source {
	const struct geo *g;
	const struct json_source *all;
	unsigned checked;
};

static void
check_text(const struct json_source *s, size_t i, const char *path, struct str got, struct ip *ip)
{
	struct str want = json_source_get(s, i, path);
	char text[IP_TEXT_SIZE];

	if (want.n > 256)
		want.n = 0;
	if (!str_eq(want, got))
		test_fail(TEST_AT(got), "%s %s: got \"%.*s\", want \"%.*s\"", ip_text(ip, text),
		    path, STR_ARG(got), STR_ARG(want));
}

static bool
is_anonymous(const struct json_source *s, size_t i)
{
	static const char *const flags[] = { "is_anonymous", "is_anonymous_vpn",
		"is_hosting_provider", "is_public_proxy", "is_residential_proxy",
		"is_tor_exit_node", "traits.is_anonymous_proxy", "traits.is_anonymous",
		"traits.is_anonymous_vpn", "traits.is_hosting_provider", "traits.is_public_proxy",
		"traits.is_residential_proxy", "traits.is_tor_exit_node" };

	for (size_t k = 0; k < ARRAY_LEN(flags); k++) {
		struct str v = json_source_get(s, i, flags[k]);

		if (str_eq(v, STR("true")) || str_eq(v, STR("1")))
			return true;
	}
	return false;
}

static struct str
either(const struct json_source *s, size_t i, const char *a, const char *b)
{
	struct str v = json_source_get(s, i, a);

	return v.n != 0 ? v : json_source_get(s, i, b);
}

static void
check_address(struct source *src, size_t i, struct ip *ip)
{
	struct geo_place p = { 0 };
	struct str lat, asn;
	double d;
	uint64_t n;

	geo_lookup(src->g, ip, &p);
	check_text(src->all, i, "country.iso_code", p.country, ip);
	check_text(src->all, i, "subdivisions.0.iso_code", p.region, ip);
	check_text(src->all, i, "city.names.en", p.city, ip);
	lat = json_source_get(src->all, i, "location.latitude");
	CHECK_INT((p.has & GEO_HAS_POINT) != 0, lat.n != 0);
	if (lat.n != 0) {
		CHECK(str_f64(lat, &d));
		CHECK_DOUBLE(p.lat, d, 1e-9);
		CHECK(str_f64(json_source_get(src->all, i, "location.longitude"), &d));
		CHECK_DOUBLE(p.lon, d, 1e-9);
	}
	asn = either(src->all, i, "autonomous_system_number", "traits.autonomous_system_number");
	CHECK_INT((p.has & GEO_HAS_ASN) != 0, asn.n != 0);
	if (asn.n != 0) {
		CHECK(str_u64(asn, &n));
		CHECK_INT(p.asn, n);
	}
	CHECK_INT((p.has & GEO_HAS_ANON) != 0, is_anonymous(src->all, i));
	src->checked++;
}

/* Networks inside others decide for their part: such addresses are left to them. */
static bool
is_decided_elsewhere(const struct json_source *s, size_t i, const struct ip *ip)
{
	for (size_t k = 0; k < s->n; k++)
		if (k != i && ip_net_has(&s->p[k].net, ip) &&
		    (s->p[k].net.bits > s->p[i].net.bits ||
			(s->p[k].net.bits == s->p[i].net.bits && k > i)))
			return true;
	return false;
}

static void
check_database(const char *name, unsigned least)
{
	char db[128], json[128];
	struct json_source all = { 0 };
	struct source src = { .all = &all };
	struct diag why = { 0 };
	struct geo *g = NULL;
	struct buf b;

	(void)snprintf(db, sizeof(db), "mmdb/test-data/%s.mmdb", name);
	(void)snprintf(json, sizeof(json), "mmdb/source-data/%s.json", name);
	buf_init(&b, 0);
	CHECK_OK(fs_read(test_corpus(json), (size_t)16 << 20, &b, &why), why);
	json_source_read(&all, buf_view(&b));
	CHECK_OK(geo_open(test_corpus(db), &g, &why), why);
	src.g = g;
	for (size_t i = 0; i < all.n; i++) {
		struct ip first = all.p[i].net.ip, last = first;

		for (unsigned bit = all.p[i].net.bits; bit < 128; bit++)
			last.b[bit / 8] |= (uint8_t)(0x80U >> bit % 8);
		if (!is_decided_elsewhere(&all, i, &first))
			check_address(&src, i, &first);
		if (!is_decided_elsewhere(&all, i, &last))
			check_address(&src, i, &last);
	}
	fprintf(stderr, "# %s: %u addresses\n", name, src.checked);
	CHECK(src.checked >= least);
	geo_unref(g);
	json_source_fini(&all);
	buf_fini(&b);
}

TEST(databases_of_others)
{
	check_database("GeoIP2-City-Test", 100);
	check_database("GeoLite2-City-Test", 100);
	check_database("GeoIP2-Country-Test", 100);
	check_database("GeoLite2-Country-Test", 100);
	check_database("GeoLite2-ASN-Test", 100);
	check_database("GeoIP2-ISP-Test", 100);
	check_database("GeoIP2-Anonymous-IP-Test", 20);
	check_database("GeoIP-Anonymous-Plus-Test", 20);
	check_database("GeoIP-Residential-Proxy-Test", 5);
	check_database("GeoIP2-Enterprise-Test", 20);
	check_database("GeoIP2-Precision-Enterprise-Test", 20);
}

/* Record sizes 24, 28 and 32, and trees of both families. */
TEST(shapes_of_trees)
{
	static const char *const names[] = { "ipv4-24", "ipv4-28", "ipv4-32", "ipv6-24", "ipv6-28",
		"ipv6-32", "mixed-24", "mixed-28", "mixed-32", "nested", "decoder",
		"metadata-pointers" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char path[128];
		struct diag why = { 0 };
		struct geo *g = NULL;

		(void)snprintf(path, sizeof(path), "mmdb/test-data/MaxMind-DB-test-%s.mmdb",
		    names[i]);
		CHECK_OK(geo_open(test_corpus(path), &g, &why), why);
		CHECK_INT(look(g, "1.1.1.1").has, 0);
		CHECK_INT(look(g, "::1:ffff:ffff").has, 0);
		geo_unref(g);
	}
}
