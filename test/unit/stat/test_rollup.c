/* Figures against a plain count; a restart anywhere; bounds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/rollup.h"

#include "base/clock.h"
#include "base/map.h"
#include "random.h"
#include "test.h"

#define T0 ((int64_t)1772323200) /* a whole day, hour and step */

static struct rec rec;
static struct arena *arena;

/* An event `at` seconds, received at the same time. */
static struct rec *
event(uint64_t seq, int64_t at, const char *type)
{
	if (arena == NULL)
		arena = arena_new((size_t)1 << 20);
	arena_reset(arena);
	rec_init(&rec, arena);
	rec.seq = seq;
	rec_set_int(&rec, F_TIMESTAMP, at * CLOCK_S);
	rec_set_int(&rec, F_RECEIVED, at * CLOCK_S);
	rec_set_str(&rec, F_EVENT_TYPE, str_c(type));
	return &rec;
}

static void
login(struct rollup *r, uint64_t seq, int64_t at, const char *ip, const char *country, bool good)
{
	struct rec *e = event(seq, at, good ? "auth.login.success" : "auth.login.failed");

	rec_set_str(e, F_CLIENT_IP, str_c(ip));
	rec_set_str(e, F_GEO_COUNTRY, str_c(country));
	rec_set_int(e, F_RISK_SCORE, good ? 1 : 3);
	rollup_add(r, e);
}

static void
request(struct rollup *r, uint64_t seq, int64_t at, const char *path, int status)
{
	struct rec *e = event(seq, at, "http.request");

	rec_set_str(e, F_ENDPOINT, str_c(path));
	rec_set_int(e, F_STATUS_CODE, status);
	rollup_add(r, e);
}

TEST(steps_of_five_minutes)
{
	struct rollup *r = rollup_new();
	struct rollup_point p[4];

	login(r, 1, T0 + 299, "203.0.113.1", "NL", false);
	login(r, 2, T0 + 300, "203.0.113.1", "NL", true);
	login(r, 3, T0 + 599, "203.0.113.1", "NL", false);
	rec_set_int(event(4, T0 + 600, "auth.login.failed"), F_RECORD_COUNT, 5);
	rollup_add(r, &rec);
	rollup_add(r, event(5, T0 + 700, "auth.logout"));
	rollup_points(r, T0 + 10, 4, p);
	CHECK_INT(p[0].events, 1);
	CHECK_INT(p[0].failure, 1);
	CHECK_INT(p[1].events, 2);
	CHECK_INT(p[1].success, 1);
	CHECK_INT(p[1].failure, 1);
	CHECK_INT(p[2].events, 2);
	CHECK_INT(p[2].failure, 5);
	CHECK_INT(p[3].events, 0);
	rollup_free(r);
}

TEST(a_number_counts_once)
{
	struct rollup *r = rollup_new();
	struct rollup_totals t;

	login(r, 7, T0, "203.0.113.1", "NL", false);
	login(r, 7, T0, "203.0.113.1", "NL", false);
	login(r, 3, T0, "203.0.113.1", "NL", false);
	rollup_passed(r, 9);
	rollup_passed(r, 2);
	login(r, 9, T0, "203.0.113.1", "NL", false);
	rollup_totals(r, &t);
	CHECK_INT(t.records, 1);
	CHECK_INT(t.through, 9);
	CHECK_INT(t.began, 7);
	CHECK_INT(t.began_at, T0);
	rollup_free(r);
}

TEST(times_outside_the_window_are_counted_as_such)
{
	struct rollup *r = rollup_new();
	struct rollup_totals t;
	struct rollup_point p;
	static const int64_t good[] = { T0, T0 - 31 * 86400 + 300, T0 + 86400 };
	static const int64_t bad[] = { T0 - 31 * 86400 + 86400 - 1, 0, -1, 3599, T0 + 2 * 86400 + 1,
		INT64_MAX / CLOCK_S, INT64_MIN / CLOCK_S, T0 - 400 * 86400 };
	uint64_t seq = 1;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		rec_set_int(event(seq++, good[i], "log"), F_RECEIVED, T0 * CLOCK_S);
		rollup_add(r, &rec);
		rollup_points(r, good[i], 1, &p);
		CHECK_INT(p.events, 1);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		rec_set_int(event(seq++, bad[i], "log"), F_RECEIVED, (T0 + 86400) * CLOCK_S);
		rollup_add(r, &rec);
		rollup_totals(r, &t);
		CHECK_INT(t.outside, i + 1);
	}
	CHECK_INT(t.records, seq - 1);
	rollup_free(r);
}

