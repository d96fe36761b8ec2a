/* SPDX-License-Identifier: Apache-2.0 */
/* geo_velocity, entity_risk and threat as rules: read, fed, saved, in any cut of the input. */
#include "feed.h"
#include "random.h"

#define LOGIN                                                                                      \
	"title: Login\nname: login\nlogsource: {category: authentication}\n"                       \
	"detection: {s: {event_type: auth.login.success}, condition: s}\n---\n"
#define TRAVEL                                                                                     \
	"title: Impossible travel\nname: travel\ncorrelation:\n  type: geo_velocity\n"             \
	"  rules: [login]\n  group-by: [user_name]\nlevel: high\n"

#define AT(time, user, ip, country, city, lat, lon, asn)                                           \
	"{\"timestamp\":\"2026-03-01T" time "Z\",\"event_type\":\"auth.login.success\","           \
	"\"user_name\":\"" user "\",\"client_ip\":\"" ip                                           \
	"\",\"geolocation\":{\"country\":\"" country "\",\"city\":\"" city "\",\"latitude\":" lat  \
	",\"longitude\":" lon ",\"accuracy_km\":20},\"asn\":" asn "}"
#define BERLIN(time, user) AT(time, user, "91.1.2.3", "DE", "Berlin", "52.52", "13.40", "3320")
#define TOKYO(time, user) AT(time, user, "126.1.2.3", "JP", "Tokyo", "35.68", "139.69", "17676")

static struct buf said;

static void
raise_all(void *ctx, const struct finding *f)
{
	(void)ctx;
	buf_printf(&said, "%s %.*s %s %u %d %.*s %.*s|", f->rule->id, STR_ARG(f->group), f->level,
	    f->confidence, (int)f->n_first, STR_ARG(f->summary), STR_ARG(f->details));
	for (size_t i = 0; i < f->n_evidence; i++)
		buf_printf(&said, " %d", (int)f->evidence[i]);
	buf_byte(&said, '\n');
}

static void
give(struct feed *f, const char *json)
{
	const struct parse_in in = { .message = str_c(json),
		.received = FEED_RECEIVED,
		.source = STR("test"),
		.trust_time = true };
	struct diag why;
	struct rec r;

	arena_reset(f->arena);
	rec_init(&r, f->arena);
	(void)!parser_parse(f->parser, &in, &r, &why);
	r.seq = ++f->seq;
	engine_feed(f->engine, &r, raise_all, f);
}

static const char *
words(void)
{
	return feed_cstr(&said);
}

TEST(travel_is_told_with_its_terms)
{
	struct feed f;

	feed_text(&f, LOGIN TRAVEL);
	CHECK_STR(feed_cstr(&f.notes), "");
	give(&f, BERLIN("10:00:00", "ann"));
	give(&f, TOKYO("10:10:00", "bob"));
	CHECK_INT(said.n, 0);
	give(&f, TOKYO("11:00:00", "ann"));
	CHECK(strstr(words(), "travel user_name=ann high 80 2 Impossible travel: user_name=ann: "
			      "Berlin, DE to Tokyo, JP in 1.0 h: 8917 km less 50 of uncertainty, "
			      "8581 km/h {\"from\":{\"time\":\"2026-03-01T10:00:00Z\",\"record\":1,"
			      "\"country\":\"DE\",\"city\":\"Berlin\"") == words());
	CHECK(strstr(words(), "| 1 3\n") != NULL);
	buf_fini(&said);
	feed_fini(&f);
}

#define RISKY                                                                                      \
	"title: Probe\nname: probe\nlevel: medium\ntags: [attack.reconnaissance]\n"                \
	"logsource: {category: webserver}\n"                                                       \
	"detection: {s: {endpoint: /.env}, condition: s}\ntocsin: {group-by: [client_ip]}\n---\n"  \
	"title: Injection\nname: sql\nlevel: high\ntags: [attack.initial-access]\n"                \
	"logsource: {category: webserver}\n"                                                       \
	"detection: {s: {endpoint: /q}, condition: s}\ntocsin: {group-by: [client_ip]}\n---\n"     \
	"title: Export\nname: export\nlevel: high\ntags: [attack.exfiltration]\n"                  \
	"logsource: {category: webserver}\n"                                                       \
	"detection: {s: {endpoint: /dump}, condition: s}\ntocsin: {group-by: [client_ip]}\n"
