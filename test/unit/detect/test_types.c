/* ratio, consecutive, sustained, new_value, off_hours, concurrent_values, sequence_walk, absence */
/* as rules: what they say, when they are quiet, and the same with a restart after every record. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>

#include "base/jsonr.h"
#include "feed.h"
#include "random.h"

#define MONDAY ((int64_t)1772409600) /* 2026-03-02, s */

#define BASE(name, type)                                                                           \
	"title: " name "\nname: " name "\nlogsource: {category: authentication}\n"                 \
	"detection: {s: {event_type: " type "}, condition: s}\n---\n"
#define LOGINS                                                                                     \
	BASE("failed", "auth.login.failed")                                                        \
	BASE("ok", "auth.login.success") BASE("logout", "auth.session.closed")
#define REQUESTS                                                                                   \
	"title: req\nname: req\nlogsource: {category: webserver}\n"                                \
	"detection: {s: {method: GET}, condition: s}\n---\n"
#define SAMPLES                                                                                    \
	"title: sample\nname: sample\nlogsource: {category: host}\n"                               \
	"detection: {s: {host|exists: true}, condition: s}\n---\n"
#define RULE(body) "title: X\nname: x\nlevel: high\ncorrelation:\n  " body "\n"

#define FAILED "\"event_type\":\"auth.login.failed\",\"client_ip\":\"192.0.2.7\""
#define OK_ "\"event_type\":\"auth.login.success\",\"client_ip\":\"192.0.2.7\""

struct scene {
	struct buf lines;
};

static struct buf said;
static unsigned n_said, confidence; /* of the last one */

/* An event so many seconds into that Monday. */
__attribute__((format(printf, 3, 4))) static void
at(struct scene *s, double second, const char *fmt, ...)
{
	char text[300];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_str(&s->lines, STR("{\"timestamp\":\""));
	clock_put(MONDAY * CLOCK_S + (int64_t)(second * 1000) * CLOCK_MS, &s->lines);
	buf_printf(&s->lines, "\",%s}\n", text);
}

static void
hear(void *ctx, const struct finding *f)
{
	(void)ctx;
	n_said++;
	buf_printf(&said, "%.*s | %.*s |", STR_ARG(f->summary), STR_ARG(f->details));
	confidence = f->confidence;
	for (size_t i = 0; i < f->n_evidence; i++)
		buf_printf(&said, " %d", (int)f->evidence[i]);
	buf_byte(&said, '\n');
	if (f->details.n > 0) {
		struct arena *a = arena_new(1U << 20);
		const struct jsonr *top;
		struct diag why;

		CHECK_OK(jsonr_parse(a, f->details, &top, &why), why);
		CHECK_INT(top->type, JSONR_MAP);
		arena_free(a);
	}
}

static void
give(struct feed *f, struct str line)
{
	const struct parse_in in = { .message = line,
		.received = (MONDAY + 400 * 86400) * CLOCK_S,
		.source = STR("test"),
		.trust_time = true };
	struct diag why;
	struct rec r;

	arena_reset(f->arena);
	rec_init(&r, f->arena);
	(void)!parser_parse(f->parser, &in, &r, &why);
	if (str_find(line, STR("tocsin.tick")) >= 0)
		rec_set_str(&r, F_SOURCE, STR(REC_SOURCE_OWN));
	r.seq = ++f->seq;
	engine_feed(f->engine, &r, hear, f);
}

/* After every record the state is saved, and a new engine goes on from it. */
static void
restart(struct feed *f)
{
	auto_buf struct buf state = { 0 }, again = { 0 };
	struct diag why = { 0 };

	engine_save(f->engine, &state);
	engine_free(f->engine);
	feed_engine(f, 100000, 30 * CLOCK_S);
	CHECK_OK(engine_load(f->engine, buf_view(&state), &why), why);
	engine_save(f->engine, &again);
	CHECK_BYTES(again.p, again.n, state.p, state.n);
}

/* What the rules say of the scene; frees it. */
static const char *
play(const char *rules, struct scene *s)
{
	auto_buf struct buf first = { 0 };

	for (int again = 0; again < 2; again++) {
		struct str rest = buf_view(&s->lines), line;
		struct feed f;

		feed_text(&f, rules);
		if (f.errors > 0)
			test_fail(TEST_AT(rules), "%s", feed_cstr(&f.notes));
		buf_reset(&said);
		n_said = 0;
		while (str_line(&rest, &line)) {
			give(&f, line);
			if (again)
				restart(&f);
		}
		feed_fini(&f);
		if (!again)
			buf_str(&first, buf_view(&said));
	}
	CHECK_BYTES(said.p, said.n, first.p, first.n);
	buf_fini(&s->lines);
	return feed_cstr(&said);
}

