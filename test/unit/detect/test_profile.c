/* Profiles: rules that are off or tuned, and what is refused with its place. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/profile.h"

#include "named.h"

#define RULES                                                                                      \
	"---\ntitle: Base\nid: 11111111-2222-4333-8444-000000000001\nname: base\n"                 \
	"logsource: {category: authentication}\n"                                                  \
	"detection: {s: {event_type: auth.login.failed}, condition: s}\n---\n"                     \
	"title: Count\nid: 11111111-2222-4333-8444-000000000002\nname: count\nlevel: low\n"        \
	"correlation:\n  type: event_count\n  rules: [base]\n  group-by: [client_ip]\n"            \
	"  timespan: 1m\n  condition: {gte: 3}\n---\n"                                             \
	"title: Values\nname: values\ncorrelation:\n  type: value_count\n  rules: [base]\n"        \
	"  group-by: [client_ip]\n  timespan: 1m\n  condition: {field: user_name, gte: 3}\n---\n"  \
	"title: Rows\nname: rows\nlogsource: {category: database}\n"                               \
	"detection: {amount: {record_count|gt: 10}, condition: amount}\n"

TEST(tuned_rules_keep_their_ids)
{
	const struct crule *r;
	struct feed f;

	feed_text(&f, "profile: p\ntune:\n"
		      "  count: {level: high, timespan: 5m, condition: {gt: 9}, action: BLOCK_IP,\n"
		      "    group-by: [user_name], suppress: 2h, title: New}\n"
		      "  values: {condition: {gte: 7}}\n"
		      "  rows: {detection.amount.record_count|gt: 20, advice: Look.}\n" RULES);
	CHECK_STR(feed_cstr(&f.notes), "");
	r = named(&f, "count");
	CHECK_STR(r->pub.id, "11111111-2222-4333-8444-000000000002");
	CHECK_STR(r->pub.level, "high");
	CHECK_STR(r->pub.title, "New");
	CHECK_STR(r->pub.action, "BLOCK_IP");
	CHECK(r->pub.suppress == 7200 * CLOCK_S);
	CHECK(r->corr->timespan == 300 * CLOCK_S);
	CHECK_INT(r->corr->n_bounds, 1);
	CHECK_INT(r->corr->bound[0].op, CORR_GT);
	CHECK_DOUBLE(r->corr->bound[0].value, 9, 0);
	CHECK_INT(r->group.n, 1);
	CHECK_INT(r->group.f[0].field, F_USER_NAME);
	r = named(&f, "values");
	CHECK_INT(r->corr->value.f[0].field, F_USER_NAME);
	CHECK_DOUBLE(r->corr->bound[0].value, 7, 0);
	CHECK_INT(feed_count(&f, "{\"event_type\":\"data.query\",\"record_count\":20}"), 0);
	CHECK_INT(feed_count(&f, "{\"event_type\":\"data.query\",\"record_count\":21}"), 1);
	feed_fini(&f);
}

TEST(a_rule_that_is_off_still_feeds)
{
	struct feed f;

	feed_text(&f, "profile: p\noff: [count, 11111111-2222-4333-8444-000000000001]\n" RULES);
	CHECK_STR(feed_cstr(&f.notes), "");
	for (int i = 0; i < 3; i++) {
		char line[200];

		(void)snprintf(line, sizeof(line),
		    "{\"event_type\":\"auth.login.failed\",\"client_ip\":\"10.0.0.1\","
		    "\"user_name\":\"u%d\"}",
		    i);
		(void)feed_count(&f, line);
	}
	CHECK_STR(feed_cstr(&f.findings), "Values | client_ip=10.0.0.1 | 3 1 | seq 3\n");
	feed_fini(&f);
}

/* What nobody hears of keeps no keys. */
TEST(a_correlation_that_is_off_keeps_no_keys)
{
	struct engine_stats stats;
	struct feed f;

	feed_text(&f, "profile: p\noff: [count, values]\n" RULES);
	CHECK_INT(named(&f, "base")->n_feeds, 0);
	CHECK(!named(&f, "base")->pub.alerts);
	for (int i = 0; i < 3; i++)
		CHECK_INT(feed_count(&f,
			      "{\"event_type\":\"auth.login.failed\",\"client_ip\":\"10.0.0.1\","
			      "\"user_name\":\"u\"}"),
		    0);
	engine_stats(f.engine, &stats);
	CHECK_INT(stats.keys, 0);
	feed_fini(&f);
}

