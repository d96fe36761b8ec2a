/* Tests that rules carry: the events they stand for, and what is refused with its place. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ruletests.h"

#include "base/buf.h"
#include "named.h"

#define RULE                                                                                       \
	"title: Base\nid: 11111111-2222-4333-8444-000000000001\nname: base\n"                      \
	"logsource: {category: authentication}\n"                                                  \
	"detection: {s: {event_type: auth.login.failed}, condition: s}\n"                          \
	"tocsin:\n"

static void
on_test(void *ctx, struct str name, bool fires, struct str lines)
{
	buf_printf(ctx, "%.*s %s\n%.*s", STR_ARG(name), fires ? "fires" : "keeps quiet",
	    STR_ARG(lines));
}

TEST(events_are_lines)
{
	struct arena *a = arena_new(1U << 20);
	struct ydoc *doc;
	struct diag why;
	struct buf got;

	buf_init(&got, 0);
	CHECK_OK(ydoc_parse(
		     STR(RULE
			 "  tests:\n"
			 "    - name: one\n"
			 "      events:\n"
			 "        - {event_type: a, n: 5, f: 1.5, b: true, z: null, q: '5', "
			 "at: 22h}\n"
			 "        - {m: {repeat: 7, l: [1, \"x\\ny\"]}, repeat: 20, every: 250ms}\n"
			 "        - {event_type: c}\n"
			 "    - {name: two, fires: false, events: [{every: 0s, u: p@i}]}\n"),
		     1, a, &doc, &why),
	    why);
	CHECK_OK(ruletests_of(doc, on_test, &got, &why), why);
	CHECK_STR(feed_cstr(&got),
	    "one fires\n"
	    "@ 1 1000ms 2026-01-01T22:00:00Z "
	    "{\"event_type\":\"a\",\"n\":5,\"f\":1.5,\"b\":true,\"z\":null,\"q\":\"5\"}\n"
	    "@ 20 250ms 2026-01-01T22:00:01Z {\"m\":{\"repeat\":7,\"l\":[1,\"x\\ny\"]}}\n"
	    "@ 1 1000ms 2026-01-01T22:00:06Z {\"event_type\":\"c\"}\n"
	    "two keeps quiet\n"
	    "@ 1 0ms 2026-01-01T00:00:00Z {\"u\":\"p@i\"}\n");
	buf_fini(&got);
	arena_free(a);
}

TEST(a_rule_without_tests_has_none)
{
	struct arena *a = arena_new(1U << 20);
	struct ydoc *doc;
	struct diag why;

	CHECK_OK(ydoc_parse(STR("title: x"), 1, a, &doc, &why), why);
	CHECK_OK(ruletests_of(doc, on_test, NULL, &why), why);
	arena_free(a);
}

TEST(refused_with_the_place)
{
	static const struct {
		const char *tests, *said;
	} rows[] = {
		{ "5", "8:10: tests: a list of maps" },
		{ "[{events: [{a: 1}]}]", "8:11: tests: a test needs a name" },
		{ "[{name: [], events: [{a: 1}]}]", "8:18: tests: a test needs a name" },
		{ "[{name: n}]", "8:11: tests: events is a list" },
		{ "[{name: n, events: []}]", "8:29: tests: events is a list" },
		{ "[{name: n, events: [5]}]", "8:30: tests: an event is a map" },
		{ "[{name: n, events: [{}]}]", "8:30: tests: an event needs a field" },
		{ "[{name: n, events: [{repeat: 2}]}]", "8:30: tests: an event needs a field" },
		{ "[{name: n, events: [{a: 1, repeat: 0}]}]", "8:45: tests: repeat is a number" },
		{ "[{name: n, events: [{a: 1, repeat: 1000001}]}]", "8:45: tests: repeat is a" },
		{ "[{name: n, events: [{a: 1, every: soon}]}]", "8:44: tests: every and at are" },
		{ "[{name: n, events: [{a: 1, at: -1s}]}]", "8:41: tests: every and at are" },
		{ "[{name: n, events: [{a: 1, repeat: 4000, every: 1d}]}]",
		    "8:30: tests: these events last" },
		{ "[{name: n, events: [{timestamp: x}]}]", "8:31: tests: the time of an event" },
		{ "[{name: n, fires: 1, events: [{a: 1}]}]", "8:28: tests: fires is true or" },
		{ "[{name: n, when: 1, events: [{a: 1}]}]", "8:21: tests: a test has the keys" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[600];
		struct feed f;

		(void)snprintf(text, sizeof(text), RULE "  advice: Look.\n  tests: %s\n",
		    rows[i].tests);
		feed_text(&f, text);
		CHECK_INT(f.rules->rule.n, 0);
		if (strstr(feed_cstr(&f.notes), rows[i].said) == NULL)
			test_fail(TEST_AT(rows), "%s: %s", rows[i].tests, feed_cstr(&f.notes));
		feed_fini(&f);
	}
}

TEST(a_rule_with_good_tests_loads)
{
	struct feed f;

	feed_text(&f, RULE "  tests: [{name: n, events: [{a: 1}]}]\n");
	CHECK_STR(feed_cstr(&f.notes), "");
	CHECK_INT(f.rules->rule.n, 1);
	feed_fini(&f);
}
