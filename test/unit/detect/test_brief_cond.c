/* Conditions of short rules: what phrases come to, and what is refused and how. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/brief_cond.h"

#include "base/fs.h"
#include "random.h"
#include "test.h"

/* "NOUN gt 5 scope=client_ip values=- window=10m" */
static void
put(const struct brief_cond *c, struct buf *to)
{
	buf_str(to, str_c(c->noun->name));
	if (c->compare != NULL)
		buf_printf(to, " %s %.10g", c->compare, c->number);
	if (c->scope != NULL)
		buf_printf(to, " by %s", c->scope);
	if (c->values != NULL)
		buf_printf(to, " of %s", c->values);
	if (c->span > 0)
		buf_printf(to, " in %lu%s", c->span, c->unit);
}

#define USERS "user_name, user_email, user_id"

TEST(conditions)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "failed_attempts > 5 in 10 minutes", "FAILED_LOGIN gt 5 in 10m" },
		{ "failed_attempts > 20 from same IP in 1 hour",
		    "FAILED_LOGIN gt 20 by client_ip in 1h" },
		{ "login from geographically impossible locations", "TRAVEL" },
		{ "requests > 1000 per minute per key", "REQUEST gt 1000 by api_key in 1m" },
		{ "requests > 1,000/min per API key", "REQUEST gt 1000 by api_key in 1m" },
		{ "usage pattern deviation > 3 standard deviations", "USAGE gt 3" },
		{ "error_rate > 20% for 5 minutes", "ERROR_RATE gt 20 in 5m" },
		{ "query returns > 10000 records", "ROWS gt 10000" },
		{ "access to PII or financial data", "SENSITIVE" },
		{ "access to PII", "PERSONAL" },
		{ "access denied for sensitive resources", "DENIED_SENSITIVE" },
		{ "access denied > 10 per user in 1 hour", "DENIED gt 10 by " USERS " in 1h" },
		{ "CPU or memory usage > 90% for 10 minutes", "CPU_MEMORY gt 90 in 10m" },
		{ "memory usage above 90 percent for 10m", "MEMORY gt 90 in 10m" },
		{ "failed admin login attempts > 3", "FAILED_ADMIN gt 3" },
		{ "unauthorized file changes in system directories", "SYSTEM_FILES" },
		{ "failed_logins_per_ip > 10 in 1_minute",
		    "FAILED_LOGIN gt 10 by client_ip in 1m" },
		{ "csrf_failures_per_ip > 5 in 10_minutes", "CSRF gt 5 by client_ip in 10m" },
		{ "rate_limit_violations_per_ip > 20 in 1_hour",
		    "RATE_LIMIT gt 20 by client_ip in 1h" },
		{ "10+ failed logins per IP in 1 minute",
		    "FAILED_LOGIN gte 10 by client_ip in 1m" },
		{ "login failures for at least 50 different usernames from the same ip in 10 "
		  "minutes",
		    "FAILED_LOGIN gte 50 by client_ip of " USERS " in 10m" },
		{ "failed logins from >= 100 different IPs within an hour",
		    "FAILED_LOGIN gte 100 of client_ip in 1h" },
		{ "more than 3 concurrent sessions per user", "SESSIONS gt 3 by " USERS },
		{ "data sent \xe2\x89\xa5 100 MB per user in 30 minutes",
		    "VOLUME gte 104857600 by " USERS " in 30m" },
		{ "impossible travel over 900 km/h", "TRAVEL gt 900" },
		{ "login success rate <= 5% from one ip in the last 10 minutes",
		    "SUCCESS_RATE lte 5 by client_ip in 10m" },
		{ "errors 100 over 5 minutes", "SERVER_ERROR gte 100 in 5m" },
		{ "suspicious activity score >= 75", "SCORE gte 75" },
	};
	struct buf got;

	buf_init(&got, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct brief_cond c;
		struct diag why = { 0 };

		buf_reset(&got);
		if (brief_cond_parse(str_c(rows[i].text), &c, &why) != OK)
			test_fail(TEST_AT(rows), "%s: %s", rows[i].text, why.text);
		put(&c, &got);
		buf_byte(&got, '\0');
		if (strcmp(got.p, rows[i].want) != 0)
			test_fail(TEST_AT(rows), "%s: %s", rows[i].text, got.p);
	}
	buf_fini(&got);
}

