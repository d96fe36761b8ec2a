/* Isolation forests: the same from the same, what they find, their bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/iforest.h"

#include <float.h>
#include <math.h>

#include "random.h"
#include "test.h"

#define N 1000
#define FEATURES 5

static uint64_t state;

static float
bell(void)
{
	float sum = -6;

	for (int i = 0; i < 12; i++)
		sum += (float)(random_next(&state) >> 40) * 0x1p-24F;
	return sum;
}

static void
bells(float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = bell();
}

static struct iforest *
trained(const float *v, size_t n, double contamination)
{
	const struct iforest_opts opts = { .contamination = contamination, .seed = 5 };

	return iforest_train(v, n, FEATURES, &opts);
}

TEST(what_is_far_out_is_strange_and_what_is_in_the_middle_is_not)
{
	static float v[N * FEATURES];
	float far[FEATURES] = { 0, 9, 9, -9, 0 }, middle[FEATURES] = { 0 };
	double why[FEATURES];
	struct iforest *f;

	state = random_start(test_seed());
	bells(v, N * FEATURES);
	f = trained(v, N, 0.01);
	CHECK_INT(iforest_features(f), FEATURES);
	CHECK(iforest_path(f, far) < iforest_limit(f));
	CHECK(iforest_path(f, middle) > iforest_limit(f));
	CHECK(iforest_score(f, iforest_path(f, far)) > 0.55);
	CHECK(iforest_score(f, iforest_path(f, middle)) < 0.45);
	iforest_explain(f, far, why);
	for (int k = 0; k < FEATURES; k++) {
		CHECK(k >= 1 && k <= 3 ? why[k] > 0.04 : fabs(why[k]) < 0.04);
		CHECK(fabsf(iforest_usual(f, (unsigned)k)->middle) < 0.2F);
		CHECK(fabsf(iforest_usual(f, (unsigned)k)->high - 1.64F) < 0.3F);
		CHECK(fabsf(iforest_usual(f, (unsigned)k)->low + 1.64F) < 0.3F);
	}
	iforest_free(f);
}

TEST(no_more_than_the_contamination_are_anomalous)
{
	static const double shares[] = { 0, 0.001, 0.01, 0.1, 0.5, 1 };
	static float v[N * FEATURES];
	uint32_t path[N];

	state = random_start(test_seed());
	bells(v, N * FEATURES);
	for (size_t k = 0; k < sizeof(shares) / sizeof(shares[0]); k++) {
		struct iforest *f = trained(v, N, shares[k]);
		unsigned found = 0;

		iforest_paths(f, v, N, path);
		for (size_t i = 0; i < N; i++)
			found += path[i] < iforest_limit(f);
		CHECK(found <= shares[k] * N);
		CHECK(found >= shares[k] * N * 0.9);
		iforest_free(f);
	}
}

/* Through a tree as it is defined: down to the leaf, one vector, nothing in step. */
TEST(one_by_one_is_the_same_as_in_batches)
{
	static float v[N * FEATURES];

	state = random_start(test_seed());
	bells(v, N * FEATURES);
	for (unsigned trees = 1; trees < 40; trees += 3) {
		const struct iforest_opts opts = { .trees = trees,
			.sample = 1 + trees * 6,
			.contamination = 0.01,
			.seed = trees };
		struct iforest *f = iforest_train(v, N, FEATURES, &opts);
		uint32_t path[N];
		size_t n = random_below(&state, N);

		iforest_paths(f, v, n, path);
		for (size_t i = 0; i < n; i++)
			CHECK_INT(iforest_path(f, v + i * FEATURES), path[i]);
		iforest_free(f);
	}
}

