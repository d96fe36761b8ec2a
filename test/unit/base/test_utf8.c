/* UTF-8 against its grammar. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "random.h"
#include "test.h"

/* Length of the character at p by the table of RFC 3629, section 4; 0 when there is none. */
static size_t
grammar(const unsigned char *p, size_t n)
{
	static const unsigned char rows[][8] = {
		/* ranges of each byte */
		{ 0x00, 0x7f },
		{ 0xc2, 0xdf, 0x80, 0xbf },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 0x80, 0xbf },
		{ 0xe1, 0xec, 0x80, 0xbf, 0x80, 0xbf },
		{ 0xed, 0xed, 0x80, 0x9f, 0x80, 0xbf },
		{ 0xee, 0xef, 0x80, 0xbf, 0x80, 0xbf },
		{ 0xf0, 0xf0, 0x90, 0xbf, 0x80, 0xbf, 0x80, 0xbf },
		{ 0xf1, 0xf3, 0x80, 0xbf, 0x80, 0xbf, 0x80, 0xbf },
		{ 0xf4, 0xf4, 0x80, 0x8f, 0x80, 0xbf, 0x80, 0xbf },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t want = i == 0 ? 1 : i == 1 ? 2 : i < 6 ? 3 : 4, k = 0;

		while (k < want && k < n && p[k] >= rows[i][2 * k] && p[k] <= rows[i][2 * k + 1])
			k++;
		if (k == want)
			return want;
	}
	return 0;
}

static bool
grammar_all(const unsigned char *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		size_t len = grammar(p + at, n - at);

		if (len == 0)
			return false;
		at += len;
	}
	return true;
}

static void
check(const unsigned char *p, size_t n)
{
	struct str s = { (const char *)p, n };
	size_t len = grammar(p, n), got;
	uint32_t c;

	if (utf8_valid(s) != grammar_all(p, n))
		CHECK_BYTES(p, n, "", 0);
	got = utf8_next(s, &c);
	if (got != (len != 0 ? len : 1) || (len == 0 && c != 0xfffd))
		CHECK_BYTES(p, n, "", 0);
}

TEST(all_sequences_of_up_to_three_bytes)
{
	unsigned char p[3];

	for (unsigned v = 0; v < 1U << 24; v++) {
		p[0] = (unsigned char)(v >> 16);
		p[1] = (unsigned char)(v >> 8);
		p[2] = (unsigned char)v;
		check(p, 3);
		if ((v & 0xff) == 0)
			check(p, 2);
		if ((v & 0xffff) == 0)
			check(p, 1);
	}
	CHECK(utf8_valid((struct str){ NULL, 0 }));
}

TEST(four_bytes_at_every_edge)
{
	static const unsigned char edges[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90, 0xbf, 0xc0, 0xf0,
		0xff };
	unsigned char p[4];

	for (unsigned lead = 0xef; lead <= 0xf8; lead++)
		for (size_t i = 0; i < 9 * 9 * 9; i++) {
			p[0] = (unsigned char)lead;
			p[1] = edges[i / 81];
			p[2] = edges[i / 9 % 9];
			p[3] = edges[i % 9];
			check(p, 4);
		}
}

TEST(put_and_next_are_inverse)
{
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		char text[8];
		struct buf b = { .p = text, .size = sizeof(text), .max = sizeof(text) };
		uint32_t got;

		if (c >= 0xd800 && c < 0xe000)
			continue;
		utf8_put(c, &b);
		if (utf8_next(buf_view(&b), &got) != b.n || got != c)
			CHECK_INT(got, c);
	}
}

TEST(mended)
{
	static const struct {
		const char *s, *want;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\xff", "\xef\xbf\xbd" },
		{ "a\xc3", "a\xef\xbf\xbd" },
		{ "\xe2\x82z", "\xef\xbf\xbd\xef\xbf\xbdz" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xef\xbf\xbd", "\xef\xbf\xbd" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };

		utf8_mend(str_c(rows[i].s), &b);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
}

TEST(shown)
{
	static const struct {
		const char *s, *want;
	} rows[] = {
		{ "plain gr\xc3\xbc\xc3\x9f", "plain gr\xc3\xbc\xc3\x9f" },
		{ "\x1b[31m", "\\x1b[31m" },
		{ "a\tb\r\n", "a\\x09b\\x0d\\x0a" },
		{ "\x7f", "\\x7f" },
		{ "\xc2\x9b", "\\u{009b}" },
		{ "\xe2\x80\xae", "\\u{202e}" },
		{ "\xe2\x81\xa6", "\\u{2066}" },
		{ "\xd8\x9c", "\\u{061c}" },
		{ "\xe2\x80\xa8", "\\u{2028}" },
		{ "\x9b\xff", "\\x9b\\xff" },
		{ "\xef\xbf\xbd", "\xef\xbf\xbd" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };

		utf8_show(str_c(rows[i].s), &b);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
}

TEST(whatever_comes_in_comes_out_valid_and_safe)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(5000); round++) {
		auto_buf struct buf mended = { 0 }, shown = { 0 };
		char text[80];
		struct str in = { text, random_below(&s, sizeof(text)) }, left;

		random_bytes(&s, text, in.n);
		utf8_mend(in, &mended);
		utf8_show(in, &shown);
		CHECK(utf8_valid(buf_view(&mended)));
		CHECK(utf8_valid(buf_view(&shown)));
		if (utf8_valid(in))
			CHECK(str_eq(buf_view(&mended), in));
		for (left = buf_view(&shown); left.n != 0;) {
			uint32_t c;

			left = str_from(left, utf8_next(left, &c));
			CHECK(!utf8_unsafe(c));
		}
	}
}

TEST(a_line_that_begins_with_a_character)
{
	CHECK_INT(utf8_line_with(STR(""), '%'), -1);
	CHECK_INT(utf8_line_with(STR("a % b\n c%"), '%'), -1);
	CHECK_INT(utf8_line_with(STR("%YAML"), '%'), 0);
	CHECK_INT(utf8_line_with(STR("a\n%b"), '%'), 2);
	CHECK_INT(utf8_line_with(STR("a\r%b"), '%'), 2);
	CHECK_INT(utf8_line_with(STR("\xef\xbb\xbf%b"), '%'), 3);
	CHECK_INT(utf8_line_with(STR("a\xe2\x80\xa8%b"), '%'), 4);
	CHECK_INT(utf8_line_with(STR("\xc3\xa9%b"), '%'), -1);
}
