/* JSON reader: values, what is refused and where, limits, there and back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonr.h"

#include "base/jsonw.h"
#include "test.h"

static const struct jsonr *
parse(struct arena *a, const char *text)
{
	const struct jsonr *v = NULL;
	struct diag why = { 0 };

	CHECK_OK(jsonr_parse(a, str_c(text), &v, &why), why);
	return v;
}

TEST(values_of_each_type)
{
	struct arena *a = arena_new(1 << 16);
	const struct jsonr *top = parse(a, " {\"t\":\"a\\n\\u00e9\\ud83d\\ude00\\\"\",\"i\":-12,"
					   "\"r\":2.5e1,\"big\":9223372036854775808,\"y\":true,"
					   "\"n\":null,\"l\":[1,[],{}] ,\"t\":\"second\"}\n");
	const struct jsonr *l = jsonr_get(top, "l");

	CHECK_SLICE(jsonr_text(top, "t", STR("")), "a\n\xc3\xa9\xf0\x9f\x98\x80\"");
	CHECK_INT(jsonr_int(top, "i", 0), -12);
	CHECK_INT(jsonr_get(top, "r")->type, JSONR_REAL);
	CHECK_DOUBLE(jsonr_get(top, "r")->f, 25, 0);
	CHECK_INT(jsonr_get(top, "big")->type, JSONR_REAL);
	CHECK(jsonr_bool(top, "y", false));
	CHECK_INT(jsonr_get(top, "n")->type, JSONR_NULL);
	CHECK_INT(l->n, 3);
	CHECK_SLICE(l->raw, "[1,[],{}]");
	CHECK_INT(l->first->i, 1);
	CHECK_INT(l->first->next->type, JSONR_LIST);
	CHECK_INT(l->first->next->next->n, 0);
	CHECK(l->first->next->next->next == NULL);
	CHECK_INT(top->n, 8);
	arena_free(a);
}

TEST(what_is_absent_or_of_another_type_has_its_default)
{
	struct arena *a = arena_new(1 << 16);
	const struct jsonr *top = parse(a, "{\"t\":1,\"i\":\"1\",\"b\":0,\"r\":1.0}");

	CHECK_SLICE(jsonr_text(top, "t", STR("d")), "d");
	CHECK_INT(jsonr_int(top, "i", 7), 7);
	CHECK_INT(jsonr_int(top, "r", 7), 7);
	CHECK(jsonr_bool(top, "b", true));
	CHECK_INT(jsonr_int(top, "no", 7), 7);
	CHECK(jsonr_get(NULL, "x") == NULL);
	CHECK(jsonr_get(jsonr_get(top, "t"), "x") == NULL);
	arena_free(a);
}

TEST(what_is_no_json)
{
	static const struct {
		const char *text;
		unsigned column;
	} rows[] = {
		{ "", 1 },
		{ "  ", 3 },
		{ "{", 2 },
		{ "[1", 3 },
		{ "[1,", 4 },
		{ "[1,]", 4 },
		{ "[,1]", 2 },
		{ "[1 2]", 4 },
		{ "{1:2}", 2 },
		{ "{\"a\" 2}", 6 },
		{ "{\"a\":}", 6 },
		{ "{\"a\":1,}", 8 },
		{ "\"a", 3 },
		{ "\"a\nb\"", 3 },
		{ "\"\\x\"", 3 },
		{ "\"\\u12g4\"", 7 },
		{ "\"\\ud800\"", 8 },
		{ "\"\\udc00\"", 8 },
		{ "\"\\ud800\\u0041\"", 14 },
		{ "\"\xff\"", 4 },
		{ "-", 2 },
		{ "01", 2 },
		{ "1.", 3 },
		{ "1e", 3 },
		{ "+1", 1 },
		{ "nul", 1 },
		{ "True", 1 },
		{ "1 1", 3 },
		{ "[1}", 3 },
		{ "{\"a\":1]", 7 },
	};
	struct arena *a = arena_new(1 << 16);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct jsonr *v = NULL;
		struct diag why = { 0 };

		if (jsonr_parse(a, str_c(rows[i].text), &v, &why) != FAIL_SYNTAX || v != NULL ||
		    why.column != rows[i].column)
			test_fail(TEST_AT(rows), "%s: column %u: %s", rows[i].text, why.column,
			    why.text);
	}
	arena_free(a);
}

TEST(depth_and_size_have_limits)
{
	struct arena *a = arena_new(1 << 16), *small = arena_new(4096);
	auto_buf struct buf b = { 0 };
	const struct jsonr *v;

	for (unsigned i = 0; i < JSONR_DEPTH_MAX; i++)
		buf_byte(&b, '[');
	for (unsigned i = 0; i < JSONR_DEPTH_MAX; i++)
		buf_byte(&b, ']');
	CHECK_INT(jsonr_parse(a, buf_view(&b), &v, NULL), OK);
	buf_reset(&b);
	for (unsigned i = 0; i < 100000; i++)
		buf_byte(&b, '[');
	CHECK_INT(jsonr_parse(a, buf_view(&b), &v, NULL), FAIL_LIMIT);
	buf_reset(&b);
	buf_byte(&b, '[');
	for (unsigned i = 0; i < 1000; i++)
		buf_str(&b, STR("1,"));
	CHECK_INT(jsonr_parse(small, buf_view(&b), &v, NULL), FAIL_LIMIT);
	arena_free(a);
	arena_free(small);
}

TEST(reads_what_the_writer_writes)
{
	struct arena *a = arena_new(1 << 16);
	auto_buf struct buf b = { 0 };
	const struct jsonr *v;
	struct jsonw w;
	char all[128];

	for (unsigned i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	jsonw_init(&w, &b);
	jsonw_obj(&w);
	jsonw_kstr(&w, "all", (struct str){ all, sizeof(all) });
	jsonw_kint(&w, "least", INT64_MIN);
	jsonw_end(&w);
	CHECK_INT(jsonr_parse(a, buf_view(&b), &v, NULL), OK);
	CHECK_BYTES(jsonr_text(v, "all", STR("")).p, jsonr_text(v, "all", STR("")).n, all,
	    sizeof(all));
	CHECK_INT(jsonr_int(v, "least", 0), INT64_MIN);
	arena_free(a);
}
