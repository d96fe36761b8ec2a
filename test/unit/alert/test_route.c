/* tested: routes as they are written, what inherits and what goes on, and what is refused where. */
#include "alert/route.h"

#include "test.h"

static struct route_tree *
read_good(const char *text)
{
	struct route_tree *t = NULL;
	struct diag why = { 0 };

	CHECK_OK(route_read(str_c(text), "r.yml", &t, &why), why);
	return t;
}

static void
on_route(void *ctx, const struct route_node *n)
{
	struct buf *to = ctx;

	buf_str(to, n->name);
	buf_byte(to, ' ');
}

static const char *
walked(const struct route_tree *t, enum alerts_severity severity, const char *tags)
{
	static char text[200];
	const struct matcher_case c = { .severity = severity, .tags = str_c(tags) };
	auto_buf struct buf out = { 0 };

	route_walk(t, &c, on_route, &out);
	return str_to_c(buf_view(&out), text, sizeof(text));
}

static const char tree[] = "routes: test\n"
			   "title: A tree\n"
			   "route:\n"
			   "    name: root\n"
			   "    to: [{kind: all}]\n"
			   "    routes:\n"
			   "        - name: first\n"
			   "          match: {tags: a}\n"
			   "          continue: true\n"
			   "          routes:\n"
			   "              - name: inner\n"
			   "                match: {severity: critical}\n"
			   "                to: [{policy: p}]\n"
			   "        - {name: second, match: {severity: [critical, high]}, to: []}\n"
			   "        - {name: third, match: {severity: critical}}\n";

TEST(the_first_child_counts_unless_it_says_continue)
{
	struct route_tree *t = read_good(tree);

	CHECK_STR(walked(t, ALERTS_LOW, ""), "root ");
	CHECK_STR(walked(t, ALERTS_LOW, "a"), "first ");
	CHECK_STR(walked(t, ALERTS_HIGH, ""), "second ");
	CHECK_STR(walked(t, ALERTS_HIGH, "a"), "first second ");
	CHECK_STR(walked(t, ALERTS_CRITICAL, "a"), "inner second ");
	CHECK_SLICE(route_name(t), "test");
	CHECK_SLICE(route_title(t), "A tree");
	CHECK_STR(route_file(t), "r.yml");
	route_free(t);
}

TEST(children_tell_as_their_parents_until_they_say_otherwise)
{
	struct route_tree *t = read_good(tree);
	const struct route_node *n = route_root(t);
	static const struct {
		const char *name;
		size_t targets;
		bool inherits;
	} rows[] = { { "root", 1, false }, { "first", 1, true }, { "inner", 1, false },
		{ "second", 0, false }, { "third", 1, true } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++, n = route_after(n)) {
		CHECK_SLICE(n->name, rows[i].name);
		CHECK_INT(n->n_targets, rows[i].targets);
		CHECK_INT(n->inherits, rows[i].inherits);
	}
	CHECK(n == NULL);
	route_free(t);
}

TEST(targets_say_when)
{
	struct route_tree *t =
	    read_good("routes: test\nzone: \"+01:00\"\nroute:\n  to:\n"
		      "    - {channel: ops, kind: slack}\n"
		      "    - {kind: slack, batch: 15m}\n"
		      "    - {kind: email, digest: daily, optional: true}\n"
		      "    - {kind: email, digest: weekly, at: \"09:30\", on: fri, zone: UTC}\n");
	const struct route_target *k = route_root(t)->targets;
	static const struct {
		enum route_form form;
		const char *slot;
	} rows[] = { { ROUTE_NOW, "" }, { ROUTE_BATCH, "batch-900000000000" },
		{ ROUTE_DAILY, "daily-0-480-+01:00" }, { ROUTE_WEEKLY, "weekly-5-570-UTC" } };

	CHECK_INT(route_root(t)->n_targets, ARRAY_LEN(rows));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK_INT(k[i].form, rows[i].form);
		CHECK_SLICE(k[i].slot, rows[i].slot);
		CHECK_INT(k[i].optional, i == 2);
	}
	CHECK_SLICE(k[0].channel, "ops");
	CHECK_SLICE(k[0].kind, "slack");
	route_free(t);
}

