/* Notations of values. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/setting.h"

#include "test.h"

#define NONE INT64_MIN

static const struct {
	const char *key, *text;
	int64_t want; /* NONE: refused */
} numbers[] = {
	{ "store.retain_size", "0", 0 },
	{ "store.retain_size", "1", 1 },
	{ "store.retain_size", "12B", 12 },
	{ "store.retain_size", "1K", 1024 },
	{ "store.retain_size", "1kb", 1024 },
	{ "store.retain_size", "3 MiB", 3 << 20 },
	{ "store.retain_size", "2GB", INT64_C(2) << 30 },
	{ "store.retain_size", "1TB", INT64_C(1) << 40 },
	{ "store.retain_size", "", NONE },
	{ "store.retain_size", "MB", NONE },
	{ "store.retain_size", "-1", NONE },
	{ "store.retain_size", "1.5GB", NONE },
	{ "store.retain_size", "1PB", NONE },
	{ "store.retain_size", "1MBB", NONE },
	{ "store.retain_size", "17179869184TB", NONE },
	{ "store.retain_size", "99999999999999999999", NONE },
	{ "http.max_connections", "7", 7 },
	{ "http.max_connections", "0", NONE },
	{ "http.max_connections", "100000", 100000 },
	{ "http.max_connections", "100001", NONE },
	{ "http.max_connections", "+7", NONE },
	{ "http.max_connections", "0x10", NONE },
	{ "time.future_max", "90s", INT64_C(90000000000) },
	{ "time.future_max", "15m", INT64_C(900000000000) },
	{ "time.future_max", "250ms", 250000000 },
	{ "time.future_max", "1y", NONE },
	{ "time.future_max", "-5s", NONE },
	{ "time.zone_offset", "+00:00", 0 },
	{ "time.zone_offset", "+02:00", 7200 },
	{ "time.zone_offset", "-09:30", -34200 },
	{ "time.zone_offset", "-14:00", -50400 },
	{ "time.zone_offset", "-14:01", NONE },
	{ "time.zone_offset", "+02:60", NONE },
	{ "time.zone_offset", "02:00", NONE },
	{ "time.zone_offset", "+2:00", NONE },
};

TEST(number_notations)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		const struct row *row = row_find(str_c(numbers[i].key));
		struct arena *a = arena_new(4096);
		struct conf c = { 0 };
		struct diag why = { 0 };
		const struct setting_in in = { row, row->path, STR(""), a };
		enum err e = setting_put(&in, str_c(numbers[i].text), &c, &why);
		int64_t got;

		memcpy(&got, (char *)&c + row->offset, sizeof(got));
		if (numbers[i].want == NONE && e == OK)
			test_fail(TEST_AT(e), "%s took %s", row->path, numbers[i].text);
		if (numbers[i].want != NONE)
			CHECK_OK(e, why);
		CHECK_INT(got, e == OK ? numbers[i].want : 0);
		arena_free(a);
	}
}

static const struct {
	const char *text;
	bool good;
} addresses[] = {
	{ "127.0.0.1:8321", true },
	{ "0.0.0.0:0", true },
	{ "[::1]:80", true },
	{ "[::]:65535", true },
	{ "127.0.0.1", false },
	{ "127.0.0.1:", false },
	{ "127.0.0.1:65536", false },
	{ "127.0.0.1:-1", false },
	{ "::1:80", false },
	{ "[127.0.0.1]:80", false },
	{ "[::1]", false },
	{ "[]:80", false },
	{ "localhost:80", false },
	{ ":80", false },
	{ "", false },
	{ "127.0.0.1:080000", false },
};

TEST(addresses_and_ports)
{
	const struct row *row = row_find(STR("http.listen"));

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		struct arena *a = arena_new(4096);
		struct conf c = { 0 };
		const struct setting_in in = { row, row->path, STR(""), a };
		bool good = setting_put(&in, str_c(addresses[i].text), &c, NULL) == OK;

		if (good != addresses[i].good)
			test_fail(TEST_AT(good), "%s", addresses[i].text);
		if (good)
			CHECK_STR(c.http_listen, addresses[i].text);
		arena_free(a);
	}
}

TEST(paths)
{
	static const struct {
		const char *dir, *text, *want;
	} cases[] = {
		{ "", "a/b", "a/b" },
		{ "/etc", "a/b", "/etc/a/b" },
		{ "/", "a", "/a" },
		{ "conf.d", "a", "conf.d/a" },
		{ "/etc", "/a", "/a" },
	};
	const struct row *row = row_find(STR("data_dir"));

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(4096);
		struct conf c = { 0 };
		struct diag why = { 0 };
		const struct setting_in in = { row, row->path, str_c(cases[i].dir), a };

		CHECK_OK(setting_put(&in, str_c(cases[i].text), &c, &why), why);
		CHECK_STR(c.data_dir, cases[i].want);
		arena_free(a);
	}
}

TEST(text_is_bounded)
{
	const struct row *row = row_find(STR("data_dir"));
	struct arena *a = arena_new(1 << 20);
	struct conf c = { 0 };
	const struct setting_in in = { row, row->path, STR(""), a };
	static char text[4097];

	memset(text, 'x', sizeof(text));
	CHECK_INT(setting_put(&in, (struct str){ text, 4096 }, &c, NULL), OK);
	CHECK_INT(setting_put(&in, (struct str){ text, 4097 }, &c, NULL), FAIL_SYNTAX);
	CHECK_INT(setting_put(&in, STR("a\0b"), &c, NULL), FAIL_SYNTAX);
	CHECK_INT(setting_put(&in, STR("a\nb"), &c, NULL), FAIL_SYNTAX);
	CHECK_INT(setting_put(&in, STR("a\xff"), &c, NULL), FAIL_SYNTAX);
	arena_free(a);
}

/* A bound that did not parse would bind nothing. */
TEST(bounds_are_values)
{
	const struct row *row;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		struct arena *a = arena_new(4096);
		struct conf c = { 0 };
		struct diag why = { 0 };
		const struct setting_in in = { row, row->path, STR(""), a };
		int64_t score;

		if (row->type == ROW_SCORES) {
			CHECK_OK(setting_score(&in, str_c(row->least), &score, &why), why);
			CHECK_OK(setting_score(&in, str_c(row->most), &score, &why), why);
		} else if (row->least[0] != '\0') {
			CHECK_OK(setting_put(&in, str_c(row->least), &c, &why), why);
			CHECK_OK(setting_put(&in, str_c(row->most), &c, &why), why);
		}
		arena_free(a);
	}
}
