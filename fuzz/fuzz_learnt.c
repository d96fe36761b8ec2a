/*
 * What detection has learnt, read back: the first byte says which kind.  What
 * is taken is saved as the bytes it was read from, and can be used.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/baseline.h"
#include "detect/learner.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const struct baseline_shape day = { .memory = 1000000000000000,
	.learn = 20,
	.buckets = BASELINE_DAY,
	.bound = 5,
	.drift = 0.02,
	.floor = 0.1,
	.counts = true };
static const struct learner_shape shape = { .sample = { 2, 16, 4, 1 },
	.interval = 60000000000,
	.train = 80000000000000,
	.retrain = 3600000000000,
	.learn = 1000000,
	.contamination = 0.01 };
static const float vector[IFOREST_FEATURES_MAX] = { 1, 2, 3 };

static void
baseline(struct str *from, struct buf *again)
{
	struct baseline b = { 0 };

	if (baseline_load(&b, &day, from)) {
		baseline_save(&b, &day, again);
		baseline_add(&b, &day, 1772323200000000000, 5);
		(void)baseline_at(&b, &day, 1772323200000000000);
	}
	baseline_fini(&b);
}

static void
forest(struct str *from, struct buf *again)
{
	struct iforest *f = iforest_load(from);

	if (f != NULL) {
		double why[IFOREST_FEATURES_MAX];

		iforest_save(f, again);
		iforest_explain(f, vector, why);
	}
	iforest_free(f);
}

static void
learner(struct str *from, struct buf *again)
{
	struct learner l = { 0 };
	uint32_t path;

	if (learner_load(&l, &shape, from)) {
		learner_save(&l, &shape, again);
		learner_time(&l, &shape, 1772323200000000000);
		learner_learn(&l, &shape, 1, 1772323200000000000, vector,
		    learner_judge(&l, vector, &path));
	}
	learner_fini(&l);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static void (*const kinds[])(struct str * from, struct buf * again) = { baseline, forest,
		learner };
	struct str all = { (const char *)data + 1, size - 1 }, from = all;
	struct buf again = { 0 };

	if (size < 2 || data[0] >= ARRAY_LEN(kinds))
		return 0;
	kinds[data[0]](&from, &again);
	if (again.n > 0 && (again.n != all.n - from.n || memcmp(again.p, all.p, again.n) != 0))
		abort();
	buf_fini(&again);
	return 0;
}