/* What was a month ago is gone, and its place is used again. */
TEST(the_window_moves_on)
{
	struct rollup *r = rollup_new();
	struct rollup_point p[2];
	struct rollup_entry e[4];

	request(r, 1, T0, "/old", 200);
	request(r, 2, T0 + 31 * 86400 - 300, "/middle", 200);
	rollup_points(r, T0, 1, p);
	CHECK_INT(p[0].events, 1);
	CHECK_INT(rollup_endpoints(r, T0, T0 + 3600, e, 4), 1);
	request(r, 3, T0 + 31 * 86400, "/new", 500);
	rollup_points(r, T0, 1, p);
	CHECK_INT(p[0].events, 0);
	CHECK_INT(rollup_endpoints(r, T0, T0 + 3600, e, 4), 0);
	rollup_points(r, T0 + 31 * 86400 - 300, 2, p);
	CHECK_INT(p[0].events, 1);
	CHECK_INT(p[1].events, 1);
	CHECK_INT(rollup_endpoints(r, T0, T0 + 40 * 86400, e, 4), 2);
	rollup_free(r);
}

TEST(endpoints_with_errors)
{
	struct rollup *r = rollup_new();
	struct rollup_cell row[3];
	struct rollup_entry e[2];

	for (unsigned i = 0; i < 10; i++)
		request(r, 1 + i, T0 + i * 600, i < 7 ? "/orders/17" : "/login",
		    i % 2 == 0 ? 200 : 404);
	CHECK_INT(rollup_endpoints(r, T0, T0 + 7200, e, 2), 2);
	CHECK_STR(e[0].key, "/orders/{id}");
	CHECK_INT(e[0].n, 7);
	CHECK_INT(e[0].bad, 3);
	CHECK_STR(e[1].key, "/login");
	CHECK_INT(e[1].n, 3);
	CHECK_INT(rollup_endpoints(r, T0, T0 + 7200, e, 1), 1);
	CHECK_INT(rollup_endpoints(r, T0 + 3600, T0 + 3601, e, 2), 2);
	CHECK_INT(e[1].n, 1);
	rollup_row(r, "/orders/{id}", T0 + 1, 1, 3, row);
	CHECK_INT(row[0].n, 6);
	CHECK_INT(row[0].errors, 3);
	CHECK_INT(row[1].n, 1);
	CHECK_INT(row[2].n, 0);
	rollup_row(r, "/orders/{id}", T0, 24, 1, row);
	CHECK_INT(row[0].n, 7);
	rollup_free(r);
}

TEST(addresses_and_countries)
{
	struct rollup *r = rollup_new();
	struct rollup_entry e[9];

	login(r, 1, T0, "203.0.113.1", "NL", true); /* no risk: no place */
	login(r, 2, T0, "203.0.113.2", "BR", false);
	login(r, 3, T0, "203.0.113.2", "BR", true);
	login(r, 4, T0, "203.0.113.3", "", false);
	login(r, 5, T0, "203.0.113.3", "nl", false);
	rec_set_str(event(6, T0, "attack.sql_injection"), F_CLIENT_IP, STR("2001:db8::1"));
	rec_set_int(&rec, F_RISK_SCORE, 99);
	rollup_add(r, &rec);
	CHECK_INT(rollup_addresses(r, T0, T0 + 1, e, 9), 3);
	CHECK_STR(e[0].key, "2001:db8::1");
	CHECK_INT(e[0].risk, 10);
	CHECK_STR(e[1].key, "203.0.113.3");
	CHECK_INT(e[1].bad, 2);
	CHECK_STR(e[2].key, "203.0.113.2");
	CHECK_STR(e[2].country, "BR");
	CHECK_INT(e[2].n, 2);
	CHECK_INT(e[2].bad, 1);
	CHECK_INT(rollup_countries(r, T0, T0 + 1, e, 9), 1);
	CHECK_STR(e[0].key, "BR");
	CHECK_INT(e[0].n, 1);
	rollup_free(r);
}