TEST(the_digest_tells_profiles_apart)
{
	static const char *const texts[] = { RULES, "profile: p\noff: [count]\n" RULES,
		"profile: p\ntune: {count: {condition: {gte: 4}}}\n" RULES,
		"profile: p\ntune: {count: {condition: {gte: 5}}}\n" RULES };
	uint8_t digest[ARRAY_LEN(texts)][DIGEST_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct feed f;

		feed_text(&f, texts[i]);
		memcpy(digest[i], ruleset_digest(f.rules), DIGEST_SIZE);
		for (size_t k = 0; k < i; k++)
			CHECK(memcmp(digest[i], digest[k], DIGEST_SIZE) != 0);
		feed_fini(&f);
	}
}

TEST(refused_with_a_place)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "profile: p\noff: [count, cuont]\n",
		    "test.yml:2:14: profile: no rule has the name or id 'cuont'" },
		{ "profile: p\ntune:\n  nobody: {level: low}\n",
		    "test.yml:3:3: profile: no rule has the name or id 'nobody'" },
		{ "profile: p\nrules: [count]\n",
		    "test.yml:2:1: profile: there are the keys profile, title, description, off" },
		{ "profile: p\noff: count\n", "test.yml:2:6: profile: off is a list" },
		{ "profile: p\ntune: [count]\n", "test.yml:2:7: profile: tune is a map" },
		{ "profile: p\ntune: {count: high}\n",
		    "test.yml:2:15: profile: what changes is a map" },
		{ "profile: p\ntune:\n  count: {level: extreme}\n", "test.yml:3:18: level is" },
		{ "profile: p\ntune:\n  count: {timespan: long}\n", "test.yml:3:21: " },
		{ "profile: p\ntune:\n  count: {condition: {gte: many}}\n", "test.yml:3:28: " },
		{ "profile: p\ntune:\n  count: {treshold: 5}\n", "test.yml:3:11: " },
		{ "profile: p\ntune:\n  count: {action: RUN}\n",
		    "test.yml:3:19: action is one of" },
		{ "profile: p\ntune:\n  rows: {timespan: 5m}\n",
		    "test.yml:3:10: profile: of a detection rule" },
		{ "profile: p\ntune:\n  rows: {detection.amount.x: 5}\n",
		    "test.yml:3:10: profile: the rule has no such key" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct feed f;
		struct buf text;

		buf_init(&text, 0);
		buf_printf(&text, "%s%s", rows[i].text, RULES);
		buf_byte(&text, '\0');
		feed_text(&f, text.p);
		if (strncmp(feed_cstr(&f.notes), rows[i].want, strlen(rows[i].want)) != 0)
			test_fail(TEST_AT(rows), "%s: %s", rows[i].text, feed_cstr(&f.notes));
		CHECK_INT(f.errors, 1);
		buf_fini(&text);
		feed_fini(&f);
	}
}

TEST(it_stands_first_and_alone)
{
	struct feed f;

	feed_text(&f, RULES "---\nprofile: p\n");
	CHECK_INT(f.errors, 1);
	CHECK(strstr(feed_cstr(&f.notes), "before all rules") != NULL);
	feed_fini(&f);
	feed_text(&f, "profile: p\n---\nprofile: q\n" RULES);
	CHECK_INT(f.errors, 1);
	feed_fini(&f);
}
