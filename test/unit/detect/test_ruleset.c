/* Loading: refusals with their places, references, what a broken rule leaves alone, the public
 * rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ruleset.h"

#include "feed.h"

#define HEAD "title: T\nlogsource:\n  category: webserver\n"
#define CORR(body)                                                                                 \
	"title: base\nname: base\nlogsource: {product: x}\n"                                       \
	"detection: {s: {a: 1}, condition: s}\n---\ntitle: C\ncorrelation:\n" body

static const struct refusal {
	const char *rules, *says;
} refusals[] = {
	{ "title: [", "not YAML" },
	{ "\xff\xfet\0i\0", "test.yml:1:1: this is not UTF-8; save the file as UTF-8\n" },
	{ "- a\n", "test.yml:1:1: a rule is a map with title, logsource and detection\n" },
	{ "logsource: {product: x}\ndetection: {s: {a: 1}, condition: s}\n",
	    "test.yml:1:1: a rule needs a title\n" },
	{ "title: T\ndetection: {s: {a: 1}, condition: s}\n", "a rule needs a logsource" },
	{ "title: T\nlogsource: {definition: x}\n",
	    "test.yml:2:12: logsource needs a product, a category or a service\n" },
	{ HEAD, "a rule needs a detection section" },
	{ HEAD "detection:\n  s:\n    a: 1\n", "test.yml:5:3: detection needs a condition\n" },
	{ HEAD "level: urgent\ndetection: {s: {a: 1}, condition: s}\n",
	    "test.yml:4:8: level is informational, low, medium, high or critical\n" },
	{ HEAD "detection:\n  s:\n    url|contain: x\n  condition: s\n",
	    "test.yml:6:5: there is no modifier 'contain'; did you mean 'contains'?\n" },
	{ HEAD "detection:\n  s:\n    url|re|cidr: x\n  condition: s\n",
	    "test.yml:6:5: 'cidr' does not go together with 're'\n" },
	{ HEAD "detection:\n  s:\n    url|i: x\n  condition: s\n",
	    "test.yml:6:5: 'i' belongs behind 're'\n" },
	{ HEAD "detection:\n  s:\n    url|re: 'a(b'\n  condition: s\n",
	    "test.yml:6:14: the regular expression cannot be used: Missing close parenthesis for "
	    "group started at index 1.\n" },
	{ HEAD "detection:\n  s:\n    client_ip|cidr: 10.0.0.0/40\n  condition: s\n",
	    "test.yml:6:21: cidr takes a network like 10.0.0.0/8 or 2001:db8::/32\n" },
	{ HEAD "detection:\n  s:\n    status_code|gte: many\n  condition: s\n",
	    "test.yml:6:22: lt, lte, gt and gte compare with a number\n" },
	{ HEAD "detection:\n  s:\n    url|exists: 3\n  condition: s\n",
	    "test.yml:6:17: exists is true or false\n" },
	{ HEAD "detection:\n  s:\n    url|contains: null\n  condition: s\n",
	    "test.yml:6:19: null stands alone" },
	{ HEAD "detection:\n  s:\n    url|contains|all: x\n  condition: s\n",
	    "test.yml:6:23: 'all' needs a list of values\n" },
	{ HEAD "detection:\n  s:\n    url: []\n  condition: s\n", "the list of values is empty" },
	{ HEAD "detection:\n  s:\n    url: x\n    url: y\n  condition: s\n",
	    "test.yml:7:5: this key is given twice; keep one, or make its values a list\n" },
	{ HEAD "detection:\n  s: {a: 1}\n  condition: s and tt\n",
	    "test.yml:6:20: condition: there is no selection of this name, found 'tt'\n" },
	{ HEAD "detection:\n  s: {a: 1}\n  timeframe: 5m\n  condition: s\n",
	    "test.yml:6:3: timeframe is gone from Sigma: what happens repeatedly" },
	{ HEAD "detection:\n  s: &x {a: 1}\n  t: *x\n  condition: s\n", "aliases" },
	{ HEAD "tocsin: {supress: 1h}\ndetection: {s: {a: 1}, condition: s}\n",
	    "test.yml:4:10: tocsin knows group-by, suppress" },
	{ HEAD "tocsin: {suppress: soon}\ndetection: {s: {a: 1}, condition: s}\n",
	    "test.yml:4:20: suppress is a time like 1h, 30m or 7d\n" },
	{ HEAD "detection:\n  s: {a: 1}\n  timeframe: 10m\n"
	       "  condition: s | count(user_name) by client_ip >= 5\n",
	    "test.yml:7:16: pipes are gone from Sigma: give the rule a name and write "
	    "'correlation: {type: value_count, rules: [NAME], group-by: [client_ip], timespan: "
	    "10m, condition: {field: user_name, gte: 5}}'\n" },
	{ HEAD "detection:\n  s: {a: 1}\n  condition: s | count() > 3\n",
	    "write 'correlation: {type: event_count, rules: [NAME], timespan: 5m, condition: {gt: "
	    "3}}'\n" },
	{ HEAD "detection:\n  s: {a: 1}\n  condition: s | near t\n", "type: temporal" },
	{ HEAD "detection:\n  s: {a: 1}\n  condition: s | min(x) < 3\n",
	    "a correlation of type event_count, value_count, value_sum or value_avg over it" },
	{ "action: global\ntitle: T\n", "test.yml:1:1: rule collections (action:) are gone" },
	{ CORR("  type: tempoal\n"), "test.yml:8:9: correlation: the types are event_count, " },
	{ CORR("  type: event_count\n  rules: base\n  timespan: 5m\n  nosuch: 3\n"),
	    "test.yml:11:3: correlation: event_count has the keys rules, group-by, timespan, "
	    "condition, aliases, generate, escalate\n" },
	{ CORR("  type: event_count\n  rules: base\n  timespan: 5x\n  condition: {gt: 3}\n"),
	    "test.yml:10:13: correlation: timespan is a number and s, m, h or d: 5m\n" },
	{ CORR("  type: event_count\n  rules: base\n  condition: {gt: 3}\n"),
	    "'timespan' is missing" },
	{ CORR("  type: event_count\n  rules: gone\n  timespan: 5m\n  condition: {gt: 3}\n"),
	    "test.yml:9:10: no rule that was loaded has the id or name 'gone'\n" },
	{ CORR("  type: event_count\n  rules: me\n  timespan: 5m\n  condition: {gt: 3}\nname: "
	       "me\n"),
	    "test.yml:9:10: 'me' and this correlation name each other in a circle" },
	{ CORR("  type: event_count\n  group_by: [a]\n"), "write group-by, with a hyphen" },
	{ CORR("  type: event_count\n  rules: base\n  timespan: 5m\n  group-by: x\n"
	       "  condition: {gt: 3}\n  aliases: {x: {other: url}}\n"),
	    "test.yml:13:17: correlation: an alias is of rules that 'rules' names" },
	{ CORR("  type: value_count\n  rules: base\n  timespan: 5m\n  condition: {gt: 3}\n"),
	    "value_count needs 'field'" },
	{ CORR(
	      "  type: event_count\n  rules: base\n  timespan: 5m\n  condition: {gte: 5, gt: 7}\n"),
	    "test.yml:11:14: correlation: two comparisons are a range: gt or gte, and lt or "
	    "lte\n" },
	{ CORR(
	      "  type: event_count\n  rules: base\n  timespan: 5m\n  condition: {gte: 5, lt: 5}\n"),
	    "no number is in this range" },
	{ CORR("  type: event_count\n  rules: base\n  timespan: 5m\n  condition: {gte: 999999}\n"),
	    "no count from 1 to 100000 is like that" },
};

TEST(refusals)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		struct feed f;

		feed_text(&f, refusals[i].rules);
		if (f.errors != 1 || strstr(feed_cstr(&f.notes), refusals[i].says) == NULL)
			test_fail(TEST_AT(notes), "row %zu wants '%s' and got '%s'", i,
			    refusals[i].says, feed_cstr(&f.notes));
		feed_fini(&f);
	}
}

TEST(a_broken_rule_stops_no_other)
{
	struct feed f;

	feed_text(&f, "title: one\nid: 1\nlogsource: {category: webserver}\n"
		      "detection: {s: {url: a}, condition: s}\n"
		      "---\ntitle: {\n"
		      "---\ntitle: two\nid: 1\nlogsource: {category: webserver}\n"
		      "detection: {s: {url: a}, condition: s}\n"
		      "--- # comment\ntitle: three\nlogsource: {category: webserver}\n"
		      "detection: {s: {url: a}, condition: s}\n---\n# nothing\n");
	CHECK_INT(ruleset_len(f.rules), 2);
	CHECK_INT(f.errors, 2);
	CHECK(strstr(feed_cstr(&f.notes), "the id '1' is taken by the rule at test.yml:1") != NULL);
	CHECK_STR(ruleset_at(f.rules, 1)->title, "three");
	CHECK_STR(ruleset_at(f.rules, 1)->severity, "MEDIUM");
	CHECK(ruleset_find(f.rules, STR("three")) == ruleset_at(f.rules, 1));
	CHECK(ruleset_find(f.rules, STR("four")) == NULL);
	feed_fini(&f);
}

TEST(warnings)
{
	struct feed f;

	feed_text(&f, HEAD "detection:\n  s:\n    Nonsense: 1\n    client_ip|cidr: 10.1.0.0/8\n"
			   "    server_ip|cidr: [2001:db8::1/33]\n"
			   "    timestamp|hour|gte: 24\n"
			   "  t: {url: x}\n  condition: s\n");
	CHECK_INT(f.errors, 0);
	CHECK_STR(feed_cstr(&f.notes),
	    "test.yml:6:5: 'Nonsense' is no known field; a key of this name in the event is "
	    "meant\n"
	    "test.yml:7:21: the network has bits set behind its prefix; they are ignored: write "
	    "10.0.0.0/8\n"
	    "test.yml:8:22: the network has bits set behind its prefix; they are ignored: write "
	    "2001:db8::/33\n"
	    "test.yml:9:25: an hour is 0 to 23; no time has this one\n"
	    "test.yml:5:3: the condition does not use the selection 't'\n");
	feed_fini(&f);
}

TEST(digest_is_of_what_was_loaded)
{
	struct feed a, b, c;

	feed_text(&a, HEAD "detection: {s: {url: a}, condition: s}\n");
	feed_text(&b, HEAD "detection: {s: {url: a}, condition: s}\n---\ntitle: [\n");
	feed_text(&c, HEAD "detection: {s: {url: b}, condition: s}\n");
	CHECK(memcmp(ruleset_digest(a.rules), ruleset_digest(c.rules), 32) != 0);
	CHECK_INT(b.errors, 1);
	feed_fini(&a);
	feed_fini(&b);
	feed_fini(&c);
}

TEST(missing_path)
{
	const char *path = "/nonexistent/rules";
	struct ruleset *rs = NULL;
	struct diag why;

	CHECK_INT(ruleset_load(&path, 1, NULL, NULL, &rs, &why), FAIL_NOT_FOUND);
	CHECK(rs == NULL);
}

TEST(public_rules)
{
	const char *const paths[] = { test_corpus("sigma/rules"),
		test_corpus("sigma/rules-emerging-threats"),
		test_corpus("sigma/rules-threat-hunting") };
	struct feed f = { 0 };
	struct diag why;

	test_timeout(300);
	CHECK_OK(ruleset_load(paths, ARRAY_LEN(paths), feed_note, &f, &f.rules, &why), why);
	fprintf(stderr, "loaded %zu, warnings %u\n", ruleset_len(f.rules), f.warnings);
	CHECK_INT(f.errors, 0);
	CHECK_INT(ruleset_len(f.rules), 3753);
	feed_fini(&f);
}