/* Somebody makes up countries, endpoints and addresses without end. */
TEST(nothing_grows_past_its_bound)
{
	struct rollup *r = rollup_new();
	auto_buf struct buf state = { 0 };
	static struct rollup_entry e[1000];

	buf_init(&state, ROLLUP_STATE_MAX);
	for (unsigned i = 0; i < 200000; i++) {
		char ip[40], country[3] = { (char)('A' + i % 26), (char)('A' + i / 26 % 26), '\0' };

		(void)snprintf(ip, sizeof(ip), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		login(r, 2 * i + 1, T0 + i * 13, ip, country, false);
		request(r, 2 * i + 2, T0 + i * 13, ip, 200);
	}
	rollup_save(r, &state);
	CHECK(!buf_overflow(&state));
	CHECK(state.n < (size_t)6 << 20);
	CHECK(rollup_countries(r, T0, T0 + 31 * 86400, e, 1000) <= 255);
	rollup_free(r);
}

TEST(the_demonstration_is_apart)
{
	struct rollup *r = rollup_new();
	struct rollup_totals t;
	struct rollup_point p;

	login(r, 1, T0, "203.0.113.1", "NL", false);
	for (uint64_t seq = 2; seq < 6; seq++) {
		rec_set_str(event(seq, T0, "auth.login.failed"), F_SOURCE, STR("demo"));
		rollup_add(r, &rec);
	}
	rollup_points(r, T0, 1, &p);
	CHECK_INT(p.failure, 5);
	rollup_totals(r, &t);
	CHECK_INT(t.records, 1);
	CHECK_INT(t.demo, 4);
	CHECK_INT(t.demo_first, 2);
	CHECK_INT(t.demo_last, 5);
	rollup_erase_demo(r, 7);
	rec_set_str(event(7, T0, "auth.login.failed"), F_SOURCE, STR("demo"));
	rollup_add(r, &rec);
	rollup_points(r, T0, 1, &p);
	CHECK_INT(p.failure, 1);
	rec_set_str(event(8, T0, "auth.login.failed"), F_SOURCE, STR("demo"));
	rollup_add(r, &rec);
	rollup_erase_demo(r, 7); /* again: nothing more */
	rollup_points(r, T0, 1, &p);
	CHECK_INT(p.failure, 2);
	rollup_free(r);
}

/* A record that is a function of seed and number. */
static void
random_event(struct rollup *r, uint64_t seed, uint64_t seq)
{
	static const char *const types[] = { "auth.login.failed", "auth.login.success",
		"http.request", "attack.xss", "log" };
	static const char *const countries[] = { "NL", "BR", "US", "", "xx" };
	uint64_t s = seed + seq * 7919;
	int64_t at = T0 + (int64_t)seq * 1111 - (int64_t)random_below(&s, 90000);
	char ip[40], path[40];
	struct rec *e;

	if (random_below(&s, 50) == 0)
		at -= 40 * 86400;
	(void)snprintf(ip, sizeof(ip), "10.0.0.%u", (unsigned)random_below(&s, 100));
	(void)snprintf(path, sizeof(path), "/p/a%u", (unsigned)random_below(&s, 60));
	e = event(seq, at, types[random_below(&s, ARRAY_LEN(types))]);
	if (random_below(&s, 3) != 0)
		rec_set_str(e, F_CLIENT_IP, str_c(ip));
	if (random_below(&s, 3) != 0)
		rec_set_str(e, F_ENDPOINT, str_c(path));
	rec_set_str(e, F_GEO_COUNTRY, str_c(countries[random_below(&s, ARRAY_LEN(countries))]));
	rec_set_int(e, F_RISK_SCORE, (int64_t)random_below(&s, 11));
	rec_set_int(e, F_STATUS_CODE, random_below(&s, 2) == 0 ? 200 : 500);
	if (random_below(&s, 10) == 0)
		rec_set_str(e, F_SOURCE, STR("demo"));
	rollup_add(r, e);
}

static struct rollup *
again(struct rollup *r)
{
	auto_buf struct buf state = { 0 };
	struct rollup *fresh = rollup_new();
	struct diag why = { 0 };

	buf_init(&state, ROLLUP_STATE_MAX);
	rollup_save(r, &state);
	CHECK_OK(rollup_load(fresh, buf_view(&state), &why), why);
	rollup_free(r);
	return fresh;
}

/* Saved anywhere, loaded, fed again from somewhat before: the same bytes as without. */
TEST(a_restart_changes_nothing)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(20); round++) {
		struct rollup *whole = rollup_new(), *cut = rollup_new();
		auto_buf struct buf a = { 0 }, b = { 0 };
		uint64_t seed = random_next(&s), seq, n = 1 + random_below(&s, 5000);

		buf_init(&a, ROLLUP_STATE_MAX);
		buf_init(&b, ROLLUP_STATE_MAX);
		for (seq = 1; seq <= n; seq++)
			random_event(whole, seed, seq);
		for (seq = 1; seq <= n; seq++) {
			random_event(cut, seed, seq);
			if (random_below(&s, 1000) == 0) {
				cut = again(cut);
				seq -= random_below(&s, (size_t)(seq < 50 ? seq : 50));
			}
		}
		rollup_save(whole, &a);
		rollup_save(cut, &b);
		CHECK_BYTES(a.p, a.n, b.p, b.n);
		rollup_free(whole);
		rollup_free(cut);
	}
}

