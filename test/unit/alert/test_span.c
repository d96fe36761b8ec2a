/* Figures of a stretch of time: exact at its edges, quick with many. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/span.h"

#include "base/clock.h"
#include "fixture.h"

static void
raise(struct alerts *a, unsigned n, const char *rule, const char *tags, const char *severity,
    int64_t last)
{
	char id[ALERTS_ID_SIZE];
	struct alerts_finding f;

	(void)snprintf(id, sizeof(id), "%08x000000000000000000000000", n);
	f = finding(id, 9);
	f.rule_id = str_c(rule);
	f.tags = str_c(tags);
	f.severity = str_c(severity);
	f.first = f.last = last;
	apply(a, &f, 1, 9, last);
}

TEST(severities_of_a_stretch)
{
	struct alerts *a = open_new();
	struct span_severities s;
	struct diag why;

	raise(a, 1, "r1", "", "CRITICAL", 99);
	raise(a, 2, "r1", "", "CRITICAL", 100);
	raise(a, 3, "r1", "", "CRITICAL", 199);
	raise(a, 4, "r2", "", "LOW", 150);
	raise(a, 5, "r2", "", "LOW", 200);
	CHECK_OK(span_severities(a, 100, 200, &s, &why), why);
	CHECK_INT(s.total[ALERTS_CRITICAL], 2);
	CHECK_INT(s.open[ALERTS_CRITICAL], 2);
	CHECK_INT(s.total[ALERTS_LOW], 1);
	CHECK_INT(s.total[ALERTS_HIGH], 0);
	alerts_close(a);
}

struct seen {
	uint64_t n[2][3];
};

static void
on_step(void *ctx, struct str tags, size_t i, uint64_t n)
{
	struct seen *s = ctx;

	CHECK(i < 3);
	s->n[str_eq(tags, STR("two")) ? 1 : 0][i] += n;
}

TEST(steps_of_a_stretch)
{
	struct alerts *a = open_new();
	struct seen s = { 0 };
	struct diag why;

	raise(a, 1, "r1", "one", "HIGH", 99);
	raise(a, 2, "r1", "one", "HIGH", 100);
	raise(a, 3, "r1", "one", "HIGH", 149);
	raise(a, 4, "r2", "two", "HIGH", 150);
	raise(a, 5, "r2", "two", "HIGH", 249);
	raise(a, 6, "r1", "one", "HIGH", 250);
	CHECK_OK(span_steps(a, 100, 250, 50, on_step, &s, &why), why);
	CHECK_INT(s.n[0][0], 2);
	CHECK_INT(s.n[0][1], 0);
	CHECK_INT(s.n[1][1], 1);
	CHECK_INT(s.n[1][2], 1);
	CHECK_INT(s.n[0][2], 0);
	alerts_close(a);
}
