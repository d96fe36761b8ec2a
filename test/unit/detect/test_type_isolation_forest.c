/* isolation_forest: features as counted by hand, what fires and what it says, restarts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/feature.h"

#include "feed.h"
#include "random.h"

#define MINUTE (60 * CLOCK_S)
#define HOUR (60 * MINUTE)
#define START ((int64_t)1767571200 * CLOCK_S) /* 2026-01-05 00:00 UTC */
#define CLIENTS 30

#define RULE(rest)                                                                                 \
	"title: use\nname: use\nlogsource: {product: application}\n"                               \
	"detection: {a: {event_type: api.request}, condition: a}\n---\n"                           \
	"title: failed\nname: failed\nlogsource: {product: application}\n"                         \
	"detection: {a: {event_type: api.request, status_code: 500}, condition: a}\n---\n"         \
	"title: odd\ncorrelation:\n  type: isolation_forest\n  rules: [use, failed]\n"             \
	"  group-by: [client_ip]\n" rest
#define FEATURES                                                                                   \
	"  features: [requests, distinct endpoint, mean duration_ms, max duration_ms,\n"           \
	"    sum bytes_in, share failed, distance]\n"
#define QUICK "  interval: 1m\n  train: 8h\n  retrain: 1h\n  learn: 400\n"

static uint64_t state;

struct seen {
	struct buf text; /* group | summary | details, a line each; of `use` and `failed` nothing */
	uint64_t n;
};

static void
see(void *ctx, const struct finding *x)
{
	struct seen *s = ctx;

	if (strcmp(x->rule->title, "odd") != 0)
		return;
	s->n++;
	buf_printf(&s->text, "%.*s | %.*s | %.*s\n", STR_ARG(x->group), STR_ARG(x->summary),
	    STR_ARG(x->details));
	CHECK(x->n_evidence > 0);
	CHECK(x->first % MINUTE == 0 && x->last == x->first + MINUTE);
}

struct request {
	int64_t t;
	int client, endpoint, status;
	double ms, lat, lon;
	int bytes;
};

static void
request(struct feed *f, struct seen *s, const struct request *q)
{
	char line[500], when[40];
	struct parse_in in = { .received = q->t, .source = STR("test"), .trust_time = true };
	struct diag why;
	struct rec r;

	(void)snprintf(line, sizeof(line),
	    "{\"timestamp\":\"%s\",\"event_type\":\"api.request\",\"client_ip\":\"192.0.2.%d\","
	    "\"endpoint\":\"/e/%d\",\"status_code\":%d,\"duration_ms\":%g,\"bytes_in\":%d,"
	    "\"geolocation\":{\"latitude\":%g,\"longitude\":%g,\"city\":\"X\"}}",
	    clock_text(q->t, when), q->client, q->endpoint, q->status, q->ms, q->bytes, q->lat,
	    q->lon);
	in.message = str_c(line);
	arena_reset(f->arena);
	rec_init(&r, f->arena);
	(void)!parser_parse(f->parser, &in, &r, &why);
	r.seq = ++f->seq;
	engine_feed(f->engine, &r, see, s);
}

/* A usual minute of all clients, their requests in turn. */
static void
minute(struct feed *f, struct seen *s, int64_t t)
{
	for (int i = 0; i < 4 * CLIENTS; i++) {
		struct request q = { t + i * MINUTE / (4 * CLIENTS), i % CLIENTS,
			(int)random_below(&state, 5), random_below(&state, 30) == 0 ? 500 : 200,
			50 + (double)random_below(&state, 60), 52, 13,
			1000 + (int)random_below(&state, 3000) };

		if (random_below(&state, 4) > 0)
			request(f, s, &q);
	}
}

static void
finish(struct feed *f, struct seen *s)
{
	buf_fini(&s->text);
	feed_fini(f);
}

/* 40 requests of one client within a minute: other places, other endpoints, all fail. */
static void
attack(struct feed *f, struct seen *s, int64_t t)
{
	for (int i = 0; i < 40; i++) {
		const struct request q = { t + i * CLOCK_S, 7, i < 30 ? i + 100 : 100,
			i < 30 ? 500 : 200, 2, 35.7, 139.7, 100000 };

		request(f, s, &q);
	}
}

