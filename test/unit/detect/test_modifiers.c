/* Every modifier: what it means on records, what it stands beside, what is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/modifier.h"

#include "base/base64.h"
#include "detect/datepart.h"
#include "detect/encode.h"
#include "detect/expand.h"
#include "feed.h"

#define RULE(selection)                                                                            \
	"title: T\nlogsource: {product: application}\ndetection:\n  s:\n" selection                \
	"  condition: s\n"

static const struct row {
	const char *selection; /* key and value */
	const char *value;     /* of message, as JSON; NULL: the record lacks it */
	bool yes;
} rows[] = {
	/* base64: the whole text as Base64 writes it. */
	{ "message|base64: foo", "\"Zm9v\"", true },
	{ "message|base64|contains: foo", "\"xx Zm9v xx\"", true },
	{ "message|base64: foo", "\"foo\"", false },
	{ "message|base64: 'foo\\?bar'", "\"Zm9vP2Jhcg==\"", true },
	{ "message|base64: 'a\\b'", "\"YVxi\"", true },
	{ "message|base64|cased: foo", "\"zM9V\"", false },
	{ "message|base64|contains|all: [foo, bar]", "\"Zm9v YmFy\"", true },
	{ "message|base64|contains|all: [foo, bar]", "\"Zm9v\"", false },
	/* base64offset: at any of three places. */
	{ "message|base64offset|contains: http://", "\"aHR0cDovL2E=\"", true },
	{ "message|base64offset|contains: http://", "\"eGh0dHA6Ly9h\"", true },
	{ "message|base64offset|contains: http://", "\"eHhodHRwOi8vYQ==\"", true },
	{ "message|base64offset|contains: http://", "\"eHhodHRwOS8vYQ==\"", false },
	{ "message|base64offset|contains: \"\\u00e9t\\u00e9!\"", "\"eMOpdMOpIXk=\"", true },
	/* UTF-16 before it. */
	{ "message|wide|base64: ab", "\"YQBiAA==\"", true },
	{ "message|utf16le|base64: ab", "\"YQBiAA==\"", true },
	{ "message|utf16be|base64: ab", "\"AGEAYg==\"", true },
	{ "message|utf16|base64: ab", "\"//5hAGIA\"", true },
	{ "message|wide|base64: \"\\U0001F600\"", "\"PdgA3g==\"", true },
	{ "message|wide|base64offset|contains: 'ping '", "\"AHAAaQBuAGcAIABh\"", true },
	{ "message|wide|base64offset|contains: 'ping '", "\"cABpAG4AZwAgAGE=\"", true },
	/* windash. */
	{ "message|windash|contains: ' -enc '", "\"x -enc y\"", true },
	{ "message|windash|contains: ' -enc '", "\"x /enc y\"", true },
	{ "message|windash|contains: ' /enc '", "\"x -ENC y\"", true },
	{ "message|contains|windash: ' -enc '", "\"x \u2013enc y\"", true },
	{ "message|contains|windash: ' -enc '", "\"x \u2014enc y\"", true },
	{ "message|contains|windash: ' -enc '", "\"x \u2015enc y\"", true },
	{ "message|contains|windash: ' -enc '", "\"x +enc y\"", false },
	{ "message|contains|windash: ' -a -b'", "\"x /a \u2014b y\"", true },
	{ "message|contains|windash: 'a-b'", "\"a/b\"", false },
	{ "message|contains|windash: 'a-b'", "\"a-b\"", true },
	{ "message|contains|windash: 'x -'", "\"x /\"", false },
	{ "message|windash: '-s'", "\"/s\"", true },
	{ "message|endswith|windash: '*-s'", "\"cmd /s\"", true },
	{ "message|endswith|windash|cased: ' -S'", "\"cmd /s\"", false },
	/* cased with the others. */
	{ "message|startswith|cased: Ab", "\"AbC\"", true },
	{ "message|startswith|cased: Ab", "\"abC\"", false },
	{ "message|endswith|cased: bC", "\"AbC\"", true },
	/* re: somewhere in the value; contains adds nothing. */
	{ "message|re: b.d", "\"abcde\"", true },
	{ "message|re|contains: b.d", "\"abcde\"", true },
	{ "message|re: B.D", "\"abcde\"", false },
	{ "message|re|ignorecase: B.D", "\"abcde\"", true },
	{ "message|re: '(?i)B.D'", "\"abcde\"", true },
	{ "message|re|multiline|dotall: '^b.c$'", "\"a\\nb\\nc\"", true },
	{ "message|re: [x, cd]", "\"abcde\"", true },
	{ "message|re|all: [ab, de]", "\"abcde\"", true },
	{ "message|re|all: [ab, dx]", "\"abcde\"", false },
	{ "message|re|neq: ab", "\"abcde\"", false },
	/* neq. */
	{ "message|neq: a", "\"b\"", true },
	{ "message|neq: a", "\"A\"", false },
	{ "message|neq: a", NULL, true },
	{ "message|neq: [a, b]", "\"b\"", false },
	{ "message|neq: [a, b]", "\"c\"", true },
	{ "message|contains|neq: a", "\"bab\"", false },
	{ "message|neq|contains: a", "\"bbb\"", true },
	{ "message|contains|neq|all: [a, b]", "\"ac\"", true },
	{ "message|contains|neq|all: [a, b]", "\"ab\"", false },
	{ "message|neq: 5", "6", true },
	{ "message|neq: 5", "5", false },
	{ "message|neq: null", "\"x\"", true },
	{ "message|neq: null", NULL, false },
	{ "message|cidr|neq: 10.0.0.0/8", "\"11.0.0.1\"", true },
	{ "message|cidr|neq: 10.0.0.0/8", "\"10.0.0.1\"", false },
	/* fieldref: the other field is host, "Web-1". */
	{ "message|fieldref: host", "\"web-1\"", true },
	{ "message|fieldref: host", "\"web-2\"", false },
	{ "message|fieldref|cased: host", "\"web-1\"", false },
	{ "message|fieldref|cased: host", "\"Web-1\"", true },
	{ "message|fieldref: host", NULL, false },
	{ "message|fieldref: user_id", "\"web-1\"", false },
	{ "message|fieldref|startswith: host", "\"web-1.example\"", true },
	{ "message|fieldref|startswith: host", "\"a web-1\"", false },
	{ "message|fieldref|endswith: host", "\"a web-1\"", true },
	{ "message|endswith|fieldref: host", "\"a web-1\"", true },
	{ "message|fieldref|contains: host", "\"a web-1 b\"", true },
	{ "message|fieldref|contains: host", "\"a web-2 b\"", false },
	{ "message|fieldref|neq: host", "\"web-2\"", true },
	{ "message|fieldref|neq: host", "\"web-1\"", false },
	{ "message|fieldref: my.list", "\"two\"", true },
	{ "message|fieldref: my.list", "\"four\"", false },
	{ "my.list|fieldref: message", "\"three\"", true },
	/* Parts of a time. */
	{ "message|minute: 2", "\"2026-08-05T14:02:11Z\"", true },
	{ "message|hour: 14", "\"2026-08-05T14:02:11Z\"", true },
	{ "message|hour: 14", "\"2026-08-05T14:02:11+02:00\"", true },
	{ "message|hour: [13, 15]", "\"2026-08-05T14:02:11Z\"", false },
	{ "message|day: 5", "\"2026-08-05 14:02\"", true },
	{ "message|month: 8", "\"2026/08/05\"", true },
	{ "message|year: 2026", "\"2026-08-05\"", true },
	{ "message|week: 32", "\"2026-08-05\"", true },
	{ "message|hour: 0", "\"2026-08-05\"", false },
	{ "message|hour|gte: 14", "\"2026-08-05T14:02:11Z\"", true },
	{ "message|hour|gt: 14", "\"2026-08-05T14:02:11Z\"", false },
	{ "message|hour|neq: 14", "\"2026-08-05T15:02:11Z\"", true },
	{ "message|year: 2026", "1785938531", true },
	{ "message|year: 2026", "1785938531000", true },
	{ "message|hour: 14", "\"noon\"", false },
	{ "timestamp|year: 2026", "\"x\"", true },
	{ "timestamp|month: 8", "\"x\"", true },
	{ "timestamp|hour: 14", "\"x\"", true },
	/* Numbers as YAML has them. */
	{ "message: 0x1F", "\"0x1f\"", true },
	{ "message: 0x1F", "31", true },
	{ "message|gte: 0x1F", "31", true },
	{ "message: '0x1F'", "31", false },
	{ "message: 1e3", "1000", true },
	{ "message: +5", "5", true },
	/* exists. */
	{ "message|exists: true", "\"\"", true },
	{ "message|exists: false", "\"\"", false },
	{ "message|exists: false", NULL, true },
	{ "message|exists: true", "null", true },
};

