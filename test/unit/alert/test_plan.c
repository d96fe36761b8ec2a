/* tested: who is told of an alert, against a slow and plain reading of the same routes. */
#include "alert/plan.h"

#include "base/clock.h"
#include "test.h"

static const struct plan_channel channels[] = {
	{ "alerts", "slack", ALERTS_INFO },
	{ "chat", "slack_api", ALERTS_HIGH },
	{ "mail", "email", ALERTS_MEDIUM },
	{ "pager", "pagerduty", ALERTS_CRITICAL },
	{ "text", "twilio", ALERTS_LOW },
};
static const struct str policies[] = { STR("first-line") };
static const struct plan_world world = { channels, ARRAY_LEN(channels), policies, 1 };

static void
put_item(const struct plan_item *i, struct buf *to)
{
	buf_printf(to, "%s%s", to->n != 0 ? " " : "", i->channel != NULL ? i->channel->name : "!");
	if (i->channel == NULL)
		buf_str(to, i->target->policy);
	else if (plan_form(i) != ROUTE_NOW)
		buf_printf(to, "/%.*s", STR_ARG(i->target->slot));
}

static const char *
planned(const struct route_tree *t, const struct matcher_case *c, const struct plan_world *w)
{
	static char text[4000];
	static struct plan p;
	auto_buf struct buf out = { 0 };

	plan_make(t, c, w, &p);
	for (size_t i = 0; i < p.n; i++)
		put_item(&p.items[i], &out);
	if (p.fell_back)
		buf_str(&out, STR(" (fell back)"));
	return str_to_c(buf_view(&out), text, sizeof(text));
}

static struct route_tree *
one_route(const char *to)
{
	auto_buf struct buf text = { 0 };
	struct route_tree *t = NULL;
	struct diag why = { 0 };

	buf_printf(&text, "routes: x\nroute: {to: [%s]}", to);
	CHECK_OK(route_read(buf_view(&text), "r.yml", &t, &why), why);
	return t;
}

TEST(targets_are_channels_kinds_or_policies)
{
	static const struct {
		const char *to, *want;
	} rows[] = {
		{ "{channel: mail}", "mail" }, { "{kind: slack}", "alerts chat" },
		{ "{kind: sms}", "text" }, { "{channel: mail, kind: slack}", "mail" },
		{ "{channel: nobody, kind: slack}", "alerts chat" },
		{ "{kind: all}", "alerts mail text" }, /* MEDIUM reaches them */
		{ "{kind: dashboard}", "" }, { "", "" }, { "{policy: first-line}", "!first-line" },
		{ "{channel: mail}, {kind: email}", "mail" },
		{ "{channel: mail}, {kind: email, batch: 1m}", "mail mail/batch-60000000000" },
		/* what is not there is left out; when nothing is, min_severity says */
		{ "{channel: mail}, {kind: discord}", "mail" },
		{ "{kind: discord}", "alerts mail text (fell back)" },
		{ "{kind: discord}, {kind: dashboard}", "alerts mail text (fell back)" },
		{ "{policy: nobody}", "alerts mail text (fell back)" },
		{ "{channel: nobody, digest: daily}", "alerts mail text (fell back)" },
		{ "{kind: discord, optional: true}", "alerts mail text (fell back)" },
		{ "{kind: pagerduty}", "pager" }, /* min_severity does not count here */
	};
	const struct matcher_case c = { .severity = ALERTS_MEDIUM };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct route_tree *t = one_route(rows[i].to);

		if (strcmp(planned(t, &c, &world), rows[i].want) != 0)
			test_fail(TEST_AT(rows), "%s: %s", rows[i].to, planned(t, &c, &world));
		route_free(t);
	}
	CHECK_STR(planned(NULL, &c, &world), "alerts mail text");
	CHECK_STR(planned(NULL, &c, &(struct plan_world){ 0 }), "");
}

TEST(a_message_is_due_at_once_after_its_window_or_at_its_time)
{
	static const struct {
		const char *to;
		int64_t due;
	} rows[] = {
		{ "{channel: mail}", 100 * CLOCK_S },
		{ "{channel: mail, batch: 15m}", 1000 * CLOCK_S },
		{ "{channel: mail, digest: daily}", 8 * 3600 * CLOCK_S },
		/* 1970-01-01 was a Thursday */
		{ "{channel: mail, digest: weekly}", (4 * 86400 + 8 * 3600) * CLOCK_S },
		{ "{channel: mail, digest: weekly, on: thu, at: \"00:01\"}",
		    (7 * 86400 + 60) * CLOCK_S },
	};
	const struct matcher_case c = { .severity = ALERTS_MEDIUM };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct route_tree *t = one_route(rows[i].to);
		static struct plan p;

		plan_make(t, &c, &world, &p);
		CHECK_INT(p.n, 1);
		CHECK_INT(plan_due(&p.items[0], 100 * CLOCK_S), rows[i].due);
		route_free(t);
	}
}

