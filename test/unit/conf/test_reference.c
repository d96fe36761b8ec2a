/* The reference page in doc/ is what the tables say.  REFERENCE_WRITE=1 writes it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"
#include "conf/row.h"
#include "test.h"

#define PAGE "doc/reference/configuration.md"

TEST(page_is_up_to_date)
{
	struct diag why = { 0 };
	struct buf want, got;

	buf_init(&want, 0);
	buf_init(&got, 0);
	conf_reference(&want);
	if (getenv("REFERENCE_WRITE") != NULL)
		CHECK_OK(fs_replace(test_source(PAGE), buf_view(&want), &why), why);
	CHECK_OK(fs_read(test_source(PAGE), (size_t)1 << 20, &got, &why), why);
	if (!str_eq(buf_view(&got), buf_view(&want)))
		test_fail(TEST_AT(conf_reference), "%s is old: REFERENCE_WRITE=1 %s", PAGE,
		    "build/test/test_conf_reference writes it");
	buf_fini(&want);
	buf_fini(&got);
}

TEST(every_key_is_on_it)
{
	const struct row *row;
	struct buf page;
	char cell[128];

	buf_init(&page, 0);
	conf_reference(&page);
	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		(void)snprintf(cell, sizeof(cell), "\n| `%s` | ", row->path);
		CHECK(str_find(buf_view(&page), str_c(cell)) >= 0);
	}
	for (size_t i = 0; (row = row_source_at(i)) != NULL; i++) {
		(void)snprintf(cell, sizeof(cell), "\n| `%s` | ", row->path);
		CHECK(str_find(buf_view(&page), str_c(cell)) >= 0);
	}
	buf_fini(&page);
}
