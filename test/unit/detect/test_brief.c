/* Short rules through the loader: what they load as, what they find, how they are refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/brief.h"

#include "named.h"

TEST(a_block_as_it_is_written)
{
	const struct crule *r;
	struct feed f;

	feed_text(&f, "# Brute Force Detection\n"
		      "brute_force:\n"
		      "  condition: \"failed_attempts > 3 from same IP in 1 hour\"\n"
		      "  severity: \"High\"\n"
		      "  action: \"Block IP and alert\"\n");
	CHECK_STR(feed_cstr(&f.notes), "");
	CHECK_INT(f.rules->rule.n, 2);
	r = named(&f, "brute_force");
	CHECK_STR(r->pub.title, "Brute force");
	CHECK_STR(r->pub.level, "high");
	CHECK_STR(r->pub.action, "BLOCK_IP");
	CHECK_STR(r->pub.advice, "Block IP and alert");
	CHECK_INT(r->pub.line, 2);
	CHECK(r->pub.alerts);
	CHECK(!named(&f, "brute_force.events")->pub.alerts);
	for (int i = 0; i < 4; i++)
		feed_line(&f,
		    STR("{\"event_type\":\"auth.login.failed\",\"client_ip\":\"10.0.0.1\","
			"\"timestamp\":\"2026-03-01T10:00:00Z\"}"));
	CHECK_STR(feed_cstr(&f.findings), "Brute force | client_ip=10.0.0.1 | 4 1 | seq 4\n");
	feed_fini(&f);
}

TEST(each_event_without_a_number)
{
	struct feed f;

	feed_text(&f, "bulk_data_access: {condition: 'query returns > 10000 records'}\n"
		      "denied: {condition: access denied, severity: LOW}\n");
	CHECK_STR(feed_cstr(&f.notes), "");
	CHECK_INT(feed_count(&f, "{\"event_type\":\"data.query\",\"record_count\":10000}"), 0);
	CHECK_INT(feed_count(&f, "{\"event_type\":\"data.query\",\"record_count\":10001}"), 1);
	CHECK_INT(feed_count(&f, "{\"event_type\":\"AUTHORIZATION_FAILURE\",\"endpoint\":\"/x\"}"),
	    1);
	feed_fini(&f);
}

TEST(different_values_of_several_fields)
{
	struct feed f;
	char line[200];

	feed_text(&f,
	    "stuffing: {condition: 'failed logins for 3+ different usernames from same ip in 10 "
	    "minutes'}\n");
	CHECK_STR(feed_cstr(&f.notes), "");
	for (int i = 0; i < 3; i++) {
		(void)snprintf(line, sizeof(line),
		    "{\"event_type\":\"auth.login.failed\",\"client_ip\":\"10.0.0.1\","
		    "\"user_email\":\"u%d@example.com\"}",
		    i);
		CHECK_INT(feed_count(&f, line), i == 2);
	}
	feed_fini(&f);
}

/* Blocks of one name are one rule wherever they stand: the id is made of the name. */
TEST(ids)
{
	char id[40];
	struct feed f;

	feed_text(&f, "x: {condition: access denied}\n");
	(void)snprintf(id, sizeof(id), "%s", named(&f, "x")->pub.id);
	feed_fini(&f);
	feed_text(&f, "y: {condition: access denied}\nx: {condition: requests > 5}\n");
	CHECK_STR(named(&f, "x")->pub.id, id);
	CHECK(strcmp(named(&f, "y")->pub.id, id) != 0);
	CHECK_INT(strlen(id), 36);
	CHECK(memcmp(named(&f, "x")->digest, named(&f, "y")->digest, DIGEST_SIZE) != 0);
	feed_fini(&f);
	feed_text(&f, "x: {condition: access denied}\n---\nx: {condition: access denied}\n");
	CHECK_STR(feed_cstr(&f.notes), "test.yml:3:16: the id "
				       "'46be8fb6-cb05-8f44-af42-f80ff2fdea95' is taken by the "
				       "rule at test.yml:1\n");
	feed_fini(&f);
}

#define WANT                                                                                       \
	"test.yml:1:24: unknown word 'logons'; known ones nearest to it: logins, login, "          \
	"lockouts, token\n"                                                                        \
	"test.yml:4:13: severity is Low, Medium, High, Critical or Info\n"                         \
	"test.yml:5:31: a short rule knows condition, severity, action, title, description, "      \
	"tags, suppress and id\n"                                                                  \
	"test.yml:6:1: a short rule needs a condition in words\n"                                  \
	"test.yml:7:24: unknown word 'deneid'; known ones nearest to it: denied, reset, sent"

/* One block that makes no sense leaves the others. */
TEST(refused_with_a_place)
{
	struct feed f;

	feed_text(&f, "a: {condition: 'failed logons > 5'}\n"
		      "b:\n"
		      "  condition: requests > 5 in 10 minutes\n"
		      "  severity: Grave\n"
		      "c: {condition: access denied, severe: High}\n"
		      "d: {severity: High}\n"
		      "e: {condition: \"access deneid\"}\n"
		      "g: {condition: access denied, tags: attack.t1110}\n"
		      "h: {condition: access denied, id: [1]}\n"
		      "good: {condition: access denied}\n");
	CHECK(strncmp(feed_cstr(&f.notes), WANT, strlen(WANT)) == 0);
	CHECK(strstr(f.notes.p, "test.yml:8:37: tags is a list") != NULL);
	CHECK(strstr(f.notes.p, "test.yml:9:35: expected a single text") != NULL);
	CHECK_INT(f.errors, 7);
	CHECK_INT(f.rules->rule.n, 1);
	feed_fini(&f);
}

TEST(thresholds)
{
	static const char *const texts[] = {
		"### Alert Thresholds\n- Failed login attempts: 5\n- Rate limit violations: 10\n"
		"- Critical vulnerabilities: 1\n",
		"alert_thresholds:\n  failed_login_attempts: 5\n  rateLimitViolations: 10\n"
		"  CRITICAL_VULNERABILITIES: 1\n",
		"Failed login attempts: 5\nRATE_LIMIT_VIOLATIONS: 10\n"
		"critical-vulnerabilities: 1\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct feed f;

		feed_text(&f, texts[i]);
		CHECK_STR(feed_cstr(&f.notes), "");
		CHECK_INT(f.rules->rule.n, 6);
		for (size_t k = 0; k < f.rules->rule.n; k++) {
			const struct crule *r = &f.rules->rule.p[k];

			if (r->corr != NULL && str_find(r->title, STR("ogin")) >= 0)
				CHECK_INT(r->corr->bound[0].value, 5);
		}
		feed_fini(&f);
	}
}

TEST(other_documents_are_none)
{
	static const char *const texts[] = { ("title: x\nlogsource: {category: c}\n"
					      "detection: {s: {a: 1}, condition: s}\n"),
		"detection: {condition: x}\nlevel: low\n", "a: 1\n", "- 1\n", "a: {b: 1}\n" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena *a = arena_new(1U << 20);
		struct ydoc *doc;
		struct diag why;

		CHECK_OK(ydoc_parse(str_c(texts[i]), 1, a, &doc, &why), why);
		CHECK(!brief_is(doc));
		arena_free(a);
	}
}
