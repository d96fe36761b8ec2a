/* Erased stretches: the file, its cap, its meaning. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/erased.h"

#include "base/fs.h"
#include "test.h"

static struct diag why;

static struct erased
now(void)
{
	struct erased e;

	CHECK_OK(erased_read(test_dir(), &e, &why), why);
	return e;
}

TEST(nothing_is_erased_at_first)
{
	auto_buf struct buf sql = { 0 };
	struct erased e = now();

	buf_init(&sql, 0);
	CHECK_INT(e.n, 0);
	CHECK(!erased_touches(&e, 0, UINT64_MAX));
	erased_condition(&e, &sql);
	CHECK_SLICE(buf_view(&sql), "true");
}

TEST(stretches_are_kept)
{
	auto_buf struct buf sql = { 0 };
	struct erased e;

	buf_init(&sql, 0);
	CHECK_OK(erased_add(test_dir(), 10, 20, &why), why);
	CHECK_OK(erased_add(test_dir(), 10, 20, &why), why); /* again: nothing more */
	CHECK_OK(erased_add(test_dir(), 30, 40, &why), why);
	e = now();
	CHECK_INT(e.n, 2);
	CHECK(!erased_touches(&e, 1, 9));
	CHECK(erased_touches(&e, 1, 10));
	CHECK(erased_touches(&e, 15, 16));
	CHECK(erased_touches(&e, 20, 29));
	CHECK(!erased_touches(&e, 21, 29));
	CHECK(erased_touches(&e, 1, 100));
	CHECK(!erased_touches(&e, 41, 100));
	erased_condition(&e, &sql);
	CHECK_SLICE(buf_view(&sql), "(source IS DISTINCT FROM 'demo' OR NOT"
				    " (seq BETWEEN 10 AND 20 OR seq BETWEEN 30 AND 40))");
}

TEST(past_the_cap_the_oldest_become_one)
{
	struct erased e;

	for (uint64_t i = 1; i <= 100; i++) {
		CHECK_OK(erased_add(test_dir(), i * 100, i * 100 + 10, &why), why);
		e = now();
		CHECK_INT(e.n, i < ERASED_MAX ? i : ERASED_MAX);
		CHECK_INT(e.p[0].first, 100);
		CHECK_INT(e.p[e.n - 1].last, i * 100 + 10);
		for (uint64_t k = 1; k <= i; k++)
			CHECK(erased_touches(&e, k * 100 + 5, k * 100 + 5));
	}
}

TEST(a_broken_file_is_refused)
{
	static const char *const bad[] = { "x", "1", "1 x\n", "5 4\n", "1 2\n1 2\n", " 1 2\n",
		"1 2 3\n", "1 99999999999999999999\n" };
	struct erased e;
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/" ERASED_FILE, test_dir());
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_OK(fs_replace(path, str_c(bad[i]), &why), why);
		CHECK_INT(erased_read(test_dir(), &e, NULL), FAIL_CORRUPT);
		CHECK_INT(erased_add(test_dir(), 7, 8, NULL), FAIL_CORRUPT);
	}
}