/* Against counts kept in the plainest way, while all keys fit. */
TEST(figures_are_exact)
{
	static uint64_t events[400], failures[400];
	struct rollup *r = rollup_new();
	struct rollup_point p[400];
	uint64_t s = random_start(test_seed());

	for (uint64_t seq = 1; seq <= 20000; seq++) {
		size_t at = random_below(&s, 400 * 300);
		bool good = random_below(&s, 2) == 0;

		login(r, seq, T0 + (int64_t)at, "203.0.113.9", "NL", good);
		events[at / 300]++;
		failures[at / 300] += !good;
	}
	r = again(r);
	rollup_points(r, T0, 400, p);
	for (size_t i = 0; i < 400; i++) {
		CHECK_INT(p[i].events, events[i]);
		CHECK_INT(p[i].failure, failures[i]);
		CHECK_INT(p[i].success, events[i] - failures[i]);
	}
	rollup_free(r);
}

TEST(broken_states_are_refused)
{
	struct rollup *r = rollup_new(), *other = rollup_new();
	auto_buf struct buf state = { 0 };
	struct rollup_totals t;
	uint64_t s = random_start(test_seed());

	buf_init(&state, ROLLUP_STATE_MAX);
	for (uint64_t seq = 1; seq <= 300; seq++)
		random_event(r, 5, seq);
	rollup_save(r, &state);
	login(other, 77, T0, "203.0.113.1", "NL", false);
	for (size_t n = 0; n < state.n; n++)
		CHECK_INT(rollup_load(other, (struct str){ state.p, n }, NULL), FAIL_CORRUPT);
	for (unsigned i = 0; i < test_rounds(2000); i++) {
		size_t at = random_below(&s, state.n);

		state.p[at] ^= (char)(1 << random_below(&s, 8));
		CHECK_INT(rollup_load(other, buf_view(&state), NULL), FAIL_CORRUPT);
		rollup_totals(other, &t);
		CHECK_INT(t.through, 77);
		buf_reset(&state);
		rollup_save(r, &state);
	}
	rollup_free(r);
	rollup_free(other);
}