TEST(what_is_unlike_the_others_fires_with_what_stood_out)
{
	struct seen s = { 0 };
	struct feed f;
	int64_t t = START;
	uint64_t before;

	state = random_start(1);
	feed_text(&f, RULE(FEATURES QUICK "  condition: {gt: 0.6}\n"));
	CHECK_STR(feed_cstr(&f.notes), "");
	for (; t < START + 2 * HOUR; t += MINUTE)
		minute(&f, &s, t);
	before = s.n;
	CHECK(before < 2 * 60 * CLIENTS / 100);
	buf_reset(&s.text);
	attack(&f, &s, t);
	CHECK_INT(s.n, before);
	minute(&f, &s, t + MINUTE); /* 30 s of it and the attack's minute is over */
	CHECK(s.n > before);
	CHECK(strstr(feed_cstr(&s.text),
		  "client_ip=192.0.2.7 | odd: client_ip=192.0.2.7: score 0.") != NULL);
	CHECK(strstr(s.text.p, "\"requests\":{\"value\":40,") != NULL);
	CHECK(strstr(s.text.p, "\"distinct endpoint\":{\"value\":30,") != NULL);
	CHECK(strstr(s.text.p, "\"mean duration_ms\":{\"value\":2,") != NULL);
	CHECK(strstr(s.text.p, "\"max duration_ms\":{\"value\":2,") != NULL);
	CHECK(strstr(s.text.p, "\"sum bytes_in\":{\"value\":4000000,") != NULL);
	CHECK(strstr(s.text.p, "\"share failed\":{\"value\":0.75,") != NULL);
	/* Berlin's surroundings to Tokyo's, 8,900 km, less the city's 25. */
	CHECK(strstr(s.text.p, "\"distance\":{\"value\":8") != NULL);
	fprintf(stderr, "%s", s.text.p);
	finish(&f, &s);
}

TEST(restarts_change_nothing)
{
	struct buf want = { 0 };

	for (int restart = 0; restart < 2; restart++) {
		struct seen s = { 0 };
		struct feed f;

		state = random_start(7);
		feed_text(&f, RULE(FEATURES QUICK "  contamination: 2%\n"));
		for (int64_t t = START; t < START + 75 * MINUTE; t += MINUTE) {
			struct buf saved = { 0 }, again = { 0 };
			struct diag why = { 0 };

			minute(&f, &s, t);
			if (restart == 0 || (t / MINUTE) % 5 != 0)
				continue;
			engine_save(f.engine, &saved);
			engine_free(f.engine);
			feed_engine(&f, 100000, 30 * CLOCK_S);
			CHECK_OK(engine_load(f.engine, buf_view(&saved), &why), why);
			engine_save(f.engine, &again);
			CHECK_BYTES(again.p, again.n, saved.p, saved.n);
			buf_fini(&saved);
			buf_fini(&again);
		}
		CHECK(s.n > 3);
		if (restart == 0)
			buf_str(&want, buf_view(&s.text));
		else
			CHECK_BYTES(s.text.p, s.text.n, want.p, want.n);
		finish(&f, &s);
	}
	buf_fini(&want);
}

static void
refuses(const char *rule, const char *why)
{
	struct feed f;

	feed_text(&f, rule);
	CHECK_INT(f.errors, 1);
	if (strstr(feed_cstr(&f.notes), why) == NULL)
		CHECK_STR(feed_cstr(&f.notes), why);
	feed_fini(&f);
}

TEST(says_what_is_wrong_with_a_rule)
{
	refuses(RULE(""), "features is a list of 1 to 16 features");
	refuses(RULE("  features: []\n"), "features is a list of 1 to 16 features");
	refuses(RULE("  features: [requests, average duration_ms]\n"), "a feature is requests, ");
	refuses(RULE("  features: [mean]\n"), "a feature is requests, ");
	refuses(RULE("  features: [requests client_ip]\n"), "a feature is requests, ");
	refuses(RULE("  features: [share nobody]\n"), "one of the rules that 'rules' names");
	refuses(RULE("  features: [requests, requests]\n"), "is there already");
	refuses(RULE("  features: [requests]\n  condition: {lt: 0.5}\n"), "gt or gte");
	refuses(RULE("  features: [requests]\n  train: 5m\n"), "at least 8 intervals");
	refuses(RULE("  features: [requests]\n  contamination: 50%\n"),
	    "contamination is a number");
	refuses(RULE("  features: [requests]\n  learn: 5\n"), "learn is a number");
}