static void
says(const char *got, const char *want)
{
	if (strstr(got, want) == NULL)
		test_fail(TEST_AT(got), "'%s' is not in\n%s", want, got);
}

static const char stuffing[] =
    LOGINS RULE("type: ratio\n  rules: [failed, ok]\n  group-by: [client_ip]\n  timespan: 10m\n"
		"  part: ok\n  says: logins succeeded\n  minimum: 50\n  condition: {lte: 5%}");

TEST(ratio_of_logins)
{
	struct scene s = { 0 }, few = { 0 }, good = { 0 };

	for (unsigned i = 0; i < 96; i++)
		at(&s, i, i % 24 == 3 ? OK_ : FAILED);
	for (unsigned i = 0; i < 49; i++)
		at(&few, i, FAILED);
	for (unsigned i = 0; i < 200; i++)
		at(&good, i, i % 19 == 0 ? OK_ : FAILED);
	says(play(stuffing, &s), "X: client_ip=192.0.2.7: 2 of 50 logins succeeded (4.0%) in 10m | "
				 "{\"part\":2,\"of\":50,\"ratio\":0.04}");
	CHECK_INT(n_said, 35); /* of the 50th and later ones, not while it is 3 of 52 or 4 of 76 */
	CHECK_STR(play(stuffing, &few), "");
	CHECK_STR(play(stuffing, &good), "");
}

TEST(ratio_of_different_values)
{
	static const char rules[] =
	    REQUESTS RULE("type: ratio\n  rules: [req]\n  group-by: [client_ip]\n  timespan: 1m\n"
			  "  distinct: [endpoint]\n  minimum: 1000\n  condition: {lte: 0.1}");
	struct scene abuse = { 0 }, browse = { 0 };
	struct str rest, line;
	struct feed f;

	for (unsigned i = 0; i < 1100; i++)
		at(&abuse, i / 20.0,
		    "\"logsource\":{\"category\":\"webserver\"},\"method\":\"GET\","
		    "\"client_ip\":\"192.0.2.7\",\"endpoint\":\"/api/%u\"",
		    i % 80);
	for (unsigned i = 0; i < 1100; i++)
		at(&browse, i / 20.0,
		    "\"logsource\":{\"category\":\"webserver\"},\"method\":\"GET\","
		    "\"client_ip\":\"192.0.2.7\",\"endpoint\":\"/api/%u\"",
		    i % 200);
	feed_text(&f, rules); /* without a restart after each of them: that takes its time */
	buf_reset(&said);
	for (rest = buf_view(&browse.lines); str_line(&rest, &line);)
		give(&f, line);
	CHECK_INT(said.n, 0);
	feed_fini(&f);
	feed_text(&f, rules);
	for (rest = buf_view(&abuse.lines); str_line(&rest, &line);) {
		give(&f, line);
		if (f.seq % 100 == 0)
			restart(&f);
	}
	says(feed_cstr(&said), "80 different endpoint in 1000 events (8.0%) in 1m");
	feed_fini(&f);
	buf_fini(&abuse.lines);
	buf_fini(&browse.lines);
}

/* Errors above 20 percent count once there were requests for five minutes. */
TEST(ratio_over_the_whole_timespan)
{
	static const char rules[] =
	    LOGINS RULE("type: ratio\n  rules: [failed, ok]\n  timespan: 5m\n  part: failed\n"
			"  full: true\n  minimum: 10\n  condition: {gt: 20%}");
	struct scene s = { 0 };

	for (unsigned i = 0; i <= 70; i++) /* an hour later again */
		at(&s, i < 35 ? i * 10.0 : 3600 + i * 10.0, i % 2 == 0 ? FAILED : OK_);
	says(play(rules, &s), "15 of 30 failed (50.0%) in 5m");
	CHECK_INT(n_said, 5 + 6); /* from second 300 of each stretch on */
}

