/* Walks through ids: plain, mixed with others, repeated, in a muddle; and what is none. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/walk.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

static const struct walk_shape twenty = { 600 * CLOCK_S, 20, 2, 0.1 };

struct feed {
	struct walk w;
	uint64_t seq, fired;
	int64_t t;
};

static void
id(struct feed *f, uint64_t space, int64_t id)
{
	f->t += CLOCK_S;
	f->seq++;
	f->fired += walk_add(&f->w, &twenty, f->t, f->seq, space, id) != NULL;
}

static void
restart(struct walk *w)
{
	struct buf bytes = { 0 }, again = { 0 };
	struct walk back = { 0 };
	struct str from;

	walk_save(w, &bytes);
	for (size_t cut = 0; cut < bytes.n; cut += 13) {
		from = (struct str){ bytes.p, cut };
		CHECK(!walk_load(&back, &twenty, &from));
		walk_fini(&back);
	}
	from = buf_view(&bytes);
	CHECK(walk_load(&back, &twenty, &from));
	CHECK_INT(from.n, 0);
	walk_save(&back, &again);
	CHECK_BYTES(again.p, again.n, bytes.p, bytes.n);
	walk_fini(w);
	*w = back;
	buf_fini(&bytes);
	buf_fini(&again);
}

TEST(up_and_down)
{
	struct feed up = { 0 }, down = { 0 };

	for (int64_t i = 0; i < 20; i++) {
		CHECK_INT(up.fired + down.fired, 0);
		id(&up, 1, 1001 + i);
		id(&down, 1, 1001 - 2 * i);
		restart(&up.w);
	}
	CHECK_INT(up.fired, 1);
	CHECK_INT(down.fired, 1);
	walk_fini(&up.w);
	walk_fini(&down.w);
}

/* Four walkers, other requests between, everything twice, neighbours swapped. */
TEST(among_others)
{
	uint64_t rnd = random_start(test_seed());

	for (unsigned round = test_rounds(50); round > 0; round--) {
		struct feed f = { 0 };

		for (int64_t i = 0; i < 24; i++) {
			int64_t swapped = i ^ (int64_t)random_below(&rnd, 2);

			id(&f, 1, 5000 + (random_below(&rnd, 2) == 0 ? i : swapped));
			id(&f, 1, 7000 - i);
			id(&f, 1, 100000 + (int64_t)random_below(&rnd, 100000));
			id(&f, 2, 5000 + i);
			id(&f, 1, 9000 + i);
			id(&f, 1, 9000 + i);
			if (i % 9 == 0)
				restart(&f.w);
		}
		CHECK(f.fired >= 3 * 4);
		walk_fini(&f.w);
	}
}

/* Ids at random, of a small and of a large range, and pages that are looked at again and again. */
TEST(at_random_is_none)
{
	static const size_t range[] = { 10, 30, 100, 1000, 100000 };
	uint64_t rnd = random_start(test_seed());

	for (size_t i = 0; i < ARRAY_LEN(range); i++) {
		struct feed f = { 0 };

		for (unsigned k = test_rounds(3000); k > 0; k--)
			id(&f, 1, (int64_t)random_below(&rnd, range[i]));
		if (f.fired > 0)
			test_fail(TEST_AT(range), "%" PRIu64 " of range %zu", f.fired, range[i]);
		CHECK(walk_bytes(&f.w) < 64 * 1024);
		walk_fini(&f.w);
	}
}

/* Nineteen steps, or twenty that take longer than the timespan. */
TEST(too_short_or_too_slow)
{
	struct feed f = { 0 };

	for (int64_t i = 0; i < 19; i++)
		id(&f, 1, i);
	id(&f, 1, 18);
	id(&f, 1, 5);
	for (int64_t i = 0; i < 100; i++) {
		f.t += 31 * CLOCK_S;
		id(&f, 1, 500 + i);
	}
	CHECK_INT(f.fired, 0);
	walk_fini(&f.w);
}

TEST(numbers_in_texts)
{
	static const struct {
		const char *text;
		int64_t id; /* -1: none */
		int same;   /* rows of one kind are one space */
	} rows[] = {
		{ "1001", 1001, 0 },
		{ "0007", 7, 0 },
		{ "/api/orders/1001", 1001, 1 },
		{ "/api/orders/1002", 1002, 1 },
		{ "/api/users/1002", 1002, 2 },
		{ "/api/orders/1002/items", 1002, 3 },
		{ "/v2/orders/", 2, 4 },
		{ "/orders", -1, 0 },
		{ "", -1, 0 },
		{ "999999999999999999", 999999999999999999, 0 },
		{ "9999999999999999999", -1, 0 },
	};
	struct hash_key key = { 1, 2 };
	uint64_t space[5] = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = -1;
		uint64_t sp = 0;

		CHECK_INT(walk_id(str_c(rows[i].text), key, &sp, &got), rows[i].id >= 0);
		CHECK_INT(got, rows[i].id);
		if (got < 0)
			continue;
		CHECK(space[rows[i].same] == 0 || space[rows[i].same] == sp);
		space[rows[i].same] = sp;
	}
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < i; k++)
			CHECK(space[i] != space[k]);
}

TEST(ends_of_the_world)
{
	struct walk w = { 0 };

	CHECK(walk_add(&w, &twenty, (int64_t)1 << 62, 1, 1, 999999999999999999) == NULL);
	CHECK(walk_add(&w, &twenty, -((int64_t)1 << 62), 2, 1, 0) == NULL);
	CHECK(walk_add(&w, &twenty, (int64_t)1 << 62, 3, 1, 1) == NULL);
	restart(&w);
	walk_fini(&w);
}
