/* Filters of placeholders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/escape.h"

#include "test.h"

TEST(each_filter)
{
	static const struct {
		const char *chain, *in, *want;
	} rows[] = {
		{ "", "as it is\n", "as it is\n" },
		{ "cut:5", "abcde", "abcde" },
		{ "cut:5", "abcdef", "ab…" },
		{ "cut:6", "a\xc3\xa4\xc3\xa4\xc3\xa4", "aä…" },
		{ "cut:0", "abc", "…" },
		{ "or:-", " \n", "-" },
		{ "or:-", "x", "x" },
		{ "line", "a\r\nb\x1b", "a b " },
		{ "sms",
		    "\xe2\x80\x9c"
		    "don\xe2\x80\x99t\xe2\x80\x9d \xc3\xa4\xe2\x80\xa6",
		    "\"don't\" \xc3\xa4..." },
		{ "shown", "see https://x www.y", "see https[:]//x www[.]y" },
		{ "html", "<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;" },
		{ "mrkdwn", "<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;" },
		{ "markdown", "*a* [b](c) <d> `e`", "\\*a\\* \\[b\\]\\(c\\) \\<d\\> \\`e\\`" },
		{ "markdown", "@all #1",
		    "@\xe2\x80\x8b"
		    "all \\#\xe2\x80\x8b"
		    "1" },
		{ "word", "two words, \xc3\xa4", "two-words----" },
		{ "ascii", "a\n\xc3\xa4\x7f", "a ? " },
		{ "cef_head", "a|b\\c\nd=e", "a\\|b\\\\c d=e" },
		{ "cef_value", "a|b\\c\nd=e", "a|b\\\\c\\nd\\=e" },
		{ "cef_head", "a\\|b\r\n", "a\\\\\\|b  " },
		{ "cef:act", "", "" },
		{ "cef:act", " \n", "" },
		{ "cef:act", "a=b c=d|\\\n\0x", " act=a\\=b c\\=d|\\\\" },
		{ "cef:msg", "one\r\ntwo", " msg=one \\ntwo" },
		{ "micros", "2026-11-21T00:00:00.123456789Z", "2026-11-21T00:00:00.123456Z" },
		{ "micros", "2026-11-21T00:00:00.123456Z", "2026-11-21T00:00:00.123456Z" },
		{ "micros", "", "-" },
		{ "unix", "2026-11-21T00:00:00Z", "1795219200" },
		{ "unix_ms", "2026-11-21T00:00:00.125Z", "1795219200125" },
		{ "unix_ms", "2026-11-21T00:00:00.5Z", "1795219200500" },
		{ "unix", "yesterday", "0" },
		{ "unix", "2026-99-21T00:00:00Z", "0" },
		{ "hash", "abc", "ba7816bf8f01cfea414140de5dae2223" },
		{ "uuid", "abc", "ba7816bf-8f01-4fea-8141-40de5dae2223" },
		{ "cut:4|mrkdwn", "a<<<b", "a…" },
		{ "line|cut:3|or:x", "abc", "abc" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf got = { 0 };
		struct diag why = { 0 };
		bool number;

		CHECK_OK(escape_apply(str_c(rows[i].chain), str_c(rows[i].in), &got, &number, &why),
		    why);
		CHECK_SLICE(buf_view(&got), rows[i].want);
		CHECK_INT(number, strncmp(rows[i].chain, "unix", 4) == 0);
	}
}

TEST(unknown_ones)
{
	static const char *const rows[] = { "htm", "cut:5|evil", "line:3", "|line", " " };
	bool number;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf got = { 0 };

		CHECK_INT(escape_check(str_c(rows[i]), NULL), FAIL_SYNTAX);
		CHECK_INT(escape_apply(str_c(rows[i]), STR("x"), &got, &number, NULL), FAIL_SYNTAX);
	}
}
