/* tested: which alerts conditions mean, and what is said of conditions that cannot be. */
#include "alert/matcher.h"

#include "base/clock.h"
#include "test.h"

static const struct zone utc;

static enum err
read_text(struct arena *a, const char *text, const struct matcher **ret, struct diag *why)
{
	const struct matcher_in in = { a, &utc };
	struct tree *t;
	enum err e = tree_read(str_c(text), a, &t, why);

	return e == OK ? matcher_read(&in, t, ret, why) : e;
}

/* Thursday 2026-03-05 23:00 UTC */
#define NIGHT ((int64_t)1772751600 * CLOCK_S)

static const struct matcher_case alert = { .rule_id = STR("6d91f053"),
	.title = STR("Brute force"),
	.tags = STR("attack.t1110.001, attack.credential_access"),
	.group = STR("client_ip=203.0.113.7, user_name=alice"),
	.affected = STR("ualice\nubob\na203.0.113.7\na2001:db8::9\n"),
	.severity = ALERTS_HIGH,
	.now = NIGHT };

TEST(conditions_mean_what_they_say)
{
	static const struct {
		const char *text;
		bool holds;
	} rows[] = {
		{ "{severity: high}", true },
		{ "{severity: [critical, HIGH]}", true },
		{ "{severity: [low, informational]}", false },
		{ "{rule: 6d91f053}", true },
		{ "{rule: [other, brute force]}", true },
		{ "{rule: Brute}", false },
		{ "{tags: attack.t1110}", true },
		{ "{tags: attack.t111}", false },
		{ "{tags: attack.t1110.001}", true },
		{ "{tags: attack.t1110.002}", false },
		{ "{tags: Attack.Credential-Access}", true },
		{ "{tags: [x, attack.credential_access]}", true },
		{ "{group: alice}", true },
		{ "{group: \"client_ip=203.0.113.7, user_name=alice\"}", true },
		{ "{group: bob}", false },
		{ "{group: 203.0.113.0/24}", false },
		{ "{entity: bob}", true },
		{ "{entity: Bob}", false },
		{ "{entity: 203.0.113.0/24}", true },
		{ "{entity: 203.0.114.0/24}", false },
		{ "{entity: 2001:db8::/32}", true },
		{ "{entity: [10.0.0.0/8, alice]}", true },
		{ "{time: night}", true },
		{ "{time: business}", false },
		{ "{time: {from: \"23:00\", to: \"23:01\", days: thu}}", true },
		{ "{time: {from: \"23:00\", to: \"23:01\", days: [mon, fri]}}", false },
		{ "{time: {from: \"23:00\", to: \"23:01\", zone: \"+01:00\"}}", false },
		{ "{time: {from: \"00:00\", to: \"00:01\", zone: \"+01:00\"}}", true },
		{ "{not: {severity: high}}", false },
		{ "{not: {severity: high, rule: other}}", true },
		{ "{not: {not: {severity: high}}}", true },
		{ "{severity: high, not: {entity: carol}}", true },
		{ "{severity: high, rule: other}", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(1 << 20);
		const struct matcher *m = NULL;
		struct diag why = { 0 };

		CHECK_OK(read_text(a, rows[i].text, &m, &why), why);
		if (matcher_holds(m, &alert) != rows[i].holds)
			test_fail(TEST_AT(rows), "%s", rows[i].text);
		arena_free(a);
	}
	CHECK(matcher_holds(NULL, &alert));
}

TEST(an_alert_without_anything_fits_no_condition_on_it)
{
	static const char *const texts[] = { "{tags: x}", "{group: x}", "{entity: 0.0.0.0/0}",
		"{rule: x}" };
	static const struct matcher_case bare = { .severity = ALERTS_LOW };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena *a = arena_new(1 << 20);
		const struct matcher *m = NULL;
		struct diag why = { 0 };

		CHECK_OK(read_text(a, texts[i], &m, &why), why);
		CHECK(!matcher_holds(m, &bare));
		arena_free(a);
	}
}

TEST(what_cannot_be_a_condition_is_refused_where_it_stands)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *words;
	} rows[] = {
		{ "{}", 1, 1, "conditions" },
		{ "[a]", 1, 1, "conditions" },
		{ "{severity: urgent}", 1, 12, "critical, high, medium, low" },
		{ "severity: high\nseverity: low", 2, 1, "twice" },
		{ "rule: []", 1, 7, "1 to 100 words" },
		{ "sev: high", 1, 1, "write severity, rule" },
		{ "time: noon", 1, 7, "night, business" },
		{ "time: {from: \"25:00\"}", 1, 14, "22:00" },
		{ "time: {from: \"08:00\", to: \"08:00\"}", 1, 7, "the same" },
		{ "time: {days: someday}", 1, 14, "weekdays" },
		{ "time: {zone: Moon/Base}", 1, 14, "Europe/Berlin" },
		{ "not: high", 1, 6, "conditions" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(1 << 20);
		const struct matcher *m = NULL;
		struct diag why = { 0 };

		CHECK_INT(read_text(a, rows[i].text, &m, &why), FAIL_SYNTAX);
		if (strstr(why.text, rows[i].words) == NULL || why.line != rows[i].line ||
		    why.column != rows[i].column)
			test_fail(TEST_AT(rows), "%s: %u:%u: %s", rows[i].text, why.line,
			    why.column, why.text);
		arena_free(a);
	}
}

TEST(a_list_of_words_has_an_end)
{
	auto_buf struct buf text = { 0 };
	struct arena *a = arena_new(1 << 20);
	const struct matcher *m = NULL;
	struct diag why = { 0 };

	buf_str(&text, STR("rule: ["));
	for (unsigned i = 0; i <= MATCHER_WORDS_MAX; i++)
		buf_str(&text, STR("a, "));
	buf_str(&text, STR("b]"));
	buf_byte(&text, '\0');
	CHECK_INT(read_text(a, text.p, &m, &why), FAIL_SYNTAX);
	arena_free(a);
}

TEST(conditions_are_shown_as_they_were_read)
{
	struct arena *a = arena_new(1 << 20);
	auto_buf struct buf out = { 0 };
	const struct matcher *m = NULL;
	struct diag why = { 0 };
	struct jsonw w;

	CHECK_OK(read_text(a,
		     "{severity: [low, high], entity: alice, time: {from: \"22:00\", to: "
		     "\"06:00\", days: [mon, tue]}, not: {tags: attack.t1110}}",
		     &m, &why),
	    why);
	jsonw_init(&w, &out);
	matcher_put(m, &w);
	CHECK_SLICE(buf_view(&out),
	    "{\"severity\":[\"HIGH\",\"LOW\"],\"entity\":[\"alice\"],\"time\":\"from 22:00; to "
	    "06:00; days mon tue\",\"not\":{\"tags\":[\"attack.t1110\"]}}");
	arena_free(a);
}
