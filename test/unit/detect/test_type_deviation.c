/* deviation: what fires and what does not, against a plain evaluator; silence, states. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "detect/baseline.h"
#include "feed.h"
#include "random.h"

#define MINUTE (60 * CLOCK_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define FIVE (5 * MINUTE)
#define START ((int64_t)1767571200 * CLOCK_S) /* 2026-01-05 00:00 UTC, a Monday */

#define RULE(rest)                                                                                 \
	"title: use\nname: use\nlogsource: {product: application}\n"                               \
	"detection: {a: {event_type: api.request}, condition: a}\n"                                \
	"---\ntitle: odd\ncorrelation:\n  type: deviation\n  rules: [use]\n"                       \
	"  group-by: [api_key]\n" rest "tocsin: {suppress: 5m}\n"

static uint64_t state;

static void
send_one(struct feed *f, int64_t t, const char *key, double ms)
{
	char line[300], when[40];

	(void)snprintf(line, sizeof(line),
	    "{\"timestamp\":\"%s\",\"event_type\":\"api.request\",\"api_key\":\"%s\","
	    "\"duration_ms\":%g}",
	    clock_text(t, when), key, ms);
	feed_line(f, str_c(line));
}

/* n requests spread over the 5 minutes that begin at t. */
static void
send(struct feed *f, int64_t t, const char *key, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		send_one(f, t + (int64_t)i * FIVE / n, key, 10);
}

TEST(a_key_that_is_used_much_more_than_usual_fires_at_the_event_that_is_too_much)
{
	struct feed f;
	int64_t t = START;

	feed_text(&f, RULE("  interval: 5m\n  learn: 10\n"));
	CHECK_STR(feed_cstr(&f.notes), "");
	for (int i = 0; i < 12; i++, t += FIVE)
		for (int k = 0; k < 9; k++) {
			send_one(&f, t + k * 30 * CLOCK_S, "k1", 10);
			for (int j = 0; j < 5; j++)
				send_one(&f, t + k * 30 * CLOCK_S, "k2", 10);
		}
	CHECK_INT(f.n, 0);
	/* 9 +- 3 (1 + 1/12)^1/2: more than 18.37 */
	send(&f, t, "k1", 18);
	CHECK_INT(f.n, 0);
	send_one(&f, t + FIVE - 1, "k1", 10);
	CHECK_INT(f.n, 1);
	CHECK(strstr(feed_cstr(&f.findings), "odd | api_key=k1 | 19 1 | seq ") != NULL);
	send_one(&f, t + FIVE - 1, "k1", 10);
	CHECK_INT(f.n, 2);
	feed_fini(&f);
}

TEST(nobody_is_judged_while_he_is_new)
{
	struct feed f;

	feed_text(&f, RULE("  learn: 10\n"));
	for (int i = 0; i < 9; i++)
		send(&f, START + i * FIVE, "k1", 5);
	send(&f, START + 9 * FIVE, "k1", 500);
	CHECK_INT(f.n, 0);
	feed_fini(&f);
}

TEST(what_fires_is_not_learnt_until_it_has_lasted_as_long_as_is_remembered)
{
	struct feed f;
	int64_t t = START, begin;

	feed_text(&f, RULE("  learn: 10\n  timespan: 6h\n"));
	for (int i = 0; i < 36; i++, t += FIVE)
		send(&f, t, "k1", 10);
	begin = t;
	for (; t < begin + 6 * HOUR; t += FIVE) {
		uint64_t n = f.n;

		send(&f, t, "k1", 40);
		CHECK(f.n > n);
	}
	for (; t < begin + 8 * HOUR; t += FIVE)
		send(&f, t, "k1", 40);
	begin = (int64_t)f.n;
	for (int i = 0; i < 5; i++, t += FIVE)
		send(&f, t, "k1", 41);
	CHECK_INT(f.n, begin);
	send(&f, t, "k1", 80);
	CHECK((int64_t)f.n > begin);
	feed_fini(&f);
}

TEST(a_sum_deviates_too)
{
	struct feed f;
	int64_t t = START;

	feed_text(&f,
	    RULE("  learn: 10\n  measure: sum\n  condition: {field: duration_ms, gt: 4}\n"));
	CHECK_INT(f.errors, 0);
	for (int i = 0; i < 20; i++, t += FIVE)
		send_one(&f, t, "k1", 1000);
	send_one(&f, t, "k1", 1400); /* the deviation is at least a tenth: 1000 +- 102 */
	CHECK_INT(f.n, 0);
	send_one(&f, t + 1, "k1", 20);
	CHECK_INT(f.n, 1);
	feed_fini(&f);
}

TEST(little_and_silence_fire_when_their_interval_is_over)
{
	struct feed f;
	int64_t t = START;

	feed_text(&f, RULE("  learn: 10\n  side: below\n"));
	for (int i = 0; i < 200; i++, t += FIVE)
		send(&f, t, "k1", 50);
	send(&f, t, "k1", 200); /* much is no matter */
	t += FIVE;
	send(&f, t, "k1", 2);
	send_one(&f, t + FIVE + 29 * CLOCK_S, "other", 1);
	CHECK_INT(f.n, 0);
	send_one(&f, t + FIVE + 30 * CLOCK_S, "other", 1);
	CHECK_INT(f.n, 1);
	CHECK(strstr(feed_cstr(&f.findings), "odd | api_key=k1 | 2 1 | seq ") != NULL);
	/* A silence fires once. */
	send_one(&f, t + 2 * FIVE + 30 * CLOCK_S, "other", 1);
	CHECK_INT(f.n, 2);
	send_one(&f, t + 20 * FIVE, "other", 1);
	CHECK_INT(f.n, 2);
	feed_fini(&f);
}