TEST(kinds_are_families)
{
	static const struct {
		const char *kind, *of;
		bool is;
	} rows[] = {
		{ "email", "email", true },
		{ "email", "ses", true },
		{ "sms", "twilio", true },
		{ "sms", "sms", false },
		{ "slack", "slack_api", true },
		{ "slack_api", "slack", false },
		{ "pagerduty", "pagerduty", true },
		{ "pagerduty", "opsgenie", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_INT(route_kind_is(str_c(rows[i].kind), str_c(rows[i].of)), rows[i].is);
}

TEST(what_is_wrong_is_said_with_its_place)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *words;
	} rows[] = {
		{ "[]", 1, 1, "route: {to: [...]}" },
		{ "routes: x", 1, 1, "at least" },
		{ "routes: x\nroute: {}", 2, 8, "[{kind: all}]" },
		{ "routes: x\nroute: {to: [], match: {severity: low}}", 2, 17, "first route" },
		{ "routes: x\nroute: {to: [], continue: true}", 2, 17, "first route" },
		{ "routes: x\nroute: {to: [], to: []}", 2, 17, "to: the first" },
		{ "routes: x\nroute: {to: all}", 2, 13, "a list of at most 20 targets" },
		{ "routes: x\nroute: {to: [all]}", 2, 14, "{channel: NAME}" },
		{ "routes: x\nroute: {to: [{}]}", 2, 14, "say whom" },
		{ "routes: x\nroute: {to: [{knd: a}]}", 2, 15, "channel, kind or policy" },
		{ "routes: x\nroute: {to: [{kind: a, batch: x}]}", 2, 31, "15m" },
		{ "routes: x\nroute: {to: [{kind: a, batch: 25h}]}", 2, 31, "1s to 24h" },
		{ "routes: x\nroute: {to: [{kind: a, batch: 0s}]}", 2, 31, "1s to 24h" },
		{ "routes: x\nroute: {to: [{kind: a, digest: hourly}]}", 2, 32, "daily or weekly" },
		{ "routes: x\nroute: {to: [{kind: a, digest: daily, at: \"9\"}]}", 2, 43, "08:00" },
		{ "routes: x\nroute: {to: [{kind: a, digest: daily, on: mon}]}", 2, 39, "weekly" },
		{ "routes: x\nroute: {to: [{kind: a, digest: weekly, on: weekdays}]}", 2, 44,
		    "one day" },
		{ "routes: x\nroute: {to: [{kind: a, batch: 1m, digest: daily}]}", 2, 14,
		    "not both" },
		{ "routes: x\nroute: {to: [{kind: a, at: \"08:00\"}]}", 2, 14, "digest: daily" },
		{ "routes: x\nroute: {to: [{policy: a, batch: 1m}]}", 2, 14, "stands alone" },
		{ "routes: x\nroute: {to: [], routes: [{match: {x: y}}]}", 2, 35, "severity" },
		{ "routes: x\nroute: {to: [], routes: {}}", 2, 25, "a list of routes" },
		{ "routes: x\ninhibit: {}\nroute: {to: []}", 2, 10, "at most 50" },
		{ "routes: x\ninhibit: [{source: {rule: a}}]\nroute: {to: []}", 2, 11,
		    "source and target" },
		{ "routes: x\ninhibit: [{source: {rule: a}, target: {rule: b}, equal: [name]}]\n"
		  "route: {to: []}",
		    2, 58, "address, user or group" },
		{ "inhibit: []\ninhibit: []\nroutes: x\nroute: {to: []}", 2, 1, "once" },
		{ "routes: x\nzone: Nowhere\nroute: {to: []}", 2, 7, "Europe/Berlin" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct route_tree *t = NULL;
		struct diag why = { 0 };

		CHECK_INT(route_read(str_c(rows[i].text), "r.yml", &t, &why), FAIL_SYNTAX);
		if (strstr(why.text, rows[i].words) == NULL || why.line != rows[i].line ||
		    why.column != rows[i].column || strcmp(why.file, "r.yml") != 0)
			test_fail(TEST_AT(rows), "%s: %s:%u:%u: %s", rows[i].text, why.file,
			    why.line, why.column, why.text);
	}
}

TEST(what_is_too_much_is_refused)
{
	auto_buf struct buf text = { 0 };
	struct route_tree *t = NULL;
	struct diag why = { 0 };

	buf_str(&text, STR("routes: x\nroute:\n  to: []\n  routes:\n"));
	for (unsigned i = 0; i < ROUTE_NODES_MAX; i++)
		buf_str(&text, STR("    - {match: {severity: low}}\n"));
	CHECK_INT(route_read(buf_view(&text), "r.yml", &t, &why), FAIL_LIMIT);
	buf_reset(&text);
	buf_str(&text, STR("routes: x\nroute:\n  to:\n"));
	for (unsigned i = 0; i <= ROUTE_TARGETS_MAX; i++)
		buf_str(&text, STR("    - {kind: a}\n"));
	CHECK_INT(route_read(buf_view(&text), "r.yml", &t, &why), FAIL_SYNTAX);
	buf_reset(&text);
	buf_str(&text, STR("routes: x\ninhibit:\n"));
	for (unsigned i = 0; i <= ROUTE_INHIBIT_MAX; i++)
		buf_str(&text, STR("  - {source: {rule: a}, target: {rule: b}}\n"));
	CHECK_INT(route_read(buf_view(&text), "r.yml", &t, &why), FAIL_SYNTAX);
}