TEST(the_score_is_the_customary_one)
{
	/* Two vectors: each is alone after one step; c(2) = 1. */
	const float two[] = { 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
	/* Vectors that are alike: no step; c(4) of 4. */
	const float alike[4 * FEATURES] = { 0 };
	struct iforest *f = trained(two, 2, 0.01);

	CHECK_INT(iforest_path(f, two), 100 * 2048);
	CHECK_DOUBLE(iforest_score(f, iforest_path(f, two)), 0.5, 1e-9);
	iforest_free(f);
	f = trained(alike, 4, 0.01);
	CHECK_DOUBLE(iforest_score(f, iforest_path(f, alike)), 0.5, 1e-4);
	CHECK_DOUBLE((double)iforest_path(f, alike) / 100 / 2048, 2 * (log(3) + 0.5772156649) - 1.5,
	    1e-3);
	iforest_free(f);
	f = trained(two, 1, 0.01);
	CHECK_INT(iforest_path(f, two), 0);
	CHECK_INT(iforest_limit(f), 0);
	iforest_free(f);
}

static void
save(const struct iforest *f, struct buf *to)
{
	buf_init(to, 0);
	iforest_save(f, to);
}

TEST(the_same_seed_gives_the_same_forest_and_another_another)
{
	static float v[N * FEATURES];
	struct iforest_opts opts = { .contamination = 0.01 };
	struct buf b[3];

	state = random_start(test_seed());
	bells(v, N * FEATURES);
	for (unsigned i = 0; i < 3; i++) {
		struct iforest *f;

		opts.seed = i == 2 ? 8 : 7;
		f = iforest_train(v, N, FEATURES, &opts);
		save(f, &b[i]);
		iforest_free(f);
	}
	CHECK_BYTES(b[0].p, b[0].n, b[1].p, b[1].n);
	CHECK(b[0].n != b[2].n || memcmp(b[0].p, b[2].p, b[0].n) != 0);
	for (unsigned i = 0; i < 3; i++)
		buf_fini(&b[i]);
}

TEST(any_float_can_be_trained_with_and_scored)
{
	static const float odd[] = { 0, -0.0F, 1, -1, FLT_MAX, -FLT_MAX, FLT_MIN, INFINITY,
		-INFINITY, NAN };
	float v[300 * FEATURES], nan[FEATURES] = { NAN, NAN, NAN, NAN, NAN };
	const float zero[FEATURES] = { 0 };
	struct iforest *f;

	state = random_start(test_seed());
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		v[i] = odd[random_below(&state, sizeof(odd) / sizeof(odd[0]))];
	f = trained(v, 300, 0.01);
	for (size_t i = 0; i < 300; i++) {
		double s = iforest_score(f, iforest_path(f, v + i * FEATURES));

		CHECK(s > 0 && s <= 1);
	}
	CHECK_INT(iforest_path(f, nan), iforest_path(f, zero));
	iforest_free(f);
}

TEST(is_the_same_after_being_saved)
{
	static float v[N * FEATURES];

	state = random_start(test_seed());
	bells(v, N * FEATURES);
	for (size_t n = 1; n < N; n = n * 3 + 1) {
		struct iforest *f = trained(v, n, 0.05), *g;
		struct buf first, second;
		struct str from;

		save(f, &first);
		from = buf_view(&first);
		g = iforest_load(&from);
		CHECK(g != NULL);
		CHECK_INT(from.n, 0);
		save(g, &second);
		CHECK_BYTES(first.p, first.n, second.p, second.n);
		CHECK_INT(iforest_limit(f), iforest_limit(g));
		for (size_t i = 0; i < N; i++)
			CHECK_INT(iforest_path(f, v + i * FEATURES),
			    iforest_path(g, v + i * FEATURES));
		iforest_free(f);
		iforest_free(g);
		buf_fini(&first);
		buf_fini(&second);
	}
}

TEST(spoilt_bytes_are_refused_or_read_as_what_they_are)
{
	const struct iforest_opts opts = { .trees = 5, .sample = 32, .contamination = 0.1 };
	float v[40 * FEATURES];
	struct iforest *f;
	struct buf good;

	state = random_start(test_seed());
	bells(v, 40 * FEATURES);
	f = iforest_train(v, 40, FEATURES, &opts);
	save(f, &good);
	iforest_free(f);
	for (size_t n = 0; n < good.n; n++) {
		struct str from = { good.p, n };

		CHECK(iforest_load(&from) == NULL);
	}
	for (unsigned round = 0; round < test_rounds(3000); round++) {
		size_t at = random_below(&state, round % 2 == 0 ? 80 : good.n);
		const char was = good.p[at];
		struct str from = buf_view(&good);
		struct buf again;

		good.p[at] = (char)random_next(&state);
		f = iforest_load(&from);
		if (f != NULL && iforest_features(f) <= FEATURES) {
			save(f, &again);
			CHECK_BYTES(again.p, again.n, good.p, good.n - from.n);
			for (size_t i = 0; i < 40; i++)
				(void)iforest_path(f, v + i * FEATURES);
			buf_fini(&again);
		}
		iforest_free(f);
		good.p[at] = was;
	}
	buf_fini(&good);
}
