/* Correlations of Sigma's types, as rules and as what they mean, counted by hand. */
#ifndef KINDS_H
#define KINDS_H

#include "base/buf.h"
#include "test.h"

#define RULES 3

enum bound { NO_BOUND, GTE, GT, LT, LTE, EQ, NEQ, RANGE };

/* A correlation under test, as text and as what it means. */
static const struct kind {
	const char *type, *condition;
	int64_t span; /* s */
	enum bound bound;
	double value, to;
	unsigned fed_by; /* bits of the rules it names */
} kinds[] = {
	{ "event_count", "{gte: 4}", 20, GTE, 4, 0, 7 },
	{ "event_count", "{gt: 1}", 5, GT, 1, 0, 2 },
	{ "event_count", "{lt: 3}", 20, LT, 3, 0, 7 },
	{ "event_count", "{eq: 2}", 10, EQ, 2, 0, 3 },
	{ "event_count", "{neq: 3}", 15, NEQ, 3, 0, 7 },
	{ "event_count", "{gte: 3, lte: 5}", 25, RANGE, 3, 5, 7 },
	{ "value_count", "{field: user_name, gte: 3}", 15, GTE, 3, 0, 7 },
	{ "value_count", "{field: user_name, lte: 2}", 15, LTE, 2, 0, 7 },
	{ "value_sum", "{field: bytes_out, gt: 40}", 15, GT, 40, 0, 7 },
	{ "value_sum", "{field: bytes_out, lt: 30}", 15, LT, 30, 0, 7 },
	{ "value_avg", "{field: bytes_out, gte: 12}", 15, GTE, 12, 0, 7 },
	{ "value_avg", "{field: bytes_out, lt: 8}", 15, LT, 8, 0, 7 },
	{ "value_percentile", "{field: bytes_out, percentile: 75, gt: 14}", 15, GT, 14, 0, 7 },
	{ "value_percentile", "{field: bytes_out, percentile: 10, lte: 2}", 15, LTE, 2, 0, 7 },
	{ "value_median", "{field: bytes_out, gte: 11}", 15, GTE, 11, 0, 7 },
	{ "value_median", "{field: bytes_out, eq: 9}", 15, EQ, 9, 0, 7 },
	{ "temporal", NULL, 6, NO_BOUND, 0, 0, 7 },
	{ "temporal", "{gte: 2}", 3, GTE, 2, 0, 7 },
	{ "temporal", "{lt: 2}", 10, LT, 2, 0, 7 },
	{ "temporal", "r0 and (r1 or r2)", 4, NO_BOUND, 1, 0, 7 },
	{ "temporal", "r0 and not r1 and r2 or r0 and not r2 and r1", 8, NO_BOUND, 2, 0, 7 },
	{ "temporal_ordered", NULL, 9, NO_BOUND, 0, 0, 7 },
	{ "temporal_ordered", "{gte: 2}", 7, GTE, 2, 0, 5 },
};

static inline void
put_rules(struct buf *to)
{
	for (unsigned i = 0; i < RULES; i++)
		buf_printf(to,
		    "title: R%u\nname: r%u\nlogsource: {category: webserver}\n"
		    "detection: {s: {method|contains: 'm%u'}, condition: s}\n---\n",
		    i, i, i);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		const struct kind *kind = &kinds[k];

		buf_printf(to,
		    "title: C%zu\nid: c%zu\ntocsin: {suppress: 1s}\ncorrelation:\n  type: %s\n"
		    "  group-by: [client_ip]\n  timespan: %ds\n  rules: [",
		    k, k, kind->type, (int)kind->span);
		for (unsigned i = 0, n = 0; i < RULES; i++)
			if ((kind->fed_by >> i) & 1)
				buf_printf(to, "%sr%u", n++ > 0 ? ", " : "", i);
		buf_str(to, STR("]\n"));
		if (kind->condition != NULL)
			buf_printf(to, "  condition: %s\n", kind->condition);
		buf_str(to, STR("---\n"));
	}
}

struct event {
	int64_t t;
	uint64_t seq;
	unsigned refs, user, key;
	double value;
};

static inline int
by_value(const void *a, const void *b)
{
	double x = ((const struct event *)a)->value, y = ((const struct event *)b)->value;

	return x < y ? -1 : x > y;
}

static inline double
count_values(const struct event *ev, size_t n)
{
	unsigned users = 0;

	for (size_t i = 0; i < n; i++)
		users |= 1U << ev[i].user;
	return __builtin_popcount(users);
}

static inline double
percentile(const struct event *ev, size_t n, double p)
{
	struct event sorted[400];
	size_t i = 0;

	CHECK(n > 0 && n <= ARRAY_LEN(sorted));
	memcpy(sorted, ev, n * sizeof(*ev));
	qsort(sorted, n, sizeof(*sorted), by_value);
	if (p < 0)
		return (sorted[(n - 1) / 2].value + sorted[n / 2].value) / 2;
	while (100 * (double)(i + 1) < p * (double)n) /* the least rank that covers p percent */
		i++;
	return sorted[i].value;
}

/* Is there an event of each rule from `rule` on, one after the other? */
static inline bool
chain(const struct kind *kind, const struct event *ev, size_t n, unsigned rule)
{
	while (rule < RULES && ((kind->fed_by >> rule) & 1) == 0)
		rule++;
	if (rule == RULES)
		return true;
	for (size_t i = 0; i < n; i++)
		if ((ev[i].refs >> rule) & 1)
			return chain(kind, ev + i + 1, n - i - 1, rule + 1);
	return false;
}

static inline double
measure(const struct kind *kind, const struct event *ev, size_t n)
{
	double sum = 0;
	unsigned rules = 0;

	for (size_t i = 0; i < n; i++) {
		sum += ev[i].value;
		rules |= ev[i].refs;
	}
	if (strcmp(kind->type, "event_count") == 0)
		return (double)n;
	if (strcmp(kind->type, "value_count") == 0)
		return count_values(ev, n);
	if (strcmp(kind->type, "value_sum") == 0)
		return sum;
	if (strcmp(kind->type, "value_avg") == 0)
		return sum / (double)n;
	if (strcmp(kind->type, "value_percentile") == 0)
		return percentile(ev, n, kind->bound == GT ? 75 : 10);
	if (strcmp(kind->type, "value_median") == 0)
		return percentile(ev, n, -1);
	return __builtin_popcount(rules);
}

static inline bool
holds(const struct kind *kind, const struct event *ev, size_t n)
{
	double v = measure(kind, ev, n);
	unsigned rules = 0;

	for (size_t i = 0; i < n; i++)
		rules |= ev[i].refs;
	if (strcmp(kind->type, "temporal_ordered") == 0)
		return chain(kind, ev, n, 0);
	switch (kind->bound) {
	case NO_BOUND:
		if (kind->value == 1)
			return rules == 3 || rules == 5 || rules == 7;
		if (kind->value == 2)
			return rules == 3 || rules == 5;
		return rules == 7;
	case GTE:
		return v >= kind->value;
	case GT:
		return v > kind->value;
	case LT:
		return v < kind->value;
	case LTE:
		return v <= kind->value;
	case EQ:
		return v == kind->value;
	case NEQ:
		return v != kind->value;
	case RANGE:
		return v >= kind->value && v <= kind->to;
	}
	return false;
}

static inline bool
at_end(const struct kind *kind)
{
	return kind->bound >= LT || (kind->bound == NO_BOUND && kind->value == 2);
}

#endif
