/* Listing of segments. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "log/folder.h"

#include "fixture.h"

TEST(lists_segments_in_order)
{
	static const uint64_t some[] = { 500, 1, 20, UINT64_MAX, 3 };
	static const uint64_t want[] = { 1, 3, 20, 500, UINT64_MAX };
	struct folder f = { 0 };
	char path[PATH_MAX];
	struct diag why;

	CHECK_OK(folder_list(test_dir(), &f, &why), why);
	CHECK_INT(f.n, 0);
	for (size_t i = 0; i < 5; i++) {
		CHECK_OK(folder_path(test_dir(), some[i], path, &why), why);
		save(path, "", 0);
	}
	(void)snprintf(path, sizeof(path), "%s/commit", test_dir());
	save(path, "", 0);
	for (unsigned again = 0; again < 2; again++) {
		CHECK_OK(folder_list(test_dir(), &f, &why), why);
		CHECK_BYTES(f.first, f.n * sizeof(*f.first), want, sizeof(want));
	}
	folder_fini(&f);
	CHECK_INT(folder_list("/no/such/folder", &f, &why), FAIL_NOT_FOUND);
	folder_fini(&f);
}

TEST(long_path)
{
	char dir[PATH_MAX], path[PATH_MAX];
	struct diag why;

	memset(dir, 'x', sizeof(dir));
	dir[sizeof(dir) - 20] = '\0';
	CHECK_INT(folder_path(dir, 1, path, &why), FAIL_LIMIT);
}
