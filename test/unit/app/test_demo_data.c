/* The made-up day: always the same, in order, inside the day, on reserved addresses. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/demo_data.h"

#include "base/clock.h"
#include "base/ip.h"
#include "base/jsonr.h"
#include "parse/time.h"
#include "test.h"

#define END ((int64_t)1772323200 * CLOCK_S)

static bool
is_reserved(struct str text)
{
	static const char *const nets[] = { "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
		"2001:db8::/32" };
	struct ip ip;

	CHECK(ip_parse(text, &ip));
	for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
		struct ip_net net;

		CHECK(ip_net_parse(str_c(nets[i]), &net, NULL));
		if (ip_net_has(&net, &ip))
			return true;
	}
	return false;
}

TEST(a_day_of_events)
{
	struct demo_data *d = demo_data_new(END);
	struct arena *arena = arena_new((size_t)1 << 20);
	int64_t before = END - 86400 * CLOCK_S, t;

	CHECK(demo_data_len(d) > 3000);
	CHECK(demo_data_len(d) < 6000);
	for (size_t i = 0; i < demo_data_len(d); i++) {
		const struct jsonr *e;
		struct diag why;
		struct str ip;

		arena_reset(arena);
		CHECK_OK(jsonr_parse(arena, demo_data_at(d, i), &e, &why), why);
		CHECK(time_any(jsonr_text(e, "timestamp", STR("")), 0, END, &t));
		CHECK(t >= before && t < END);
		before = t;
		CHECK(jsonr_text(e, "event_type", STR("")).n != 0);
		ip = jsonr_text(e, "client_ip", STR(""));
		CHECK(ip.n == 0 || is_reserved(ip));
		CHECK(ip.n == 0 || jsonr_get(e, "geolocation") != NULL);
	}
	CHECK(t > END - 600 * CLOCK_S);
	arena_free(arena);
	demo_data_free(d);
}

TEST(always_the_same)
{
	struct demo_data *a = demo_data_new(END), *b = demo_data_new(END);

	CHECK_INT(demo_data_len(a), demo_data_len(b));
	for (size_t i = 0; i < demo_data_len(a); i++)
		CHECK(str_eq(demo_data_at(a, i), demo_data_at(b, i)));
	demo_data_free(a);
	demo_data_free(b);
}