TEST(minimum_keeps_small_numbers_quiet)
{
	struct feed f;
	int64_t t = START;

	feed_text(&f, RULE("  learn: 10\n  minimum: 30\n"));
	for (int i = 0; i < 12; i++, t += FIVE)
		send(&f, t, "k1", 1);
	send(&f, t, "k1", 29);
	CHECK_INT(f.n, 0);
	send_one(&f, t + FIVE - 1, "k1", 1);
	CHECK_INT(f.n, 1);
	feed_fini(&f);
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
	refuses(RULE("  measure: mean\n"), "measure is count or sum");
	refuses(RULE("  measure: sum\n"), "measure: sum needs condition.field");
	refuses(RULE("  condition: {field: duration_ms, gt: 3}\n"), "needs measure: sum");
	refuses(RULE("  condition: {lt: 3}\n"), "gt or gte");
	refuses(RULE("  side: left\n"), "side is above, below or both");
	refuses(RULE("  learn: 2\n"), "learn is a number from 5");
	refuses(RULE("  timespan: 30m\n"), "at least 'learn' times 'interval'");
	refuses(RULE("  seasonal: year\n"), "seasonal is none, day or week");
}

/* ---- against a plain evaluator ---- */

#define KEYS 4
#define INTERVALS 60
#define EVENTS_MAX (KEYS * INTERVALS * 60)

struct sent {
	int64_t t, arrives;
	int key;
};

static struct sent sent[EVENTS_MAX];
static size_t n_sent;

static void
make_events(void)
{
	n_sent = 0;
	for (int key = 0; key < KEYS; key++)
		for (int i = 0; i < INTERVALS; i++) {
			size_t n = random_below(&state, 8) == 0 ? random_below(&state, 50)
								: 4 + random_below(&state, 8);

			for (size_t k = 0; k < n; k++) {
				int64_t t =
				    START + i * FIVE + (int64_t)random_below(&state, (size_t)FIVE);

				/* Late by up to 25 s. */
				sent[n_sent++] = (struct sent){ t,
					t + (int64_t)random_below(&state, 25) * CLOCK_S, key };
			}
		}
}

static int
by_arrival(const void *a, const void *b)
{
	const struct sent *x = a, *y = b;

	return (x->arrives > y->arrives) - (x->arrives < y->arrives);
}

/* Which intervals of which keys fire: each counted, then judged by those before it. */
static void
plain(bool fires[KEYS][INTERVALS])
{
	static const struct baseline_shape shape = {
		.memory = DAY, .learn = 10, .bound = 5, .drift = 0.02, .floor = 0.1, .counts = true
	};

	for (int key = 0; key < KEYS; key++) {
		struct baseline b = { 0 };

		for (int i = 0; i < INTERVALS; i++) {
			const int64_t begin = START + i * FIVE;
			struct baseline_view v = baseline_at(&b, &shape, begin);
			unsigned n = 0;

			for (size_t k = 0; k < n_sent; k++)
				n += sent[k].key == key && sent[k].t >= begin &&
				     sent[k].t < begin + FIVE;
			fires[key][i] = v.learnt && n > v.mean + 3 * v.deviation;
			if (n > 0) /* of a new key all is learnt */
				baseline_add(&b, &shape, begin, n);
		}
	}
}

static void
restart(struct feed *f)
{
	struct buf saved = { 0 }, again = { 0 };
	struct diag why = { 0 };

	engine_save(f->engine, &saved);
	engine_free(f->engine);
	feed_engine(f, 100000, 30 * CLOCK_S);
	CHECK_OK(engine_load(f->engine, buf_view(&saved), &why), why);
	engine_save(f->engine, &again);
	CHECK_BYTES(again.p, again.n, saved.p, saved.n);
	buf_fini(&saved);
	buf_fini(&again);
}

/* The intervals of the events that fired. */
static unsigned
collect(const struct feed *f, bool got[KEYS][INTERVALS])
{
	struct str all = buf_view(&f->findings), line;
	unsigned n = 0;

	while (str_line(&all, &line)) {
		const char *seq = memmem(line.p, line.n, "seq ", 4);
		const struct sent *x;

		CHECK(seq != NULL);
		x = &sent[strtoul(seq + 4, NULL, 10) - 1];
		n += !got[x->key][(x->t - START) / FIVE];
		got[x->key][(x->t - START) / FIVE] = true;
	}
	return n;
}

TEST(is_what_a_plain_evaluator_says_also_of_late_events_and_after_restarts)
{
	state = random_start(test_seed());
	for (unsigned round = 0; round < test_rounds(4); round++) {
		bool want[KEYS][INTERVALS], got[KEYS][INTERVALS] = { 0 };
		struct feed f;

		make_events();
		plain(want);
		qsort(sent, n_sent, sizeof(*sent), by_arrival);
		feed_text(&f, RULE("  timespan: 1d\n  learn: 10\n"));
		for (size_t i = 0; i < n_sent; i++) {
			char key[8];

			(void)snprintf(key, sizeof(key), "k%d", sent[i].key);
			send_one(&f, sent[i].t, key, 1);
			if (i % 500 == 499)
				restart(&f);
		}
		CHECK(collect(&f, got) > 3);
		for (int key = 0; key < KEYS; key++)
			for (int i = 0; i < INTERVALS; i++)
				if (got[key][i] != want[key][i])
					test_fail(TEST_AT(fires), "k%d, interval %d: %d", key, i,
					    got[key][i]);
		feed_fini(&f);
	}
}
