/* Ids are taken out of paths; everything else stays. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/shape.h"

#include "random.h"
#include "test.h"

TEST(shapes)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "", "" },
		{ "/", "/" },
		{ "/api/login", "/api/login" },
		{ "/orders/17", "/orders/{id}" },
		{ "/orders/17/", "/orders/{id}/" },
		{ "/orders/17/items/3", "/orders/{id}/items/{id}" },
		{ "//a//1", "//a//{id}" },
		{ "/v1/users", "/v1/users" },
		{ "17", "{id}" },
		{ "/u/0e37df36-f698-11e6-8dd4-cb9ced3df976", "/u/{id}" },
		{ "/t/DEADBEEFDEADBEEF", "/t/{id}" },
		{ "/t/deadbeef", "/t/deadbeef" },
		{ "/face/cafe", "/face/cafe" },
		{ "/-", "/-" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char to[SHAPE_MAX + 1];

		CHECK_SLICE(shape_path(str_c(cases[i].path), to), cases[i].want);
	}
}

TEST(long_paths_are_cut)
{
	char path[200], to[SHAPE_MAX + 1];

	memset(path, 'x', sizeof(path));
	CHECK_INT(shape_path((struct str){ path, sizeof(path) }, to).n, SHAPE_MAX);
	memset(path, '/', sizeof(path));
	CHECK_INT(shape_path((struct str){ path, sizeof(path) }, to).n, SHAPE_MAX);
	memset(path, 'y', SHAPE_MAX - 2);
	memcpy(path + SHAPE_MAX - 2, "/12345", 6);
	CHECK_INT(shape_path((struct str){ path, SHAPE_MAX + 4 }, to).n, SHAPE_MAX);
	CHECK(to[SHAPE_MAX - 1] == '{');
}

TEST(any_bytes)
{
	uint64_t s = random_start(test_seed());

	for (unsigned i = 0; i < test_rounds(100000); i++) {
		char path[100], to[SHAPE_MAX + 1];
		size_t n = random_below(&s, sizeof(path));

		random_bytes(&s, path, n);
		CHECK(shape_path((struct str){ path, n }, to).n <= SHAPE_MAX);
	}
}
