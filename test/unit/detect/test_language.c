/* Escapes as YAML hands them on, what the specification leaves open and what we made of it, lints.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/detection.h"

#include "feed.h"

#define RULE(selection)                                                                            \
	"title: T\nlogsource: {product: application}\ndetection:\n  s:\n" selection                \
	"  condition: s\n"

struct row {
	const char *selection, *json;
	bool yes;
};

static void
check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf rule;
		struct feed f;

		buf_init(&rule, 0);
		buf_printf(&rule, RULE("    %s\n"), rows[i].selection);
		feed_text(&f, feed_cstr(&rule));
		if (f.errors != 0)
			test_fail(TEST_AT(errors), "%s", feed_cstr(&f.notes));
		if ((feed_count(&f, rows[i].json) == 1) != rows[i].yes)
			test_fail(TEST_AT(feed_count), "'%s' on %s", rows[i].selection,
			    rows[i].json);
		feed_fini(&f);
		buf_fini(&rule);
	}
}

/* The value as it stands in a rule without quotes, and the text it means as JSON. */
TEST(escapes)
{
	static const struct row rows[] = {
		{ "x: a\\b", "{\"x\":\"a\\\\b\"}", true },
		{ "x: a\\\\b", "{\"x\":\"a\\\\b\"}", true },
		{ "x: a\\\\b", "{\"x\":\"a\\\\\\\\b\"}", false },
		{ "x: a\\*b", "{\"x\":\"a*b\"}", true },
		{ "x: a\\*b", "{\"x\":\"azb\"}", false },
		{ "x: a\\", "{\"x\":\"a\\\\\"}", true },
		{ "x: a\\\\*b", "{\"x\":\"a\\\\anything\\nb\"}", true },
		{ "x: a\\\\*b", "{\"x\":\"a*b\"}", false },
		{ "x: a\\\\\\*b", "{\"x\":\"a\\\\*b\"}", true },
		{ "x: a\\\\\\*b", "{\"x\":\"a\\\\zb\"}", false },
		{ "x: a\\\\\\\\b", "{\"x\":\"a\\\\\\\\b\"}", true },
		{ "x: \\\\\\\\host", "{\"x\":\"\\\\\\\\host\"}", true },
		/* "\??\C:" is a question mark, any character, and the rest. */
		{ "x: \\??\\C:\\a", "{\"x\":\"?z\\\\C:\\\\a\"}", true },
		{ "x: \\??\\C:\\a", "{\"x\":\"\\\\??\\\\C:\\\\a\"}", false },
		{ "x: '%y%'", "{\"x\":\"%y%\"}", true },
		{ "x: '\\%y'", "{\"x\":\"\\\\%y\"}", true },
		{ "x: a?c",
		    "{\"x\":\"a\xc3\xa9"
		    "c\"}",
		    true },
		{ "x: a?c", "{\"x\":\"ac\"}", false },
		/* In an expression nothing is unescaped. */
		{ "x|re: ^a\\\\b$", "{\"x\":\"a\\\\b\"}", true },
		{ "x|re: ^a\\*b$", "{\"x\":\"a*b\"}", true },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

/* One after the other what the specification says in two ways, or not at all. */
static const struct row left_open[] = {
	/* null is absent or null; '' is present and empty. */
	{ "x: null", "{\"y\":1}", true },
	{ "x: null", "{\"x\":null}", true },
	{ "x: null", "{\"x\":\"\"}", false },
	{ "x: ''", "{\"x\":\"\"}", true },
	{ "x: ''", "{\"y\":1}", false },
	{ "x: [null, a]", "{\"y\":1}", true },
	/* exists counts what is null. */
	{ "x|exists: true", "{\"x\":null}", true },
	{ "x|exists: false", "{\"x\":null}", false },
	/* neq holds where the field is absent; of a list none may be it. */
	{ "x|neq: a", "{\"y\":1}", true },
	{ "x|neq: [a, b]", "{\"x\":\"b\"}", false },
	/* Numbers and texts by the text they have; whole numbers exactly. */
	{ "x: 5", "{\"x\":\"5\"}", true },
	{ "x: '5'", "{\"x\":5}", true },
	{ "x: 5", "{\"x\":5.0}", true },
	{ "x: 5", "{\"x\":\"05\"}", false },
	{ "x: 9007199254740993", "{\"x\":9007199254740993}", true },
	{ "x: 9007199254740993", "{\"x\":9007199254740992}", false },
	{ "x: 18446744073709551615", "{\"x\":18446744073709551615}", true },
	{ "x: 18446744073709551615", "{\"x\":18446744073709551614}", false },
	{ "x|gt: 9007199254740992", "{\"x\":9007199254740993}", true },
	/* Keys that the reader of JSON takes for a field are found as they were sent. */
	{ "eventName: ConsoleLogin", "{\"eventName\":\"ConsoleLogin\"}", true },
	{ "type: EXECVE", "{\"type\":\"EXECVE\"}", true },
	{ "verb: create", "{\"verb\":\"create\"}", true },
	{ "UserName: bob", "{\"UserName\":\"bob\"}", true },
	{ "data.ip|cidr: 192.0.2.0/24", "{\"data\":{\"ip\":\"192.0.2.7\"}}", true },
	{ "ip: 192.0.2.7", "{\"ip\":\"192.0.2.8\",\"client_ip\":\"192.0.2.7\"}", false },
	/* true and false are these words, in any case. */
	{ "x: true", "{\"x\":true}", true },
	{ "x: 'true'", "{\"x\":true}", true },
	{ "x: true", "{\"x\":\"True\"}", true },
	{ "x: true", "{\"x\":1}", false },
	{ "x: yes", "{\"x\":true}", false },
	/* windash: what begins an option, and nothing else. */
	{ "x|windash|contains: ' -f'", "{\"x\":\"c /f\"}", true },
	{ "x|windash|contains: 'a-f'", "{\"x\":\"a/f\"}", false },
	/* utf16 has the byte order mark FF FE. */
	{ "x|utf16|base64: a", "{\"x\":\"//5hAA==\"}", true },
	/* base64 encodes what the escapes mean, bytes and not characters. */
	{ "x|base64: foo\\?bar", "{\"x\":\"Zm9vP2Jhcg==\"}", true },
	{ "x|base64offset|contains: \"\xc3\xa9\xc3\xa9\"", "{\"x\":\"YcOpw6k=\"}", true },
	/* re is found anywhere, so contains adds nothing. */
	{ "x|re: b", "{\"x\":\"abc\"}", true },
	{ "x|re|contains: b", "{\"x\":\"abc\"}", true },
	/* cidr masks its host bits. */
	{ "x|cidr: 10.1.2.3/8", "{\"x\":\"10.9.9.9\"}", true },
	/* Dotted names: the key itself, or the path; of an array any member. */
	{ "a.b: 1", "{\"a.b\":1}", true },
	{ "a.b: 1", "{\"a\":{\"b\":1}}", true },
	{ "a.b: 1", "{\"a\":[{\"b\":2},{\"b\":1}]}", true },
	{ "x: b", "{\"x\":[\"a\",\"b\"]}", true },
	/* Letters beyond ASCII fold too, one by one. */
	{ "x: \xc3\x84rger", "{\"x\":\"\xc3\xa4RGER\"}", true },
	{ "x: stra\xc3\x9f"
	  "e",
	    "{\"x\":\"STRASSE\"}", false },
	/* YAML 1.2: no, off, 010 and 1:30 are what they look like. */
	{ "x: no", "{\"x\":\"no\"}", true },
	{ "x: 010", "{\"x\":10}", true },
	{ "x: 010", "{\"x\":\"010\"}", true },
	{ "x: '010'", "{\"x\":10}", false },
	{ "x: 1:30", "{\"x\":\"1:30\"}", true },
	{ "x: 2026-01-01", "{\"x\":\"2026-01-01\"}", true },
	/* A path is asked with and without its query, as sent and decoded. */
	{ "cs-uri-query|contains: ' or '", "{\"url\":\"/a?b=%20or%20\"}", true },
	{ "cs-uri-query|contains: '%20or'", "{\"url\":\"/a?b=%20or%20\"}", true },
	{ "cs-uri-query|startswith: /a", "{\"endpoint\":\"/a\",\"query\":\"b=1\"}", true },
	{ "cs-uri-query|endswith: '/a?b=1'", "{\"endpoint\":\"/a\",\"query\":\"b=1\"}", true },
	/* Names of one field, and the event's own key first. */
	{ "c-useragent: curl", "{\"user_agent\":\"curl\"}", true },
	{ "cs-user-agent: curl", "{\"user_agent\":\"curl\"}", true },
	{ "acct: a", "{\"user_name\":\"b\",\"acct\":\"a\"}", true },
	{ "acct: b", "{\"user_name\":\"b\",\"acct\":\"a\"}", false },
};

TEST(what_is_left_open)
{
	check_rows(left_open, ARRAY_LEN(left_open));
}

/* Keywords: the line; of a JSON object its values as they are, without keys and what we add. */
TEST(keywords)
{
	static const struct line {
		const char *keyword, *line;
		bool yes;
	} lines[] = {
		{ "'C:\\Windows'", "{\"x\":{\"y\":\"in C:\\\\Windows\"}}", true },
		{ "secret", "{\"secret\":\"x\"}", false },
		{ "application", "{\"x\":\"y\"}", false },
		{ "json", "{\"x\":\"y\"}", false },
		{ "42", "{\"x\":142}", true },
		{ "'tru'", "{\"x\":true}", true },
		{ "'fail*root'", "{\"x\":\"a FAILURE of Root\"}", true },
		{ "listening", "Mar 27 13:06:56 h sshd[1]: Server Listening on 0.0.0.0 port 22.",
		    true },
		{ "'sshd[1]'", "Mar 27 13:06:56 h sshd[1]: Server listening on 0.0.0.0 port 22.",
		    true },
		{ "text", "Mar 27 13:06:56 h sshd[1]: Server listening on 0.0.0.0 port 22.",
		    false },
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char rule[300];
		struct feed f;

		(void)snprintf(rule, sizeof(rule),
		    "title: T\nlogsource: {%s}\ndetection: {s: [%s], condition: s}\n",
		    lines[i].line[0] == '{' ? "product: application" : "product: linux",
		    lines[i].keyword);
		feed_text(&f, rule);
		CHECK_INT(f.errors, 0);
		if ((feed_count(&f, lines[i].line) > 0) != lines[i].yes)
			test_fail(TEST_AT(feed_count), "%s in %s", lines[i].keyword, lines[i].line);
		feed_fini(&f);
	}
}

TEST(conditions_in_a_list_are_or)
{
	struct feed f;

	feed_text(&f, "title: T\nlogsource: {product: application}\ndetection:\n  a: {x: 1}\n"
		      "  b: {x: 2}\n  condition: [a, not a and b]\n");
	CHECK_INT(f.errors, 0);
	CHECK_INT(feed_count(&f, "{\"x\":1}"), 1);
	CHECK_INT(feed_count(&f, "{\"x\":2}"), 1);
	CHECK_INT(feed_count(&f, "{\"x\":3}"), 0);
	feed_fini(&f);
}

#define BASE "logsource: {product: x}\ndetection: {s: {host: 1}, condition: s}\n"

TEST(lints)
{
	static const char *const rows[][2] = {
		{ "title: T\n" BASE, "" },
		{ "title: T\nid: abc\n" BASE, "test.yml:2:5: an id is a UUID in Sigma" },
		{ "title: T\nid: 11111111-2222-4333-8444-55555555555g\n" BASE, "an id is a UUID" },
		{ "title: T\nid: 11111111-2222-4333-8444-555555555555\n" BASE, "" },
		{ "title: T\nstatus: testing\n" BASE,
		    "test.yml:2:9: status is stable, test, experimental, deprecated or unsup" },
		{ "title: T\ndate: 2026/01/02\n" BASE,
		    "test.yml:2:7: a date is written like 2026-" },
		{ "title: T\nmodified: 2026-13-02\n" BASE, "a date is written like" },
		{ "title: T\ndate: 2026-12-31\n" BASE, "" },
		{ "title: T\ntags: [t1110]\n" BASE,
		    "test.yml:2:8: a tag is a namespace and a word" },
		{ "title: T\ntags: [attack.t1110]\n" BASE, "" },
		{ "title: T\nreferences: http://x\n" BASE,
		    "test.yml:2:13: 'references' is a list" },
		{ "title: T\nrelated: [{id: x, type: derived}]\n" BASE, "named by its id, a UUID" },
		{ "title: T\nrelated: [{type: child}]\n" BASE,
		    "related is derived, obsolete, merged, renamed or similar" },
		{ "title: T\nfalsepositive: []\n" BASE, "test.yml:2:1: this key is not one of "
							"Sigma's; did you mean 'falsepositives'?" },
		{ "title: T\nowner: me\n" BASE, "" },
		{ "title: T\nlogsource: {product: Windows}\n"
		  "detection: {s: {host: 1}, condition: s}\n",
		    "test.yml:2:22: log sources are written in lower case" },
		{ "title: T\nlogsource: {product: x, catgory: y}\n"
		  "detection: {s: {host: 1}, condition: s}\n",
		    "test.yml:2:25: this key of the logsource is not looked at; did you mean "
		    "'category'?" },
		{ "title: T\nlogsource: {product: x}\n"
		  "detection: {s: {TargetFileName: 1}, condition: s}\n",
		    "test.yml:3:17: 'TargetFileName' is no known field, did you mean "
		    "'TargetFilename'?" },
		{ "title: T\nlogsource: {product: x}\n"
		  "detection: {s: {OriginalFileName: 1, userIdentity.arn: 2}, condition: s}\n",
		    "" },
		{ "title: T\nlogsource: {product: x}\n"
		  "detection: {s: {host|fieldref: Hst9}, condition: s}\n",
		    "'Hst9' is no known field" },
		{ "title: T\nlogsource: {product: x}\ndetection: {s: {host: [null]}, condition: "
		  "s}\n",
		    "test.yml:3:24: null in a list is not Sigma everywhere" },
		{ "title: T\nlogsource: {product: x}\ndetection: {s: {host: 0x1F}, condition: s}\n",
		    "test.yml:3:23: without quotes this is a number to YAML" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct feed f;

		feed_text(&f, rows[i][0]);
		CHECK_INT(f.errors, 0);
		CHECK_INT(f.warnings, rows[i][1][0] != '\0');
		if (strstr(feed_cstr(&f.notes), rows[i][1]) == NULL)
			test_fail(TEST_AT(notes), "row %zu: '%s'", i, feed_cstr(&f.notes));
		feed_fini(&f);
	}
}

TEST(titles_have_256_characters)
{
	struct buf rule;
	struct feed f;

	for (unsigned n = 256; n <= 257; n++) {
		buf_init(&rule, 0);
		buf_str(&rule, STR("title: "));
		for (unsigned i = 0; i < n; i++)
			buf_str(&rule, STR("\xc3\xa9"));
		buf_str(&rule, STR("\n" BASE));
		feed_text(&f, feed_cstr(&rule));
		CHECK_INT(f.errors, n > 256);
		feed_fini(&f);
		buf_fini(&rule);
	}
}
