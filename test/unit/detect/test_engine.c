/* Findings of rule sets: counted, by id, and after saving and loading. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine.h"

#include "base/digest.h"
#include "feed.h"

TEST(shipped_rules_load_without_a_word)
{
	struct feed f;

	feed_path(&f, test_source("rules"));
	CHECK_STR(feed_cstr(&f.notes), "");
	CHECK(ruleset_len(f.rules) >= 40);
	feed_fini(&f);
}

#define FAILED(ip, user, s)                                                                        \
	"{\"event_type\":\"auth.login.failed\",\"client_ip\":\"" ip "\",\"user_name\":\"" user     \
	"\",\"timestamp\":\"2026-03-01T10:" s "Z\"}"

#define PAIR(type, field, group, span, n, more)                                                    \
	"title: base\nname: base\nlogsource: {category: authentication}\n"                         \
	"detection: {s: {event_type: auth.login.failed}, condition: s}\n---\n"                     \
	"title: corr\nid: 11111111-2222-4333-8444-555555555555\ncorrelation:\n  type: " type       \
	"\n  rules: [base]\n  group-by: [" group "]\n  timespan: " span "\n" more                  \
	"  condition: {gte: " n field "}\n"

TEST(count_per_group)
{
	struct feed f;

	feed_text(&f, PAIR("event_count", "", "client_ip", "1m", "3", ""));
	CHECK_STR(feed_cstr(&f.notes), "");
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "00:00")), 0);
	CHECK_INT(feed_count(&f, FAILED("10.0.0.2", "a", "00:10")), 0);
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "00:30")), 0);
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "01:00")), 0); /* the first is out */
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "01:29")), 1);
	CHECK_STR(feed_cstr(&f.findings), "corr | client_ip=10.0.0.1 | 3 1 | seq 5\n");
	CHECK_INT(feed_count(&f, "{\"event_type\":\"auth.login.failed\"}"), 0);
	feed_fini(&f);
}

TEST(different_values)
{
	struct feed f;

	feed_text(&f, PAIR("value_count", ", field: user_name", "client_ip", "1m", "3", ""));
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "00:00")), 0);
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "00:01")), 0);
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "b", "00:02")), 0);
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "00:03")), 0);
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "c", "00:04")), 1);
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "d", "01:02")), 1); /* a, c, d */
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "d", "02:30")), 0);
	feed_fini(&f);
}

TEST(generate_lets_the_base_speak)
{
	struct feed f;

	feed_text(&f, PAIR("event_count", "", "client_ip", "1m", "2", "  generate: true\n"));
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "00:00")), 1);
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "00:01")), 2);
	feed_fini(&f);
}

TEST(groups_of_several_fields)
{
	struct feed f;

	feed_text(&f, PAIR("event_count", "", "client_ip, user_name", "1m", "1", ""));
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a, b\\\\c", "00:00")), 1);
	CHECK_INT(feed_count(&f,
		      "{\"event_type\":\"auth.login.failed\",\"user_name\":\"u\",\"timestamp\":"
		      "\"2026-03-01T10:00:00Z\"}"),
	    1);
	CHECK_STR(feed_cstr(&f.findings),
	    "corr | client_ip=10.0.0.1, user_name=a\\, b\\\\c | 1 1 | seq 1\n"
	    "corr | user_name=u | 1 1 | seq 2\n");
	feed_fini(&f);
}

TEST(a_record_that_stands_for_several)
{
	struct feed f;

	feed_text(&f, PAIR("event_count", "", "client_ip", "1m", "5", ""));
	CHECK_INT(feed_count(&f, FAILED("10.0.0.1", "a", "00:00")), 0);
	CHECK_INT(feed_count(&f, "{\"event_type\":\"auth.login.failed\",\"client_ip\":\"10.0.0.1\","
				 "\"record_count\":9,\"timestamp\":\"2026-03-01T10:00:01Z\"}"),
	    1);
	CHECK_STR(feed_cstr(&f.findings), "corr | client_ip=10.0.0.1 | 10 9 | seq 2\n");
	feed_fini(&f);
}

static void
keep_id(void *ctx, const struct finding *f)
{
	memcpy(ctx, f->id, 16);
}

static void
id_of(struct feed *f, const char *json, uint8_t id[16])
{
	const struct parse_in in = {
		.message = str_c(json), .received = FEED_RECEIVED, .trust_time = true
	};
	struct diag why;
	struct rec r;

	arena_reset(f->arena);
	rec_init(&r, f->arena);
	CHECK_OK(parser_parse(f->parser, &in, &r, &why), why);
	engine_feed(f->engine, &r, keep_id, id);
}

