/* Correlations of correlations, aliases, ranges, words, escalation; state of rules that stayed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/link.h"

#include "feed.h"

#define BASES                                                                                      \
	"title: failed\nname: failed\nlogsource: {category: authentication}\n"                     \
	"detection: {s: {event_type: auth.login.failed}, condition: s}\n---\n"                     \
	"title: ok\nname: ok\nlogsource: {category: authentication}\n"                             \
	"detection: {s: {event_type: auth.login.success}, condition: s}\n---\n"
#define CORR(name, body)                                                                           \
	"title: " name "\nname: " name "\ntocsin: {suppress: 1h}\ncorrelation:\n" body

#define EV(type, ip, user, s)                                                                      \
	"{\"event_type\":\"auth.login." type "\",\"client_ip\":\"" ip "\",\"user_name\":\"" user   \
	"\",\"timestamp\":\"2026-03-01T10:" s "Z\"}"

static void
says(struct feed *f, const char *want)
{
	CHECK_STR(feed_cstr(&f->findings), want);
	f->findings.n = 0;
}

TEST(a_chain_carries_group_time_and_evidence)
{
	struct feed f;

	feed_text(&f, BASES CORR("burst", "  type: event_count\n  rules: [failed]\n"
					  "  group-by: [client_ip, user_name]\n  timespan: 1m\n"
					  "  condition: {gte: 2}\n") "---\n" CORR("taken",
			  "  type: temporal_ordered\n  rules: [burst, ok]\n"
			  "  group-by: [user_name]\n  timespan: 5m\n") "---\n" CORR("spread",
			  "  type: value_count\n  rules: [burst]\n  timespan: 5m\n"
			  "  condition: {field: client_ip, gte: 2}\n"));
	CHECK_STR(feed_cstr(&f.notes), "");
	(void)feed_count(&f, EV("failed", "10.0.0.1", "a", "00:00"));
	(void)feed_count(&f, EV("failed", "10.0.0.1", "a", "00:10"));
	(void)feed_count(&f, EV("success", "10.0.0.9", "b", "00:15"));
	says(&f, "");
	(void)feed_count(&f, EV("success", "10.0.0.9", "a", "00:20"));
	says(&f, "taken | user_name=a | 2 1 | seq 4\n");
	(void)feed_count(&f, EV("failed", "10.0.0.2", "a, x", "00:30"));
	(void)feed_count(&f, EV("failed", "10.0.0.2", "a, x", "00:31"));
	says(&f, "spread |  | 2 1 | seq 6\n");
	feed_fini(&f);
}

static void
evidence(void *ctx, const struct finding *x)
{
	struct buf *to = ctx;

	for (size_t i = 0; i < x->n_evidence; i++)
		buf_printf(to, "%" PRIu64 " ", x->evidence[i]);
}

TEST(evidence_of_a_chain_is_that_of_its_links)
{
	struct buf got = { 0 };
	struct feed f;

	feed_text(&f, BASES CORR("burst", "  type: event_count\n  rules: [failed]\n"
					  "  group-by: [user_name]\n  timespan: 1m\n"
					  "  condition: {gte: 3}\n") "---\n" CORR("again",
			  "  type: event_count\n  rules: [burst]\n"
			  "  group-by: [user_name]\n  timespan: 5m\n"
			  "  condition: {gte: 1}\n"));
	for (unsigned i = 0; i < 3; i++) {
		struct rec r;

		arena_reset(f.arena);
		rec_init(&r, f.arena);
		rec_set_str(&r, F_EVENT_TYPE, STR("auth.login.failed"));
		rec_set_str(&r, F_USER_NAME, STR("a"));
		rec_set_int(&r, F_TIMESTAMP, FEED_RECEIVED + i);
		r.seq = 10 + i;
		engine_feed(f.engine, &r, evidence, &got);
	}
	CHECK_STR(feed_cstr(&got), "10 11 12 ");
	buf_fini(&got);
	feed_fini(&f);
}

TEST(aliases_join_fields_of_other_names)
{
	struct feed f;

	feed_text(&f, BASES CORR("pair", "  type: temporal\n  rules: [failed, ok]\n"
					 "  group-by: [who]\n  timespan: 1m\n  aliases:\n"
					 "    who: {failed: user_name, ok: user_email}\n"));
	CHECK_STR(feed_cstr(&f.notes), "");
	(void)feed_count(&f, EV("failed", "10.0.0.1", "a", "00:00"));
	(void)feed_count(&f, EV("success", "10.0.0.1", "a", "00:01"));
	says(&f, "");
	(void)feed_count(&f, "{\"event_type\":\"auth.login.success\",\"user_email\":\"a\","
			     "\"timestamp\":\"2026-03-01T10:00:02Z\"}");
	says(&f, "pair | who=a | 2 1 | seq 3\n");
	feed_fini(&f);
}

TEST(any_is_fed_by_all_that_alerts)
{
	struct feed f;

	feed_text(&f, BASES CORR("burst", "  type: event_count\n  rules: [failed]\n"
					  "  group-by: [client_ip]\n  timespan: 1m\n"
					  "  condition: {gte: 2}\n") "---\n" CORR("all",
			  "  type: event_count\n  rules: any\n  group-by: [client_ip]\n"
			  "  timespan: 1m\n  condition: {gte: 2}\n"));
	CHECK_STR(feed_cstr(&f.notes), "");
	(void)feed_count(&f, EV("failed", "10.0.0.1", "a", "00:00"));
	(void)feed_count(&f, EV("success", "10.0.0.1", "a", "00:01"));
	says(&f, "ok | client_ip=10.0.0.1 | 1 1 | seq 2\n"); /* `failed` only feeds */
	(void)feed_count(&f, EV("failed", "10.0.0.1", "a", "00:02"));
	says(&f,
	    "burst | client_ip=10.0.0.1 | 2 1 | seq 3\nall | client_ip=10.0.0.1 | 2 1 | seq 3\n");
	feed_fini(&f);
}

