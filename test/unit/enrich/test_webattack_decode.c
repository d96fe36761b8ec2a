/* Encodings undone, one by one and in layers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/webattack_decode.h"

#include "random.h"
#include "test.h"

static const struct {
	const char *in, *out;
	bool plus;
} cases[] = {
	{ "", "", false },
	{ "Plain Text", "plain text", false },
	{ "a+b", "a b", true },
	{ "a+b", "a+b", false },
	{ "a%2Bb", "a+b", true },
	{ "%27%22%3C", "'\"<", false },
	{ "%2527", "'", false },
	{ "%252527", "'", false },
	{ "%u0027%U003c", "'<", false },
	{ "%zz%2", "%zz%2", false },
	{ "100%", "100%", false },
	{ "&lt;&LT&gt;&quot;&apos;&amp;", "<<>\"'&", false },
	{ "&#39;&#x27;&#0000039&#x3c", "'''<", false },
	{ "&colon;&lpar;&NewLine;", ":(\n", false },
	{ "a&b", "a&b", false },
	{ "a&lt=5", "a&lt=5", false },
	{ "&amp;lt;", "<", false },
	{ "\\x27\\u003c\\u0041", "'<a", false },
	{ "c:\\temp\\new", "c:\\temp\\new", false },
	{ "%c0%ae%c0%af", "./", false },
	{ "%c1%9c", "\\", false },
	{ "%e0%80%af", "/", false },
	{ "%ef%bc%9cscript%ef%bc%9e", "<script>", false },
	{ "\xef\xbc\x87 or", "' or", false },
	{ "\xca\xbc", "'", false },
	{ "l\xe2\x80\x99"
	  "eau",
	    "l'eau", false },
	{ "<\xc5\xbf"
	  "cript>",
	    "<script>", false },
	{ "na\xc3\xafve caf\xc3\xa9", "na\xc3\xafve caf\xc3\xa9", false },
	{ "\xe4\xbd\xa0\xe5\xa5\xbd", "\xe4\xbd\xa0\xe5\xa5\xbd", false },
	{ "a\xc2\xa0"
	  "b%a0c",
	    "a b c", false },
	{ "java\xe2\x80\x8bscript", "javascript", false },
	{ "sel%00ect", "select", false },
	{ "a%0bb%0cc", "a b c", false },
	{ "a%0d%0ab", "a\r\nb", false },
	{ "0x2e0x2e0x2fetc", "../etc", false },
	{ "0x2e4f", "0x2e4f", false },
	{ "%25%32%37", "'", false },
	{ "&#37;27", "'", false },
	{ "%26%2339%3b", "'", false },
};

TEST(each_encoding)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char to[WEBATTACK_VALUE_MAX];
		size_t n = webattack_decode(str_c(cases[i].in), cases[i].plus, to);

		fprintf(stderr, "%s\n", cases[i].in);
		CHECK_SLICE(((struct str){ to, n }), cases[i].out);
	}
}

/* Layers beyond the cap stay, so that the work is bounded. */
TEST(rounds_are_capped)
{
	char text[200] = "%", to[WEBATTACK_VALUE_MAX];
	struct str in;

	for (unsigned i = 0; i < WEBATTACK_DECODE_ROUNDS - 2; i++)
		memcpy(text + 1 + 2 * i, "25", 3);
	memcpy(text + strlen(text), "27", 3);
	in = str_c(text);
	CHECK_SLICE(((struct str){ to, webattack_decode(in, false, to) }), "'");
	memset(text, 0, sizeof(text));
	text[0] = '%';
	for (unsigned i = 0; i < WEBATTACK_DECODE_ROUNDS; i++)
		memcpy(text + 1 + 2 * i, "25", 3);
	memcpy(text + strlen(text), "27", 3);
	in = str_c(text);
	CHECK(webattack_decode(in, false, to) > 1);
}

TEST(length_is_capped)
{
	static char text[WEBATTACK_VALUE_MAX * 2];
	char to[WEBATTACK_VALUE_MAX];

	memset(text, 'a', sizeof(text));
	CHECK_INT(webattack_decode((struct str){ text, sizeof(text) }, false, to),
	    WEBATTACK_VALUE_MAX);
}

TEST(base64)
{
	static const struct {
		const char *in, *out;
	} texts[] = {
		{ "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "<script>alert(1)</script>" },
		{ "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg", "<script>alert(1)</script>" },
		{ "aGVsbG8gd29ybGQ_", "hello world?" },
		{ "AAAAAAAAAAAAAAAA", "" },
		{ "not base64!", "" },
		{ "aGVsbG8=", "" }, /* too short to be anything */
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char to[WEBATTACK_VALUE_MAX];
		size_t n = webattack_decode_base64(str_c(texts[i].in), to);

		CHECK_SLICE(((struct str){ to, n }), texts[i].out);
	}
}

/* Decoding what was decoded changes nothing, and no text grows. */
TEST(any_bytes_settle)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(20000); round++) {
		static const char alphabet[] = "%25&#x39;\\u0027+lt\xc0\xaf\xef\xbc\x9c 0x2f\0a";
		char in[100], once[WEBATTACK_VALUE_MAX], twice[WEBATTACK_VALUE_MAX];
		size_t n = random_below(&s, sizeof(in)), n1, n2;

		for (size_t i = 0; i < n; i++)
			in[i] = alphabet[random_below(&s, sizeof(alphabet) - 1)];
		n1 = webattack_decode((struct str){ in, n }, false, once);
		CHECK(n1 <= n);
		for (unsigned k = 0; k < 20; k++) {
			n2 = webattack_decode((struct str){ once, n1 }, false, twice);
			CHECK(n2 <= n1);
			memcpy(once, twice, n2);
			n1 = n2;
		}
		n2 = webattack_decode((struct str){ once, n1 }, false, twice);
		CHECK_BYTES(twice, n2, once, n1);
	}
}
