/* A rule that is new among others: what it waits for is there, whatever came of the load. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/take.h"

#include "feed.h"

#define OLD                                                                                        \
	"title: sample\nname: sample\nlogsource: {category: webserver}\n"                          \
	"detection: {s: {method: GET}, condition: s}\n---\n"                                       \
	"title: many\ncorrelation:\n  type: event_count\n  rules: [sample]\n"                      \
	"  group-by: [host]\n  timespan: 1h\n  condition: {gte: 3}\n"
#define NEW                                                                                        \
	OLD "---\ntitle: silent\ncorrelation:\n  type: absence\n  rules: [sample]\n"               \
	    "  group-by: [host]\n  timespan: 10m\n  expect: [db1, db2]\n"

static void
at(struct feed *f, unsigned minute, const char *rest)
{
	char json[200];

	(void)snprintf(json, sizeof(json), "{\"timestamp\":\"2026-03-02T%02u:%02u:00Z\",%s}",
	    minute / 60, minute % 60, rest);
	feed_line(f, str_c(json));
}

#define HIT "\"logsource\":{\"category\":\"webserver\"},\"method\":\"GET\",\"host\":\"db1\""
#define TICK "\"event_type\":\"tocsin.tick\""

/* The old rules with two events, their state in an engine of the new ones; the third comes. */
static void
change(struct feed *old, struct feed *new)
{
	struct buf b = { 0 };
	struct diag why;
	size_t n;

	feed_text(old, OLD);
	feed_text(new, NEW);
	CHECK_STR(feed_cstr(&new->notes), "");
	at(old, 0, HIT);
	at(old, 1, HIT);
	engine_save(old->engine, &b);
	CHECK_OK(engine_load(new->engine, buf_view(&b), &why), why);
	(void)engine_empty(new->engine, &n);
	CHECK_INT(n, 1);
	new->seq = old->seq;
	buf_fini(&b);
}

/* What was expected is so from the first record on; the old rule goes on counting. */
TEST(expected_groups_of_a_new_rule)
{
	struct feed old, new;

	change(&old, &new);
	at(&new, 2, HIT);
	for (unsigned i = 3; i < 20; i++)
		at(&new, i, TICK);
	CHECK_STR(feed_cstr(&new.findings), "many | host=db1 | 3 1 | seq 3\n"
					    "silent | host=db1 | 1 1 | seq 14\n"
					    "silent | host=db2 | 1 1 | seq 14\n");
	feed_fini(&old);
	feed_fini(&new);
}

/* The same from an engine that has seen nothing at all, or has read all: then since the first. */
TEST(expected_groups_from_a_warm_engine)
{
	static const char *const wants[] = {
		"silent | host=db1 | 1 1 | seq 14\nsilent | host=db2 | 1 1 | seq 14\n",
		"silent | host=db2 | 1 1 | seq 11\nsilent | host=db1 | 1 1 | seq 12\n",
	};

	for (unsigned seen = 0; seen < 2; seen++) {
		struct feed old, new, warm;

		change(&old, &new);
		feed_text(&warm, NEW);
		engine_free(warm.engine);
		ruleset_free(warm.rules);
		warm.rules = new.rules;
		feed_engine(&warm, 100000, 30 * CLOCK_S);
		for (unsigned i = 0; i < 2 * seen; i++)
			at(&warm, i, HIT);
		take_missing(new.engine, warm.engine);
		for (unsigned i = 3; i < 20; i++)
			at(&new, i, TICK);
		CHECK_STR(feed_cstr(&new.findings), wants[seen]);
		warm.rules = NULL;
		feed_fini(&warm);
		feed_fini(&old);
		feed_fini(&new);
	}
}