static uint64_t
count(const struct row *row, struct feed *f)
{
	struct buf rule, json;
	uint64_t n;

	buf_init(&rule, 0);
	buf_init(&json, 0);
	buf_printf(&rule, RULE("    %s\n"), row->selection);
	buf_printf(&json,
	    "{\"host\":\"Web-1\",\"timestamp\":\"2026-08-05T14:02:11Z\","
	    "\"my\":{\"list\":[\"one\",\"two\",\"three\"]}%s%s}",
	    row->value != NULL ? ",\"message\":" : "", row->value != NULL ? row->value : "");
	feed_text(f, feed_cstr(&rule));
	if (f->errors != 0)
		test_fail(TEST_AT(errors), "'%s': %s", row->selection, feed_cstr(&f->notes));
	n = feed_count(f, feed_cstr(&json));
	buf_fini(&rule);
	buf_fini(&json);
	feed_fini(f);
	return n;
}

TEST(meanings)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct feed f;

		if ((count(&rows[i], &f) == 1) != rows[i].yes)
			test_fail(TEST_AT(count), "'%s' on %s", rows[i].selection,
			    rows[i].value != NULL ? rows[i].value : "nothing");
	}
}

TEST(refusals)
{
	static const struct refusal {
		const char *selection, *says;
	} refused[] = {
		{ "a|: x", "a modifier stands behind each '|'" },
		{ "a|conatins: x", "did you mean 'contains'?" },
		{ "a|xyzzy: x", "there is no modifier 'xyzzy'; most used are" },
		{ "a|contains|contains: x", "the modifier 'contains' is given twice" },
		{ "a|all|contains: [x]", "'all' stands last, behind 'contains'" },
		{ "a|startswith|endswith: x", "'endswith' does not go together with 'startswith'" },
		{ "a|contains|re: x", "'re' stands before 'contains'" },
		{ "a|re|endswith: x", "'endswith' does not go together with 're'" },
		{ "a|re|cased: x", "'cased' does not go together with 're'" },
		{ "a|i: x", "'i' belongs behind 're'" },
		{ "a|dotall: x", "'dotall' belongs behind 're'" },
		{ "a|cidr|contains: 10.0.0.0/8", "'contains' does not go together with 'cidr'" },
		{ "a|cidr|all: [10.0.0.0/8]", "'all' does not go together with 'cidr'" },
		{ "a|exists|neq: true", "'neq' does not go together with 'exists'" },
		{ "a|gt|lt: 5", "'lt' does not go together with 'gt'" },
		{ "a|contains|gt: 5", "'gt' does not go together with 'contains'" },
		{ "a|gte|hour: 5", "'hour' stands before 'gte'" },
		{ "a|hour: noon", "a part of a time is a whole number" },
		{ "a|contains|base64: x", "'base64' stands before 'contains'" },
		{ "a|base64|wide: x", "'wide' stands before 'base64'" },
		{ "a|wide: x", "'wide' stands before base64 or base64offset" },
		{ "a|wide|contains: x", "'wide' stands before base64 or base64offset" },
		{ "a|base64: 'x*'", "a wildcard cannot be encoded" },
		{ "a|base64offset: x", "the text is too short for this encoding" },
		{ "a|base64|windash: x", "'windash' does not go together with 'base64'" },
		{ "a|fieldref|re: x", "'re' does not go together with 'fieldref'" },
		{ "a|fieldref: 5", "fieldref takes the name of another field" },
		{ "a|expand: '%gone%'", "there is no placeholder '%gone%'; give its values" },
		{ "a|expand: x", "'expand' is for values with a placeholder like %admins%" },
		{ "'|fieldref': x", "this modifier needs a field before it" },
		{ "'|hour': 5", "this modifier needs a field before it" },
		{ "a|all: x", "'all' needs a list of values" },
		{ "a|neq|contains: null", "null stands alone" },
	};

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct buf rule;
		struct feed f;

		buf_init(&rule, 0);
		buf_printf(&rule, RULE("    %s\n"), refused[i].selection);
		feed_text(&f, feed_cstr(&rule));
		if (f.errors != 1 || strstr(feed_cstr(&f.notes), refused[i].says) == NULL ||
		    strstr(feed_cstr(&f.notes), "test.yml:5:") == NULL)
			test_fail(TEST_AT(notes), "'%s' wants '%s' and got '%s'",
			    refused[i].selection, refused[i].says, feed_cstr(&f.notes));
		buf_fini(&rule);
		feed_fini(&f);
	}
}