TEST(id_is_of_rule_group_and_bucket)
{
	uint8_t a[16], b[16], c[16], d[16], sum[32];
	char text[200];
	struct feed f;
	int n;

	feed_text(&f, "title: T\nid: rule-1\nlogsource: {category: authentication}\n"
		      "detection: {s: {event_type: auth.login.failed}, condition: s}\n"
		      "tocsin: {suppress: 1h, group-by: [user_name]}\n");
	id_of(&f, FAILED("10.0.0.1", "u", "00:00"), a);
	id_of(&f, FAILED("10.0.0.2", "u", "59:59"), b);
	id_of(&f, FAILED("10.0.0.1", "v", "00:00"), c);
	id_of(&f,
	    "{\"event_type\":\"auth.login.failed\",\"user_name\":\"u\",\"timestamp\":"
	    "\"2026-03-01T11:00:00Z\"}",
	    d);
	CHECK(memcmp(a, b, 16) == 0);
	CHECK(memcmp(a, c, 16) != 0);
	CHECK(memcmp(a, d, 16) != 0);
	n = snprintf(text, sizeof(text), "rule-1%cuser_name=u%c%lld", 0, 0,
	    (long long)(clock_days(2026, 3, 1) * 24 + 10));
	digest_sha256((struct str){ text, (size_t)n }, sum);
	CHECK_BYTES(a, 16, sum, 16);
	feed_fini(&f);
}

TEST(keys_are_capped)
{
	struct engine_stats stats;
	struct feed f;

	feed_text(&f, PAIR("event_count", "", "client_ip", "1h", "2", ""));
	engine_free(f.engine);
	feed_engine(&f, 10, 0);
	for (unsigned i = 0; i < 100; i++) {
		char json[200];

		(void)snprintf(json, sizeof(json),
		    "{\"event_type\":\"auth.login.failed\",\"client_ip\":\"10.0.0.%u\"}", i);
		CHECK_INT(feed_count(&f, json), i == 10); /* it says so, once */
	}
	CHECK_STR(feed_cstr(&f.findings), "Detection forgets keys |  | 1 1 | seq 11\n");
	engine_stats(f.engine, &stats);
	CHECK_INT(stats.keys, 10);
	CHECK_INT(stats.evicted, 90);
	CHECK_INT(engine_evicted(f.engine, 1), 90);
	CHECK_INT(stats.records, 100);
	feed_fini(&f);
}

/* Nine of ten, then a flood: the one that was nearly there is not what goes. */
TEST(a_flood_does_not_wash_out_who_is_nearly_there)
{
	unsigned flood = test_rounds(20000);
	struct engine_stats stats;
	char json[200];
	struct feed f;

	feed_text(&f, PAIR("event_count", "", "client_ip", "1h", "10", ""));
	engine_free(f.engine);
	feed_engine(&f, 100, 0);
	for (unsigned i = 0; i < 9; i++)
		CHECK_INT(feed_count(&f, FAILED("192.0.2.1", "a", "00:00")), 0);
	for (unsigned i = 0; i < flood; i++) {
		(void)snprintf(json, sizeof(json),
		    "{\"event_type\":\"auth.login.failed\",\"client_ip\":\"10.%u.%u.%u\","
		    "\"timestamp\":\"2026-03-01T10:00:01Z\"}",
		    i >> 16, (i >> 8) & 255, i & 255);
		(void)feed_count(&f, json);
	}
	engine_stats(f.engine, &stats);
	CHECK_INT(stats.evicted, flood + 1 - 100);
	f.findings.n = 0;
	CHECK_INT(feed_count(&f, FAILED("192.0.2.1", "a", "00:02")), 1);
	CHECK(str_starts(buf_view(&f.findings), STR("corr | client_ip=192.0.2.1 | 10 1 |")));
	feed_fini(&f);
}

#define FAILED_AT(host, ip, s)                                                                     \
	"{\"event_type\":\"auth.login.failed\",\"client_ip\":\"" ip "\",\"host\":\"" host          \
	"\",\"timestamp\":\"2026-03-01T" s "Z\"}"

