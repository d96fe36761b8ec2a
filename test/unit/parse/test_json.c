/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON shim: what is accepted, what is mended, and the walk over the tape. */
#include "parse/json.h"

#include <dirent.h>

#include "base/fs.h"
#include "test.h"

static struct json_doc doc;
static struct diag why;

static enum err
parse(struct json *j, const char *text)
{
	return json_parse(j, str_c(text), &doc, &why);
}

TEST(walk)
{
	struct json *j = json_new(1 << 20);
	struct json_value v = { JSON_NULL };

	CHECK_OK(parse(j, " {\"a\":[1,-2.5,\"x\\u00e9\"],\"b\":{},\"c\":[true,false,null],"
			  "\"d\":18446744073709551615} "),
	    why);
	json_read(&doc, 1, &v);
	CHECK_INT(v.type, JSON_OBJECT);
	json_read(&doc, v.first, &v);
	CHECK_INT(v.type, JSON_TEXT);
	CHECK_SLICE(v.s, "a");
	json_read(&doc, v.next, &v);
	CHECK_INT(v.type, JSON_ARRAY);
	{
		struct json_value m = { JSON_NULL };

		json_read(&doc, v.first, &m);
		CHECK_INT(m.type, JSON_INT);
		CHECK_INT(m.i, 1);
		json_read(&doc, m.next, &m);
		CHECK_INT(m.type, JSON_REAL);
		CHECK_DOUBLE(m.f, -2.5, 0);
		json_read(&doc, m.next, &m);
		CHECK_SLICE(m.s, "x\xc3\xa9");
		json_read(&doc, m.next, &m);
		CHECK_INT(m.type, JSON_END);
	}
	json_read(&doc, v.next, &v);
	CHECK_SLICE(v.s, "b");
	json_read(&doc, v.next, &v);
	CHECK_INT(v.type, JSON_OBJECT);
	{
		struct json_value m = { JSON_NULL };

		json_read(&doc, v.first, &m);
		CHECK_INT(m.type, JSON_END);
	}
	json_read(&doc, v.next, &v);
	CHECK_SLICE(v.s, "c");
	json_read(&doc, v.next, &v);
	{
		struct json_value m = { JSON_NULL };

		json_read(&doc, v.first, &m);
		CHECK(m.type == JSON_BOOL && m.b);
		json_read(&doc, m.next, &m);
		CHECK(m.type == JSON_BOOL && !m.b);
		json_read(&doc, m.next, &m);
		CHECK_INT(m.type, JSON_NULL);
	}
	json_read(&doc, v.next, &v);
	json_read(&doc, v.next, &v);
	CHECK_INT(v.type, JSON_BIG);
	CHECK(v.u == UINT64_MAX);
	json_read(&doc, v.next, &v);
	CHECK_INT(v.type, JSON_END);
	json_free(j);
}

TEST(refused)
{
	static const char *const texts[] = { "", " ", "{", "{\"a\":1", "{\"a\" 1}", "{a:1}",
		"{\"a\":1,}", "[1 2]", "{\"a\":01}", "{\"a\":.5}", "{\"a\":NaN}", "{\"a\":\"\t\"}",
		"{\"a\":\"\\x\"}", "{}{}", "{\"a\":1} x", "\xef\xbb\xbf", "{\"a\":1e999x}",
		"{1e999:1}", "[1e999 2]", "[\"a\"1e999]", "[-]", "[+1]", "[1e]", "'a'",
		"[9999999999999999999999" };
	struct json *j = json_new(1 << 20);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (parse(j, texts[i]) != FAIL_SYNTAX)
			test_fail(TEST_AT(json_parse), "takes %s", texts[i]);
		CHECK(strncmp(why.text, "not JSON: ", 10) == 0);
	}
	json_free(j);
}