#define HOLDERS                                                                                    \
	"\n---\nplaceholders:\n  admins: [root, 'adm*']\n  one: 1\n  nets: [10.0.0.0/8, "          \
	"192.168.0.0/16]\n"

TEST(placeholders)
{
	static const struct row expanded[] = {
		{ "message|expand: '%admins%'", "\"root\"", true },
		{ "message|expand: '%admins%'", "\"administrator\"", true },
		{ "message|expand: '%admins%'", "\"user\"", false },
		{ "message|expand: 'x%admins%y%one%'", "\"xrooty1\"", true },
		{ "message|expand: 'x%admins%y%one%'", "\"xadmzzy1\"", true },
		{ "message|contains|expand: '%admins%'", "\"the root of it\"", true },
		{ "message|expand|contains: '%admins%'", "\"the root of it\"", true },
		{ "message|expand: '\\%admins\\%%one%'", "\"%admins%1\"", true },
		{ "message|expand: '100% %one%'", "\"100% 1\"", true },
		{ "message|expand|base64: 'x%one%'", "\"eDE=\"", true },
		{ "message|expand|neq: '%admins%'", "\"root\"", false },
		{ "message|cidr|expand: '%nets%'", "\"192.168.7.7\"", true },
		{ "message|cidr|expand: '%nets%'", "\"172.16.7.7\"", false },
		{ "message: '%one%'", "\"%one%\"", true },
		{ "message: '%one%'", "\"1\"", false },
	};
	static const char *const says[][2] = {
		{ "message|expand: '%admin%'", "did you mean '%admins%'?" },
		{ "message|expand: '%none%'", "there is no placeholder '%none%'" },
		{ "message|cidr|expand: '%admins%'", "cidr takes a network" },
	};
	struct feed f;

	for (size_t i = 0; i < ARRAY_LEN(expanded) + ARRAY_LEN(says); i++) {
		bool bad = i >= ARRAY_LEN(expanded);
		const char *selection =
		    bad ? says[i - ARRAY_LEN(expanded)][0] : expanded[i].selection;
		struct buf text, json;

		buf_init(&text, 0);
		buf_init(&json, 0);
		buf_printf(&text, RULE("    %s\n"), selection);
		buf_str(&text, STR(HOLDERS));
		feed_text(&f, feed_cstr(&text));
		if (bad) {
			CHECK_INT(f.errors, 1);
			CHECK(strstr(feed_cstr(&f.notes), says[i - ARRAY_LEN(expanded)][1]) !=
			      NULL);
		} else {
			CHECK_STR(feed_cstr(&f.notes), "");
			buf_printf(&json, "{\"message\":%s}", expanded[i].value);
			if ((feed_count(&f, feed_cstr(&json)) == 1) != expanded[i].yes)
				test_fail(TEST_AT(feed_count), "'%s' on %s", selection, json.p);
		}
		feed_fini(&f);
		buf_fini(&text);
		buf_fini(&json);
	}
}

