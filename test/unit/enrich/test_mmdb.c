/* Whole MMDB files: good ones pass, every kind of damage is named. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/mmdb.h"

#include <dirent.h>

#include "base/fs.h"
#include "enrich/geo.h"
#include "unit/enrich/make_mmdb.h"

/* A file whose one network has the value that `put` writes. */
static void
make_one(void (*put)(struct buf *to), struct buf *to)
{
	static struct make m;

	make_init(&m);
	put(&m.data);
	make_network(&m, "1.2.3.0/24", 0);
	make_finish(&m, "Test", to);
}

static void
put_country(struct buf *to)
{
	make_map(to, 1);
	make_text(to, "country_code");
	make_text(to, "DE");
}

static void
put_self(struct buf *to) /* {a: -> itself} */
{
	make_map(to, 1);
	make_text(to, "a");
	buf_put(to, "\x20\x00", 2);
}

static void
put_outside(struct buf *to)
{
	buf_put(to, "\x27\xff", 2);
}

static void
put_double_pointer(struct buf *to)
{
	buf_put(to, "\x20\x02\x20\x00", 4);
}

static void
put_oversized_map(struct buf *to)
{
	buf_put(to, "\xff\xff\xff\xff", 4);
}

static void
put_number_as_key(struct buf *to)
{
	make_map(to, 1);
	make_number(to, 5, 1, 2);
	make_text(to, "x");
}

static void
put_long_number(struct buf *to)
{
	make_number(to, 5, 1, 3);
}

static void
put_short_double(struct buf *to)
{
	make_number(to, 3, 1, 4);
}

static void
put_bad_text(struct buf *to)
{
	make_text(to, "a\xff");
}

static void
put_unknown_type(struct buf *to)
{
	buf_put(to, "\x00\x20", 2);
}

static void
put_deep(struct buf *to)
{
	for (unsigned i = 0; i < MMDB_CHECK_DEPTH_MAX + 1; i++)
		make_head(to, 11, 1);
	make_text(to, "x");
}

static const struct {
	void (*put)(struct buf *to);
	const char *problem; /* NULL: none */
} cases[] = {
	{ put_country, NULL },
	{ put_self, "a value contains itself" },
	{ put_outside, "a pointer leads outside" },
	{ put_double_pointer, "a pointer to a pointer" },
	{ put_oversized_map, "more members than bytes" },
	{ put_number_as_key, "a key that is no text" },
	{ put_long_number, "a number of the wrong size" },
	{ put_short_double, "a number of the wrong size" },
	{ put_bad_text, "text that is not UTF-8" },
	{ put_unknown_type, "no such type" },
	{ put_deep, "values are nested too deeply" },
};

TEST(kinds_of_damage)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct diag why = { 0 };
		struct buf b;
		enum err e;

		buf_init(&b, 0);
		make_one(cases[i].put, &b);
		e = mmdb_check(buf_view(&b), &why);
		CHECK_INT(e, cases[i].problem == NULL ? OK : FAIL_CORRUPT);
		if (cases[i].problem != NULL && strstr(why.text, cases[i].problem) == NULL)
			test_fail(TEST_AT(mmdb_check), "\"%s\" is not \"%s\"", why.text,
			    cases[i].problem);
		buf_fini(&b);
	}
}

TEST(nothing_at_all)
{
	struct diag why = { 0 };

	CHECK_INT(mmdb_check(STR(""), &why), FAIL_CORRUPT);
	CHECK_INT(mmdb_check(STR("\xab\xcd\xefMaxMind.com"), &why), FAIL_CORRUPT);
	CHECK_STR(why.text, "not a sound MMDB file: empty metadata at byte 14");
	CHECK_INT(mmdb_check(STR("GIF89a"), &why), FAIL_CORRUPT);
	CHECK_STR(why.text, "not an MMDB file");
}

/* A node that leads back to the root, and a way of 129 bits. */
TEST(trees_without_end)
{
	static struct make m;
	struct diag why = { 0 };
	struct buf b;

	make_init(&m);
	put_country(&m.data);
	make_network(&m, "1.2.3.0/24", 0);
	buf_init(&b, 0);
	make_finish(&m, "Test", &b);
	memset(b.p + 4, 0, 4); /* right record of the root */
	CHECK_INT(mmdb_check(buf_view(&b), &why), FAIL_CORRUPT);
	CHECK_STR(why.text, "not a sound MMDB file: node 0 leads back to the root");
	memcpy(b.p + 4, "\0\0\0\x05", 4);
	memcpy(b.p + 8 * 10, "\0\0\0\x05", 4); /* node 10 to 5 */
	CHECK_INT(mmdb_check(buf_view(&b), &why), FAIL_CORRUPT);
	CHECK_STR(why.text, "not a sound MMDB file: its search tree has no end");
	buf_fini(&b);

	make_init(&m);
	put_country(&m.data);
	make_network(&m, "::1/128", 0);
	m.node[m.n - 1][0] = m.n; /* a node below the last bit */
	m.n++;
	buf_init(&b, 0);
	make_finish(&m, "Test", &b);
	CHECK_INT(mmdb_check(buf_view(&b), &why), FAIL_CORRUPT);
	CHECK_STR(why.text, "not a sound MMDB file: its search tree has no end");
	buf_fini(&b);
}

