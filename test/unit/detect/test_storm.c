/* At most so many alerts of a rule within an hour; the others are one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/storm.h"

#include "base/clock.h"
#include "detect/engine.h"
#include "feed.h"

TEST(the_first_stand_alone_for_an_hour)
{
	struct storm s = { 0 };
	uint8_t id[STORM_ID] = { 0 };

	for (unsigned i = 0; i < 5; i++) {
		id[0] = (uint8_t)i;
		CHECK_INT(storm_alone(&s, 3, id, i * CLOCK_S), i < 3);
	}
	id[0] = 1; /* it has its alert */
	CHECK(storm_alone(&s, 3, id, 3599 * CLOCK_S));
	id[0] = 9;
	CHECK(!storm_alone(&s, 3, id, 3599 * CLOCK_S));
	CHECK(storm_alone(&s, 3, id, 3600 * CLOCK_S)); /* another hour */
	CHECK_INT(s.n, 1);
}

TEST(no_more_than_there_is_room_for)
{
	struct storm s = { 0 };
	uint8_t id[STORM_ID] = { 0 };
	unsigned alone = 0;

	for (unsigned i = 0; i < 2 * STORM_MAX; i++) {
		id[0] = (uint8_t)i;
		alone += storm_alone(&s, 1000, id, CLOCK_S);
	}
	CHECK_INT(alone, STORM_MAX);
}

TEST(what_was_saved_goes_on)
{
	struct storm s = { 0 }, again = { 0 };
	uint8_t id[STORM_ID] = { 7 };
	struct buf b;
	struct str from;

	CHECK(storm_alone(&s, 1, id, 5 * CLOCK_S));
	buf_init(&b, 0);
	storm_save(&s, &b);
	from = buf_view(&b);
	CHECK(storm_load(&again, &from) && from.n == 0);
	CHECK(memcmp(&s, &again, sizeof(s)) == 0);
	for (size_t n = 0; n < b.n; n++) {
		from = (struct str){ b.p, n };
		CHECK(!storm_load(&again, &from));
	}
	b.p[8] = (char)(STORM_MAX + 1);
	from = buf_view(&b);
	CHECK(!storm_load(&again, &from));
	buf_fini(&b);
}

#define RULES                                                                                      \
	"title: Refused\nname: refused\ntocsin: {group-by: [client_ip], at-most: 2}\n"             \
	"logsource: {category: authentication}\n"                                                  \
	"detection: {s: {event_type: auth.login.failed}, condition: s}\n"
#define FAILED(ip, s)                                                                              \
	"{\"event_type\":\"auth.login.failed\",\"client_ip\":\"10.0.0." ip                         \
	"\",\"timestamp\":\"2026-03-01T10:00:" s "Z\"}"

TEST(a_flood_is_few_alerts)
{
	struct feed f;

	feed_text(&f, RULES);
	CHECK_STR(feed_cstr(&f.notes), "");
	feed_count(&f, FAILED("1", "01"));
	feed_count(&f, FAILED("2", "02"));
	feed_count(&f, FAILED("3", "03"));
	feed_count(&f, FAILED("1", "04"));
	feed_count(&f, FAILED("4", "05"));
	CHECK_STR(feed_cstr(&f.findings), "Refused | client_ip=10.0.0.1 | 1 1 | seq 1\n"
					  "Refused | client_ip=10.0.0.2 | 1 1 | seq 2\n"
					  "Refused |  | 1 1 | seq 3\n"
					  "Refused | client_ip=10.0.0.1 | 1 1 | seq 4\n"
					  "Refused |  | 1 1 | seq 5\n");
	feed_fini(&f);
}

TEST(the_others_are_one_alert_and_survive_a_restart)
{
	uint8_t id[2][16];
	struct feed f;
	struct buf state;
	struct diag why = { 0 };

	feed_text(&f, RULES);
	buf_init(&state, 0);
	feed_count(&f, FAILED("1", "01"));
	feed_count(&f, FAILED("2", "02"));
	feed_count(&f, FAILED("3", "03"));
	memcpy(id[0], f.last_id, 16);
	engine_save(f.engine, &state);
	CHECK_INT(engine_load(f.engine, buf_view(&state), &why), OK);
	feed_count(&f, FAILED("4", "04"));
	memcpy(id[1], f.last_id, 16);
	CHECK(memcmp(id[0], id[1], 16) == 0);
	feed_count(&f, FAILED("2", "05"));
	CHECK(memcmp(id[0], f.last_id, 16) != 0);
	buf_fini(&state);
	feed_fini(&f);
}