TEST(consecutive_failures)
{
	static const char rules[] =
	    LOGINS RULE("type: consecutive\n  rules: [failed, ok]\n  group-by: [client_ip]\n"
			"  timespan: 5m\n  reset: ok\n  condition: {gte: 10}");
	struct scene s = { 0 }, not = { 0 }, late = { 0 };

	for (unsigned i = 0; i < 10; i++)
		at(&s, i, FAILED);
	for (unsigned i = 0; i < 40; i++)
		at(&not, i, i % 10 == 9 ? OK_ : FAILED);
	for (unsigned i = 0; i < 12; i++) { /* the success comes late, but in time */
		if (i == 9)
			at(&late, 4.5, OK_);
		at(&late, i, FAILED);
	}
	says(play(rules, &s), "10 in a row in 5m, no ok between | {\"in_a_row\":10} | "
			      "1 2 3 4 5 6 7 8 9 10\n");
	CHECK_INT(n_said, 1);
	CHECK_STR(play(rules, &not ), "");
	CHECK_STR(play(rules, &late), "");
}

static void
sample(struct scene *s, double second, const char *cpu)
{
	at(s, second, "\"logsource\":{\"category\":\"host\"},\"host\":\"db1\",\"cpu_percent\":%s",
	    cpu);
}

TEST(sustained_load)
{
	static const char rules[] =
	    SAMPLES RULE("type: sustained\n  rules: [sample]\n  group-by: [host]\n  timespan: 10m\n"
			 "  gap: 3m\n  condition: {field: cpu_percent, gt: 90}");
	struct scene s = { 0 }, dip = { 0 }, pause = { 0 };

	for (unsigned i = 0; i <= 10; i++) {
		sample(&s, i * 60, i % 2 == 0 ? "95" : "99.5");
		sample(&dip, i * 60, i == 5 ? "90" : "95");
		sample(&pause, i < 5 ? i * 60 : i * 60 + 121, "95");
		sample(&pause, i * 60, "\"a lot\"");
	}
	says(play(rules, &s),
	    "X: host=db1: cpu_percent more than 90 for 10m (11 samples, 95 to 99.5, "
	    "mean 97.0455) | {\"seconds\":600,\"samples\":11,\"low\":95,");
	CHECK_INT(n_said, 1);
	CHECK_STR(play(rules, &dip), "");
	CHECK_STR(play(rules, &pause), "");
}

static void
login(struct scene *s, double second, const char *user, const char *ip, const char *country)
{
	at(s, second,
	    "\"event_type\":\"auth.login.success\",\"user_name\":\"%s\",\"client_ip\":\"%s\","
	    "\"geolocation\":{\"country\":\"%s\"}",
	    user, ip, country);
}

TEST(new_country)
{
	static const char rules[] =
	    LOGINS RULE("type: new_value\n  rules: [ok]\n  group-by: [user_name]\n  learn: 3\n"
			"  timespan: 90d\n  condition: {field: geolocation.country}");
	struct scene s = { 0 };

	for (unsigned i = 0; i < 6; i++)
		login(&s, i * 3600, "ana", "192.0.2.7", i == 1 ? "DE" : "NL");
	login(&s, 20000, "ben", "192.0.2.8", "JP"); /* his first */
	login(&s, 21700, "ana", "192.0.2.9", "JP");
	login(&s, 21800, "ana", "192.0.2.9", "JP");
	login(&s, 21900 + 86400 * 91.0, "ana", "192.0.2.9", "FR"); /* all forgotten: it teaches */
	CHECK_STR(play(rules, &s), "X: user_name=ana: new geolocation.country JP; usual: NL, DE | "
				   "{\"known_values\":2,\"events_before\":6} | 8\n");
	CHECK_INT(confidence, 62); /* 3 values in 7 events */
}

TEST(off_hours_learned)
{
	static const char rules[] =
	    LOGINS RULE("type: off_hours\n  rules: [ok]\n  group-by: [user_name]\n"
			"  timezone: \"+01:00\"\n  learn: 20\n  share: 1%");
	struct scene s = { 0 };

	for (unsigned day = 0; day < 5; day++)
		for (unsigned hour = 8; hour < 17; hour++)
			login(&s, day * 86400 + hour * 3600 + 60, "ana", "192.0.2.7", "NL");
	login(&s, 5 * 86400 + 2 * 3600 + 720, "ana", "192.0.2.7", "NL");
	login(&s, 5 * 86400 + 7 * 3600 + 720, "ana", "192.0.2.7", "NL");
	CHECK_STR(play(rules, &s), "X: user_name=ana: Sat 03:12 +01:00; usual hours: 02-05, 08-19 "
				   "(0% of 46 active hours) | {\"local_hour\":3,\"share\":0,"
				   "\"active_hours\":46} | 46\n");
}