TEST(escalation_raises_the_level_of_a_firing)
{
	struct feed f;

	feed_text(&f, BASES "title: spray\nlevel: low\ncorrelation:\n  type: event_count\n"
			    "  rules: [failed]\n  group-by: [client_ip]\n  timespan: 1m\n"
			    "  condition: {gte: 2}\n"
			    "  escalate: {field: user_name, gte: 3, level: critical}\n");
	CHECK_STR(feed_cstr(&f.notes), "");
	(void)feed_count(&f, EV("failed", "10.0.0.1", "a", "00:00"));
	(void)feed_count(&f, EV("failed", "10.0.0.1", "b", "00:01"));
	CHECK_STR(f.last_level, "low");
	(void)feed_count(&f, EV("failed", "10.0.0.1", "b", "00:02"));
	CHECK_STR(f.last_level, "low");
	(void)feed_count(&f, EV("failed", "10.0.0.1", "c", "00:03"));
	CHECK_STR(f.last_level, "critical");
	(void)feed_count(&f, EV("failed", "10.0.0.1", "c", "01:02")); /* a and b are out */
	CHECK_STR(f.last_level, "low");
	feed_fini(&f);
}

/* One alert for each episode: it begins with a firing and lasts for `suppress`. */
static void
on_id(void *ctx, const struct finding *x)
{
	memcpy(ctx, x->id, 16);
}

TEST(an_episode_has_one_id)
{
	static const int64_t at[] = { 0, 1, 2, 3000, 3601, 3602, 3603, 7000 };
	static const unsigned episode[] = { 0, 0, 1, 1, 1, 2, 2, 2 };
	uint8_t id[ARRAY_LEN(at)][16] = { { 0 } };
	struct feed f;

	feed_text(&f, BASES CORR("burst", "  type: event_count\n  rules: [failed]\n"
					  "  group-by: [client_ip]\n  timespan: 2h\n"
					  "  condition: {gte: 3}\n"));
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		struct rec r;

		arena_reset(f.arena);
		rec_init(&r, f.arena);
		rec_set_str(&r, F_EVENT_TYPE, STR("auth.login.failed"));
		rec_set_str(&r, F_CLIENT_IP, STR("10.0.0.1"));
		rec_set_int(&r, F_TIMESTAMP, FEED_RECEIVED + at[i] * CLOCK_S);
		r.seq = i + 1;
		engine_feed(f.engine, &r, on_id, id[i]);
		for (size_t k = 2; k < i; k++)
			CHECK_INT(memcmp(id[i], id[k], 16) == 0, episode[i] == episode[k]);
	}
	feed_fini(&f);
}

