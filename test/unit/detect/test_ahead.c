/* What an engine is told of records to come, rightly or wrongly, changes no finding. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine.h"

#include "base/mem.h"
#include "feed.h"

#define RECORDS 300
#define KEYS_MAX 6 /* some are forgotten */

static uint64_t state;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static const char rules[] =
    "title: base\nname: base\nlogsource: {category: authentication}\n"
    "detection: {s: {event_type: auth.login.failed}, condition: s}\n---\n"
    "title: other\nname: other\nlogsource: {category: authentication}\n"
    "detection: {s: {user_name: u1}, condition: s}\n---\n"
    "title: few\ncorrelation:\n  type: event_count\n  rules: [base]\n  group-by: [client_ip]\n"
    "  timespan: 20s\n  condition: {gte: 3}\n---\n"
    "title: users\ncorrelation:\n  type: value_count\n  rules: [base]\n"
    "  group-by: [client_ip]\n  timespan: 30s\n  condition: {gte: 3, field: user_name}\n---\n"
    "title: both\ncorrelation:\n  type: temporal\n  rules: [base, other]\n"
    "  group-by: [user_name]\n  timespan: 10s\n---\n"
    "title: silent\ncorrelation:\n  type: absence\n  rules: [other]\n"
    "  group-by: [client_ip]\n  timespan: 1m\n";

static void
parse(struct feed *f, struct rec *r, unsigned second)
{
	static const char failed[] = "auth.login.failed", good[] = "auth.login.succeeded";
	unsigned at = second - (below(4) == 0 && second > 9 ? (unsigned)below(9) : 0);
	char *json = arena_alloc(f->arena, 300); /* the record borrows from it */
	struct parse_in in = {
		.received = FEED_RECEIVED, .source = STR("test"), .trust_time = true
	};
	struct diag why;

	(void)snprintf(json, 300,
	    "{\"event_type\":\"%s\",\"client_ip\":\"10.0.0.%u\",\"user_name\":\"u%u\","
	    "\"timestamp\":\"2026-03-01T10:%02u:%02uZ\"}",
	    below(5) == 0 ? good : failed, (unsigned)below(6), (unsigned)below(5), at / 60,
	    at % 60);
	in.message = str_c(json);
	rec_init(r, f->arena);
	CHECK_OK(parser_parse(f->parser, &in, r, &why), why);
	r->seq = ++f->seq;
}

/* Tells of up to more than fit, and of some that then do not come. */
static void
feed_told(struct feed *f, const struct rec *r)
{
	size_t told = 0;

	for (size_t i = 0; i < RECORDS; i++) {
		if (told < i)
			told = i;
		for (uint64_t n = below(4); n > 0 && told < RECORDS; n--, told++)
			if (below(20) != 0)
				engine_ahead(f->engine, &r[told]);
		engine_feed(f->engine, &r[i], feed_raise, f);
		if (below(30) == 0 && told < RECORDS)
			engine_ahead(f->engine, &r[i]); /* it was fed already */
	}
}

TEST(what_is_told_changes_nothing)
{
	struct rec *r = mem_alloc(RECORDS * sizeof(*r));

	state = test_seed() | 1;
	for (unsigned round = 0; round < test_rounds(20); round++) {
		struct engine_stats one, two;
		struct feed straight, told;
		unsigned second = 10;

		feed_text(&straight, rules);
		CHECK_STR(feed_cstr(&straight.notes), "");
		feed_text(&told, rules);
		engine_free(straight.engine);
		engine_free(told.engine);
		feed_engine(&straight, KEYS_MAX, 10 * CLOCK_S);
		feed_engine(&told, KEYS_MAX, 10 * CLOCK_S);
		for (size_t i = 0; i < RECORDS; i++, second += (unsigned)below(6))
			parse(&straight, &r[i], second);
		for (size_t i = 0; i < RECORDS; i++)
			engine_feed(straight.engine, &r[i], feed_raise, &straight);
		feed_told(&told, r);
		CHECK(straight.n > 0);
		CHECK_STR(feed_cstr(&told.findings), feed_cstr(&straight.findings));
		engine_stats(straight.engine, &one);
		engine_stats(told.engine, &two);
		CHECK_INT(two.keys, one.keys);
		CHECK_INT(two.bytes, one.bytes);
		CHECK_INT(two.evicted, one.evicted);
		feed_fini(&straight);
		feed_fini(&told);
	}
	free(r);
}
