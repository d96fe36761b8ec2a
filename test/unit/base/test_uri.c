/* Hosts, mail and web addresses: what is one, and what only looks so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/uri.h"

#include "test.h"

struct row {
	const char *text;
	bool good;
};

static void
check(bool (*is)(struct str s), const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fprintf(stderr, "%s\n", rows[i].text);
		CHECK_INT(is(str_c(rows[i].text)), rows[i].good);
	}
}

#define L63 "0123456789012345678901234567890123456789012345678901234567890ab"

TEST(hosts)
{
	static const struct row rows[] = {
		{ "localhost", true },
		{ "smtp.example.org", true },
		{ "a_b.example", true },
		{ L63 ".org", true },
		{ "x" L63 ".org", false },
		{ "192.0.2.1", true },
		{ "2001:db8::1", true },
		{ "", false },
		{ ".", false },
		{ "a..b", false },
		{ "a.", false },
		{ ".a", false },
		{ "-a", false },
		{ "a-", false },
		{ "a b", false },
		{ "a/b", false },
		{ "a:25", false },
		{ "[::1]", false },
		{ "a\r\nb", false },
		{ "\xc3\xa9.org", false },
		{ L63 "." L63 "." L63 "." L63 ".o", false },
	};

	check(uri_host, rows, ARRAY_LEN(rows));
	CHECK(!uri_host((struct str){ "a\0b", 3 }));
}

TEST(mail)
{
	static const struct row rows[] = {
		{ "ann@example.org", true },
		{ "a.b+c@x.example", true },
		{ "o'hara@example.org", true },
		{ "root@localhost", true },
		{ "", false },
		{ "ann", false },
		{ "@example.org", false },
		{ "ann@", false },
		{ ".ann@example.org", false },
		{ "ann.@example.org", false },
		{ "ann@b@c", false },
		{ "ann @example.org", false },
		{ "<ann@example.org>", false },
		{ "\"a b\"@example.org", false },
		{ "a@b,c@d", false },
		{ "a@b\nBcc: c@d", false },
		{ "a@b\r", false },
		{ "\xc3\xa9@example.org", false },
		{ "ann@[192.0.2.1]", false },
		{ L63 "xx@example.org", false },
	};

	check(uri_mail, rows, ARRAY_LEN(rows));
}

TEST(web)
{
	static const struct row rows[] = {
		{ "https://example.org", true },
		{ "https://example.org/", true },
		{ "http://example.org:8080/a?b=c#d", true },
		{ "http://192.0.2.1/x", true },
		{ "http://[2001:db8::1]/x", true },
		{ "http://[::1]:80", true },
		{ "https://example.org?x", true },
		{ "", false },
		{ "https://", false },
		{ "https:///x", false },
		{ "ftp://example.org/", false },
		{ "file:///etc/passwd", false },
		{ "HTTPS://example.org/", false },
		{ "https://ann@example.org/", false },
		{ "https://ann:pw@example.org/", false },
		{ "https://example.org:/", false },
		{ "https://example.org:0/", false },
		{ "https://example.org:65536/", false },
		{ "https://example.org:8080x/", false },
		{ "https://[::1/", false },
		{ "https://[::1]x/", false },
		{ "https://[example.org]/", false },
		{ "https://exa mple.org/", false },
		{ "https://example.org/\r\nHost: x", false },
		{ "https://example.org\\@evil.example/", false },
		{ "//example.org/", false },
	};

	check(uri_http, rows, ARRAY_LEN(rows));
}