static const struct refusal {
	const char *rules, *says;
} refusals[] = {
	{ CORR("a", "  type: temporal\n  rules: [b, failed]\n  timespan: 1m\n") "---\n" CORR("b",
	      "  type: temporal\n  rules: [a, failed]\n  timespan: 1m\n"),
	    "'a' and this correlation name each other in a circle" },
	{ CORR("a",
	      "  type: event_count\n  rules: any\n  timespan: 1m\n  condition: {gte: "
	      "1}\n") "---\n" CORR("b", "  type: temporal\n  rules: [a, failed]\n  timespan: 1m\n"),
	    "'a' is fed by all alerts (rules: any); no correlation can be of it" },
	{ CORR("a", "  type: value_percentile\n  rules: [ok]\n  timespan: 1m\n"
		    "  condition: {field: bytes_out, gte: 1}\n"),
	    "value_percentile needs 'percentile'" },
	{ CORR("a", "  type: temporal\n  rules: [ok, failed]\n  timespan: 1m\n  condition: ok\n"),
	    "'rules' names 'failed', the condition does not" },
	{ CORR("a", "  type: temporal\n  timespan: 1m\n  condition: ok and gone\n"),
	    "no rule that was loaded has the id or name 'gone'" },
	{ CORR("a", "  type: temporal_ordered\n  timespan: 1m\n  condition: ok or failed\n"),
	    "temporal_ordered asks for all of its rules" },
	{ CORR("a", "  type: event_count\n  rules: [ok]\n  timespan: 1m\n  condition: {eq: 0}\n"),
	    "there is type: absence" },
	{ CORR("a", "  type: event_count\n  rules: [ok, ok]\n  timespan: 1m\n"),
	    "this rule is named twice" },
	{ CORR("a", "  type: value_sum\n  rules: [ok]\n  timespan: 1m\n"
		    "  condition: {field: [bytes_in, bytes_out], gte: 1}\n"),
	    "value_sum takes one field" },
};

TEST(refusals)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		struct buf text = { 0 };
		struct feed f;

		buf_printf(&text, BASES "%s", refusals[i].rules);
		feed_text(&f, feed_cstr(&text));
		if (f.errors == 0 || strstr(feed_cstr(&f.notes), refusals[i].says) == NULL)
			test_fail(TEST_AT(notes), "row %zu wants '%s' and got '%s'", i,
			    refusals[i].says, feed_cstr(&f.notes));
		buf_fini(&text);
		feed_fini(&f);
	}
}

#define KEEP                                                                                       \
	CORR("kept", "  type: event_count\n  rules: [failed]\n  group-by: [client_ip]\n"           \
		     "  timespan: 1m\n  condition: {gte: 3}\n")
#define OTHER(n)                                                                                   \
	CORR("other", "  type: event_count\n  rules: [failed]\n  group-by: [client_ip]\n"          \
		      "  timespan: 1m\n  condition: {gte: " n "}\n")

TEST(a_change_of_one_rule_keeps_what_others_know)
{
	struct buf b = { 0 };
	struct feed f, changed;
	struct diag why;
	size_t n;

	feed_text(&f, BASES KEEP "---\n" OTHER("3"));
	feed_text(&changed, BASES OTHER("2") "---\n" KEEP);
	(void)feed_count(&f, EV("failed", "10.0.0.1", "a", "00:00"));
	(void)feed_count(&f, EV("failed", "10.0.0.1", "a", "00:01"));
	engine_save(f.engine, &b);
	CHECK_OK(engine_load(changed.engine, buf_view(&b), &why), why);
	CHECK_INT(*engine_empty(changed.engine, &n), 2);
	CHECK_INT(n, 1);
	(void)feed_count(&changed, EV("failed", "10.0.0.1", "a", "00:02"));
	says(&changed, "kept | client_ip=10.0.0.1 | 3 1 | seq 1\n");
	buf_fini(&b);
	feed_fini(&f);
	feed_fini(&changed);
}

static const char *const filtered[] = {
	BASES KEEP,
	BASES KEEP "---\ntitle: F\nlogsource: {category: authentication}\nfilter:\n"
		   "  rules: [failed]\n  s: {user_name: x}\n  condition: not s\n",
	BASES KEEP "---\ntitle: F\nlogsource: {category: authentication}\nfilter:\n"
		   "  rules: [failed]\n  s: {user_name: y}\n  condition: not s\n",
	BASES KEEP "---\ntitle: F\nlogsource: {category: authentication}\nfilter:\n"
		   "  rules: [ok]\n  s: {user_name: y}\n  condition: not s\n",
};

/* Only the last filter is of a rule that the correlation does not name. */
TEST(a_filter_changes_what_is_fed)
{
	for (size_t i = 0; i < ARRAY_LEN(filtered); i++) {
		struct buf b = { 0 };
		struct feed f, other;
		struct diag why;
		size_t n;

		feed_text(&f, filtered[0]);
		feed_text(&other, filtered[i]);
		CHECK_STR(feed_cstr(&other.notes), "");
		engine_save(f.engine, &b);
		CHECK_OK(engine_load(other.engine, buf_view(&b), &why), why);
		(void)engine_empty(other.engine, &n);
		CHECK_INT(n, i == 1 || i == 2);
		buf_fini(&b);
		feed_fini(&f);
		feed_fini(&other);
	}
}
