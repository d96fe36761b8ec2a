/* The registry of event types. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rec/etype.h"

#include <ctype.h>

#include "random.h"
#include "test.h"

TEST(found_by_either_name_in_any_case)
{
	const struct etype *t;
	size_t n = 0;

	for (; (t = etype_at(n)) != NULL; n++) {
		char text[64];

		CHECK(etype_find(t->name) == t);
		CHECK(t->upper.n == 0 || etype_find(t->upper) == t);
		(void)str_to_c(t->name, text, sizeof(text));
		for (char *p = text; *p != '\0'; p++)
			*p = (char)toupper((unsigned char)*p);
		CHECK(etype_find(str_c(text)) == t);
		(void)str_to_c(t->upper, text, sizeof(text));
		for (char *p = text; *p != '\0'; p++)
			*p = (char)tolower((unsigned char)*p);
		CHECK(t->upper.n == 0 || etype_find(str_c(text)) == t);
	}
	CHECK(n > 40);
	CHECK(etype_at(n + 1000) == NULL);
}

TEST(the_table_is_sound)
{
	static const char *const severities[] = { "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO" };

	for (size_t a = 0; etype_at(a) != NULL; a++) {
		const struct etype *t = etype_at(a);
		bool known = false;

		for (size_t i = 0; i < ARRAY_LEN(severities); i++)
			known |= str_eq(t->severity, str_c(severities[i]));
		CHECK(known);
		CHECK(t->risk >= 0 && t->risk <= 10);
		for (size_t b = 0; b < a; b++) {
			CHECK(!str_eq_nocase(t->name, etype_at(b)->name));
			CHECK(t->upper.n == 0 || !str_eq_nocase(t->upper, etype_at(b)->upper));
		}
	}
}

TEST(unknown_types)
{
	static const char *const names[] = { "", "x", "lo", "logs", "auth.login",
		"auth.login.failed ", "auth.login.faile", "auth.login.failedd" };
	uint64_t s = random_start(test_seed());

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		CHECK(etype_find(str_c(names[i])) == NULL);
	CHECK(etype_find((struct str){ NULL, 0 }) == NULL);
	for (unsigned round = 0; round < test_rounds(20000); round++) {
		char text[100];
		struct str name = { text, random_below(&s, sizeof(text)) };

		random_bytes(&s, text, name.n);
		CHECK(etype_find(name) == NULL || name.n == 3);
	}
}

TEST(severities)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "CRITICAL", "CRITICAL" },
		{ "critical", "CRITICAL" },
		{ "crit", "CRITICAL" },
		{ "Fatal", "CRITICAL" },
		{ "high", "HIGH" },
		{ "error", "HIGH" },
		{ "ERR", "HIGH" },
		{ "warn", "MEDIUM" },
		{ "WARNING", "MEDIUM" },
		{ "Medium", "MEDIUM" },
		{ "notice", "LOW" },
		{ "low", "LOW" },
		{ "info", "INFO" },
		{ "debug", "INFO" },
		{ "0", "CRITICAL" },
		{ "2", "CRITICAL" },
		{ "3", "HIGH" },
		{ "4", "MEDIUM" },
		{ "5", "LOW" },
		{ "6", "INFO" },
		{ "7", "INFO" },
		{ "10", "INFO" },
		{ "30", "INFO" },
		{ "40", "MEDIUM" },
		{ "50", "HIGH" },
		{ "60", "CRITICAL" },
		{ "100", "CRITICAL" },
		{ "", NULL },
		{ "very", NULL },
		{ "-1", NULL },
		{ "info ", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str got = STR("unchanged");

		CHECK_INT(etype_severity(str_c(rows[i].text), &got), rows[i].want != NULL);
		CHECK_SLICE(got, rows[i].want != NULL ? rows[i].want : "unchanged");
	}
}

TEST(apply)
{
	static const struct {
		const char *type, *severity, *outcome; /* given; NULL: absent */
		const char *want_type, *want_severity, *want_outcome, *want_category;
	} rows[] = {
		{ "AUTHENTICATION_FAILURE", NULL, NULL, "auth.login.failed", "LOW", "failure",
		    "authentication" },
		{ "auth.login.failed", "high", "unknown", "auth.login.failed", "HIGH", "unknown",
		    "authentication" },
		{ "Auth.Login.Failed", "nonsense", "", "auth.login.failed", "LOW", "failure",
		    "authentication" },
		{ "of.our.own", "warn", NULL, "of.our.own", "MEDIUM", NULL, NULL },
		{ "of.our.own", NULL, NULL, "of.our.own", NULL, NULL, NULL },
		{ NULL, "nonsense", NULL, NULL, NULL, NULL, NULL },
		{ NULL, "50", NULL, NULL, "HIGH", NULL, NULL },
		{ "http.request", NULL, NULL, "http.request", "INFO", NULL, "web" },
	};
	struct arena *a = arena_new(1000);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct {
			enum field f;
			const char *given, *want;
		} checks[] = {
			{ F_EVENT_TYPE, rows[i].type, rows[i].want_type },
			{ F_SEVERITY, rows[i].severity, rows[i].want_severity },
			{ F_OUTCOME, rows[i].outcome, rows[i].want_outcome },
			{ F_CATEGORY, NULL, rows[i].want_category },
		};
		struct rec r;

		rec_init(&r, a);
		for (size_t k = 0; k < ARRAY_LEN(checks); k++)
			if (checks[k].given != NULL)
				rec_set_str(&r, checks[k].f, str_c(checks[k].given));
		etype_apply(&r);
		for (size_t k = 0; k < ARRAY_LEN(checks); k++) {
			CHECK_INT(rec_has(&r, checks[k].f), checks[k].want != NULL);
			if (checks[k].want != NULL)
				CHECK_SLICE(rec_str(&r, checks[k].f), checks[k].want);
		}
	}
	arena_free(a);
}

/* A name that is right already stays where it is, inside the line. */
TEST(known_text_is_not_moved)
{
	struct arena *a = arena_new(1000);
	char line[] = "auth.login.failed LOW";
	struct rec r;

	rec_init(&r, a);
	rec_set_str(&r, F_EVENT_TYPE, (struct str){ line, 17 });
	rec_set_str(&r, F_SEVERITY, (struct str){ line + 18, 3 });
	etype_apply(&r);
	CHECK(rec_str(&r, F_EVENT_TYPE).p == line);
	CHECK(rec_str(&r, F_SEVERITY).p == line + 18);
	arena_free(a);
}
