/* SPDX-License-Identifier: Apache-2.0 */
/* The document: what stands in it, and that hostile text stays text. */
#include "incident/postmortem.h"

#include "base/clock.h"
#include "incident/change.h"
#include "incident/evidence.h"
#include "incident/form.h"
#include "incident/join.h"
#include "incident/story.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)
#define EVIL "<script>alert(1)</script> [x](javascript:1) ![i](http://e) | `c` **b**\r\n# h & \"q\""

struct fixture {
	struct incidents *all;
	struct guide *g;
	int64_t n;
	struct buf text;
};

static void
begin(struct fixture *f, const char *title)
{
	const struct incident_new want = { .type = INCIDENT_DATA_BREACH,
		.severity = INCIDENT_CRITICAL,
		.title = str_c(title),
		.by = str_c(title),
		.first = NOW - 120 * CLOCK_S };
	struct diag why = { 0 };
	char path[600];

	*f = (struct fixture){ .g = guide_new() };
	(void)snprintf(path, sizeof(path), "%s/incidents.db", test_dir());
	CHECK_OK(incident_open_file(path, &f->all, &why), why);
	CHECK_OK(incident_add(f->all, &want, NOW, &f->n, &why), why);
}

static void
end(struct fixture *f)
{
	incident_close_file(f->all);
	guide_free(f->g);
	buf_fini(&f->text);
}

/* Everything that takes text gets this one. */
static void
fill(struct fixture *f, struct str text)
{
	const struct join_name names[] = { { JOIN_USER, true, text },
		{ JOIN_ADDRESS, true, text } };
	const struct join_alert a = { .id = STR("a1"),
		.title = text,
		.status = STR("open"),
		.severity = INCIDENT_HIGH,
		.first = NOW,
		.last = NOW,
		.created = NOW,
		.names = names,
		.n_names = 2 };
	const struct evidence ev = { .seq = 7, .note = text, .record = STR("{}") };
	const struct form_todo t = { .text = text, .owner = text, .due = STR("2027-02-01") };
	struct change_wish w = CHANGE_NOTHING;
	struct diag why = { 0 };

	w.cause = text;
	w.owner = text;
	CHECK_OK(join_add(f->all, f->n, &a, STR(""), NOW, NULL, &why), why);
	CHECK_OK(evidence_pin(f->all, f->n, &ev, NOW, &why), why);
	CHECK_OK(form_todo(f->all, f->n, &t, text, NOW, NULL, &why), why);
	CHECK_OK(change_apply(f->all, f->n, &w, text, NOW, &why), why);
	CHECK_OK(change_note(f->all, f->n, text, text, NOW, &why), why);
	for (unsigned i = 0; i < FORM_FIELDS; i++)
		CHECK_OK(form_set(f->all, f->n, (enum form_field)i, text, text, NOW, &why), why);
}

static const char *
put(struct fixture *f, bool html)
{
	struct diag why = { 0 };

	buf_reset(&f->text);
	CHECK_OK(postmortem_put(f->all, f->g, f->n, html, NOW, &f->text, &why), why);
	buf_byte(&f->text, '\0');
	return f->text.p;
}

TEST(an_empty_one_is_filled_from_the_record)
{
	static const char *const parts[] = { "# INC\\-1\\: Leak", "## Summary",
		"Data breach\\: Leak\\. Severity CRITICAL\\.", "the first alert 2 min later",
		"## Impact", "0 users and 0 addresses are concerned", "## Timeline",
		"| 2027\\-01\\-15 08\\:00\\:00 UTC | opened | Leak | opened by hand |",
		"## Root cause\n\nNot written yet", "## What helped\n\nNot written yet",
		"## What did not", "## Actions\n\n| What | Owner | Due | State |\n| --- |",
		"## Metrics", "| Time to detect | 2 min |", "## Phases", "## Evidence" };
	struct fixture f;
	const char *text;

	begin(&f, "Leak");
	text = put(&f, false);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		CHECK(strstr(text, parts[i]) != NULL);
		if (strstr(text, parts[i]) == NULL)
			CHECK_STR(text, parts[i]);
	}
	end(&f);
}

TEST(hostile_text_stays_text_in_html)
{
	struct fixture f;
	const char *text;

	begin(&f, EVIL);
	fill(&f, STR(EVIL));
	text = put(&f, true);
	CHECK(strstr(text, "&lt;script&gt;alert(1)") != NULL);
	CHECK(strstr(text, "<script") == NULL);
	CHECK(strstr(text, "\"q\"") == NULL);
	CHECK(strstr(text, "default-src 'none'") != NULL);
	/* Nothing but our own tags. */
	for (const char *at = strchr(text, '<'); at != NULL; at = strchr(at + 1, '<')) {
		static const char *const own[] = { "!doctype", "html", "head", "meta", "title",
			"style", "body", "h1", "h2", "p", "ul", "li", "table", "tr", "th", "td" };
		const char *name = at + 1 + (at[1] == '/');
		bool known = false;

		for (size_t i = 0; i < ARRAY_LEN(own); i++)
			known = known || strncmp(name, own[i], strlen(own[i])) == 0;
		CHECK(known);
	}
	end(&f);
}

TEST(hostile_text_stays_text_in_markdown)
{
	struct fixture f;
	const char *text;

	begin(&f, EVIL);
	fill(&f, STR(EVIL));
	text = put(&f, false);
	CHECK(strstr(text, "<script") == NULL);
	CHECK(strstr(text, "&lt;script\\>") != NULL);
	CHECK(strstr(text, "](") == NULL); /* no link and no picture */
	CHECK(strstr(text, "\n# h") == NULL);
	CHECK(strstr(text, "`c`") == NULL || strstr(text, "\\`c\\`") != NULL);
	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		unsigned bars = 0;

		line += *line == '\n';
		if (*line != '|')
			continue;
		for (const char *c = line; *c != '\n' && *c != '\0'; c++)
			bars += *c == '|' && (c == line || c[-1] != '\\');
		CHECK_INT(bars, 5); /* four cells in every row */
	}
	end(&f);
}