/* A log of yesterday read beside today's: each source counts in its own time. */
TEST(a_source_behind_the_others_counts_as_well)
{
	struct engine_stats stats;
	struct feed f;

	feed_text(&f, PAIR("event_count", "", "client_ip", "1m", "3", ""));
	for (unsigned i = 0; i < 3; i++) {
		CHECK_INT(feed_count(&f, FAILED_AT("now", "10.0.0.1", "20:00:00")), i == 2);
		CHECK_INT(feed_count(&f, FAILED_AT("old", "10.0.0.2", "07:00:00")), i == 2);
		CHECK_INT(feed_count(&f, FAILED_AT("older", "10.0.0.3", "06:00:10")), i == 2);
	}
	CHECK_INT(feed_count(&f, FAILED_AT("older", "10.0.0.3", "05:59:20")), 0);
	engine_stats(f.engine, &stats);
	CHECK_INT(stats.late, 1);
	feed_fini(&f);
}

static uint64_t state;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

#define SEVERAL                                                                                    \
	PAIR("event_count", "", "client_ip", "20s", "3", "")                                       \
	"---\ntitle: corr2\ncorrelation:\n  type: value_count\n  rules: [base]\n"                  \
	"  group-by: [client_ip]\n  timespan: 30s\n  condition: {gte: 3, field: user_name}\n"

static void
random_failure(char json[300], unsigned second)
{
	unsigned late = below(4) == 0 ? (unsigned)below(12) : 0;
	unsigned at = second > late ? second - late : 0;

	(void)snprintf(json, 300,
	    "{\"event_type\":\"auth.login.failed\",\"client_ip\":\"10.0.0.%u\",\"user_name\":\"u%"
	    "u\","
	    "\"timestamp\":\"2026-03-01T10:%02u:%02uZ\"}",
	    (unsigned)below(6), (unsigned)below(5), at / 60, at % 60);
}

/* Saved and loaded at any place: the findings of an engine that never stopped. */
TEST(saved_and_loaded_anywhere)
{
	state = test_seed() | 1;
	for (unsigned round = 0; round < test_rounds(30); round++) {
		struct feed straight, broken;
		struct buf one = { 0 }, two = { 0 };
		unsigned second = 0;
		struct diag why;

		feed_text(&straight, SEVERAL);
		feed_text(&broken, SEVERAL);
		engine_free(straight.engine);
		engine_free(broken.engine);
		feed_engine(&straight, 4, 10 * CLOCK_S);
		feed_engine(&broken, 4, 10 * CLOCK_S);
		for (unsigned i = 0; i < 150; i++) {
			char json[300];

			random_failure(json, second);
			second += (unsigned)below(4);
			(void)feed_count(&straight, json);
			(void)feed_count(&broken, json);
			if (below(5) != 0)
				continue;
			buf_reset(&one);
			buf_reset(&two);
			engine_save(broken.engine, &one);
			engine_free(broken.engine);
			feed_engine(&broken, 4, 10 * CLOCK_S);
			CHECK_OK(engine_load(broken.engine, buf_view(&one), &why), why);
			engine_save(broken.engine, &two);
			CHECK_BYTES(two.p, two.n, one.p, one.n);
		}
		CHECK(straight.n > 0);
		CHECK_STR(feed_cstr(&broken.findings), feed_cstr(&straight.findings));
		buf_fini(&one);
		buf_fini(&two);
		feed_fini(&straight);
		feed_fini(&broken);
	}
}

TEST(foreign_and_torn_states)
{
	struct feed f, other;
	struct buf b = { 0 };
	struct diag why;
	size_t n_empty;

	feed_text(&f, SEVERAL);
	feed_text(&other, PAIR("event_count", "", "client_ip", "1h", "2", ""));
	for (unsigned i = 0; i < 20; i++) {
		char json[300];

		state = i + 1;
		random_failure(json, i);
		(void)feed_count(&f, json);
	}
	engine_save(f.engine, &b);
	CHECK_OK(engine_load(other.engine, buf_view(&b), &why), why); /* nothing in it is its own */
	CHECK_INT(*engine_empty(other.engine, &n_empty), 1);
	CHECK_INT(n_empty, 1);
	for (size_t n = 0; n < b.n; n++)
		CHECK_INT(engine_load(f.engine, (struct str){ b.p, n }, &why), FAIL_CORRUPT);
	for (size_t i = 0; i < b.n; i++) {
		b.p[i] ^= 0x10;
		CHECK_INT(engine_load(f.engine, buf_view(&b), &why), FAIL_CORRUPT);
		b.p[i] ^= 0x10;
	}
	CHECK_OK(engine_load(f.engine, buf_view(&b), &why), why);
	buf_fini(&b);
	feed_fini(&f);
	feed_fini(&other);
}
