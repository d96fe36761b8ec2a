/* Base64: vectors, what is refused, there and back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include "random.h"
#include "test.h"

TEST(vectors_both_ways)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		/* RFC 4648 section 10 */
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xff\xef\xbf", "/++/" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 }, back = { 0 };
		struct str text = str_c(rows[i].text);

		base64_put(str_c(rows[i].bytes), &b);
		CHECK_SLICE(buf_view(&b), rows[i].text);
		CHECK(base64_get(text, &back));
		CHECK_SLICE(buf_view(&back), rows[i].bytes);
		while (text.n != 0 && text.p[text.n - 1] == '=')
			text.n--;
		buf_reset(&back);
		CHECK(base64_get(text, &back));
		CHECK_SLICE(buf_view(&back), rows[i].bytes);
	}
}

TEST(what_is_no_base64)
{
	static const char *const rows[] = { "Z", "Zg=", "Zg===", "Z===", "=",
		"====", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm-v", "Zm_v", "Zg==Zg==", "Zm9vY",
		"\x80" };
	auto_buf struct buf b = { 0 };

	buf_str(&b, STR("kept"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK(!base64_get(str_c(rows[i]), &b));
		CHECK_SLICE(buf_view(&b), "kept");
	}
	CHECK(!base64_get((struct str){ "A\0AA", 4 }, &b));
}

TEST(there_and_back)
{
	uint64_t r = random_start(test_seed());

	for (unsigned i = 0; i < test_rounds(2000); i++) {
		auto_buf struct buf text = { 0 }, back = { 0 };
		char bytes[64];
		size_t n = random_below(&r, sizeof(bytes));

		random_bytes(&r, bytes, n);
		base64_put((struct str){ bytes, n }, &text);
		CHECK(base64_get(buf_view(&text), &back));
		CHECK_BYTES(back.p, back.n, bytes, n);
	}
}
