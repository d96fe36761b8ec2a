/* JSON writer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonw.h"

#include <float.h>
#include <math.h>

#include "base/utf8.h"
#include "random.h"
#include "test.h"

TEST(nesting_and_commas)
{
	auto_buf struct buf b = { 0 };
	struct jsonw w;

	jsonw_init(&w, &b);
	jsonw_obj(&w);
	jsonw_kint(&w, "i", -1);
	jsonw_kstr(&w, "s", STR("x"));
	jsonw_kbool(&w, "t", true);
	jsonw_ktime(&w, "at", 0);
	jsonw_key(&w, STR("a"));
	jsonw_arr(&w);
	jsonw_end(&w);
	jsonw_key(&w, STR("b"));
	jsonw_arr(&w);
	jsonw_null(&w);
	jsonw_bool(&w, false);
	jsonw_u64(&w, UINT64_MAX);
	jsonw_obj(&w);
	jsonw_end(&w);
	jsonw_raw(&w, STR("[1]"));
	jsonw_end(&w);
	jsonw_key(&w, STR("f"));
	jsonw_f64(&w, 0.5);
	jsonw_end(&w);
	CHECK_SLICE(buf_view(&b),
	    "{\"i\":-1,\"s\":\"x\",\"t\":true,\"at\":\"1970-01-01T00:00:00Z\",\"a\":[],"
	    "\"b\":[null,false,18446744073709551615,{},[1]],\"f\":0.5}");
	CHECK_INT(w.depth, 0);
}

TEST(escapes)
{
	static const struct {
		const char *s, *want;
	} rows[] = {
		{ "", "" },
		{ "plain, long enough for whole words", "plain, long enough for whole words" },
		{ "say \"no\" \\ yes", "say \\\"no\\\" \\\\ yes" },
		{ "\b\f\n\r\t", "\\b\\f\\n\\r\\t" },
		{ "\x01\x1f\x7f", "\\u0001\\u001f\\u007f" },
		{ "\xc2\x9b\xe2\x80\xae", "\\u009b\\u202e" },
		{ "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80" },
		{ "12345678\"", "12345678\\\"" },
		{ "\xff|\xed\xa0\x80", "\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };

		jsonw_escape(str_c(rows[i].s), &b);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
}

/* A NUL is a character like any other. */
TEST(nul)
{
	auto_buf struct buf b = { 0 };

	jsonw_escape((struct str){ "a\0b", 3 }, &b);
	CHECK_SLICE(buf_view(&b), "a\\u0000b");
	buf_reset(&b);
	jsonw_escape((struct str){ NULL, 0 }, &b);
	CHECK_INT(b.n, 0);
}

static uint32_t
hex4(const char *p)
{
	char text[5];

	return (uint32_t)strtoul(str_to_c((struct str){ p, 4 }, text, sizeof(text)), NULL, 16);
}

/* Reads escapes back: a reader for what this writer writes. */
static void
unescape(struct str s, struct buf *to)
{
	static const char letters[] = "\"\\bfnrt", meant[] = "\"\\\b\f\n\r\t";

	while (s.n != 0) {
		CHECK((unsigned char)s.p[0] >= 0x20 && s.p[0] != '"');
		if (s.p[0] != '\\') {
			buf_byte(to, s.p[0]);
			s = str_from(s, 1);
		} else if (s.p[1] == 'u') {
			utf8_put(hex4(s.p + 2), to);
			s = str_from(s, 6);
		} else {
			const char *hit = strchr(letters, s.p[1]);

			CHECK(hit != NULL);
			buf_byte(to, meant[hit - letters]);
			s = str_from(s, 2);
		}
	}
}

TEST(escaped_text_reads_back_as_mended)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(10000); round++) {
		auto_buf struct buf out = { 0 }, mended = { 0 }, back = { 0 };
		char text[60];
		struct str in = { text, random_below(&s, sizeof(text)) };

		random_bytes(&s, text, in.n);
		jsonw_escape(in, &out);
		utf8_mend(in, &mended);
		CHECK(utf8_valid(buf_view(&out)));
		unescape(buf_view(&out), &back);
		CHECK_BYTES(back.p, back.n, mended.p, mended.n);
	}
}

static void
put_number(double v, struct buf *b)
{
	struct jsonw w;

	buf_reset(b);
	jsonw_init(&w, b);
	jsonw_f64(&w, v);
}

TEST(numbers)
{
	static const struct {
		double v;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ -0.0, "-0" },
		{ 1, "1" },
		{ -2.5, "-2.5" },
		{ 0.1, "0.1" },
		{ 0.000001, "0.000001" },
		{ 1e-7, "1e-07" },
		{ 48.137154, "48.137154" },
		{ -122.4194155, "-122.4194155" },
		{ 1e21, "1e+21" },
		{ 123456789.25, "123456789.25" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 9007199254740993.0, "9007199254740992" },
		{ DBL_MAX, "1.7976931348623157e+308" },
		{ HUGE_VAL, "null" },
		{ -HUGE_VAL, "null" },
		{ HUGE_VAL - HUGE_VAL, "null" },
	};
	auto_buf struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		put_number(rows[i].v, &b);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
}

/* Digits from the first to the last that is not 0. */
static int
significant(const char *text)
{
	int n = 0, last = 0;

	for (; *text != '\0' && *text != 'e'; text++) {
		if (*text < '0' || *text > '9')
			continue;
		n += n != 0 || *text != '0';
		if (*text != '0')
			last = n;
	}
	return last;
}

static bool
reads_back(const char *text, double v)
{
	double got = strtod(text, NULL);

	return memcmp(&got, &v, sizeof(v)) == 0;
}

/* Bit by bit, and with no more digits than that takes. */
TEST(numbers_read_back)
{
	uint64_t s = random_start(test_seed());
	auto_buf struct buf b = { 0 };

	for (unsigned round = 0; round < test_rounds(20000); round++) {
		uint64_t bits = random_next(&s);
		char text[40], shortest[40];
		int digits = 0;
		double v;

		memcpy(&v, &bits, 8);
		if (round % 2 == 0)
			v = (double)(int64_t)(bits % 2000000000) / 1e6 - 1000;
		if (!isfinite(v) || v == 0)
			continue;
		put_number(v, &b);
		CHECK(reads_back(str_to_c(buf_view(&b), text, sizeof(text)), v));
		do
			(void)snprintf(shortest, sizeof(shortest), "%.*e", digits++, v);
		while (!reads_back(shortest, v));
		CHECK_INT(significant(text), digits);
	}
}

TEST(too_deep_counts_as_overflow)
{
	auto_buf struct buf b = { 0 };
	struct jsonw w;

	jsonw_init(&w, &b);
	for (int i = 0; i < 32; i++)
		jsonw_arr(&w);
	CHECK(!buf_overflow(&b));
	jsonw_arr(&w);
	jsonw_null(&w);
	CHECK(buf_overflow(&b));
	for (int i = 0; i < 33; i++)
		jsonw_end(&w);
	CHECK_INT(w.depth, 0);
}