TEST(off_hours_fixed)
{
	static const struct {
		const char *keys;
		double second;
		const char *want; /* NULL: quiet */
	} rows[] = {
		{ "hours: \"08:00-18:00\"", 8 * 3600, NULL },
		{ "hours: \"08:00-18:00\"", 8 * 3600 - 1, "Mon 07:59 UTC; allowed: 08:00-18:00 |" },
		{ "hours: \"08:00-18:00\"", 18 * 3600, "Mon 18:00 UTC" },
		{ "hours: \"08:00-18:00\"\n  days: mon-fri", 5 * 86400 + 36000,
		    "Sat 10:00 UTC; allowed: 08:00-18:00 mon-fri |" },
		{ "hours: \"08:00-18:00\"\n  days: [sat, mon-tue]", 5 * 86400 + 36000, NULL },
		{ "hours: \"22:00-06:00\"\n  days: mon", 86400 + 5 * 3600,
		    NULL }, /* Monday's night */
		{ "hours: \"22:00-06:00\"\n  days: mon", 5 * 3600, "Mon 05:00" },
		{ "hours: \"00:00-24:00\"\n  days: fri-mon", 86399, NULL },
		{ "hours: \"08:00-18:00\"\n  timezone: \"CET-1CEST,M3.5.0,M10.5.0/3\"", 7 * 3600,
		    NULL },
		{ "hours: \"08:00-18:00\"\n  timezone: \"CET-1CEST,M3.5.0,M10.5.0/3\"", 17 * 3600,
		    "Mon 18:00 CET-1CEST" },
		{ "hours: \"08:00-18:00\"\n  timezone: \"CET-1CEST,M3.5.0,M10.5.0/3\"",
		    150 * 86400.0 + 16 * 3600, "18:00 CET-1CEST" }, /* in summer */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf rules = { 0 };
		struct scene s = { 0 };
		const char *got;

		buf_printf(&rules, LOGINS RULE("type: off_hours\n  rules: [ok]\n  %s"),
		    rows[i].keys);
		login(&s, rows[i].second, "ana", "192.0.2.7", "NL");
		got = play(feed_cstr(&rules), &s);
		if ((rows[i].want == NULL) != (*got == '\0') ||
		    (rows[i].want != NULL && strstr(got, rows[i].want) == NULL))
			test_fail(TEST_AT(rows), "%s: '%s'", rows[i].keys, got);
	}
}

TEST(concurrent_addresses)
{
	static const char rules[] =
	    LOGINS RULE("type: concurrent_values\n  rules: [ok, logout]\n  group-by: [user_name]\n"
			"  timespan: 15m\n  end: logout\n  condition: {field: client_ip, gt: 1}");
	struct scene s = { 0 }, out = { 0 }, later = { 0 };

	login(&s, 0, "ana", "192.0.2.7", "NL");
	login(&s, 10, "ben", "192.0.2.8", "NL");
	login(&s, 899, "ana", "2001:db8::9", "JP");
	login(&out, 0, "ana", "192.0.2.7", "NL");
	at(&out, 10,
	    "\"event_type\":\"auth.session.closed\",\"user_name\":\"ana\","
	    "\"client_ip\":\"192.0.2.7\"");
	login(&out, 11, "ana", "2001:db8::9", "JP");
	login(&later, 0, "ana", "192.0.2.7", "NL");
	login(&later, 900, "ana", "2001:db8::9", "JP");
	CHECK_STR(play(rules, &s),
	    "X: user_name=ana: 2 client_ip at once: 192.0.2.7, 2001:db8::9 | "
	    "{\"at_once\":2,\"values\":[\"192.0.2.7\",\"2001:db8::9\"]} | 1 3\n");
	CHECK_STR(play(rules, &out), "");
	CHECK_STR(play(rules, &later), "");
}