static void
on_warning(void *ctx, struct str text)
{
	buf_printf(ctx, "%.*s\n", STR_ARG(text));
}

TEST(a_channel_that_no_route_names_is_said)
{
	struct route_tree *t =
	    one_route("{kind: slack}, {channel: mail}, {kind: sms, digest: daily}");
	auto_buf struct buf out = { 0 };

	plan_warnings(t, &world, on_warning, &out);
	CHECK_SLICE(buf_view(&out),
	    "no route names channel 'pager': it hears only what finds nobody else\n");
	route_free(t);
}

TEST(what_is_missing_is_said)
{
	struct route_tree *t = NULL;
	auto_buf struct buf out = { 0 };
	struct diag why = { 0 };

	CHECK_OK(route_read(
		     STR("routes: x\nroute:\n"
			 "  to: [{kind: all}, {kind: dashboard}]\n"
			 "  routes:\n"
			 "    - name: a\n"
			 "      to: [{channel: mail}, {channel: ops, kind: discord, batch: 15m}]\n"
			 "    - to: [{kind: teams, digest: weekly, at: \"09:05\"}, {policy: p}]\n"
			 "    - {name: c, to: [{channel: mail}, {kind: teams, optional: true}]}\n"
			 "    - {name: d, to: [{kind: teams, optional: true}]}\n"
			 "    - {name: e, to: []}\n"),
		     "r.yml", &t, &why),
	    why);
	plan_warnings(t, &world, on_warning, &out);
	CHECK_SLICE(buf_view(&out),
	    "route 'a' names what is not there: channel 'ops' or kind discord, collected for 15 "
	    "min\n"
	    "the route in line 7 names what is not there: kind teams, Mondays at 09:05; escalation "
	    "policy 'p'. Its alerts go to every channel whose min_severity they reach\n"
	    "route 'd' names what is not there: kind teams. Its alerts go to every channel whose "
	    "min_severity they reach\n");
	route_free(t);
}

/*
 * The plain reading: trees as structs of their own, written down as YAML for the real one, and
 * followed here by the words of the manual, without any of its code.
 */
#define NODES 24
struct plain {
	int parent; /* -1 of the root */
	unsigned severities;
	int tag; /* -1: none asked for */
	bool goes_on, own_to;
	unsigned targets; /* bits of the table below */
};

static const struct {
	const char *yaml, *told; /* "" nobody: missing; "-": the page; "*": all */
} whom[] = {
	{ "{channel: mail}", "mail" },
	{ "{kind: slack, batch: 1m}", "alerts/batch-60000000000 chat/batch-60000000000" },
	{ "{channel: gone}", "" },
	{ "{policy: first-line}", "!first-line" },
	{ "{policy: gone}", "" },
	{ "{kind: dashboard}", "-" },
	{ "{kind: all}", "*" },
	{ "{channel: gone, kind: sms, digest: daily}", "text/daily-0-480-UTC" },
};
static const char *const tags[] = { "t1", "t2", "t1.5" };

static uint64_t state;

static unsigned
draw(unsigned n)
{
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)((state >> 33) % n);
}

static void
write_match(const struct plain *n, unsigned depth, struct buf *to)
{
	bool any = false;

	buf_printf(to, "%*scontinue: %s\n", (int)depth, "", n->goes_on ? "true" : "false");
	if (n->severities == 0 && n->tag < 0)
		return;
	buf_printf(to, "%*smatch: {", (int)depth, "");
	for (unsigned i = 0; i < ALERTS_SEVERITIES; i++) {
		if ((n->severities & 1U << i) == 0)
			continue;
		buf_printf(to, "%s%s", any ? ", " : "severity: [",
		    alerts_severity_word((enum alerts_severity)i));
		any = true;
	}
	if (any)
		buf_str(to, STR("], "));
	if (n->tag >= 0)
		buf_printf(to, "tags: %s", tags[n->tag]);
	buf_str(to, STR("}\n"));
}

static void
write_node(const struct plain *all, int at, unsigned depth, struct buf *to)
{
	const struct plain *n = &all[at];
	bool any = false;

	if (n->own_to) {
		buf_printf(to, "%*sto: [", (int)depth, "");
		for (unsigned i = 0; i < ARRAY_LEN(whom); i++)
			if ((n->targets & 1U << i) != 0)
				buf_printf(to, "%s, ", whom[i].yaml);
		buf_str(to, STR("]\n"));
	}
	if (n->parent >= 0)
		write_match(n, depth, to);
	for (int k = at + 1; k < NODES; k++) {
		if (all[k].parent != at)
			continue;
		if (!any)
			buf_printf(to, "%*sroutes:\n", (int)depth, "");
		any = true;
		buf_printf(to, "%*s-\n", (int)depth, "");
		write_node(all, k, depth + 1, to);
	}
}

