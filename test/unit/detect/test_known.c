/* Known values against a plain list of all events. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/known.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define EVENTS 400
#define VALUES 12

static const struct known_shape days = { 100 * CLOCK_S, 5 };

static const char *
shown(const struct known *k, uint64_t without)
{
	static struct buf b;

	buf_fini(&b);
	known_put(k, without, &b);
	buf_byte(&b, '\0');
	return b.p;
}

static void
restart(struct known *k)
{
	struct buf bytes = { 0 }, again = { 0 };
	struct known back = { 0 };
	struct str from;

	known_save(k, &bytes);
	for (size_t cut = 0; cut < bytes.n; cut += 5) {
		from = (struct str){ bytes.p, cut };
		CHECK(!known_load(&back, &from));
		known_fini(&back);
	}
	from = buf_view(&bytes);
	CHECK(known_load(&back, &from));
	CHECK_INT(from.n, 0);
	known_save(&back, &again);
	CHECK_BYTES(again.p, again.n, bytes.p, bytes.n);
	known_fini(k);
	*k = back;
	buf_fini(&bytes);
	buf_fini(&again);
}

static unsigned
one_round(uint64_t *rnd)
{
	int64_t last[VALUES], t = 1000 * CLOCK_S;
	uint64_t events = 0, n[3] = { 0 };
	struct known k = { 0 };

	memset(last, 0, sizeof(last)); /* long ago */
	for (unsigned i = 0; i < EVENTS; i++) {
		size_t v = random_below(rnd, VALUES) * random_below(rnd, 100) / 99;
		enum known_result want = KNOWN_OLD, got;
		bool any = false;

		t += (int64_t)random_below(rnd, i % 200 == 199 ? 300 : 10) * CLOCK_S;
		for (size_t k2 = 0; k2 < VALUES; k2++)
			any = any || t - last[k2] < days.memory;
		if (!any)
			events = 0;
		if (t - last[v] >= days.memory)
			want = events < days.learn ? KNOWN_LEARNING : KNOWN_NEW;
		got = known_add(&k, &days, t, 1000 + v, STR("v"));
		CHECK_INT(got, want);
		events++;
		last[v] = t;
		n[got]++;
		if (i % 100 == 50)
			restart(&k);
	}
	CHECK(n[KNOWN_LEARNING] > 0);
	known_fini(&k);
	return (unsigned)n[KNOWN_NEW];
}

TEST(like_a_list)
{
	uint64_t rnd = random_start(test_seed());
	unsigned rounds = test_rounds(50), news = 0;

	for (unsigned i = 0; i < rounds; i++)
		news += one_round(&rnd);
	CHECK(news > rounds);
}

TEST(shows_the_usual_ones)
{
	static const struct known_shape ever = { 0, 3 };
	struct known k = { 0 };

	CHECK_STR(shown(&k, 0), "");
	for (int64_t i = 0; i < 20; i++)
		CHECK_INT(known_add(&k, &ever, i, 1, STR("NL")),
		    i == 0 ? KNOWN_LEARNING : KNOWN_OLD);
	CHECK_INT(known_add(&k, &ever, 30, 2, STR("DE")), KNOWN_NEW);
	CHECK_STR(shown(&k, 2), "NL");
	CHECK_INT(known_confidence(&k), 90); /* 2 of 21 were new */
	(void)known_add(&k, &ever, 31, 2, STR("DE"));
	(void)known_add(&k, &ever, 32, 3, STR("FR"));
	CHECK_INT(known_add(&k, &ever, 33, 4, STR("JP")), KNOWN_NEW);
	CHECK_STR(shown(&k, 4), "NL, DE and 1 more");
	for (int64_t i = 0; i < 5; i++)
		(void)known_add(&k, &ever, 40, 5,
		    STR("a name\nthat is longer than there is room for"));
	CHECK_STR(shown(&k, 1), "a name\\x0athat is longer than ther..., DE and 2 more");
	known_fini(&k);
}

/* Very many values of one key, then times at the ends of the world. */
TEST(bounded)
{
	struct known k = { 0 };

	for (uint64_t i = 0; i < 200000; i++)
		CHECK_INT(known_add(&k, &days, (int64_t)i, i, STR("x")),
		    i < 5 ? KNOWN_LEARNING : KNOWN_NEW);
	CHECK_INT(k.n, KNOWN_MAX);
	CHECK(k.size <= KNOWN_MAX);
	CHECK_INT(known_add(&k, &days, 0, 199999, STR("x")), KNOWN_OLD);
	CHECK_INT(known_confidence(&k), 1);
	CHECK_INT(known_add(&k, &days, (int64_t)1 << 62, 1, STR("")), KNOWN_LEARNING);
	CHECK_INT(known_add(&k, &days, -((int64_t)1 << 62), 2, STR("")), KNOWN_LEARNING);
	CHECK_INT(known_add(&k, &days, (int64_t)1 << 62, 1, STR("")), KNOWN_OLD);
	restart(&k);
	known_fini(&k);
}
