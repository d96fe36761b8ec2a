/* SPDX-License-Identifier: Apache-2.0 */
/* Who is known where, and that strangers push nobody out. */
#include "respond/people.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define T ((int64_t)1800000000 * CLOCK_S)
#define HOUR (3600 * CLOCK_S)

static struct ip
ip(const char *text)
{
	struct ip ret;

	CHECK(ip_parse(str_c(text), &ret));
	return ret;
}

static void
add(struct people *p, const char *at, const char *user, const char *agent, int64_t t)
{
	const struct ip a = ip(at);

	people_add(p, &a, str_c(user), str_c(agent), t);
}

static const struct people_place *
at(const struct people *p, const char *text)
{
	const struct ip a = ip(text);

	return people_at(p, &a);
}

TEST(known_is_who_was_there_an_hour_before)
{
	struct people *p = people_new();
	unsigned set = 99;

	CHECK(at(p, "192.0.2.1") == NULL);
	add(p, "192.0.2.1", "", "", T);
	CHECK(at(p, "192.0.2.1") == NULL); /* nobody */
	add(p, "192.0.2.1", "ann", "", T);
	add(p, "192.0.2.1", "ann", "", T + 2 * HOUR);
	add(p, "192.0.2.1", "bob", "", T + HOUR);
	CHECK(!people_knows(at(p, "192.0.2.1"), STR("ann"), T + PEOPLE_AGE - 1));
	CHECK(people_knows(at(p, "192.0.2.1"), STR("ann"), T + PEOPLE_AGE));
	CHECK(!people_knows(at(p, "192.0.2.1"), STR("bob"), T + PEOPLE_AGE));
	CHECK(!people_knows(at(p, "192.0.2.1"), STR("eve"), T + 9 * HOUR));
	CHECK_INT(people_known(at(p, "192.0.2.1"), T + HOUR, &set), 1);
	CHECK_INT(set, 1);
	CHECK_INT(people_known(at(p, "192.0.2.1"), T + 3 * HOUR, NULL), 2);
	CHECK(at(p, "2001:db8::1") == NULL);
	people_free(p);
}

TEST(strangers_push_nobody_out)
{
	struct people *p = people_new();
	char name[80];

	add(p, "192.0.2.1", "ann", "", T);
	add(p, "192.0.2.1", "bob", "", T);
	for (int i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "stranger%d", i);
		add(p, "192.0.2.1", name, "", T + 5 * HOUR + i);
	}
	CHECK_INT(people_known(at(p, "192.0.2.1"), T + 5 * HOUR, NULL), 2);
	CHECK_INT(at(p, "192.0.2.1")->n, PEOPLE_NAMES);
	/* Of those who are known the one seen longest ago goes. */
	for (int i = 0; i < PEOPLE_NAMES - 1; i++) {
		(void)snprintf(name, sizeof(name), "regular%d", i);
		add(p, "192.0.2.1", name, "", T + 10 * HOUR + i);
		add(p, "192.0.2.1", name, "", T + 20 * HOUR + i);
	}
	add(p, "192.0.2.1", "bob", "", T + 21 * HOUR);
	add(p, "192.0.2.1", "late", "", T + 30 * HOUR);
	CHECK(!people_knows(at(p, "192.0.2.1"), STR("ann"), T + 40 * HOUR));
	CHECK(people_knows(at(p, "192.0.2.1"), STR("bob"), T + 40 * HOUR));
	/* A name longer than is kept is one name. */
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	add(p, "192.0.2.2", name, "", T);
	CHECK(people_knows(at(p, "192.0.2.2"), str_c(name), T + HOUR));
	people_free(p);
}

TEST(shared_by_people_or_by_programs)
{
	struct people *p = people_new();
	char text[40];

	for (int i = 0; i < PEOPLE_SHARED; i++) {
		CHECK(i == 0 || !people_shared(at(p, "192.0.2.1"), T + HOUR));
		(void)snprintf(text, sizeof(text), "user%d", i);
		add(p, "192.0.2.1", text, "one", T);
	}
	CHECK(people_shared(at(p, "192.0.2.1"), T + HOUR));
	CHECK(!people_shared(at(p, "192.0.2.1"), T));
	CHECK_INT(people_agents(at(p, "192.0.2.1")), 1);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(text, sizeof(text), "program %d", i);
		add(p, "192.0.2.2", i % 2 == 0 ? "ann" : "bob", text, T);
		add(p, "192.0.2.3", "ann", text, T);
	}
	CHECK(people_agents(at(p, "192.0.2.2")) > 50);
	CHECK(people_shared(at(p, "192.0.2.2"), T + HOUR));
	CHECK(!people_shared(at(p, "192.0.2.3"), T + HOUR)); /* one person with many */
	people_free(p);
}

/* What is there is bounded, the newest stay, and a saved state says the same. */
TEST(a_table_of_a_fixed_size_is_kept)
{
	struct people *p = people_new(), *q = people_new();
	auto_buf struct buf a = { 0 }, b = { 0 };
	char text[40];
	size_t n = 0;

	for (unsigned i = 0; i < 3 * PEOPLE_PLACES; i++) {
		(void)snprintf(text, sizeof(text), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		add(p, text, "ann", "x", T + i);
	}
	for (unsigned i = 0; i < 3 * PEOPLE_PLACES; i++) {
		(void)snprintf(text, sizeof(text), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		n += at(p, text) != NULL;
		CHECK(i + 1 < 3 * PEOPLE_PLACES || at(p, text) != NULL);
	}
	CHECK(n > PEOPLE_PLACES / 2 && n <= PEOPLE_PLACES);
	people_free(p);
	p = people_new();
	for (unsigned i = 0; i < 2000; i++) {
		(void)snprintf(text, sizeof(text), "10.0.%u.%u", i >> 8 & 255, i & 255);
		add(p, text, "ann", "x", T + i);
		add(p, text, "bob", "y", T + 2 * i);
	}
	people_save(p, &a);
	CHECK(people_load(q, buf_view(&a)));
	CHECK(people_knows(at(q, "10.0.7.1"), STR("bob"), T + 2 * HOUR));
	CHECK_INT(people_agents(at(q, "10.0.7.1")), people_agents(at(p, "10.0.7.1")));
	people_save(q, &b);
	CHECK_INT(a.n, b.n);
	people_free(p);
	people_free(q);
}

TEST(a_broken_state_is_refused)
{
	struct people *p = people_new();
	auto_buf struct buf good = { 0 };

	add(p, "192.0.2.1", "ann", "x", T);
	add(p, "192.0.2.2", "bob", "x", T);
	people_save(p, &good);
	people_free(p);
	for (size_t n = 0; n < good.n; n++) {
		p = people_new();
		/* Cut between two places it is whole, elsewhere it is not. */
		if (people_load(p, (struct str){ good.p, n }))
			CHECK(n == 8 || n == 8 + (good.n - 8) / 2);
		people_free(p);
	}
	p = people_new();
	good.p[0] = 'X';
	CHECK(!people_load(p, buf_view(&good)));
	people_free(p);
}