static bool
plain_fits(const struct plain *n, enum alerts_severity severity, const char *tag)
{
	if (n->severities != 0 && (n->severities & 1U << severity) == 0)
		return false;
	if (n->tag < 0)
		return true;
	return strcmp(tags[n->tag], tag) == 0 || (n->tag == 0 && strcmp(tag, "t1.5") == 0);
}

static void
say_once(const char *word, size_t n, struct buf *to)
{
	auto_buf struct buf mark = { 0 };

	buf_printf(&mark, " %.*s ", (int)n, word);
	if (str_find(buf_view(to), buf_view(&mark)) < 0)
		buf_printf(to, "%.*s ", (int)n, word);
}

static void
say_all(const char *words, struct buf *to)
{
	struct str rest = str_c(words);

	while (rest.n != 0) {
		struct str one = str_until(&rest, ' ');

		say_once(one.p, one.n, to);
	}
}

static void
plain_tell(const struct plain *all, int at, enum alerts_severity severity, struct buf *to)
{
	bool there = false, wanted = false;
	static const char *const reached[ALERTS_SEVERITIES] = { "alerts chat mail pager text",
		"alerts chat mail text", "alerts mail text", "alerts text", "alerts" };

	while (!all[at].own_to)
		at = all[at].parent;
	for (unsigned i = 0; i < ARRAY_LEN(whom); i++)
		if ((all[at].targets & 1U << i) != 0) {
			wanted |= whom[i].told[0] != '-';
			there |= whom[i].told[0] != '-' && whom[i].told[0] != '\0';
		}
	if (wanted && !there) {
		say_all(reached[severity], to);
		return;
	}
	for (unsigned i = 0; i < ARRAY_LEN(whom); i++)
		if ((all[at].targets & 1U << i) != 0 && whom[i].told[0] != '-')
			say_all(whom[i].told[0] == '*' ? reached[severity] : whom[i].told, to);
}

static void
plain_walk(const struct plain *all, int at, enum alerts_severity severity, const char *tag,
    struct buf *to)
{
	bool any = false;

	for (int k = at + 1; k < NODES; k++) {
		if (all[k].parent != at || !plain_fits(&all[k], severity, tag))
			continue;
		any = true;
		plain_walk(all, k, severity, tag, to);
		if (!all[k].goes_on)
			break;
	}
	if (!any)
		plain_tell(all, at, severity, to);
}

TEST(routes_are_followed_as_a_plain_reader_would)
{
	unsigned told = 0;

	state = test_seed();
	for (unsigned round = 0; round < test_rounds(400); round++) {
		struct plain all[NODES];
		auto_buf struct buf text = { 0 };
		struct route_tree *t = NULL;
		struct diag why = { 0 };

		for (int i = 0; i < NODES; i++)
			all[i] =
			    (struct plain){ .parent =
						i == 0 ? -1 : (int)draw((unsigned)(i < 4 ? i : 4)),
				    .severities = draw(3) == 0 ? draw(32) : 0,
				    .tag = (int)draw(6) - 3,
				    .goes_on = draw(3) == 0,
				    .own_to = i == 0 || draw(3) != 0,
				    .targets = draw(256) & draw(256) };
		buf_str(&text, STR("routes: x\nroute:\n"));
		write_node(all, 0, 1, &text);
		CHECK_OK(route_read(buf_view(&text), "r.yml", &t, &why), why);
		for (unsigned k = 0; k < 20; k++) {
			const enum alerts_severity severity =
			    (enum alerts_severity)draw(ALERTS_SEVERITIES);
			const char *tag = tags[draw(ARRAY_LEN(tags))];
			const struct matcher_case c = { .severity = severity, .tags = str_c(tag) };
			auto_buf struct buf want = { 0 }, got = { 0 };
			static struct plan p;

			buf_byte(&want, ' ');
			plain_walk(all, 0, severity, tag, &want);
			plan_make(t, &c, &world, &p);
			buf_byte(&got, ' ');
			for (size_t i = 0; i < p.n; i++) {
				auto_buf struct buf one = { 0 };

				put_item(&p.items[i], &one);
				buf_printf(&got, "%.*s ", STR_ARG(buf_view(&one)));
			}
			told += p.n != 0;
			if (!str_eq(buf_view(&got), buf_view(&want)))
				test_fail(TEST_AT(p), "%.*s\n%s %s: got%.*s want%.*s",
				    STR_ARG(buf_view(&text)), alerts_severity_word(severity), tag,
				    STR_ARG(buf_view(&got)), STR_ARG(buf_view(&want)));
		}
		route_free(t);
	}
	CHECK(told > 1000);
}