TEST(refused_with_a_place)
{
	static const struct {
		const char *text;
		unsigned column;
		const char *words;
	} rows[] = {
		{ "failed_logons > 5 in 10 minutes", 8,
		    "'logons'; known ones nearest to it: logins" },
		{ "failed > 5 in 10 minutes", 1, "occurs in: failed attempts, failed logins" },
		{ "failed logins > 5 in 10 fortnights", 25, "'fortnights'; known ones nearest" },
		{ "requsts > 1000 per minute", 1, "nearest to it: requests" },
		{ "failed logins > 5 per usr in 1 hour", 23, "nearest to it: user" },
		{ "> 5 in 10 minutes", 1, "nothing is named" },
		{ "failed logins requests > 5", 15, "two things" },
		{ "failed logins > in 1 hour", 22, "a number is missing" },
		{ "failed logins > 5 7", 19, "two numbers" },
		{ "error_rate > 20", 14, "percent sign" },
		{ "failed logins > 5 MB", 1, "unit" },
		{ "failed logins in 10 minutes", 21, "a number is missing" },
		{ "usage deviation", 7, "a number is missing" },
		{ "failed logins \xc3\xa4", 15, "made of words" },
		{ "failed logins > 5 & requests", 19, "made of words" },
		{ "", 0, "empty" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct brief_cond c;
		struct diag why = { 0 };

		if (brief_cond_parse(str_c(rows[i].text), &c, &why) == OK)
			test_fail(TEST_AT(rows), "%s is taken", rows[i].text);
		if (why.column != rows[i].column || strstr(why.text, rows[i].words) == NULL)
			test_fail(TEST_AT(rows), "%s: %u: %s", rows[i].text, (unsigned)why.column,
			    why.text);
	}
}

TEST(thresholds_in_any_spelling)
{
	static const char *const names[] = { "Failed login attempts", "failed_login_attempts",
		"failedLoginAttempts", "FAILED_LOGIN_ATTEMPTS", "failed-login-attempts" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct brief_threshold *t = brief_cond_threshold(str_c(names[i]));

		CHECK(t != NULL);
		CHECK_STR(t->name, "failed login attempts");
	}
	CHECK(brief_cond_threshold(STR("failed logins")) == NULL);
	CHECK(brief_cond_threshold(STR("")) == NULL);
}

/* The page shows the tables the program reads by. TEST_PRINT=1 prints what it should show. */
TEST(the_page_shows_the_vocabulary)
{
	struct buf page = { 0 }, tables = { 0 };
	struct diag why;

	CHECK_OK(fs_read(test_source("doc/reference/short-form.md"), 1U << 20, &page, &why), why);
	brief_cond_tables(&tables);
	if (getenv("TEST_PRINT") != NULL)
		fprintf(stderr, "%.*s", STR_ARG(buf_view(&tables)));
	CHECK(str_find(buf_view(&page), buf_view(&tables)) >= 0);
	buf_fini(&page);
	buf_fini(&tables);
}

/* Words of the vocabulary and others in any order: an answer, or words with a place inside. */
TEST(any_words)
{
	static const char *const words[] = { "failed", "logins", "login", "requests", "error",
		"rate", "usage", "query", "returns", ">", ">=", "5", "20%", "1e9", "from", "same",
		"ip", "per", "user", "minute", "in", "10", "minutes", "different", "users", "+",
		"mb", "/", "standard", "deviations", "records", "xyz", "-", "_", "," };
	uint64_t s = random_start(test_seed());
	char text[300];

	for (unsigned round = 0; round < test_rounds(2000); round++) {
		struct brief_cond c;
		struct diag why = { 0 };
		size_t n = 0;

		for (uint64_t k = random_below(&s, 10); k-- > 0;)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s ",
			    words[random_below(&s, ARRAY_LEN(words))]);
		if (brief_cond_parse((struct str){ text, n }, &c, &why) == OK)
			CHECK(c.noun != NULL && (c.compare != NULL || c.number == 0));
		else
			CHECK(why.text[0] != '\0' && why.column <= n + 1);
	}
}
