/* Filters: which rules they reach, and that they narrow. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/filter.h"

#include "feed.h"

#define RULE(name, source)                                                                         \
	"---\ntitle: " name "\nname: " name "\nlogsource: {" source "}\n"                          \
	"detection: {s: {cs-method: GET}, condition: s}\n"
#define FILTER(source, body) "---\ntitle: F\nlogsource: {" source "}\nfilter:\n" body

static const char rules[] = RULE("web", "category: webserver") RULE("app", "product: application")
    RULE("both", "category: webserver, product: application");

static const struct row {
	const char *filter;
	const char *json;
	unsigned n; /* of three rules */
} rows[] = {
	{ "", "{\"method\":\"GET\"}", 3 },
	{ FILTER("category: webserver", "  rules: any\n  s: {user_name: x}\n  condition: not s\n"),
	    "{\"method\":\"GET\",\"user_name\":\"x\"}", 1 },
	{ FILTER("category: webserver", "  rules: any\n  s: {user_name: x}\n  condition: not s\n"),
	    "{\"method\":\"GET\",\"user_name\":\"y\"}", 3 },
	{ FILTER("category: webserver", "  s: {user_name: x}\n  condition: not s\n"),
	    "{\"method\":\"GET\",\"user_name\":\"x\"}", 1 },
	{ FILTER("category: webserver", "  rules: []\n  s: {user_name: x}\n  condition: not s\n"),
	    "{\"method\":\"GET\",\"user_name\":\"x\"}", 1 },
	{ FILTER("category: webserver", "  rules: [web, app]\n  s: {user_name: x}\n"
					"  condition: not s\n"),
	    "{\"method\":\"GET\",\"user_name\":\"x\"}", 2 },
	{ FILTER("category: webserver, product: application",
	      "  rules: any\n  s: {user_name: x}\n  condition: not s\n"),
	    "{\"method\":\"GET\",\"user_name\":\"x\"}", 2 },
	/* By and: what is not excluded is asked for. */
	{ FILTER("category: webserver", "  rules: any\n  s: {user_name: x}\n  condition: s\n"),
	    "{\"method\":\"GET\",\"user_name\":\"y\"}", 1 },
	{ FILTER("category: webserver", "  rules: any\n  s: {user_name: x}\n  condition: s\n"),
	    "{\"method\":\"GET\",\"user_name\":\"x\"}", 3 },
	{ FILTER("category: webserver", "  rules: any\n  s: {user_name: x}\n  condition: not s\n")
		FILTER("product: application",
		    "  rules: any\n  s: {host: h}\n  condition: not s\n"),
	    "{\"method\":\"GET\",\"user_name\":\"y\",\"host\":\"h\"}", 1 },
};

TEST(reach)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct feed f;
		struct buf text;
		uint64_t n;

		/* A filter may stand before the rules it is for. */
		buf_init(&text, 0);
		buf_printf(&text, "%s%s", i % 2 != 0 ? rows[i].filter : rules,
		    i % 2 != 0 ? rules : rows[i].filter);
		feed_text(&f, feed_cstr(&text));
		CHECK_INT(f.errors, 0);
		CHECK_INT(ruleset_len(f.rules), 3);
		n = feed_count(&f, rows[i].json);
		if (n != rows[i].n)
			test_fail(TEST_AT(feed_count), "row %zu: %" PRIu64, i, n);
		feed_fini(&f);
		buf_fini(&text);
	}
}

TEST(what_loading_says)
{
	static const struct said {
		const char *filter, *says;
		unsigned errors;
	} says[] = {
		{ FILTER("category: x", "  s: {a: 1}\n  condition: s\n"),
		    "to leave something out write 'not'", 0 },
		{ FILTER("category: x", "  rules: [gone]\n  s: {host: 1}\n  condition: not s\n"),
		    "test.yml:5:11: no rule that was loaded has the id or name 'gone'\n", 0 },
		{ "title: F\nfilter:\n  s: {a: 1}\n  condition: not s\n",
		    "test.yml:1:1: a rule needs a logsource", 1 },
		{ FILTER("category: x", "  rules: some\n  s: {a: 1}\n  condition: not s\n"),
		    "test.yml:5:10: rules is a list of ids or names, or 'any'\n", 1 },
		{ FILTER("category: x", "  rules: any\n  s: {a: 1}\n  condition: not t\n"),
		    "test.yml:7:18: condition: there is no selection of this name, found 't'", 1 },
		{ FILTER("category: x", "  rules: any\n  s: {a|contain: 1}\n  condition: not s\n"),
		    "test.yml:6:7: there is no modifier 'contain'", 1 },
		{ "logsource: {category: x}\nfilter:\n  s: {a: 1}\n  condition: not s\n",
		    "test.yml:1:1: a filter needs a title\n", 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		struct feed f;

		feed_text(&f, says[i].filter);
		CHECK_INT(f.errors, says[i].errors);
		if (strstr(feed_cstr(&f.notes), says[i].says) == NULL)
			test_fail(TEST_AT(notes), "row %zu wants '%s' and got '%s'", i,
			    says[i].says, feed_cstr(&f.notes));
		feed_fini(&f);
	}
}

TEST(a_filter_is_part_of_the_digest)
{
	struct feed a, b;

	feed_text(&a, rules);
	feed_text(&b, RULE("web", "category: webserver")
			  FILTER("category: webserver", "  s: {user_name: x}\n  condition: not s\n")
			      RULE("app", "product: application")
				  RULE("both", "category: webserver, product: application"));
	CHECK(memcmp(ruleset_digest(a.rules), ruleset_digest(b.rules), 32) != 0);
	feed_fini(&a);
	feed_fini(&b);
}
