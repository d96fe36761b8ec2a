/* SPDX-License-Identifier: Apache-2.0 */
/* What the mender changes, and that it leaves alone what is right or hopeless. */
#include "parse/json_mend.h"

#include "base/utf8.h"
#include "test.h"

TEST(changes)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "[\"\xff\"]", "[\"\xef\xbf\xbd\"]" },
		{ "{\"\xff\":1}", "{\"\xef\xbf\xbd\":1}" },
		{ "[\"\\\\\\ud800\"]", "[\"\\\\\\ufffd\"]" },
		{ "[\"\\\"\xff\"]", "[\"\\\"\xef\xbf\xbd\"]" },
		{ "{\"a\":1e999}", "{\"a\":\"1e999\"}" },
		{ "{\"a\":-1E+999 , \"b\":2}", "{\"a\":\"-1E+999\" , \"b\":2}" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		auto_buf struct buf b = { 0 };

		CHECK(json_mend(str_c(rows[i].from), &b));
		CHECK_SLICE(buf_view(&b), rows[i].to);
	}
}

TEST(keeps)
{
	static const char *const texts[] = { "", "{}", "[1,2.5,-0,1e5,\"x\\u00e9\\n\"]",
		"[\"\\ud83d\\ude00\"]", "[\"\\\\ud800\"]", "[\"1e999\"]", "{1e999:1}", "[01]",
		"[1.]", "[--1]", "[18446744073709551615]", "\xff\xfe", "\"open", "\"\\", "\"\\u",
		"\"\\ud8", "[1e]" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		auto_buf struct buf b = { 0 };

		CHECK(!json_mend(str_c(texts[i]), &b));
		CHECK_SLICE(buf_view(&b), texts[i]);
	}
}

/* Nothing left to mend in what was mended, and strings are valid UTF-8. */
TEST(once_is_enough)
{
	static const char alphabet[] = "\"\"\\\\u d8c0f1e9.-[]{},:\xff\xc3\xa9\xed\xa0\x80";
	uint64_t state = test_seed();

	for (unsigned i = test_rounds(20000); i > 0; i--) {
		auto_buf struct buf once = { 0 }, twice = { 0 };
		char text[40];
		size_t n = 0;

		while (n < sizeof(text)) {
			state = state * 6364136223846793005U + 1442695040888963407U;
			text[n++] = alphabet[(state >> 33) % (sizeof(alphabet) - 1)];
		}
		(void)json_mend((struct str){ text, n }, &once);
		CHECK(!json_mend(buf_view(&once), &twice));
		CHECK_BYTES(once.p, once.n, twice.p, twice.n);
	}
}
