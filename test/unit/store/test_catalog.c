/* File names and what they say together. */
#include "store/catalog.h"

#include "base/fs.h"
#include "test.h"

TEST(names_read_back)
{
	struct catalog_file f = { .first = 1,
		.last = UINT64_MAX - 1,
		.tmin = 0,
		.tmax = INT64_MAX,
		.level = CATALOG_DAILY },
			    g;
	char name[CATALOG_NAME_SIZE];

	CHECK(catalog_parse(str_c(catalog_name(&f, name)), &g));
	CHECK_INT(g.first, f.first);
	CHECK_INT(g.last, f.last);
	CHECK_INT(g.tmax, f.tmax);
	CHECK_INT(g.level, CATALOG_DAILY);
	CHECK(!g.dead);
}

#define N1 "00000000000000000001"
#define N2 "00000000000000000002"

TEST(foreign_names_are_none)
{
	static const char *const bad[] = { "", "commit", "tmp-12", N1 "-" N2 "-" N1 "-" N2 "-s",
		N1 "-" N2 "-" N1 "-" N2 "-x.parquet", N2 "-" N1 "-" N1 "-" N2 "-s.parquet",
		N1 "-" N2 "-" N2 "-" N1 "-s.parquet", N1 "_" N2 "-" N1 "-" N2 "-s.parquet",
		N1 "-" N2 "-" N1 "-" N2 "-s.parquet.corrupt",
		"+0000000000000000001-" N2 "-" N1 "-" N2 "-s.parquet",
		"00000000000000000000-" N2 "-" N1 "-" N2 "-s.parquet",
		N1 "-18446744073709551615-" N1 "-" N2 "-s.parquet",
		N1 "-" N2 "-" N1 "-18446744073709551615-s.parquet" };
	struct catalog_file f;
	size_t i;

	CHECK(catalog_parse(STR(N1 "-" N2 "-" N1 "-" N2 "-s.parquet"), &f));
	for (i = 0; i < ARRAY_LEN(bad); i++)
		if (catalog_parse(str_c(bad[i]), &f))
			test_fail(TEST_AT(bad[i]), "taken: %s", bad[i]);
}

static void
add(struct catalog *c, uint64_t first, uint64_t last, enum catalog_level level)
{
	struct catalog_file f = { .first = first,
		.last = last,
		.tmin = (int64_t)first,
		.tmax = (int64_t)last,
		.level = level };

	VEC_PUSH(&c->files, f);
}

static unsigned
living(const struct catalog *c)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < c->files.n; i++)
		n += !c->files.p[i].dead;
	return n;
}

TEST(what_lies_inside_is_dead)
{
	struct catalog c = { 0 };
	uint64_t first, last;

	CHECK_INT(catalog_through(&c), 0);
	add(&c, 21, 30, CATALOG_SEALED);
	add(&c, 1, 10, CATALOG_SEALED);
	add(&c, 11, 20, CATALOG_SEALED);
	add(&c, 1, 20, CATALOG_HOURLY);
	add(&c, 1, 20, CATALOG_DAILY);
	catalog_settle(&c);
	CHECK_INT(living(&c), 2);
	CHECK_INT(c.files.p[0].level, CATALOG_DAILY);
	CHECK(!c.files.p[0].dead);
	CHECK_INT(catalog_through(&c), 30);
	CHECK_INT(catalog_last(&c), 30);
	CHECK(!catalog_gap(&c, &first, &last));
	catalog_free(&c);
}

TEST(gaps_are_found)
{
	struct catalog c = { 0 };
	uint64_t first = 0, last = 0;

	add(&c, 5, 10, CATALOG_SEALED);
	add(&c, 15, 20, CATALOG_SEALED);
	catalog_settle(&c);
	CHECK_INT(catalog_through(&c), 10);
	CHECK_INT(catalog_last(&c), 20);
	CHECK(catalog_gap(&c, &first, &last));
	CHECK_INT(first, 11);
	CHECK_INT(last, 14);
	catalog_free(&c);
}

TEST(lists_a_folder)
{
	struct catalog_file f = { .first = 1, .last = 2, .tmin = 3, .tmax = 4 };
	char name[CATALOG_NAME_SIZE], path[4096];
	struct catalog c = { 0 };
	struct diag why;

	CHECK_OK(catalog_list("/nonexistent/folder", &c, &why), why);
	CHECK_INT(c.files.n, 0);
	snprintf(path, sizeof(path), "%s/%s", test_dir(), catalog_name(&f, name));
	CHECK_OK(fs_replace(path, STR("12345"), &why), why);
	snprintf(path, sizeof(path), "%s/else", test_dir());
	CHECK_OK(fs_replace(path, STR("x"), &why), why);
	CHECK_OK(catalog_list(test_dir(), &c, &why), why);
	CHECK_INT(c.files.n, 1);
	catalog_stat(&c, test_dir());
	CHECK_INT(c.files.p[0].size, 5);
	CHECK(c.files.p[0].written > 0);
	catalog_free(&c);
}
