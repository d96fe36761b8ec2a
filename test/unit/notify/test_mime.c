/* Headers, addresses and encodings of mail: nothing breaks out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/mime.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "random.h"
#include "test.h"

TEST(headers)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "plain", "S: plain\r\n" },
		{ "", "S:\r\n" },
		{ "a\r\nBcc: x@y", "S: a Bcc: x@y\r\n" },
		{ "a\n\tb\x7f\x01", "S: a b\r\n" },
		{ "Grüße", "S:\r\n =?utf-8?B?R3LDvMOfZQ==?=\r\n" },
		{ "=?utf-8?B?QQ==?=", "S:\r\n =?utf-8?B?PT91dGYtOD9CP1FRPT0/PQ==?=\r\n" },
		{ "\xff", "S:\r\n =?utf-8?B?77+9?=\r\n" },
		{ "one two three four five six seven eight nine ten eleven twelve thirteen "
		  "fourteen",
		    "S: one two three four five six seven eight nine ten eleven twelve thirteen\r\n"
		    " fourteen\r\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };

		mime_header("S", str_c(rows[i].text), &b);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
}

/* Each line is short, ends in CR LF and, but for the first, is a continuation. */
static void
check_lines(struct str s, bool header)
{
	bool first = true;

	while (s.n != 0) {
		const ptrdiff_t end = str_find(s, STR("\r\n"));

		CHECK(end >= 0 && end <= (header ? 400 : 76));
		CHECK(memchr(s.p, '\r', (size_t)end) == NULL);
		CHECK(memchr(s.p, '\n', (size_t)end) == NULL);
		if (header && !first)
			CHECK_INT(s.p[0], ' ');
		for (ptrdiff_t i = 0; i < end; i++)
			CHECK((s.p[i] >= 0x20 && s.p[i] < 0x7f) || (!header && s.p[i] == '\t'));
		s = str_from(s, (size_t)end + 2);
		first = false;
	}
}

TEST(any_bytes_make_one_header)
{
	uint64_t r = random_start(test_seed());

	for (unsigned i = 0; i < test_rounds(3000); i++) {
		auto_buf struct buf b = { 0 };
		char bytes[400];
		const size_t n = random_below(&r, sizeof(bytes));

		random_bytes(&r, bytes, n);
		mime_header("Subject", (struct str){ bytes, n }, &b);
		check_lines(buf_view(&b), true);
		CHECK(b.n < 1200);
	}
}

TEST(addresses)
{
	static const struct {
		const char *s;
		bool want;
	} rows[] = {
		{ "a@b", true },
		{ "first.last+tag@mail.example.com", true },
		{ "o'neill@example.com", true },
		{ "", false },
		{ "a", false },
		{ "@b", false },
		{ "a@", false },
		{ "a@b@c", false },
		{ "a b@c", false },
		{ "a@b\r\nRCPT TO:<x@y>", false },
		{ "a@b\n", false },
		{ "<a@b>", false },
		{ "a@b>", false },
		{ "a,b@c", false },
		{ "a@[127.0.0.1]", false },
		{ "\"a\"@b", false },
		{ "-oX@b", false },
		{ "a@-b", false },
		{ "a@.b", false },
		{ "a@b.", false },
		{ "\xc3\xa9@b", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (mime_is_address(str_c(rows[i].s)) != rows[i].want)
			test_fail(TEST_AT(rows), "%s", rows[i].s);
	CHECK(!mime_is_address((struct str){ "a\0@b", 4 }));
}

TEST(mailboxes)
{
	static const struct {
		const char *s, *want; /* NULL: refused */
	} rows[] = {
		{ "a@b", "a@b" },
		{ " a@b ", "a@b" },
		{ "<a@b>", "a@b" },
		{ "Tocsin <a@b>", "Tocsin <a@b>" },
		{ "\"Tocsin, the bell\" <a@b>", "=?utf-8?B?VG9jc2luLCB0aGUgYmVsbA==?= <a@b>" },
		{ "Gl\xc3\xb6"
		  "ckner <a@b>",
		    "=?utf-8?B?R2zDtmNrbmVy?= <a@b>" },
		{ "x\r\nBcc: y@z <a@b>", "=?utf-8?B?eCBCY2M6IHlAeg==?= <a@b>" },
		{ "a@b>", NULL },
		{ "Tocsin <a@b\r\n>", NULL },
		{ "Tocsin <>", NULL },
		{ "Tocsin", NULL },
		{ ">", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };
		struct str name, address;

		if (!mime_mailbox(str_c(rows[i].s), &name, &address)) {
			CHECK_STR(rows[i].want, NULL);
			continue;
		}
		mime_put_mailbox(name, address, &b);
		CHECK_SLICE(buf_view(&b), rows[i].want != NULL ? rows[i].want : "refused");
	}
}

TEST(quoted_printable)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "" },
		{ "a b", "a b\r\n" },
		{ "a ", "a=20\r\n" },
		{ ".\n..", "=2E\r\n=2E.\r\n" },
		{ "a=b\n\xc3\xa9", "a=3Db\r\n=C3=A9\r\n" },
		{ "a\rb\r\nc\n\nd", "a=0Db\r\nc\r\n\r\nd\r\n" },
		{ "--=_tocsin_parts", "--=3D_tocsin_parts\r\n" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa="
		    "\r\n"
		    "aaa\r\n" },
	};
	uint64_t r = random_start(test_seed());

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };

		mime_quoted(str_c(rows[i].text), &b);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
	for (unsigned i = 0; i < test_rounds(2000); i++) {
		auto_buf struct buf b = { 0 };
		char bytes[300];
		const size_t n = random_below(&r, sizeof(bytes));

		random_bytes(&r, bytes, n);
		mime_quoted((struct str){ bytes, n }, &b);
		check_lines(buf_view(&b), false);
	}
}

TEST(html)
{
	auto_buf struct buf b = { 0 };

	mime_html(STR("<a href='x' title=\"y\">&\x01\xe2\x80\xae\xff\n"), &b);
	CHECK_SLICE(buf_view(&b), "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;\xef\xbf\xbd"
				  "\xef\xbf\xbd\xef\xbf\xbd\n");
}

TEST(lines)
{
	static const struct {
		const char *text;
		size_t max;
		const char *want;
	} rows[] = {
		{ "abc", 3, "abc" },
		{ "abcd", 3, "\xe2\x80\xa6" },
		{ "abcdef", 5, "ab\xe2\x80\xa6" },
		{ "ab\xc3\xa9\xc3\xa9", 5, "ab\xe2\x80\xa6" },
		{ " a \t\n b ", 9, "a b" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };

		mime_line(str_c(rows[i].text), rows[i].max, &b);
		CHECK_SLICE(buf_view(&b), rows[i].want);
		CHECK(utf8_valid(buf_view(&b)));
	}
}

TEST(dates)
{
	static const struct {
		int64_t s;
		const char *want;
	} rows[] = {
		{ 0, "Thu, 01 Jan 1970 00:00:00 +0000" },
		{ 951827696, "Tue, 29 Feb 2000 12:34:56 +0000" },
		{ 1795219199, "Fri, 20 Nov 2026 23:59:59 +0000" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };

		mime_date(rows[i].s * CLOCK_S, &b);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
}