TEST(placeholders_without_values)
{
	static const char *const docs[] = { "placeholders: {known_cdcs: []}\n---\n", "" };

	for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
		struct buf text;
		struct feed f;

		buf_init(&text, 0);
		buf_printf(&text, "%s" RULE("    message|contains|expand: '%%known_cdcs%%'\n"),
		    docs[i]);
		feed_text(&f, feed_cstr(&text));
		CHECK_INT(f.errors, 0);
		CHECK(strstr(feed_cstr(&f.notes), "this placeholder has no values") != NULL);
		CHECK_INT(feed_count(&f, "{\"message\":\"%known_cdcs%\"}"), 0);
		feed_fini(&f);
		buf_fini(&text);
	}
}

TEST(placeholders_that_are_none)
{
	static const char *const docs[][2] = {
		{ "placeholders: [a]\n", "test.yml:1:15: placeholders is a map of names" },
		{ "placeholders: {a: {b: c}}\n", "test.yml:1:19: a placeholder has a value or a" },
		{ "placeholders: {a: [[b]]}\n", "a placeholder has a value or a list" },
		{ "placeholders: {a: 1}\n---\nplaceholders: {a: 2}\n",
		    "test.yml:3:16: this placeholder is there already" },
	};

	for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
		struct feed f;

		feed_text(&f, docs[i][0]);
		CHECK_INT(f.errors, 1);
		if (strstr(feed_cstr(&f.notes), docs[i][1]) == NULL)
			test_fail(TEST_AT(notes), "'%s'", feed_cstr(&f.notes));
		feed_fini(&f);
	}
}

