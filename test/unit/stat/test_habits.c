/* SPDX-License-Identifier: Apache-2.0 */
/* What is usual for users: learned from what succeeded, bounded, the same after a restart. */
#include "stat/habits.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define HOUR (3600 * CLOCK_S)
#define START (20000 * 24 * HOUR)

static struct arena *arena;

static void
give(struct habits *h, const char *type, const char *user, const char *country, const char *agent,
    int64_t t)
{
	static struct rec r;

	if (arena == NULL)
		arena = arena_new(1 << 16);
	arena_reset(arena);
	rec_init(&r, arena);
	rec_set_str(&r, F_EVENT_TYPE, str_c(type));
	rec_set_str(&r, F_USER_NAME, str_c(user));
	rec_set_str(&r, F_GEO_COUNTRY, str_c(country));
	rec_set_str(&r, F_USER_AGENT, str_c(agent));
	rec_set_str(&r, F_CLIENT_IP, STR("192.0.2.1"));
	habits_add(h, &r, t);
}

TEST(learns_from_what_succeeded)
{
	struct habits *h = habits_new();
	const struct habits_user *u;

	give(h, "auth.login.failed", "eve", "XX", "curl", START);
	give(h, "http.request", "eve", "XX", "curl", START);
	CHECK_INT(habits_len(h), 0);
	for (int i = 0; i < 5; i++)
		give(h, "auth.login.success", "ann", "DE", "Firefox", START + i * 24 * HOUR + HOUR);
	give(h, "http.request", "ann", "DE", "Firefox", START + 5 * HOUR);
	give(h, "auth.login.failed", "ann", "KP", "curl", START + 6 * HOUR);
	u = habits_get(h, STR("ann"));
	CHECK(u != NULL && habits_get(h, STR("eve")) == NULL);
	CHECK_INT(u->events, 6);
	CHECK_INT(u->logins, 5);
	CHECK_INT(u->failed, 1);
	CHECK_INT(u->login, START + 97 * HOUR);
	CHECK_STR(u->login_country, "DE");
	CHECK_STR(u->login_address, "192.0.2.1");
	CHECK_INT(u->hours[1], 5);
	CHECK_INT(u->hours[5], 1);
	CHECK_STR(u->countries[0].text, "DE");
	CHECK_INT(u->countries[0].n, 6);
	CHECK_INT(u->countries[1].n, 0);
	CHECK_STR(u->devices[0].text, "Firefox");
	CHECK_INT(u->first, START + HOUR);
	habits_free(h);
	arena_free(arena);
}

/* What is used often stays, however many others come once. */
TEST(words_used_most_stay)
{
	struct habits *h = habits_new();
	const struct habits_user *u;
	bool home = false;

	for (int i = 0; i < 500; i++) {
		char agent[24];

		give(h, "auth.login.success", "ann", "DE", "Firefox", START + i * HOUR);
		(void)snprintf(agent, sizeof(agent), "agent-%d", i);
		give(h, "auth.login.success", "ann", "DE", agent, START + i * HOUR);
	}
	u = habits_get(h, STR("ann"));
	for (size_t i = 0; i < HABITS_WORDS; i++)
		home |= strcmp(u->devices[i].text, "Firefox") == 0 && u->devices[i].n == 500;
	CHECK(home);
	habits_free(h);
	arena_free(arena);
}

TEST(bounded_and_the_idle_one_goes)
{
	struct habits *h = habits_new();
	char name[24];

	give(h, "auth.login.success", "steady", "DE", "x", START);
	give(h, "auth.login.success", "idle", "DE", "x", START);
	for (unsigned i = 0; i < HABITS_USERS + 500; i++) {
		(void)snprintf(name, sizeof(name), "user-%u", i);
		give(h, "auth.login.success", name, "DE", "x", START);
		if (i % 100 == 0)
			give(h, "http.request", "steady", "DE", "x", START);
		CHECK(habits_len(h) <= HABITS_USERS);
	}
	CHECK(habits_get(h, STR("steady")) != NULL);
	CHECK(habits_get(h, STR("idle")) == NULL);
	CHECK(habits_get(h, str_c(name)) != NULL);
	habits_free(h);
	arena_free(arena);
}

TEST(saved_and_loaded)
{
	static const char *const types[] = { "auth.login.success", "auth.login.failed",
		"http.request" };
	uint64_t s = random_start(test_seed());
	struct habits *h = habits_new(), *copy = habits_new(), *third;
	auto_buf struct buf one = { 0 }, two = { 0 };
	struct str from;

	for (unsigned i = 0; i < test_rounds(3000); i++) {
		char user[8], country[4], agent[120];

		(void)snprintf(user, sizeof(user), "u%u", (unsigned)random_below(&s, 50));
		(void)snprintf(country, sizeof(country), "C%u", (unsigned)random_below(&s, 9));
		(void)snprintf(agent, sizeof(agent), "%0*d", (int)random_below(&s, 110) + 1,
		    (int)random_below(&s, 9));
		give(h, types[random_below(&s, 3)], user, country, agent,
		    START + (int64_t)random_below(&s, 5000) * HOUR);
		if (i != 1500)
			continue;
		habits_save(h, &one); /* on with a copy */
		from = buf_view(&one);
		CHECK(habits_load(copy, &from) && from.n == 0);
		third = h;
		h = copy;
		copy = third;
	}
	buf_reset(&one);
	habits_save(h, &one);
	third = habits_new();
	from = buf_view(&one);
	CHECK(habits_load(third, &from));
	habits_save(third, &two);
	CHECK_BYTES(two.p, two.n, one.p, one.n);
	habits_free(third);
	for (unsigned i = 0; i < test_rounds(300); i++) { /* damage is refused or bounded */
		size_t at = random_below(&s, one.n);

		third = habits_new();
		one.p[at] = (char)(one.p[at] ^ (1 << random_below(&s, 8)));
		from = (struct str){ one.p, one.n - random_below(&s, 3) };
		(void)habits_load(third, &from);
		CHECK(habits_len(third) <= HABITS_USERS);
		habits_free(third);
	}
	habits_free(h);
	habits_free(copy);
	arena_free(arena);
}