/* What the library would stumble over. */
TEST(metadata_of_the_wrong_type)
{
	static const struct {
		const char *name, *value; /* in place of what stands there */
	} odd_values[] = { { "languages", "\x40" }, { "description", "\x40" },
		{ "database_type", "\xe0" }, { "node_count", "\x44" }, { "ip_version", "\x42" } };

	for (size_t i = 0; i < ARRAY_LEN(odd_values); i++) {
		struct diag why = { 0 };
		struct buf b;
		ptrdiff_t at;

		buf_init(&b, 0);
		make_one(put_country, &b);
		at = str_find(buf_view(&b), str_c(odd_values[i].name));
		CHECK(at > 0);
		b.p[at + (ptrdiff_t)strlen(odd_values[i].name)] = odd_values[i].value[0];
		CHECK_INT(mmdb_check(buf_view(&b), &why), FAIL_CORRUPT);
		buf_fini(&b);
	}
}

/* Cut anywhere, the file is refused. */
TEST(cut_anywhere)
{
	struct buf b;

	buf_init(&b, 0);
	make_one(put_country, &b);
	CHECK_INT(mmdb_check(buf_view(&b), NULL), OK);
	for (size_t n = 0; n < b.n; n++)
		CHECK_INT(mmdb_check((struct str){ b.p, n }, NULL), FAIL_CORRUPT);
	buf_fini(&b);
}

/* What passes is harmless: looked up in at every address around. */
static void
use(struct str bytes)
{
	struct geo *g = NULL;

	if (geo_open_bytes(bytes, &g, NULL) != OK)
		return;
	for (unsigned i = 0; i < 600; i++) {
		struct ip ip = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4 } };
		struct geo_place place = { 0 };

		ip.b[i / 4 % 16] ^= (uint8_t)(1U << i % 8);
		geo_lookup(g, &ip, &place);
		CHECK(place.country.n <= 256 && place.city.n <= 256);
	}
	geo_unref(g);
}

TEST(flipped_bytes)
{
	struct buf b, m;

	buf_init(&b, 0);
	buf_init(&m, 0);
	make_one(put_country, &b);
	for (size_t at = 0; at < b.n; at++) {
		static const unsigned char with[] = { 0x00, 0x01, 0x20, 0x28, 0x3f, 0x7f, 0xe1,
			0xff };

		for (size_t k = 0; k < ARRAY_LEN(with); k++) {
			buf_reset(&m);
			buf_str(&m, buf_view(&b));
			m.p[at] = (char)with[k];
			use(buf_view(&m));
		}
	}
	buf_fini(&b);
	buf_fini(&m);
}

/* Well-formed and merely odd: an age beyond time, an empty last value. */
static const char *const odd[] = { "libmaxminddb-uint64-max-epoch.mmdb",
	"libmaxminddb-empty-array-last-in-metadata.mmdb",
	"libmaxminddb-empty-map-last-in-metadata.mmdb" };

static bool
is_odd(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		if (strcmp(odd[i], name) == 0)
			return true;
	return false;
}

static unsigned tried;

static enum err
try_bad_file(void *ctx, const char *name)
{
	char path[4096];
	struct buf b;

	CHECK_INT(fs_join(path, sizeof(path), ctx, name), OK);
	buf_init(&b, 0);
	if (fs_read(path, (size_t)64 << 20, &b, NULL) == OK) {
		struct diag why = { 0 };
		struct geo *g = NULL;

		tried++;
		CHECK_INT(geo_open(path, &g, &why) == OK, is_odd(name));
		geo_unref(g);
		CHECK(is_odd(name) || strcmp(why.file, path) == 0);
		fprintf(stderr, "# %s: %s\n", name, is_odd(name) ? "taken" : why.text);
		use(buf_view(&b));
	}
	buf_fini(&b);
	return OK;
}

TEST(corrupt_databases_of_others)
{
	static const char *const folders[] = { "mmdb/bad-data/libmaxminddb",
		"mmdb/bad-data/maxminddb-golang", "mmdb/bad-data/maxminddb-python" };
	struct diag why = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		char dir[4096];

		(void)snprintf(dir, sizeof(dir), "%s", test_corpus(folders[i]));
		CHECK_OK(fs_each(dir, try_bad_file, dir, &why), why);
	}
	CHECK_INT(tried, 21);
}