static enum err
on_text(void *ctx, struct str text)
{
	(void)text;
	++*(unsigned *)ctx;
	return OK;
}

TEST(placeholders_have_a_cap)
{
	struct buf text;
	struct arena *a = arena_new((size_t)64 << 20);
	struct expand *x = expand_new();
	struct ydoc *doc = NULL;
	struct diag why = { 0 };
	unsigned n = 0;

	buf_init(&text, 0);
	buf_str(&text, STR("many: ["));
	for (unsigned i = 0; i < 101; i++)
		buf_printf(&text, "%u,", i);
	buf_str(&text, STR("]\n"));
	CHECK_OK(ydoc_parse(buf_view(&text), 1, a, &doc, &why), why);
	CHECK_OK(expand_add(x, doc, &why), why);
	CHECK_OK(expand_each(x, STR("%many%"), on_text, &n, &why), why);
	CHECK_INT(n, 101);
	CHECK_INT(expand_each(x, STR("%many%%many%"), on_text, &n, &why), FAIL_LIMIT);
	CHECK_INT(expand_each(x, STR("%many%%many%%many%%many%%many%%many%%many%%many%%many%"),
		      on_text, &n, &why),
	    FAIL_LIMIT);
	CHECK_INT(n, 101);
	expand_free(x);
	arena_free(a);
	buf_fini(&text);
}

/* Each offset's digits stand in the Base64 of the bytes with anything around them. */
TEST(offsets_of_random_bytes)
{
	uint64_t s = test_seed() | 1;

	for (unsigned round = 0; round < test_rounds(2000); round++) {
		char bytes[40];
		struct buf whole, want, got;
		size_t n = 3 + (s >> 33) % 20, before = (s >> 13) % 9, after = (s >> 23) % 9;

		for (size_t i = 0; i < sizeof(bytes); i++) {
			s = s * 6364136223846793005U + 1442695040888963407U;
			bytes[i] = (char)(s >> 40);
		}
		buf_init(&whole, 0);
		buf_init(&want, 0);
		buf_init(&got, 0);
		buf_put(&whole, bytes, before + n + after);
		encode_offset((struct str){ bytes + before, n }, (unsigned)(before % 3), &got);
		base64_put(buf_view(&whole), &want);
		CHECK(got.n >= n * 8 / 6 - 2);
		CHECK(str_find(buf_view(&want), buf_view(&got)) >= 0);
		buf_fini(&whole);
		buf_fini(&want);
		buf_fini(&got);
	}
}

