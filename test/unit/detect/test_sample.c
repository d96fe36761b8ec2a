/* The sample to train with: fair, capped for each key, forgetful, the same after being saved. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/sample.h"

#include "random.h"
#include "test.h"

static const struct sample_shape shape = { 2, 100, 10, 7 };
static uint64_t state;

static void
add(struct sample *s, uint64_t key, int64_t interval)
{
	const float v[2] = { (float)key, (float)interval };

	sample_add(s, &shape, key, interval, v);
}

/* How many of the vectors are of this key. */
static size_t
count(const struct sample *s, uint64_t key)
{
	float *v = sample_vectors(s, &shape);
	size_t n = 0;

	for (size_t i = 0; i < sample_size(s); i++)
		n += v[2 * i] == (float)key;
	free(v);
	return n;
}

TEST(no_key_has_more_than_its_share_however_much_it_sends)
{
	struct sample s = { 0 };

	sample_roll(&s, 1);
	for (int i = 0; i < 20000; i++)
		add(&s, 1, i);
	CHECK_INT(sample_size(&s), 10);
	for (int i = 0; i < 3000; i++) {
		add(&s, 1, i);
		add(&s, 2 + (uint64_t)i % 30, i);
	}
	CHECK_INT(sample_size(&s), 100);
	for (uint64_t key = 1; key < 32; key++)
		CHECK(count(&s, key) <= 10);
	CHECK(count(&s, 1) == 10); /* of 23,000 the lowest ranks */
	sample_fini(&s);
}

TEST(early_and_late_vectors_are_as_likely_to_be_in_it)
{
	size_t early = 0, n = 0;

	for (uint64_t round = 0; round < 40; round++) {
		struct sample s = { 0 };
		float *v;

		sample_roll(&s, 1);
		for (int i = 0; i < 2000; i++)
			add(&s, round * 1000 + (uint64_t)i % 100, i);
		v = sample_vectors(&s, &shape);
		for (size_t i = 0; i < sample_size(&s); i++)
			early += v[2 * i + 1] < 1000;
		n += sample_size(&s);
		free(v);
		sample_fini(&s);
	}
	CHECK_INT(n, 4000);
	CHECK(early > 1800 && early < 2200);
}

TEST(old_slices_go)
{
	struct sample s = { 0 };

	for (int64_t number = -3; number < 20; number++) {
		sample_roll(&s, number);
		sample_roll(&s, number - 1); /* time does not go back */
		add(&s, 1, number);
		CHECK_INT(sample_size(&s), number + 4 < SAMPLE_SLICES ? number + 4 : SAMPLE_SLICES);
	}
	sample_roll(&s, 24);
	CHECK_INT(sample_size(&s), SAMPLE_SLICES - 5);
	sample_roll(&s, 1000000);
	CHECK_INT(sample_size(&s), 0);
	sample_fini(&s);
}

TEST(what_is_missed_is_counted_as_seen)
{
	struct sample s = { 0 };

	sample_roll(&s, 5);
	CHECK_DOUBLE(sample_missed(&s), 0, 0);
	for (int i = 0; i < 30; i++)
		add(&s, (uint64_t)i, i);
	for (int i = 0; i < 10; i++)
		sample_miss(&s);
	CHECK_DOUBLE(sample_missed(&s), 0.25, 1e-9);
	CHECK_INT(sample_size(&s), 30);
	sample_fini(&s);
}

TEST(is_the_same_after_being_saved_and_refuses_what_is_spoilt)
{
	struct sample s = { 0 }, back = { 0 };
	struct buf b = { 0 }, again = { 0 };
	struct str from;

	state = random_start(test_seed());
	for (int64_t number = 0; number < 11; number++) {
		sample_roll(&s, number);
		for (size_t i = random_below(&state, 300); i > 0; i--)
			add(&s, random_below(&state, 40), (int64_t)i);
		sample_miss(&s);
	}
	sample_save(&s, &shape, &b);
	from = buf_view(&b);
	CHECK(sample_load(&back, &shape, &from));
	CHECK_INT(from.n, 0);
	for (int i = 0; i < 500; i++) {
		add(&s, (uint64_t)i % 50, i);
		add(&back, (uint64_t)i % 50, i);
	}
	buf_reset(&b);
	sample_save(&s, &shape, &b);
	sample_save(&back, &shape, &again);
	CHECK_BYTES(again.p, again.n, b.p, b.n);
	for (size_t n = 0; n < b.n; n += 1 + n / 50) {
		from = (struct str){ b.p, n };
		CHECK(!sample_load(&back, &shape, &from));
		CHECK_INT(sample_size(&back), 0);
	}
	for (unsigned round = 0; round < test_rounds(300); round++) {
		size_t at = random_below(&state, round % 2 == 0 ? 60 : b.n);
		const char was = b.p[at];

		b.p[at] = (char)random_next(&state);
		from = buf_view(&b);
		if (sample_load(&back, &shape, &from)) {
			buf_reset(&again);
			sample_save(&back, &shape, &again);
			CHECK_BYTES(again.p, again.n, b.p, b.n - from.n);
			add(&back, 3, 3);
		}
		b.p[at] = was;
	}
	sample_fini(&s);
	sample_fini(&back);
	buf_fini(&b);
	buf_fini(&again);
}
