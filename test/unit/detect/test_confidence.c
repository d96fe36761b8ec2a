/* SPDX-License-Identifier: Apache-2.0 */
/* Confidence by status, by what the rule says, and by how far a bound is passed. */
#include "detect/confidence.h"

#include "test.h"

static const struct {
	const char *status;
	unsigned own;
	enum corr_op op;
	double bound, value; /* bound 0: no correlation */
	unsigned percent;
} rows[] = {
	{ "stable", 0, CORR_GT, 0, 0, 75 },
	{ "test", 0, CORR_GT, 0, 0, 65 },
	{ "", 0, CORR_GT, 0, 0, 60 },
	{ "experimental", 0, CORR_GT, 0, 0, 50 },
	{ "deprecated", 0, CORR_GT, 0, 0, 40 },
	{ "experimental", 88, CORR_GT, 0, 0, 88 },
	{ "stable", 0, CORR_GTE, 10, 10, 75 },
	{ "stable", 0, CORR_GTE, 10, 14.9, 75 },
	{ "stable", 0, CORR_GTE, 10, 15, 80 },
	{ "stable", 0, CORR_GT, 10, 20, 85 },
	{ "stable", 0, CORR_GT, 10, 50, 90 },
	{ "stable", 0, CORR_GT, 10, 1e300, 95 },
	{ "stable", 90, CORR_GT, 10, 1000, 99 },
	{ "stable", 0, CORR_LTE, 0.05, 0.05, 75 },
	{ "stable", 0, CORR_LTE, 0.05, 0.01, 90 },
	{ "stable", 0, CORR_LTE, 0.05, 0, 95 },
	{ "stable", 0, CORR_EQ, 5, 5, 75 },
	{ "stable", 0, CORR_GT, -5, 5, 75 },
};

TEST(tables)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct corr corr = { .n_bounds = 1, .bound = { { rows[i].op, rows[i].bound } } };
		struct crule rule = { .corr = rows[i].bound != 0 ? &corr : NULL };

		rule.pub.status = rows[i].status;
		rule.pub.confidence = rows[i].own;
		fprintf(stderr, "%zu\n", i);
		CHECK_INT(confidence_of(&rule, rows[i].value), rows[i].percent);
	}
}
