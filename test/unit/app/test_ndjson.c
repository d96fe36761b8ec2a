/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of query workers as lines. */
#include "app/ndjson.h"

#include "test.h"

#define HEAD                                                                                       \
	"200 "                                                                                     \
	"application/"                                                                             \
	"json\n{\"columns\":[{\"name\":\"a\",\"type\":\"T\"},{\"name\":\"b]\",\"type\":\"T\"}]"

static const struct {
	const char *answer, *lines; /* lines NULL: it is not understood */
	uint64_t n;
} rows[] = {
	{ HEAD ",\"rows\":[],\"row_count\":0}", "", 0 },
	{ HEAD ",\"rows\":[[1,\"x\"]],\"row_count\":1}", "{\"a\":1,\"b]\":\"x\"}\n", 1 },
	{ HEAD ",\"rows\":[[null,\"a\\\"]],[\\\\\"],[{\"q\":[1,\"]\"]},null]],\"row_count\":2}",
	    "{\"b]\":\"a\\\"]],[\\\\\"}\n{\"a\":{\"q\":[1,\"]\"]}}\n", 2 },
	{ HEAD ",\"rows\":[[1]],\"row_count\":1}", NULL, 0 },
	{ HEAD ",\"rows\":[[1,\"x", NULL, 0 },
	{ HEAD ",\"rows\":[[1,2],", NULL, 1 },
	{ HEAD ",\"rows\":[[1,2]", NULL, 1 },
	{ HEAD "}", NULL, 0 },
	{ "400 application/problem+json\n{}", NULL, 0 },
	{ "{\"columns\":[", NULL, 0 },
	{ "", NULL, 0 },
};

TEST(each_row_is_a_line)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf to = { 0 };
		struct diag why = { 0 };
		uint64_t n = 99;
		const enum err e = ndjson_rows(str_c(rows[i].answer), &to, &n, &why);

		CHECK_INT(e, rows[i].lines != NULL ? OK : FAIL_SYNTAX);
		if (rows[i].lines == NULL)
			continue;
		buf_byte(&to, '\0');
		CHECK_STR(to.p, rows[i].lines);
		CHECK_INT(n, rows[i].n);
	}
}

TEST(more_than_there_is_room_for)
{
	auto_buf struct buf to = { 0 };
	uint64_t n;

	buf_init(&to, 8);
	CHECK_INT(ndjson_rows(str_c(rows[1].answer), &to, &n, NULL), FAIL_LIMIT);
}