TEST(mended)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "[\"a\xff z\"]", "a\xef\xbf\xbd z" },
		{ "[\"a\xc3\"]", "a\xef\xbf\xbd" },
		{ "[\"\\ud800\"]", "\xef\xbf\xbd" },
		{ "[\"\\ud800\\ud800\"]", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "[\"\\udc00x\"]", "\xef\xbf\xbdx" },
		{ "[\"\\ud83d\\ude00\xff\"]", "\xf0\x9f\x98\x80\xef\xbf\xbd" },
		{ "[1e999]", "1e999" },
		{ "[-1e999 ]", "-1e999" },
		{ "[99999999999999999999]", "99999999999999999999" },
		{ "[-9223372036854775809]", "-9223372036854775809" },
	};
	struct json *j = json_new(1 << 20);
	struct json_value v = { JSON_NULL };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_OK(parse(j, rows[i].text), why);
		CHECK(doc.mended);
		json_read(&doc, 2, &v);
		CHECK_INT(v.type, JSON_TEXT);
		CHECK_SLICE(v.s, rows[i].want);
	}
	CHECK_OK(parse(j, "[\"\\ud83d\\ude00\",-9223372036854775808,1e308]"), why);
	CHECK(!doc.mended);
	CHECK_OK(parse(j, "\xef\xbb\xbf{\"a\":1}"), why);
	json_free(j);
}

TEST(limits)
{
	struct json *j = json_new(1000);
	char text[2000];

	memset(text, ' ', sizeof(text));
	memcpy(text, "[1]", 3);
	CHECK_INT(json_parse(j, (struct str){ text, 1000 }, &doc, &why), OK);
	CHECK_INT(json_parse(j, (struct str){ text, 1001 }, &doc, &why), FAIL_LIMIT);
	for (size_t depth = 1; depth < 200; depth++) {
		enum err e;

		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		e = json_parse(j, (struct str){ text, 2 * depth }, &doc, &why);
		CHECK_INT(e, depth <= JSON_DEPTH_MAX ? OK : FAIL_LIMIT);
	}
	CHECK_INT(json_parse(j, (struct str){ text, 2 }, &doc, &why), FAIL_SYNTAX);
	json_free(j);
	json_free(NULL);
}

/* The parser serves on after whatever came before. */
TEST(reuse)
{
	struct json *j = json_new(1 << 20);
	struct buf big;
	struct json_value v = { JSON_NULL };

	buf_init(&big, 0);
	buf_str(&big, STR("[\""));
	for (int i = 0; i < 100000; i++)
		buf_str(&big, STR("0123456\\n"));
	buf_str(&big, STR("\"]"));
	for (int i = 0; i < 3; i++) {
		CHECK_INT(parse(j, "{\"a\""), FAIL_SYNTAX);
		CHECK_INT(parse(j, "{\"a\":\"\xff\"}"), OK);
		CHECK_INT(json_parse(j, buf_view(&big), &doc, &why), OK);
		json_read(&doc, 2, &v);
		CHECK_INT(v.s.n, 800000);
		CHECK_INT(parse(j, "[]"), OK);
	}
	buf_fini(&big);
	json_free(j);
}

static enum err
suite_file(void *ctx, const char *name)
{
	unsigned *counts = ctx;
	auto_buf struct buf text = { 0 };
	struct json *j = json_new(1 << 20);
	char path[300];
	enum err e;

	buf_init(&text, 0);
	(void)snprintf(path, sizeof(path), "json/test_parsing/%s", name);
	CHECK_OK(fs_read(test_corpus(path), 1 << 20, &text, &why), why);
	e = json_parse(j, buf_view(&text), &doc, &why);
	if ((name[0] == 'y' && e != OK) || (name[0] == 'n' && e == OK))
		test_fail(TEST_AT(json_parse), "%s: %s", name, e == OK ? "taken" : why.text);
	counts[name[0] == 'y' ? 0 : name[0] == 'n' ? 1 : 2]++;
	json_free(j);
	return OK;
}

TEST(conformance_suite)
{
	unsigned counts[3] = { 0, 0, 0 };

	CHECK_OK(fs_each(test_corpus("json/test_parsing"), suite_file, counts, &why), why);
	CHECK(counts[0] > 90 && counts[1] > 180 && counts[2] > 30);
}