#define SCORE                                                                                      \
	"---\ntitle: Suspicious activity\nname: risk\ncorrelation:\n  type: entity_risk\n"         \
	"  rules: any\n  group-by: [client_ip]\n  condition: {gte: 75}\nlevel: high\n"
#define JOIN                                                                                       \
	"---\ntitle: Threat\nname: threat\ncorrelation:\n  type: threat\n  rules: any\n"           \
	"  group-by: [client_ip]\n  timespan: 1h\n  condition: {gte: 3}\nlevel: medium\n"

#define WEB(time, ip, path)                                                                        \
	"{\"timestamp\":\"2026-03-01T" time "Z\",\"event_type\":\"http.request\","                 \
	"\"category\":\"web\",\"logsource\":{\"category\":\"webserver\"},\"client_ip\":\"" ip      \
	"\",\"endpoint\":\"" path "\"}"

TEST(an_entity_adds_up)
{
	struct feed f;

	feed_text(&f, RISKY SCORE);
	CHECK_STR(feed_cstr(&f.notes), "");
	give(&f, WEB("10:00:00", "203.0.113.7", "/.env"));
	give(&f, WEB("10:00:01", "203.0.113.7", "/q"));
	give(&f, WEB("10:00:02", "203.0.113.8", "/dump"));
	CHECK(strstr(words(), "risk ") == NULL);
	give(&f, WEB("10:00:03", "203.0.113.7", "/dump"));
	give(&f, WEB("10:00:04", "203.0.113.7", "/q"));
	give(&f, WEB("10:00:05", "203.0.113.7", "/dump"));
	CHECK(strstr(words(), "risk ") == NULL);
	give(&f, WEB("10:00:06", "203.0.113.7", "/dump"));
	give(&f, WEB("10:00:07", "203.0.113.7", "/q"));
	CHECK(strstr(words(), "risk client_ip=203.0.113.7 high ") != NULL);
	CHECK(strstr(words(), "of 100 from 3 rules: ") != NULL);
	CHECK(strstr(words(), "risk client_ip=203.0.113.8") == NULL);
	buf_fini(&said);
	feed_fini(&f);
}

TEST(detections_join_to_a_threat)
{
	struct feed f;

	feed_text(&f, RISKY JOIN);
	CHECK_STR(feed_cstr(&f.notes), "");
	give(&f, WEB("10:00:00", "203.0.113.7", "/.env"));
	give(&f, WEB("10:10:00", "203.0.113.7", "/q"));
	give(&f, WEB("10:20:00", "203.0.113.7", "/q"));
	CHECK(strstr(words(), "threat ") == NULL);
	give(&f, WEB("10:30:00", "203.0.113.7", "/dump"));
	CHECK(strstr(words(), "threat client_ip=203.0.113.7 critical ") != NULL);
	CHECK(strstr(words(),
		  "Threat: client_ip=203.0.113.7: 3 rules in the order of an attack: "
		  "reconnaissance, initial-access, exfiltration {\"rules\":3,") != NULL);
	CHECK(strstr(words(), "| 1 2 3 4\n") != NULL);
	buf_fini(&said);
	feed_fini(&f);
}

static const char *const wrong[][2] = {
	{ "geo_velocity\n  rules: [login]\n  group-by: [user_name]\n  condition: {lt: 5}", "km/h" },
	{ "geo_velocity\n  rules: [login]\n  group-by: [user_name]\n  clock_error: 2h", "an hour" },
	{ "geo_velocity\n  rules: [login]", "group-by" },
	{ "entity_risk\n  rules: any\n  group-by: [client_ip]\n  condition: {gte: 100}",
	    "0 to 100" },
	{ "entity_risk\n  rules: any\n  group-by: [client_ip]\n  half_life: 1s", "half_life" },
	{ "threat\n  rules: any\n  group-by: [client_ip]\n  timespan: 1h\n  count: words",
	    "rules or tactics" },
	{ "threat\n  rules: any\n  group-by: [client_ip]\n  timespan: 1h\n  condition: {gte: 99}",
	    "told" },
	{ "threat\n  rules: any\n  group-by: [client_ip]", "timespan" },
};

TEST(mistakes_are_told)
{
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		auto_buf struct buf text = { 0 };
		struct feed f;

		buf_printf(&text, LOGIN "title: X\nname: x\ncorrelation:\n  type: %s\nlevel: low\n",
		    wrong[i][0]);
		feed_text(&f, feed_cstr(&text));
		fprintf(stderr, "%s\n%s", wrong[i][0], feed_cstr(&f.notes));
		CHECK_INT(f.errors, 1);
		CHECK(strstr(feed_cstr(&f.notes), wrong[i][1]) != NULL);
		feed_fini(&f);
	}
}