TEST(weeks)
{
	static const struct week {
		const char *day;
		int64_t week;
	} weeks[] = { { "2026-01-01", 1 }, { "2025-12-29", 1 }, { "2025-12-28", 52 },
		{ "2027-01-01", 53 }, { "2021-01-03", 53 }, { "2021-01-04", 1 },
		{ "1969-12-31", 1 }, { "2024-12-30", 1 } };
	int64_t got;

	for (size_t i = 0; i < ARRAY_LEN(weeks); i++) {
		CHECK(datepart_text(str_c(weeks[i].day), MOD_WEEK, &got));
		CHECK_INT(got, weeks[i].week);
	}
	CHECK(!datepart_text(STR("2026-02-30"), MOD_DAY, &got));
	CHECK(!datepart_text(STR("2026-13-01"), MOD_DAY, &got));
	CHECK(!datepart_text(STR("2026-01-01T24:00"), MOD_DAY, &got));
	CHECK(!datepart_text(STR("2026-01-01x"), MOD_DAY, &got));
	CHECK(!datepart_text(STR(""), MOD_DAY, &got));
	CHECK(!datepart_text(STR("-5"), MOD_DAY, &got));
	CHECK(datepart_text(STR("0"), MOD_YEAR, &got) && got == 1970);
	CHECK_INT(datepart_ns(-1, MOD_YEAR), 1969);
	CHECK_INT(datepart_ns(-1, MOD_MINUTE), 59);
}

TEST(the_table_names_each_once)
{
	for (size_t i = 0; modifier_at(i) != NULL; i++) {
		unsigned flags = 0;
		struct diag why = { 0 };
		const char *needs = strstr(modifier_at(i)->doc, "behind re") != NULL ? "re|"
				    : strcmp(modifier_at(i)->name, "i") == 0         ? "re|"
										     : "";
		char chain[60];

		CHECK(modifier_at(i)->doc[0] != '\0');
		if (strcmp(modifier_at(i)->doc, "the same as m") == 0 ||
		    strcmp(modifier_at(i)->doc, "the same as s") == 0 ||
		    strcmp(modifier_at(i)->doc, "the same as i") == 0)
			needs = "re|";
		(void)snprintf(chain, sizeof(chain), "%s%s", needs, modifier_at(i)->name);
		if (strncmp(modifier_at(i)->name, "utf", 3) == 0 ||
		    strcmp(modifier_at(i)->name, "wide") == 0)
			(void)snprintf(chain, sizeof(chain), "%s|base64", modifier_at(i)->name);
		CHECK_OK(modifier_parse(str_c(chain), &flags, &why), why);
		CHECK(flags != 0);
	}
}

TEST(the_reference_page_has_the_table)
{
	struct buf page, row;
	struct diag why;

	buf_init(&page, 0);
	buf_init(&row, 0);
	CHECK_OK(fs_read(test_source("doc/reference/rules.md"), (size_t)1 << 20, &page, &why), why);
	for (size_t i = 0; modifier_at(i) != NULL; i++) {
		buf_reset(&row);
		buf_printf(&row, "\n| `%s` | %s |\n", modifier_at(i)->name, modifier_at(i)->doc);
		if (str_find(buf_view(&page), buf_view(&row)) < 0)
			test_fail(TEST_AT(modifier_at), "doc/reference/rules.md lacks %.*s",
			    STR_ARG(buf_view(&row)));
	}
	buf_fini(&page);
	buf_fini(&row);
}