TEST(concurrent_sessions)
{
	static const char rules[] =
	    LOGINS RULE("type: concurrent_values\n  rules: [ok]\n  group-by: [user_name]\n"
			"  timespan: 1h\n  condition: {field: session_id, gt: 3}");
	struct scene s = { 0 };

	for (unsigned i = 0; i < 12; i++)
		at(&s, i * 60,
		    "\"event_type\":\"auth.login.success\",\"user_name\":\"ana\",\"session_id\":"
		    "\"s%u\"",
		    i < 9 ? i % 3 : i);
	says(play(rules, &s), "4 session_id at once: s0, s1, s2, s9");
	CHECK_INT(n_said, 3);
}

TEST(walk_through_orders)
{
	static const char rules[] =
	    REQUESTS RULE("type: sequence_walk\n  rules: [req]\n  group-by: [client_ip]\n"
			  "  timespan: 10m\n  condition: {field: endpoint, gte: 20}");
	uint64_t rnd = random_start(test_seed());
	struct scene s = { 0 }, not = { 0 };

	for (unsigned i = 0; i < 40; i++) {
		unsigned id = i % 2 == 0 ? 1001 + i / 2 : (unsigned)random_below(&rnd, 100000);

		at(&s, i * 3,
		    "\"logsource\":{\"category\":\"webserver\"},\"method\":\"GET\","
		    "\"client_ip\":\"192.0.2.7\",\"endpoint\":\"/api/%s/%u\"",
		    i % 2 == 0 ? "orders" : "items", id);
		at(&not, i * 3,
		    "\"logsource\":{\"category\":\"webserver\"},\"method\":\"GET\","
		    "\"client_ip\":\"192.0.2.7\",\"endpoint\":\"/api/orders/%u\"",
		    (unsigned)random_below(&rnd, 500));
	}
	says(play(rules, &s), "20 endpoint in order, 1001 to 1020, in 114s | "
			      "{\"steps\":20,\"from\":1001,\"to\":1020} | 1 3 5");
	CHECK_INT(n_said, 1);
	CHECK_STR(play(rules, &not ), "");
}

#define TICK "\"event_type\":\"tocsin.tick\""
#define STARTED TICK ",\"status\":\"started\""

TEST(silent_hosts)
{
	static const char rules[] =
	    SAMPLES RULE("type: absence\n  rules: [sample]\n  group-by: [host]\n  timespan: 10m\n"
			 "  expect: [db1, db2]");
	struct scene s = { 0 };

	sample(&s, 0, "1");
	for (unsigned i = 1; i <= 30; i++)
		at(&s, i * 60, TICK);
	CHECK_STR(play(rules, &s), "X: host=db1: nothing since 2026-03-02T00:00:00Z, for 10m | "
				   "{\"silent_since\":\"2026-03-02T00:00:00Z\"} |\n"
				   "X: host=db2: nothing since 2026-03-02T00:00:00Z, for 10m | "
				   "{\"silent_since\":\"2026-03-02T00:00:00Z\"} |\n");
}

/* Once for each silence; a time in which nobody listened is none. */
TEST(silence_is_told_once)
{
	static const char rules[] =
	    SAMPLES RULE("type: absence\n  rules: [sample]\n  group-by: [host]\n  timespan: 10m");
	struct scene s = { 0 };

	sample(&s, 0, "1");
	at(&s, 7200, STARTED); /* two hours down */
	sample(&s, 7260, "1");
	for (unsigned i = 1; i <= 20; i++)
		at(&s, 7260 + i * 60, TICK);
	at(&s, 20000, STARTED);
	for (unsigned i = 1; i <= 20; i++)
		at(&s, 20000 + i * 60, TICK);
	sample(&s, 86400 * 2, "1");
	at(&s, 86400 * 2 + 1200, TICK);
	CHECK_STR(play(rules, &s), "X: host=db1: nothing since 2026-03-02T02:01:00Z, for 10m | "
				   "{\"silent_since\":\"2026-03-02T02:01:00Z\"} |\n"
				   "X: host=db1: nothing since 2026-03-04T00:00:00Z, for 10m | "
				   "{\"silent_since\":\"2026-03-04T00:00:00Z\"} |\n");
}

/* A tick is no event: rules of other kinds never see it. */
TEST(ticks_are_no_events)
{
	struct scene s = { 0 };

	at(&s, 0, TICK);
	at(&s, 60, STARTED);
	CHECK_STR(play("title: All\nname: all\nlogsource: {category: any}\n"
		       "detection: {s: {event_type|contains: t}, condition: s}\n",
		      &s),
	    "");
}