/* Random input; saved and loaded after any record the findings go on as if nothing had been. */
TEST(saved_anywhere_nothing_changes)
{
	static const char *const paths[] = { "/.env", "/q", "/dump", "/" };
	uint64_t s = random_start(test_seed());
	struct feed f, g;
	auto_buf struct buf state = { 0 }, again = { 0 }, line = { 0 };

	feed_text(&f, RISKY SCORE JOIN "---\n" LOGIN TRAVEL);
	feed_text(&g, RISKY SCORE JOIN "---\n" LOGIN TRAVEL);
	for (unsigned i = 0; i < test_rounds(300); i++) {
		auto_buf struct buf want = { 0 };
		unsigned t = 36000 + i * 20 - (unsigned)random_below(&s, 25);
		char time[16], ip[8];
		struct diag why = { 0 };

		(void)snprintf(time, sizeof(time), "%02u:%02u:%02u", t / 3600 % 24, t / 60 % 60,
		    t % 60);
		(void)snprintf(ip, sizeof(ip), "%u", (unsigned)random_below(&s, 3));
		buf_reset(&line);
		if (random_below(&s, 3) == 0)
			buf_printf(&line,
			    "{\"timestamp\":\"2026-03-01T%sZ\",\"event_type\":"
			    "\"auth.login.success\",\"user_name\":\"u%s\",\"client_ip\":\"9.%u.1."
			    "1\","
			    "\"geolocation\":{\"country\":\"%s\"},\"asn\":%u}",
			    time, ip, (unsigned)random_below(&s, 5),
			    random_below(&s, 2) == 0 ? "JP" : "DE", (unsigned)random_below(&s, 9));
		else
			buf_printf(&line,
			    "{\"timestamp\":\"2026-03-01T%sZ\",\"event_type\":\"http.request\","
			    "\"logsource\":{\"category\":\"webserver\"},\"client_ip\":"
			    "\"203.0.113.%s\",\"endpoint\":\"%s\"}",
			    time, ip, paths[random_below(&s, 4)]);
		buf_reset(&state);
		engine_save(f.engine, &state);
		CHECK_OK(engine_load(g.engine, buf_view(&state), &why), why);
		buf_reset(&again);
		engine_save(g.engine, &again);
		CHECK_BYTES(again.p, again.n, state.p, state.n);
		buf_reset(&said);
		give(&f, feed_cstr(&line));
		buf_str(&want, buf_view(&said));
		buf_reset(&said);
		g.seq = f.seq - 1;
		give(&g, feed_cstr(&line));
		CHECK_BYTES(said.p, said.n, want.p, want.n);
	}
	buf_fini(&said);
	feed_fini(&f);
	feed_fini(&g);
}

static const struct {
	const char *own, *note; /* NULL: good */
	unsigned confidence;
} owns[] = {
	{ "action: BLOCK_IP", NULL, 0 },
	{ "action: BLOK_IP", "the nearest is BLOCK_IP", 0 },
	{ "action: LOCK_ACCOUNTS", "the nearest is LOCK_ACCOUNT", 0 },
	{ "action: [NOTIFY]", "action is one of BLOCK_IP ", 0 },
	{ "confidence: 85", NULL, 85 },
	{ "confidence: 101", "1 to 100", 0 },
	{ "confidence: 0", "1 to 100", 0 },
	{ "confidence: much", "1 to 100", 0 },
};

TEST(what_a_rule_says_should_be_done)
{
	for (size_t i = 0; i < ARRAY_LEN(owns); i++) {
		auto_buf struct buf text = { 0 };
		struct feed f;

		buf_printf(&text,
		    "title: X\nname: x\nlevel: low\nlogsource: {category: webserver}\n"
		    "detection: {s: {endpoint: /q}, condition: s}\ntocsin:\n  %s\n",
		    owns[i].own);
		feed_text(&f, feed_cstr(&text));
		fprintf(stderr, "%s\n%s", owns[i].own, feed_cstr(&f.notes));
		CHECK_INT(f.errors, owns[i].note != NULL);
		if (owns[i].note != NULL)
			CHECK(strstr(feed_cstr(&f.notes), owns[i].note) != NULL);
		else
			CHECK_INT(ruleset_at(f.rules, 0)->confidence, owns[i].confidence);
		feed_fini(&f);
	}
}
